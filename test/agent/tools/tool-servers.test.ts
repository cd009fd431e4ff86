/** Tool servers come, go, hang and change: the turn goes on, and the next one works. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Turn } from '../../../src/agent/turn.ts';
import type { Step } from '../../../src/simulator/model/model-server.ts';
import { startAgent, type TestAgent } from '../support/start-agent.ts';
import { addTool, multiplyTool, startToolServer, type TestTool } from '../support/tool-server.ts';

const callAdd: Step = { toolCalls: [{ name: 'add', arguments: { a: 1, b: 2 } }] };
const fine: Step = { text: 'fine' };
const writing: TestTool = { ...addTool, annotations: {} };

function resultsOf(turn: Turn) {
  return turn.steps.flatMap((step) => step.results.map(({ ok, text }) => ({ ok, text })));
}

async function askToAdd(world: TestAgent) {
  world.model.enqueue(callAdd, fine);
  return resultsOf(await world.ask('1 + 2?'));
}

function namesOffered(world: TestAgent, request = -1): string[] | undefined {
  return world.model.requests.at(request)?.tools.map(({ name }) => name);
}

const noTools = [{ type: 'no-tools', afterSteps: 0 }];
const working = [{ ok: true, text: '3' }];
const unreachable = [{ ok: false, text: 'The tool server "calculator" cannot be reached right now.' }];

function config({ url }: { readonly url: string }, name = 'calculator') {
  return { name, url, headers: { authorization: 'Bearer abc' } };
}

describe('a server over HTTP', () => {
  test('is connected once and listed once for many turns, with its headers', async () => {
    await using server = await startToolServer();
    await using world = await startAgent({ toolServers: [config(server)] });
    for (let turn = 0; turn < 3; turn += 1) expect(await askToAdd(world)).toEqual(working);
    expect(server.sent('initialize')).toHaveLength(1);
    expect(server.sent('tools/list')).toHaveLength(1);
    expect(server.headers.every(({ authorization }) => authorization === 'Bearer abc')).toBe(true);
    expect(new Set(world.model.requests.map(({ body }) => JSON.stringify(body.tools))).size).toBe(1);
  });

  test('that is down is said once, and used as soon as it is up', async () => {
    await using server = await startToolServer();
    const { port } = server;
    await server.close();
    await using world = await startAgent({ toolServers: [config(server)], limits: { toolConnectMs: 500 } });
    world.model.enqueue(fine);
    const turn = await world.ask('hello');
    expect(turn.warnings).toEqual(noTools);
    expect(turn.end).toEqual({ type: 'answered' });
    expect(world.model.requests[0]?.body).not.toHaveProperty('tools');
    await using _again = await startToolServer({ port });
    expect(await askToAdd(world)).toEqual(working);
  });

  test('that fails at first is tried again at once, because it may still be starting', async () => {
    await using server = await startToolServer();
    server.intercept = (_body, response) => {
      server.intercept = undefined;
      response.destroy();
      return true;
    };
    await using world = await startAgent({ toolServers: [config(server)] });
    expect(await askToAdd(world)).toEqual(working);
    expect(server.sent('server/discover')).toHaveLength(2);
  });

  test('is connected and listed before the first question, once for all who ask at the same time', async () => {
    await using server = await startToolServer({ hasSessions: true });
    await using world = await startAgent({ toolServers: [config(server)], limits: { warmUpAfterMs: 0 } });
    await server.until(() => server.sent('tools/list').length > 0);
    const channels = Array.from({ length: 20 }, (_, place) => `channel${place}`);
    world.model.enqueue(...channels.map(() => fine));
    await Promise.all(channels.map((channelId) => world.ask('hello', { channelId })));
    expect(server.sent('initialize')).toHaveLength(1);
    expect(server.sent('tools/list')).toHaveLength(1);
  });

  test('is told goodbye and nothing else when the agent closes', async () => {
    await using server = await startToolServer({ hasSessions: true });
    const world = await startAgent({ toolServers: [config(server)] });
    expect(await askToAdd(world)).toEqual(working);
    await world[Symbol.asyncDispose]();
    expect(server.methods.filter((method) => method === 'DELETE')).toHaveLength(1);
    expect(server.sent('notifications/cancelled')).toEqual([]);
  });

  test.each([{ hasSessions: true }, { hasSessions: false }])(
    'that was restarted is connected again within the call (sessions: $hasSessions)',
    async ({ hasSessions }) => {
      await using server = await startToolServer({ hasSessions });
      await using world = await startAgent({ toolServers: [config(server)] });
      expect(await askToAdd(world)).toEqual(working);
      await server.close();
      await using _again = await startToolServer({ hasSessions, port: server.port });
      expect(await askToAdd(world)).toEqual(working);
    },
  );

  test('that dies is told to the model, then not called, then used again; what is offered stays the same', async () => {
    await using server = await startToolServer();
    await using world = await startAgent({ toolServers: [config(server)] });
    expect(await askToAdd(world)).toEqual(working);
    await server.close();
    expect(await askToAdd(world)).toEqual(unreachable);
    world.model.enqueue(fine);
    expect((await world.ask('hello')).warnings).toEqual(noTools);
    expect(world.model.requests.at(-1)?.body.tool_choice).toBe('none');
    expect(new Set(world.model.requests.map(({ body }) => JSON.stringify(body.tools))).size).toBe(1);
    await using _again = await startToolServer({ port: server.port });
    expect(await askToAdd(world)).toEqual(working);
  });

  test.each([404, 400])('that forgot the session (%i) gets the call once more in a new one', async (status) => {
    let runs = 0;
    const run = () => {
      runs += 1;
      return String(runs);
    };
    const tool = { ...writing, run };
    await using server = await startToolServer({ hasSessions: true, tools: [tool] });
    await using world = await startAgent({ toolServers: [config(server)] });
    expect(await askToAdd(world)).toEqual([{ ok: true, text: '1' }]);
    server.forgetSessions();
    if (status === 400) {
      server.intercept = (body, response) => {
        if (!body.includes('tools/call')) return false;
        server.intercept = undefined;
        response.writeHead(400).end('No valid session ID provided');
        return true;
      };
    }
    expect(await askToAdd(world)).toEqual([{ ok: true, text: '2' }]);
    expect(server.sent('initialize')).toHaveLength(2);
  });

  test('that hangs up in the middle of a call is asked again only when the tool may run twice', async () => {
    let runs = 0;
    const hangUpOnce = (body: string, response: { destroy(): void }) => {
      if (!body.includes('tools/call') || runs > 0) return false;
      runs += 1;
      response.destroy();
      return true;
    };
    await using server = await startToolServer();
    await using world = await startAgent({ toolServers: [config(server)] });
    server.intercept = hangUpOnce;
    expect(await askToAdd(world)).toEqual(working);
    server.tools = [writing];
    runs = 0;
    await using other = await startAgent({ toolServers: [config(server)] });
    expect(await askToAdd(other)).toEqual([
      { ok: false, text: 'The tool server "calculator" broke off; whether the tool ran is unknown.' },
    ]);
    expect(await askToAdd(other)).toEqual(working);
  });

  test('that does not answer a call in time is sent a cancellation', async () => {
    await using server = await startToolServer({ tools: [{ ...addTool, run: () => new Promise(() => {}) }] });
    await using world = await startAgent({ toolServers: [config(server)], limits: { toolCallMs: 100 } });
    expect(await askToAdd(world)).toEqual([{ ok: false, text: 'The tool "add" did not answer within 0.1 s.' }]);
    await server.until(() => server.sent('notifications/cancelled').length > 0);
    const call = JSON.parse(server.sent('tools/call')[0] ?? '');
    expect(JSON.parse(server.sent('notifications/cancelled')[0] ?? '').params.requestId).toBe(call.id);
  });

  test('whose calls are done is sent no cancellation when the turn is stopped later', async () => {
    await using server = await startToolServer();
    const stop = new AbortController();
    await using world = await startAgent({ toolServers: [config(server)] });
    world.model.enqueue(callAdd, () => {
      stop.abort('stop');
      return { text: 'too late' };
    });
    expect((await world.ask('1 + 2?', { signal: stop.signal })).end).toEqual({ type: 'failed', code: 'stopped' });
    expect(await askToAdd(world)).toEqual(working);
    expect(server.sent('notifications/cancelled')).toEqual([]);
  });

  test('that accepts connections and says nothing does not hold up turns for long', async () => {
    await using server = await startToolServer();
    server.intercept = () => true;
    await using world = await startAgent({ toolServers: [config(server)], limits: { toolConnectMs: 50 } });
    world.model.enqueue(fine, fine);
    expect((await world.ask('hello')).warnings).toEqual(noTools);
    expect((await world.ask('hello')).warnings).toEqual(noTools);
    expect(server.sent('server/discover')).toHaveLength(1);
  });

  test('that says its tools changed is listed again', async () => {
    await using server = await startToolServer({ hasSessions: true });
    await using world = await startAgent({ toolServers: [config(server)] });
    expect(await askToAdd(world)).toEqual(working);
    await server.until(() => server.headers.some(({ accept }) => accept === 'text/event-stream'));
    server.tools = [addTool];
    await server.announceChange();
    const before = server.sent('tools/list').length;
    while (server.sent('tools/list').length === before) {
      world.model.enqueue(fine);
      await world.ask('hello');
    }
    expect(namesOffered(world)).toEqual(['add']);
  });

  test('with pages is read to the end, in an order that does not change', async () => {
    const tools = ['e', 'a', 'd', 'b', 'c'].map((name) => ({ ...addTool, name }));
    await using server = await startToolServer({ tools, toolsPerPage: 2 });
    await using world = await startAgent({ toolServers: [config(server)], answers: [fine] });
    await world.ask('hello');
    expect(namesOffered(world)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('that pages for ever is read once', async () => {
    await using server = await startToolServer({ toolsPerPage: 1, pagesForEver: true });
    await using world = await startAgent({ toolServers: [config(server)] });
    expect(await askToAdd(world)).toEqual(working);
    expect(server.sent('tools/list').length).toBeLessThan(6);
  });

  test('may have no tools at all', async () => {
    await using server = await startToolServer({ tools: [] });
    await using world = await startAgent({ toolServers: [config(server)], answers: [fine] });
    expect(await world.ask('hello')).toMatchObject({ warnings: [], end: { type: 'answered' } });
  });
});

describe('what the model is offered', () => {
  test('has valid names, the server before a name only where two servers have it', async () => {
    const long = 'x'.repeat(70);
    await using one = await startToolServer({ tools: [addTool, { ...addTool, name: 'files.read' }] });
    const longTool = { ...addTool, name: long, inputSchema: { type: 'object' }, run: () => 'long' };
    await using two = await startToolServer({ tools: [addTool, longTool] });
    await using world = await startAgent({ toolServers: [config(one, 'one'), config(two, 'two')] });
    world.model.enqueue({ toolCalls: [{ name: 'two_add', arguments: { a: 1, b: 2 } }] }, ({ tools }) => ({
      toolCalls: [{ name: tools.at(-1)?.name ?? '', arguments: {} }],
    }));
    world.model.enqueue(fine);
    expect(resultsOf(await world.ask('hello')).map(({ text }) => text)).toEqual(['3', 'long']);
    const names = namesOffered(world);
    expect(names).toEqual(['one_add', 'files_read', 'two_add', expect.stringMatching(/^x{55}_[0-9a-f]{8}$/)]);
    expect(one.sent('tools/call')).toEqual([]);
    world.model.assertComplete();
  });

  test('stays the same when one of the servers goes down, whose tools then say so', async () => {
    await using one = await startToolServer();
    await using two = await startToolServer();
    await using world = await startAgent({ toolServers: [config(one, 'one'), config(two, 'two')] });
    world.model.enqueue(fine, { toolCalls: [{ name: 'two_add', arguments: { a: 1, b: 2 } }] }, fine, fine);
    await world.ask('hello');
    await two.close();
    await world.ask('hello');
    const turn = await world.ask('hello');
    expect(namesOffered(world)).toEqual(['one_add', 'one_multiply', 'two_add', 'two_multiply']);
    expect(turn.warnings).toEqual([]);
  });

  test('is at most 127 tools: more are searched', async () => {
    const tools = Array.from({ length: 127 }, (_, place) => ({ ...addTool, name: `tool${place}` }));
    await using server = await startToolServer({ tools, hasSessions: true });
    await using world = await startAgent({ toolServers: [config(server)], respond: () => fine });
    await world.ask('hello');
    expect(namesOffered(world)).toHaveLength(127);
    server.tools = [...tools, { ...addTool, name: 'tool127' }];
    await server.until(() => server.headers.some(({ accept }) => accept === 'text/event-stream'));
    await server.announceChange();
    while (namesOffered(world)?.length === 127) await world.ask('hello');
    expect(namesOffered(world)).toEqual(['find_tools']);
  });

  test('is told to be too much once, however often the server lists the same', async () => {
    const tools = Array.from({ length: 130 }, (_, place) => ({ ...addTool, name: `tool${place}` }));
    await using server = await startToolServer({ tools, hasSessions: true });
    await using world = await startAgent({ toolServers: [config(server)], respond: () => fine });
    await world.ask('hello');
    await server.until(() => server.headers.some(({ accept }) => accept === 'text/event-stream'));
    const before = server.sent('tools/list').length;
    await server.announceChange();
    while (server.sent('tools/list').length === before) await world.ask('hello');
    await world.ask('hello');
    expect(world.log.filter(({ event }) => event === 'tools-searched')).toHaveLength(1);
  });

  test('has schemas that OpenAI takes', async () => {
    const schema = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      anyOf: [{ required: ['list'] }],
      properties: { list: { type: 'array' }, place: { type: 'object' }, $schema: { type: 'string' } },
    };
    await using server = await startToolServer({
      tools: [
        { ...addTool, name: 'bare', inputSchema: { type: 'object' } },
        { ...addTool, name: 'odd', inputSchema: schema },
      ],
    });
    await using world = await startAgent({ toolServers: [config(server)], answers: [fine] });
    await world.ask('hello');
    expect(world.model.requests[0]?.tools.map(({ parameters }) => parameters)).toEqual([
      { type: 'object', properties: {} },
      {
        type: 'object',
        properties: {
          list: { type: 'array', items: {} },
          place: { type: 'object', properties: {} },
          $schema: { type: 'string' },
        },
      },
    ]);
    world.model.assertComplete();
  });
});

describe('a result', () => {
  test.each<{ case: string; run: TestTool['run']; ok?: boolean; text: unknown }>([
    {
      case: 'joins its text blocks and ignores structured content',
      run: () => ({
        content: [
          { type: 'text', text: '9007199254740993' },
          { type: 'text', text: 'exactly' },
        ],
        structuredContent: { result: 1 },
      }),
      text: '9007199254740993\nexactly',
    },
    {
      case: 'that is an error is not ok',
      run: () => ({ isError: true, content: [{ type: 'text', text: 'cannot divide by zero' }] }),
      ok: false,
      text: 'cannot divide by zero',
    },
    {
      case: 'that is a protocol error is not ok',
      run: () => Promise.reject(new Error('boom')),
      ok: false,
      text: expect.stringContaining('boom'),
    },
    { case: 'without content says so', run: () => ({ content: [] }), text: '(no content)' },
    {
      case: 'describes what is no text',
      run: () => ({
        content: [
          { type: 'image', data: 'AAAA', mimeType: 'image/png' },
          { type: 'resource_link', uri: 'file:///a.txt', name: 'a.txt' },
          { type: 'resource', resource: { uri: 'file:///b.txt', text: 'inside' } },
        ],
      }),
      text: '(image "image-1.png", image/png, 3 bytes: the members see it)\n(link to a.txt: file:///a.txt)\ninside',
    },
    {
      case: 'that is very long is cut between characters, with a mark',
      run: () => `a${'😀'.repeat(100_000)}`,
      text: expect.stringMatching(/^a(😀)+\n… \(cut here: 200001 characters in all\)$/u),
    },
  ])('$case', async ({ run, ok = true, text }) => {
    await using server = await startToolServer({ tools: [{ ...addTool, run }] });
    await using world = await startAgent({ toolServers: [config(server)] });
    expect(await askToAdd(world)).toEqual([{ ok, text }]);
    world.model.assertComplete();
  });
});

describe('a server that is a child process', () => {
  const path = fileURLToPath(new URL('../support/stdio-server.ts', import.meta.url));
  const child = { name: 'child', command: process.execPath, args: [path, 'there'], env: { GREETING: 'hello' } };
  const call = (name: string): Step => ({ toolCalls: [{ name, arguments: {} }] });

  test('is started with its arguments and variables, started again when it dies, and gone after closing', async () => {
    const world = await startAgent({ toolServers: [child] });
    world.model.enqueue(call('greeting'), call('pid'), call('die'), call('pid'), fine);
    const [greeting, before, death, after] = resultsOf(await world.ask('hello'));
    expect(greeting).toEqual({ ok: true, text: 'hello there' });
    expect(death).toEqual({ ok: false, text: expect.stringContaining('broke off') });
    expect(after?.ok).toBe(true);
    expect(after?.text).not.toBe(before?.text);
    await world[Symbol.asyncDispose]();
    for (const pid of [before, after]) expect(() => process.kill(Number(pid?.text), 0)).toThrow('ESRCH');
    // What it logs may be anything.
    expect(world.log).toContainEqual({
      level: 'debug',
      event: 'tool-server-stderr',
      fields: { server: 'child', length: 26 },
    });
    expect(JSON.stringify(world.log)).not.toContain('private');
  });

  test('runs in an empty folder of its own, unless the operator names one', async () => {
    const folders: string[] = [];
    for (const cwd of [undefined, tmpdir()]) {
      await using world = await startAgent({ toolServers: [{ ...child, ...(cwd === undefined ? {} : { cwd }) }] });
      world.model.enqueue(call('folder'), fine);
      const [result] = resultsOf(await world.ask('hello'));
      folders.push(result?.text ?? '');
      if (cwd === undefined) expect(readdirSync(folders[0] ?? '')).toEqual([]);
    }
    expect(folders[1]).toBe(realpathSync(tmpdir()));
    expect(folders[0]).not.toBe(process.cwd());
    expect(existsSync(folders[0] ?? '')).toBe(false);
  });

  test('that cannot be started is a server that is down', async () => {
    await using world = await startAgent({
      toolServers: [{ ...child, command: '/nowhere/at-all' }],
      answers: [fine],
    });
    expect((await world.ask('hello')).warnings).toEqual(noTools);
  });
});

test('both kinds of servers serve one turn', async () => {
  await using server = await startToolServer({ tools: [multiplyTool] });
  const path = fileURLToPath(new URL('../support/stdio-server.ts', import.meta.url));
  const child = { name: 'child', command: process.execPath, args: [path, 'you'], env: { GREETING: 'hi' } };
  await using world = await startAgent({ toolServers: [config(server), child] });
  world.model.enqueue(
    {
      toolCalls: [
        { name: 'multiply', arguments: { a: 6, b: 7 } },
        { name: 'greeting', arguments: {} },
      ],
    },
    fine,
  );
  const texts = resultsOf(await world.ask('hello')).map(({ text }) => text);
  expect(texts.toSorted()).toEqual(['42', 'hi you']);
});

describe('what a server has started itself', () => {
  const path = fileURLToPath(new URL('../support/stdio-server.ts', import.meta.url));
  // As npx does: the server is a grandchild, behind a shell that waits for it.
  const script = `"${process.execPath}" "${path}" there; exit 0`;
  const config = { name: 'child', command: 'sh', args: ['-c', script], env: { GREETING: 'hello' } };
  const call = (name: string): Step => ({ toolCalls: [{ name, arguments: {} }] });
  /** A process that has ended may stay listed until its parent has asked how. */
  const isThere = (pid: number) => {
    try {
      return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
    } catch {
      return false;
    }
  };

  test('ends with it, also when it does not listen to anybody', async () => {
    const world = await startAgent({ toolServers: [config] });
    world.model.enqueue(call('deaf'), call('pid'), fine);
    const [, pid] = resultsOf(await world.ask('hello'));
    expect(isThere(Number(pid?.text))).toBe(true);
    await world[Symbol.asyncDispose]();
    await expect.poll(() => isThere(Number(pid?.text))).toBe(false);
  });

  test('ends when this process does, without a goodbye', async () => {
    const program = `
      import { ChildTransport } from '${new URL('../../../src/agent/tools/mcp/child-transport.ts', import.meta.url)}';
      const transport = new ChildTransport(${JSON.stringify(config)}, () => {});
      transport.onmessage = ({ result }) => { console.log(result.content[0].text); process.exit(); };
      await transport.start();
      await transport.send({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'pid', arguments: {} } });
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
    await expect.poll(() => isThere(Number(stdout))).toBe(false);
  });

  test('that keeps dying is not started without end', async () => {
    const dying = { name: 'child', command: 'sh', args: ['-c', 'exit 1'], env: {} };
    await using world = await startAgent({ toolServers: [dying] });
    for (let turn = 0; turn < 5; turn += 1) {
      world.model.enqueue(fine);
      expect((await world.ask('hello')).warnings).toEqual(noTools);
    }
    expect(world.log.filter(({ event }) => event === 'tool-server-fail').length).toBeLessThan(4);
  });
});
