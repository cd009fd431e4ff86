/** Calls that tool servers work on as tasks: in both eras, after a crash, and on servers that lie. */
import { describe, expect, test } from 'vitest';
import type { StopReason } from '../../../src/agent/agent.ts';
import type { AgentLimits } from '../../../src/agent/limits.ts';
import { openTasks, type Turn } from '../../../src/agent/turn.ts';
import type { ToolServerConfig } from '../../../src/config/tool-servers.ts';
import { startModernToolServer } from '../support/modern-tool-server.ts';
import { startAgent } from '../support/start-agent.ts';
import { startTaskServer, type TaskServer, type TaskServerOptions } from '../support/task-server.ts';

const quick: Partial<AgentLimits> = {
  taskPatienceMs: 60,
  taskPollLeastMs: 10,
  taskPollMs: 10,
  taskPollMostMs: 40,
  toolCallMs: 2_000,
};
const call = { toolCalls: [{ name: 'work', arguments: {} }] };
const fine = { text: 'fine' };
const configOf = (url: string): ToolServerConfig => ({ name: 'factory', url, headers: {} });
const working = { status: 'working' };
const completed = { status: 'completed' };

function resultsOf({ steps }: Turn) {
  return steps.flatMap(({ results }) => results.map(({ ok, text }) => ({ ok, text })));
}

async function workOn(options: TaskServerOptions, limits: Partial<AgentLimits> = {}) {
  await using server = await startTaskServer(options);
  await using world = await startAgent({
    toolServers: [configOf(server.url)],
    answers: [call, fine],
    limits: { ...quick, ...limits },
  });
  const messages = new Set<string>();
  const turn = await world.ask('go', {
    onChange: (_turn, _draft, { progress }) => {
      for (const { message } of progress.values()) if (message !== undefined) messages.add(message);
    },
  });
  return { turn, results: resultsOf(turn), server, messages: [...messages] };
}

describe('a task of revision 2025-11-25', () => {
  test('is asked for where the tool has it so, looked at until it is done, and its result is the call’s', async () => {
    const { turn, results, server, messages } = await workOn({
      state: (looks) => (looks < 9 ? { ...working, statusMessage: `step ${looks}` } : completed),
      result: () => ({ content: [{ type: 'text', text: 'all done' }] }),
    });
    expect(results).toEqual([{ ok: true, text: 'all done' }]);
    expect(turn.end).toEqual({ type: 'answered' });
    expect(turn.steps[0]?.tasks).toMatchObject([{ server: 'factory', taskId: 'task-1' }]);
    expect(server.requests.find(({ method }) => method === 'tools/call')?.params).toMatchObject({
      task: { ttl: 604_800_000 },
    });
    expect(server.count('tools/call')).toBe(1);
    // Not every one is shown: they come faster than anybody reads.
    expect(messages).toContainEqual(expect.stringMatching(/^step \d$/));
  });

  test('that is done at once does not set its turn aside', async () => {
    const { results, server } = await workOn({ state: () => completed }, { taskPatienceMs: 10_000 });
    expect(results).toEqual([{ ok: true, text: 'done' }]);
    expect(server.count('tasks/get')).toBe(1);
  });

  test('is none where the server answers at once all the same', async () => {
    const { results, server } = await workOn({
      created: () => ({ content: [{ type: 'text', text: 'at once' }] }),
      state: () => undefined,
      taskSupport: 'optional',
    });
    expect(results).toEqual([{ ok: true, text: 'at once' }]);
    expect(server.count('tasks/get')).toBe(0);
  });

  test('is not asked for where the tool does not have it', async () => {
    const { server } = await workOn({
      created: () => ({ content: [] }),
      state: () => undefined,
      taskSupport: 'forbidden',
    });
    expect(server.requests.find(({ method }) => method === 'tools/call')?.params).not.toHaveProperty('task');
  });
});

