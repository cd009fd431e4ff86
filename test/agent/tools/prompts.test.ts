/** Prompts and resources of tool servers, as questions bring them along: what is taken of servers that have too much, and what is not. */
import { expect, test } from 'vitest';
import type { Agent } from '../../../src/agent/agent.ts';
import type { Attachment } from '../../../src/agent/turn.ts';
import type { ToolServerConfig } from '../../../src/config/tool-servers.ts';
import { type ServedContent, startContentServer } from '../support/content-server.ts';
import { startAgent, type TestAgent } from '../support/start-agent.ts';

const long = () => AbortSignal.timeout(20_000);

function resourceOf(uri: string): Attachment {
  return { name: uri, bytes: 0, url: '', source: { type: 'resource', server: 'shelf', uri } };
}

async function heardOf(agent: Agent): Promise<void> {
  const heard = Promise.withResolvers<void>();
  const end = agent.content.watch(heard.resolve);
  await agent.tools(long());
  if (agent.content.offered.length === 0) await heard.promise;
  end();
}

interface Shelf extends AsyncDisposable {
  readonly server: Awaited<ReturnType<typeof startContentServer>>;
  readonly world: TestAgent;
}

async function startShelf(content: ServedContent, policy: Partial<ToolServerConfig> = {}): Promise<Shelf> {
  const server = await startContentServer(content);
  const world = await startAgent({
    toolServers: [{ name: 'shelf', url: server.url, headers: {}, ...policy }],
    respond: () => ({ text: 'Read.' }),
  });
  await heardOf(world.agent);
  return {
    server,
    world,
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      await server.close();
    },
  };
}

const nothing = () => [];

test('a cursor that comes again ends the list', async () => {
  const prompts = [{ name: 'one', messages: nothing }];
  const resources = [{ uri: 'a://1', name: 'one' }];
  await using shelf = await startShelf({ prompts, resources, read: nothing, cursor: 'again' });
  const { content } = shelf.world.agent;
  expect(content.offered[0]?.prompts).toHaveLength(1);
  expect(await content.resources(long())).toHaveLength(1);
  expect(shelf.server.sent('prompts/list')).toHaveLength(2);
});

test('of 100,000 resources, 5,000 are listed, and every other one is not asked for', async () => {
  const resources = Array.from({ length: 100_000 }, (_, at) => ({ uri: `a://${at}`, name: `number ${at}` }));
  await using shelf = await startShelf({ resources, read: nothing });
  expect(await shelf.world.agent.content.resources(long())).toHaveLength(5_000);
});

test('a resource of more than is taken is left out, and the question is answered', async () => {
  const read = (uri: string) => [{ uri, blob: 'A'.repeat(14_700_000) }];
  await using shelf = await startShelf({ resources: [{ uri: 'a://big', name: 'big' }], read });
  const turn = await shelf.world.ask('What is it?', { attachments: [resourceOf('a://big')] });
  expect(turn.files).toEqual([{ attachment: 0, type: 'left-out', reason: 'too-large', part: 'a://big' }]);
  expect(turn.end).toEqual({ type: 'answered' });
});

test('the text of all parts together is bounded as that of one file', async () => {
  const read = (uri: string) => Array.from({ length: 50 }, () => ({ uri, text: 'word '.repeat(2_000) }));
  await using shelf = await startShelf({ resources: [{ uri: 'a://long', name: 'long' }], read });
  const turn = await shelf.world.ask('What is it?', { attachments: [resourceOf('a://long')] });
  const texts = turn.files?.map((file) => (file.type === 'text' ? file.text.length : file.type)) ?? [];
  expect(texts.slice(0, 3)).toEqual([10_000, 10_000, 'left-out']);
  expect(texts).toHaveLength(20);
});

test('a resource that is not there any more is left out with a word', async () => {
  const read = () => {
    throw new Error('no such resource');
  };
  await using shelf = await startShelf({ resources: [], read });
  const turn = await shelf.world.ask('What is it?', { attachments: [resourceOf('a://none')] });
  expect(turn.files).toEqual([{ attachment: 0, type: 'left-out', reason: 'unreachable' }]);
});

test.each([{ resources: false }, { approval: 'always' }] as const)(
  'a server with %j lets no member read its resources',
  async (policy) => {
    const read = (uri: string) => [{ uri, text: 'secret' }];
    await using shelf = await startShelf({ prompts: [], resources: [{ uri: 'a://1', name: 'one' }], read }, policy);
    expect(await shelf.world.agent.content.resources(long())).toEqual([]);
    const turn = await shelf.world.ask('What is it?', { attachments: [resourceOf('a://1')] });
    expect(turn.files).toEqual([{ attachment: 0, type: 'left-out', reason: 'unreachable' }]);
    expect(shelf.server.sent('resources/read')).toEqual([]);
  },
);

test('a server that tells of changes without end is asked for its list now and then', async () => {
  const prompts = [{ name: 'one', messages: nothing }];
  const content: ServedContent = { prompts };
  await using shelf = await startShelf(content);
  content.prompts = [{ name: 'two', messages: nothing }];
  const heard = Promise.withResolvers<void>();
  const end = shelf.world.agent.content.watch(heard.resolve);
  for (let times = 0; times < 200; times += 1) await shelf.server.announceChange('prompts');
  await heard.promise;
  end();
  expect(shelf.world.agent.content.offered[0]?.prompts.map(({ name }) => name)).toEqual(['two']);
  expect(shelf.server.sent('prompts/list').length).toBeLessThanOrEqual(3);
});

test('the messages of a prompt are kept in the record, with who speaks in them', async () => {
  const prompts = [
    { name: 'one', messages: () => [{ role: 'user' as const, content: { type: 'text' as const, text: 'hi' } }] },
  ];
  await using shelf = await startShelf({ prompts });
  const source = { type: 'prompt', server: 'shelf', name: 'one', arguments: {} } as const;
  const turn = await shelf.world.ask('/shelf one', { attachments: [{ name: 'one', bytes: 0, url: '', source }] });
  expect(turn.files).toEqual([{ attachment: 0, type: 'text', text: 'hi', role: 'user' }]);
});
