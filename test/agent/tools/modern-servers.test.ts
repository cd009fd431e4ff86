/** Tool servers of MCP 2026-07-28: no sessions, each request for itself, questions in the answer. */
import { fileURLToPath } from 'node:url';
import { acceptedContent, type CallToolResult, inputRequired } from '@modelcontextprotocol/server';
import { describe, expect, test } from 'vitest';
import { inspectToolServer } from '../../../src/agent/tools/inspect-server.ts';
import type { Turn } from '../../../src/agent/turn.ts';
import { type ModernTool, type ModernToolServer, startModernToolServer } from '../support/modern-tool-server.ts';
import { startAgent, type TestAgent } from '../support/start-agent.ts';

const fine = { text: 'fine' };
const requestedSchema = {
  type: 'object' as const,
  properties: { name: { type: 'string' as const }, nights: { type: 'integer' as const, default: 2 } },
};
const form = (message: string) => inputRequired.elicit({ message, requestedSchema });
const book: ModernTool = {
  name: 'book',
  run: (_args, { mcpReq }) => {
    const answer = acceptedContent<{ name?: string; nights?: number }>(mcpReq.inputResponses, 'who');
    if (answer === undefined) return inputRequired({ inputRequests: { who: form('Who?') }, requestState: 'ticket 7' });
    return `${answer.name} for ${answer.nights}, ${mcpReq.requestState()}`;
  },
};

const call = (name: string, args: object = {}) => ({ toolCalls: [{ name, arguments: { ...args } }] });
const configOf = ({ url }: ModernToolServer) => ({ name: 'server', url, headers: {} });
const childOf = (program: URL) => ({
  name: 'child',
  command: process.execPath,
  args: [fileURLToPath(program)],
  env: {},
});

function resultsOf(turn: Turn) {
  return turn.steps.flatMap(({ results }) => results.map(({ ok, text }) => ({ ok, text })));
}

/** Fills in every form, and gives the results and how many forms there were. */
async function askAndFill(world: TestAgent, values: Readonly<Record<string, string>>) {
  const seen = new Set<string>();
  const turn = await world.ask('go', {
    onChange: ({ question }, _draft, { forms: [open] }) => {
      if (open === undefined || seen.has(open.id)) return;
      seen.add(open.id);
      setImmediate(() => world.agent.answerForm(question.id, open.id, { action: 'accept', values }));
    },
  });
  return { results: resultsOf(turn), forms: seen.size };
}