describe('a task of revision 2026-07-28', () => {
  /** Answers every call with a task, which says the states one after another. */
  async function startModern(states: readonly object[]) {
    const server = await startModernToolServer({ tools: [{ name: 'work', run: () => 'unused' }] });
    const sent: { readonly method: string; readonly params: Record<string, unknown> }[] = [];
    let looks = 0;
    server.intercept = (body, response) => {
      const { id, method, params } = JSON.parse(body);
      if (method !== 'tools/call' && !method.startsWith('tasks/')) return false;
      sent.push({ method, params });
      const state = states[Math.min(looks, states.length - 1)];
      if (method === 'tasks/get') looks += 1;
      const result =
        method === 'tools/call'
          ? { resultType: 'task', taskId: 'task-1', status: 'working', ttlMs: 600_000, pollIntervalMs: 1 }
          : { resultType: 'complete', ...(method === 'tasks/get' ? { taskId: 'task-1', ttlMs: null, ...state } : {}) };
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ jsonrpc: '2.0', id, result }));
      return true;
    };
    return { server, sent };
  }

  async function askModern(states: readonly object[], onForm?: Record<string, string>) {
    const { server, sent } = await startModern(states);
    await using _server = server;
    await using world = await startAgent({
      toolServers: [configOf(server.url)],
      answers: [call, fine],
      limits: quick,
    });
    const turn = await world.ask('go', {
      onChange: ({ question }, _draft, { forms: [form] }) => {
        if (form !== undefined && onForm !== undefined)
          setImmediate(() => world.agent.answerForm(question.id, form.id, { action: 'accept', values: onForm }));
      },
    });
    return { results: resultsOf(turn), sent };
  }

  test('is made by the server as it likes, and carries its result', async () => {
    const result = { content: [{ type: 'text', text: 'all done' }] };
    const { results, sent } = await askModern([working, working, { ...completed, result }]);
    expect(results).toEqual([{ ok: true, text: 'all done' }]);
    expect(sent.map(({ method }) => method)).toEqual(['tools/call', 'tasks/get', 'tasks/get', 'tasks/get']);
    expect(sent[0]?.params).toMatchObject({
      _meta: {
        'io.modelcontextprotocol/clientCapabilities': { extensions: { 'io.modelcontextprotocol/tasks': {} } },
      },
    });
  });

  test('has the asker asked, and goes on with the answer', async () => {
    const form = {
      method: 'elicitation/create',
      params: { message: 'Which?', requestedSchema: { type: 'object', properties: { name: { type: 'string' } } } },
    };
    const { results, sent } = await askModern(
      [
        { status: 'input_required', inputRequests: { who: form } },
        { ...completed, result: { content: [{ type: 'text', text: 'Mina' }] } },
      ],
      { name: 'Mina' },
    );
    expect(results).toEqual([{ ok: true, text: 'Mina' }]);
    expect(sent.find(({ method }) => method === 'tasks/update')?.params).toMatchObject({
      taskId: 'task-1',
      inputResponses: { who: { action: 'accept', content: { name: 'Mina' } } },
    });
  });

  test.each([
    [{ status: 'failed', error: { code: -32603, message: 'out of paper' } }, 'out of paper'],
    [{ status: 'cancelled' }, 'The task was cancelled.'],
    [completed, 'The task was given up: The tool server sent an answer that is not a tool result.'],
  ])('that comes to nothing says why', async (state, text) => {
    expect((await askModern([working, state])).results).toEqual([{ ok: false, text }]);
  });
});

