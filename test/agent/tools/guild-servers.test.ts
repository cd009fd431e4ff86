/** Tool servers of one guild beside the operator's, without Discord. */
import { afterEach, expect, test } from 'vitest';
import { BytesReader } from '../../../src/agent/attachments/bytes-reader.ts';
import type { Documents } from '../../../src/agent/document.ts';
import { defaultLimits } from '../../../src/agent/limits.ts';
import type { GuildServerEntry, GuildServersDocument } from '../../../src/agent/tools/guild/guild-document.ts';
import { GuildTools } from '../../../src/agent/tools/guild/guild-tools.ts';
import { SchemaCheck } from '../../../src/agent/tools/schema-check.ts';
import { ToolServer } from '../../../src/agent/tools/tool-server.ts';
import { silentLogger } from '../../../src/log.ts';
import { startAgent, type TestAgent } from '../support/start-agent.ts';
import { addTool, startToolServer, type TestToolServer } from '../support/tool-server.ts';

const opened: AsyncDisposable[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).toReversed()) await each[Symbol.asyncDispose]();
});

interface Beginning {
  readonly agent: TestAgent['agent'];
  readonly world: TestAgent;
  readonly own: TestToolServer;
}

/** An agent whose operator has a server, and another server that a guild can add. */
async function begin(tools: TestToolServer['tools'], idleMs?: number): Promise<Beginning> {
  const operators = await startToolServer({ tools: [addTool, { ...addTool, name: 'here_wiki_add' }] });
  const own = await startToolServer({ tools, hasSessions: true });
  const world = await startAgent({
    toolServers: [{ name: 'here/wiki', url: operators.url, headers: {} }],
    guildServers: { reach: { hosts: ['*'], allowsPrivate: true }, most: 10, approval: 'destructive' },
    ...(idleMs === undefined ? {} : { limits: { guildServerIdleMs: idleMs } }),
  });
  opened.push(operators, own, world);
  return { agent: world.agent, world, own };
}

const never = new AbortController().signal;

async function add({ agent, own }: Beginning): Promise<void> {
  const outcome = await agent.guildServers?.add('g1', { name: 'wiki', address: own.url, header: '' }, 'admin', never);
  expect(outcome).toEqual({ type: 'added' });
}

test('their tools take no name from the operator’s, whatever they are called', async () => {
  const beginning = await begin([addTool, { ...addTool, name: 'search_tools' }]);
  const before = await beginning.agent.tools(never);
  await add(beginning);
  const [operators, guilds] = await beginning.agent.tools(never, { guildId: 'g1' });
  expect(operators).toEqual(before[0]);
  expect(operators?.tools.map(({ name }) => name)).toEqual(['add', 'here_wiki_add']);
  expect(guilds?.tools.map(({ name }) => name)).toEqual([
    expect.stringMatching(/^here_wiki_add_[0-9a-f]{8}$/),
    'here_wiki_search_tools',
  ]);
  expect(await beginning.agent.tools(never, { guildId: 'g2' })).toEqual(before);
});

test('one that nobody uses is disconnected, and connected again with the next question', async () => {
  const beginning = await begin([addTool], 50);
  await add(beginning);
  const { agent, own } = beginning;
  const connected = () => own.sent('initialize').length - goodbyes();
  const goodbyes = () => own.methods.filter((method) => method === 'DELETE').length;
  // It was tried, and left again.
  await own.until(() => connected() === 0);
  const before = own.sent('initialize').length;
  await agent.tools(never, { guildId: 'g1' });
  await own.until(() => own.sent('initialize').length > before && connected() === 0);
  expect((await agent.tools(never, { guildId: 'g1' })).at(-1)?.tools).toHaveLength(1);
  expect(own.sent('initialize').length).toBeGreaterThan(before + 1);
});

test('what was done to them is in the log of decisions, with nothing that is secret', async () => {
  const beginning = await begin([addTool]);
  await add(beginning);
  const servers = beginning.agent.guildServers;
  const header = await servers?.add(
    'g1',
    { name: 'b', address: beginning.own.url, header: 'X-Key: 1' },
    'admin',
    never,
  );
  // The store is not encrypted.
  expect(header).toEqual({ type: 'refused', problem: 'no-key' });
  expect(await servers?.switchTools('g1', 'wiki', { shown: ['add'], off: ['add'] }, 'admin')).toBe(true);
  expect(await servers?.remove('g1', 'nobody', 'admin')).toBe(false);
  expect(await servers?.remove('g1', 'wiki', 'admin')).toBe(true);
  expect(await servers?.remove('g1', 'wiki', 'admin')).toBe(false);
  expect(beginning.world.store.decisions.map(({ what, server, guildId }) => [what, server, guildId])).toEqual([
    ['added', 'here/wiki', 'g1'],
    ['changed', 'here/wiki', 'g1'],
    ['removed', 'here/wiki', 'g1'],
  ]);
  expect(JSON.stringify(beginning.world.store.decisions)).not.toContain(beginning.own.url);
});

test('a read of the store that comes late opens nothing that was removed meanwhile', async () => {
  const schemas = new SchemaCheck();
  const entry: GuildServerEntry = {
    name: 'wiki',
    url: 'http://127.0.0.1:9/mcp',
    toolsOff: [],
    addedBy: 'a',
    addedAt: 1,
  };
  const reads: PromiseWithResolvers<GuildServersDocument | undefined>[] = [];
  const documents: Pick<Documents, 'load'> = {
    // Of the one kind that is asked for.
    load: <Content>() => {
      const read = Promise.withResolvers<GuildServersDocument | undefined>();
      reads.push(read);
      return read.promise as Promise<Content | undefined>;
    },
  };
  const tools = new GuildTools({
    config: { reach: { hosts: ['*'], allowsPrivate: true }, most: 10, approval: 'destructive' },
    documents,
    createServer: (config, onToolsChange) =>
      new ToolServer(config, {
        log: silentLogger,
        limits: defaultLimits,
        bytes: new BytesReader(),
        schemas,
        onToolsChange,
        onContentChange: () => {},
      }),
    log: silentLogger,
  });
  const ofTurn = tools.refresh('g1');
  const ofRemoval = tools.refresh('g1');
  reads[1]?.resolve(undefined);
  expect((await ofRemoval).servers).toEqual([]);
  reads[0]?.resolve({ version: 1, servers: [entry] });
  expect((await ofTurn).servers).toEqual([]);
  const later = tools.refresh('g1');
  reads[2]?.resolve({ version: 1, servers: [entry] });
  expect((await later).servers).toHaveLength(1);
  await tools.close();
  await schemas.close();
});