describe('a server of revision 2026-07-28', () => {
  test('is asked without a handshake, and named by its revision and era', async () => {
    await using server = await startModernToolServer({ tools: [{ name: 'work', run: () => 'done' }] });
    const inspection = await inspectToolServer(configOf(server), new AbortController().signal);
    expect(inspection).toMatchObject({
      type: 'up',
      state: { transport: 'streamable-http', revision: '2026-07-28', era: 'modern', tools: ['work'] },
    });
    expect(server.sent('initialize')).toEqual([]);
    expect(server.sent('server/discover')).toHaveLength(1);
  });

  test('gets every digit that the model wrote', async () => {
    await using server = await startModernToolServer({ tools: [{ name: 'add', run: () => 'done' }] });
    const digits = '{"a":9007199254740993,"b":0.1000000000000000055511151231257827}';
    await using world = await startAgent({
      toolServers: [configOf(server)],
      answers: [{ toolCalls: [{ name: 'add', arguments: digits }] }, fine],
    });
    expect(resultsOf(await world.ask('go'))).toEqual([{ ok: true, text: 'done' }]);
    expect(server.sent('tools/call')[0]).toContain(`"arguments":${digits}`);
  });

  test('has its form filled in by the asker, and is asked again with the answer and its own note', async () => {
    await using server = await startModernToolServer({ tools: [book] });
    await using world = await startAgent({ toolServers: [configOf(server)], answers: [call('book'), fine] });
    const { results } = await askAndFill(world, { name: 'Mina' });
    expect(results).toEqual([{ ok: true, text: 'Mina for 2, ticket 7' }]);
    expect(server.sent('tools/call')).toHaveLength(2);
  });

  test('is told when the asker declines', async () => {
    const tool: ModernTool = {
      name: 'book',
      run: (_args, { mcpReq }) =>
        mcpReq.inputResponses === undefined
          ? inputRequired({ inputRequests: { who: form('Who?') } })
          : JSON.stringify(mcpReq.inputResponses),
    };
    await using server = await startModernToolServer({ tools: [tool] });
    await using world = await startAgent({ toolServers: [configOf(server)], answers: [call('book'), fine] });
    const turn = await world.ask('go', {
      onChange: ({ question }, _draft, { forms: [open] }) => {
        if (open !== undefined) setImmediate(() => world.agent.answerForm(question.id, open.id, { action: 'decline' }));
      },
    });
    expect(resultsOf(turn)).toEqual([{ ok: true, text: '{"who":{"action":"decline"}}' }]);
  });

  test('that asks for ever is cut short: so many forms, so many rounds', async () => {
    let rounds = 0;
    const tool: ModernTool = {
      name: 'nag',
      run: () => {
        rounds += 1;
        return inputRequired({ inputRequests: { more: form('And?') } });
      },
    };
    await using server = await startModernToolServer({ tools: [tool] });
    await using world = await startAgent({ toolServers: [configOf(server)], answers: [call('nag'), fine] });
    const { results, forms } = await askAndFill(world, {});
    expect(results).toEqual([{ ok: false, text: expect.stringContaining('asked for too much') }]);
    expect(forms).toBe(5);
    expect(rounds).toBe(20);
  });

  test('that asks for thousands of things at once, or for what nobody can give, gets nothing', async () => {
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, count) => [`q${count}`, form('And?')]));
    await using server = await startModernToolServer();
    server.intercept = (body, response) => {
      if (!body.includes('"method":"tools/')) return false;
      const { id, method, params } = JSON.parse(body);
      const roots = { files: { method: 'roots/list' } };
      const list = { tools: ['many', 'roots'].map((name) => ({ name, inputSchema: { type: 'object' } })) };
      const result =
        method === 'tools/list'
          ? { resultType: 'complete', ttlMs: 0, cacheScope: 'private', ...list }
          : { resultType: 'input_required', inputRequests: params.name === 'many' ? many : roots };
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ jsonrpc: '2.0', id, result }));
      return true;
    };
    await using world = await startAgent({
      toolServers: [configOf(server)],
      answers: [call('many'), call('roots'), fine],
    });
    const { results, forms } = await askAndFill(world, {});
    expect(results.map(({ ok, text }) => [ok, text])).toEqual([
      [false, expect.stringContaining('asked for too much')],
      [false, expect.stringContaining('nobody here can give')],
    ]);
    expect(forms).toBe(0);
  });

  test('that wants to be asked again later is', async () => {
    const tool: ModernTool = {
      name: 'busy',
      run: (_args, { mcpReq }) =>
        mcpReq.requestState() === 'later' ? 'done' : inputRequired({ requestState: 'later', inputRequests: {} }),
    };
    await using server = await startModernToolServer({ tools: [tool] });
    await using world = await startAgent({ toolServers: [configOf(server)], answers: [call('busy'), fine] });
    expect(resultsOf(await world.ask('go'))).toEqual([{ ok: true, text: 'done' }]);
  });

  test('reports its progress', async () => {
    const tool: ModernTool = {
      name: 'work',
      run: async (_args, { mcpReq }) => {
        const progressToken = mcpReq._meta?.progressToken ?? '';
        await mcpReq.notify({
          method: 'notifications/progress',
          params: { progressToken, progress: 1, message: 'half' },
        });
        return 'done';
      },
    };
    await using server = await startModernToolServer({ tools: [tool] });
    await using world = await startAgent({ toolServers: [configOf(server)], answers: [call('work'), fine] });
    const reports = new Set<string | undefined>();
    await world.ask('go', {
      onChange: (_turn, _draft, { progress }) => {
        for (const { message } of progress.values()) reports.add(message);
      },
    });
    expect([...reports]).toEqual(['half']);
  });

  test('learns that a call was stopped by the end of its stream, and by no message', async () => {
    const started = Promise.withResolvers<void>();
    const stopped = Promise.withResolvers<void>();
    const tool: ModernTool = {
      name: 'slow',
      run: (_args, { mcpReq }) => {
        mcpReq.signal.addEventListener('abort', () => stopped.resolve());
        started.resolve();
        return new Promise<CallToolResult>(() => {});
      },
    };
    await using server = await startModernToolServer({ tools: [tool] });
    await using world = await startAgent({ toolServers: [configOf(server)], answers: [call('slow'), fine] });
    const stop = new AbortController();
    const asked = world.ask('go', { signal: stop.signal });
    await started.promise;
    stop.abort('stop');
    await stopped.promise;
    expect((await asked).end).toEqual({ type: 'failed', code: 'stopped' });
    expect(server.sent('notifications/cancelled')).toEqual([]);
  });

  test('is listed anew when it says that its tools changed, and when it can say so no longer', async () => {
    await using server = await startModernToolServer({ tools: [{ name: 'one', run: () => 'done' }] });
    await using world = await startAgent({ toolServers: [configOf(server)], respond: () => fine });
    const offered = async () => {
      await world.ask('go');
      return world.model.requests.at(-1)?.tools.map(({ name }) => name);
    };
    await expect.poll(offered).toEqual(['one']);
    await expect.poll(() => server.sent('subscriptions/listen')).toHaveLength(1);
    server.tools = [{ name: 'two', run: () => 'done' }];
    server.announceChange();
    await expect.poll(offered).toEqual(['two']);
    server.tools = [{ name: 'three', run: () => 'done' }];
    await server.endStreams();
    await expect.poll(offered).toEqual(['three']);
    await expect.poll(() => server.sent('subscriptions/listen')).toHaveLength(2);
  });

  test('has those tools left out that name headers as they must not, and arguments repeated in the headers of others', async () => {
    const withHeader = (header: string) => ({
      properties: { region: { type: 'string', 'x-mcp-header': header } },
      required: ['region'],
    });
    const tools = ['Region', 'not a token'].map(
      (header): ModernTool => ({ name: `t${header.length}`, inputSchema: withHeader(header), run: () => 'done' }),
    );
    await using server = await startModernToolServer({ tools });
    await using world = await startAgent({
      toolServers: [configOf(server)],
      answers: [call('t6', { region: '서울' }), fine],
    });
    expect(resultsOf(await world.ask('go'))).toEqual([{ ok: true, text: 'done' }]);
    expect(world.model.requests[0]?.tools.map(({ name }) => name)).toEqual(['t6']);
    const sent = server.requests.find(({ body }) => body.includes('"method":"tools/call"'));
    expect(sent?.headers['mcp-param-region']).toBe(`=?base64?${Buffer.from('서울').toString('base64')}?=`);
  });
});

describe('a child process', () => {
  test('of revision 2026-07-28 has its form filled in', async () => {
    await using world = await startAgent({
      toolServers: [childOf(new URL('../support/modern-stdio-server.ts', import.meta.url))],
      answers: [call('greet'), fine],
    });
    expect((await askAndFill(world, { name: 'Mina' })).results).toEqual([{ ok: true, text: 'hello Mina' }]);
  });

  test('that ends over the question which revisions it speaks is started again without it', async () => {
    await using world = await startAgent({
      toolServers: [childOf(new URL('../support/strict-stdio-server.ts', import.meta.url))],
      answers: [call('greet'), fine],
    });
    expect(resultsOf(await world.ask('go'))).toEqual([{ ok: true, text: 'hello' }]);
  });
});