describe('a server that cannot be trusted', () => {
  const text = (words: string) => [{ ok: false, text: expect.stringContaining(words) }];

  test.each<[string, TaskServerOptions, string]>([
    ['knows nothing of its task', { state: () => undefined }, 'does not know this task any more'],
    ['mixes up its tasks', { state: () => ({ ...working, taskId: 'another' }) }, 'mixed up its tasks'],
    ['says a status that there is not', { state: () => ({ status: 'splendid' }) }, 'nothing understandable'],
    ['says no status', { state: () => ({}) }, 'given up'],
    ['never gives the result', { state: () => completed, result: () => undefined }, 'did not answer within 2 s'],
    ['gives a result that is none', { state: () => completed, result: () => ({ a: 1 }) }, 'not a tool result'],
    [
      'says that it has failed',
      {
        state: () => ({ status: 'failed' }),
        result: () => ({ content: [{ type: 'text', text: 'no ink' }], isError: true }),
      },
      'no ink',
    ],
    ['says that it was cancelled', { state: () => ({ status: 'cancelled' }) }, 'was cancelled'],
    [
      'names its task by a megabyte',
      { created: () => ({ task: { taskId: 'x'.repeat(1_000_000), status: 'working' } }), state: () => working },
      'nobody can ask about',
    ],
    [
      'names its task by nothing',
      { created: () => ({ task: { taskId: '', status: 'working' } }), state: () => working },
      'nobody can ask about',
    ],
    [
      'keeps its task for an instant',
      { created: () => ({ task: { taskId: 'x', status: 'working', ttl: 1 } }), state: () => working },
      'took longer than it is kept',
    ],
  ])('%s: one plain line, and one call', async (_name, options, words) => {
    const { results, server, turn } = await workOn(options);
    expect(results).toEqual(text(words));
    expect(server.count('tools/call')).toBe(1);
    expect(turn.end).toEqual({ type: 'answered' });
  });

  test('a result of 100 MB is not read', async () => {
    const big = `{"jsonrpc":"2.0","id":"$id","result":{"content":[{"type":"text","text":"${'x'.repeat(100 * 1024 * 1024)}"}]}}`;
    const { results } = await workOn({ state: () => completed, result: () => big }, { toolCallMs: 20_000 });
    expect(results).toEqual(text('too large'));
  });

  test.each([0, -1, 365 * 24 * 3_600_000, 1e300])(
    'wants to be asked again after %d ms, and is within bounds',
    async (pollInterval) => {
      const { results, server } = await workOn({
        state: (looks) => ({ ...(looks < 5 ? working : completed), pollInterval }),
      });
      expect(results).toEqual([{ ok: true, text: 'done' }]);
      expect(server.count('tasks/get')).toBe(5);
    },
  );

  test('a task that never ends is given up when nobody keeps it any longer, and the server told', async () => {
    const { results, server } = await workOn({ state: () => working }, { taskMs: 150 });
    expect(results).toEqual(text('took longer than it is kept'));
    expect(server.count('tasks/cancel')).toBe(1);
  });
});

describe('how many there are', () => {
  test('is bounded for a member: what is too much is not made, or stopped', async () => {
    await using server = await startTaskServer({ state: () => working });
    await using world = await startAgent({
      toolServers: [configOf(server.url)],
      answers: [{ toolCalls: Array.from({ length: 4 }, (_, count) => ({ name: 'work', arguments: { count } })) }, fine],
      limits: { ...quick, taskMs: 400, tasksPerMember: 2 },
    });
    const turn = await world.ask('go');
    expect(resultsOf(turn).filter(({ text: said }) => said.startsWith('Stopped: as many'))).toHaveLength(2);
    expect(turn.steps[0]?.tasks).toHaveLength(2);
  });
});

/** Another one in its place, which has never heard of its tasks. */
async function restart(server: TaskServer): Promise<TaskServer> {
  await server[Symbol.asyncDispose]();
  return await startTaskServer({ state: () => undefined, port: server.port });
}

describe('a turn that waits for a task', () => {
  test('ends for now, frees its channel, and goes on in another life without calling again', async () => {
    let isDone = false;
    await using server = await startTaskServer({ state: () => (isDone ? completed : working) });
    const toolServers = [configOf(server.url)];
    await using world = await startAgent({ toolServers, answers: [call, fine], limits: quick });
    const suspend = new AbortController();
    const left = await world.ask('go', {
      signal: suspend.signal,
      onChange: (turn) => {
        if (openTasks(turn).length > 0) suspend.abort('suspend' satisfies StopReason);
      },
    });
    expect(left.end).toBeUndefined();
    expect(openTasks(left)).toMatchObject([{ taskId: 'task-1' }]);

    const second = world.restart();
    const [turn] = await second.unfinished();
    if (turn === undefined) throw new Error('nothing was stored');
    const signal = new AbortController().signal;
    await second.run(turn, { signal, onChange: () => {} });
    expect(turn.end).toBeUndefined();
    expect(second.waitingForTasks).toEqual([turn]);
    isDone = true;
    await second.awaitTasks(turn, { signal, onChange: () => {} });
    await second.run(turn, { signal, onChange: () => {} });
    expect(turn.end).toEqual({ type: 'answered' });
    expect(resultsOf(turn)).toEqual([{ ok: true, text: 'done' }]);
    expect(server.count('tools/call')).toBe(1);
    expect(server.count('tasks/cancel')).toBe(0);
  });

  test('is stopped with its task', async () => {
    await using server = await startTaskServer({ state: (looks) => ({ ...working, statusMessage: `look ${looks}` }) });
    await using world = await startAgent({ toolServers: [configOf(server.url)], answers: [call], limits: quick });
    const stop = new AbortController();
    const turn = await world.ask('go', {
      signal: stop.signal,
      onChange: () => {
        if (world.agent.waitingForTasks.length > 0 && server.count('tasks/get') > 12)
          stop.abort('stop' satisfies StopReason);
      },
    });
    expect(turn.end).toEqual({ type: 'failed', code: 'stopped' });
    expect(resultsOf(turn)).toEqual([{ ok: false, text: 'The call was stopped.' }]);
    expect(server.count('tasks/cancel')).toBe(1);
  });

  describe('that was left by another life', () => {
    async function leave(server: TaskServer) {
      const world = await startAgent({ toolServers: [configOf(server.url)], answers: [call, fine], limits: quick });
      const suspend = new AbortController();
      await world.ask('go', {
        signal: suspend.signal,
        onChange: (turn) => {
          if (openTasks(turn).length > 0) suspend.abort('suspend' satisfies StopReason);
        },
      });
      const second = world.restart();
      const [turn] = await second.unfinished();
      if (turn === undefined) throw new Error('nothing was stored');
      return { world, second, turn };
    }

    test('is stopped at once: its server is told all the same, and nobody says that the call was not run', async () => {
      await using server = await startTaskServer({ state: () => working });
      const { world, second, turn } = await leave(server);
      await using _ = world;
      await second.run(turn, { signal: AbortSignal.abort('stop' satisfies StopReason), onChange: () => {} });
      expect(turn.end).toEqual({ type: 'failed', code: 'stopped' });
      expect(resultsOf(turn)).toEqual([{ ok: false, text: 'The call was stopped.' }]);
      expect(server.count('tasks/cancel')).toBe(1);
    });

    test('stays stopped where that life was told to stop it, and is answered by nobody', async () => {
      await using server = await startTaskServer({ state: () => ({ ...working, status: 'cancelled' }) });
      const { world, second, turn } = await leave(server);
      await using _ = world;
      for (const task of openTasks(turn)) task.isUnwanted = true;
      await second.run(turn, { signal: new AbortController().signal, onChange: () => {} });
      expect(turn.end).toEqual({ type: 'failed', code: 'stopped' });
      expect(resultsOf(turn)).toEqual([{ ok: false, text: 'The call was stopped.' }]);
      expect(server.count('tasks/cancel')).toBe(1);
    });
  });

  test('outlives a server that is away for a while, and one that has forgotten', async () => {
    const first = await startTaskServer({
      state: (looks) => ({ ...working, statusMessage: `look ${looks}` }),
    });
    await using world = await startAgent({ toolServers: [configOf(first.url)], answers: [call, fine], limits: quick });
    let next: Promise<TaskServer> | undefined;
    const asked = world.ask('go', {
      onChange: () => {
        if (next === undefined && first.count('tasks/get') > 2) next = restart(first);
      },
    });
    const turn = await asked;
    await using second = await next;
    expect(resultsOf(turn)).toEqual([{ ok: false, text: expect.stringContaining('does not know this task any more') }]);
    expect(first.count('tools/call')).toBe(1);
    expect(second?.count('tools/call')).toBe(0);
  });
});
