/** What a call may do while it runs, what comes back, and what is refused: with servers that do it all, and some that misbehave. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { LiveState } from '../../../src/agent/agent.ts';
import type { Turn } from '../../../src/agent/turn.ts';
import type { ToolServerPolicy } from '../../../src/config/tool-servers.ts';
import { startAgent, type TestAgent, type TestAgentOptions } from '../support/start-agent.ts';
import { addTool, startToolServer, type TestTool, type TestToolServer } from '../support/tool-server.ts';

const fine = { text: 'fine' };
const plain: TestTool = { name: 'work', annotations: { readOnlyHint: true }, run: () => 'done' };

function configOf({ url }: TestToolServer, policy: ToolServerPolicy = {}) {
  return { name: 'server', url, headers: {}, ...policy };
}

function resultsOf(turn: Turn) {
  return turn.steps.flatMap(({ results }) => results.map(({ ok, text }) => ({ ok, text })));
}

/** Has the model call tools, one step each, and gives the results. */
async function call(world: TestAgent, ...calls: readonly { readonly name: string; readonly arguments?: object }[]) {
  const steps = calls.map(({ name, arguments: args = {} }) => ({ toolCalls: [{ name, arguments: { ...args } }] }));
  world.model.enqueue(...steps, fine);
  const turn = await world.ask('go');
  world.model.assertComplete();
  return resultsOf(turn);
}

async function startWith(
  tools: readonly TestTool[],
  {
    policy,
    isStreaming = false,
    ...options
  }: TestAgentOptions & { policy?: ToolServerPolicy; isStreaming?: boolean } = {},
) {
  const server = await startToolServer({ tools, isStreaming, hasSessions: isStreaming });
  const world = await startAgent({ toolServers: [configOf(server, policy)], ...options });
  return {
    ...world,
    server,
    [Symbol.asyncDispose]: async () => {
      await world[Symbol.asyncDispose]();
      await server.close();
    },
  };
}

describe('arguments', () => {
  const schemaOf = (property: object, rest: object = {}) => ({
    type: 'object',
    properties: { a: property },
    required: ['a'],
    additionalProperties: false,
    ...rest,
  });

  test.each<[string, object, object, string | undefined]>([
    ['that fit are sent', schemaOf({ type: 'number' }), { a: 1 }, undefined],
    ['of the wrong type', schemaOf({ type: 'number' }), { a: 'one' }, '/a must be number'],
    ['that are missing', schemaOf({ type: 'number' }), {}, "they must have required property 'a'"],
    ['that the tool does not know', schemaOf({}), { a: 1, b: 2 }, 'they must NOT have additional properties (b)'],
    [
      'that are none of the choices',
      schemaOf({ enum: ['x', 'y'] }),
      { a: 'z' },
      'one of the allowed values: ["x","y"]',
    ],
    ['that do not match the pattern', schemaOf({ type: 'string', pattern: '^x+$' }), { a: 'y' }, 'must match pattern'],
    ['that match the pattern', schemaOf({ type: 'string', pattern: '^x+$' }), { a: 'xx' }, undefined],
    [
      'of another pattern than a neighbour',
      schemaOf({ allOf: [{ pattern: '^x' }, { pattern: 'y$' }] }),
      { a: 'xz' },
      'must match pattern "y$"',
    ],
    ['that are no date', schemaOf({ type: 'string', format: 'date' }), { a: 'today' }, 'must match format "date"'],
    ['against the newer dialect', schemaOf({ prefixItems: [{ type: 'string' }] }), { a: [1] }, '/a/0 must be string'],
    [
      'against the older dialect',
      schemaOf({ items: [{ type: 'string' }] }, { $schema: 'http://json-schema.org/draft-07/schema#' }),
      { a: [1] },
      '/a/0 must be string',
    ],
    ['against a schema that is none', { type: 'object', properties: { a: { type: 'nonsense' } } }, { a: 1 }, undefined],
    ['against a schema that goes round in circles', { $ref: '#' }, { a: 1 }, undefined],
    [
      'against a pattern that would take for ever',
      schemaOf({ type: 'string', pattern: '^(a+)+$' }),
      { a: `${'a'.repeat(40)}!` },
      undefined,
    ],
    ['that are integers beyond what a double holds', schemaOf({ type: 'integer' }), { a: 2 ** 60 }, undefined],
  ])('%s', async (_, inputSchema, args, problem) => {
    await using world = await startWith([{ ...plain, inputSchema }]);
    const [result] = await call(world, { name: 'work', arguments: args });
    if (problem === undefined) expect(result).toEqual({ ok: true, text: 'done' });
    else expect(result).toEqual({ ok: false, text: expect.stringContaining(problem) });
    expect(world.server.sent('tools/call')).toHaveLength(problem === undefined ? 1 : 0);
  });
});

describe('a tool that may not be used', () => {
  const tools = ['read', 'write', 'delete'].map((name) => ({ ...plain, name }));

  test.each<[string, ToolServerPolicy, string[]]>([
    ['is none that is allowed', { allow: ['read', 'write'] }, ['read', 'write']],
    ['is one that is denied', { deny: ['delete'] }, ['read', 'write']],
    ['is one that is both', { allow: ['read', 'delete'], deny: ['delete'] }, ['read']],
  ])('%s: it is not offered, and not called when the model tries', async (_, policy, offered) => {
    await using world = await startWith(tools, { policy });
    const [result] = await call(world, { name: 'delete' });
    expect(result).toEqual({ ok: false, text: expect.stringContaining('There is no tool named "delete"') });
    expect(world.model.requests[0]?.tools.map(({ name }) => name)).toEqual(offered);
    expect(world.server.sent('tools/call')).toEqual([]);
  });
});

test('a prefix stands before every name of its server', async () => {
  await using world = await startWith([plain], { policy: { prefix: 'wiki' } });
  expect(await call(world, { name: 'wiki_work' })).toEqual([{ ok: true, text: 'done' }]);
});

test('a tool of a server that was never reached is missing, and the model that asks for it is told why', async () => {
  await using up = await startToolServer({ tools: [plain] });
  await using down = await startToolServer();
  await down.close();
  await using world = await startAgent({
    toolServers: [configOf(up), { ...configOf(down), name: 'wiki' }],
    limits: { toolConnectMs: 1500 },
  });
  const [result] = await call(world, { name: 'search' });
  expect(result?.text).toBe(
    'There is no tool named "search". Call one of these directly: work. The tools of "wiki" are missing: the server cannot be reached right now.',
  );
});

describe('the time of a call', () => {
  const steps = (count: number): TestTool => ({
    ...plain,
    run: async (_args, signal, client) => {
      for (let step = 1; step <= count && !signal.aborted; step += 1) {
        await new Promise((resolve) => setTimeout(resolve, 400));
        await client.progress(step, count, `step ${step}`);
      }
      return 'done';
    },
  });

  test('begins anew with every report of progress, which can be seen', async () => {
    await using world = await startWith([steps(6)], { isStreaming: true, policy: { timeoutMs: 2_000 } });
    world.model.enqueue({ toolCalls: [{ name: 'work', arguments: {} }] }, fine);
    const seen: unknown[] = [];
    const turn = await world.ask('go', { onChange: (_turn, _draft, { progress }) => seen.push(...progress.values()) });
    expect(resultsOf(turn)).toEqual([{ ok: true, text: 'done' }]);
    expect(seen).toContainEqual({ progress: 3, total: 6, message: 'step 3' });
    expect(seen.at(-1)).toMatchObject({ progress: 6 });
  });

  test('has an end all the same', async () => {
    const policy = { timeoutMs: 2_000, maxTimeoutMs: 2_500 };
    await using world = await startWith([steps(1000)], { isStreaming: true, policy });
    const [result] = await call(world, { name: 'work' });
    expect(result).toEqual({ ok: false, text: 'The tool "work" took longer than 2.5 s and was stopped.' });
    await world.server.until(() => world.server.sent('notifications/cancelled').length > 0);
    world.server.tools = [plain];
    expect(await call(world, { name: 'work' })).toEqual([{ ok: true, text: 'done' }]);
  });

  test('is over at once when the stream of its answer ends without one', async () => {
    let isFirst = true;
    const dying: TestTool = { ...plain, annotations: {}, run: () => new Promise(() => {}) };
    await using world = await startWith([dying], { isStreaming: true });
    const asked = call(world, { name: 'work' });
    await world.server.until(() => world.server.sent('tools/call').length > 0 && isFirst);
    isFirst = false;
    await world.server.close();
    expect(await asked).toEqual([
      { ok: false, text: 'The tool server "server" broke off; whether the tool ran is unknown.' },
    ]);
  });

  test('ends within a moment of the turn being stopped, and the server is told', async () => {
    const stop = new AbortController();
    await using world = await startWith([{ ...plain, run: () => new Promise(() => {}) }]);
    world.model.enqueue({ toolCalls: [{ name: 'work', arguments: {} }] });
    const asked = world.ask('go', { signal: stop.signal });
    await world.server.until(() => world.server.sent('tools/call').length > 0);
    stop.abort('stop');
    const turn = await asked;
    expect(turn.end).toEqual({ type: 'failed', code: 'stopped' });
    expect(resultsOf(turn)).toEqual([{ ok: false, text: 'The call was stopped.' }]);
    await world.server.until(() => world.server.sent('notifications/cancelled').length > 0);
  });
});

describe('a result', () => {
  const outputSchema = { type: 'object', properties: { degrees: { type: 'number' } }, required: ['degrees'] };
  const picture = Buffer.from('not really a picture').toString('base64');

  test.each<[string, Partial<TestTool>, { ok: boolean; text: unknown }]>([
    [
      'whose structured content fits',
      {
        outputSchema,
        run: () => ({ content: [{ type: 'text', text: '21.5' }], structuredContent: { degrees: 21.5 } }),
      },
      { ok: true, text: '21.5' },
    ],
    [
      'whose structured content does not fit',
      { outputSchema, run: () => ({ content: [], structuredContent: { degrees: 'warm' } }) },
      { ok: false, text: expect.stringContaining('/degrees must be number') },
    ],
    [
      'without the structured content that was promised',
      { outputSchema, run: () => ({ content: [{ type: 'text', text: '21.5' }] }) },
      { ok: false, text: expect.stringContaining('it has no structured content') },
    ],
    [
      'that is an error needs no structured content',
      { outputSchema, run: () => ({ content: [{ type: 'text', text: 'no sensor' }], isError: true }) },
      { ok: false, text: 'no sensor' },
    ],
    [
      'with structured content alone is that',
      { run: () => ({ content: [], structuredContent: { degrees: 21.5 } }) },
      { ok: true, text: '{"degrees":21.5}' },
    ],
    [
      'of ten megabytes is cut',
      { run: () => 'x'.repeat(10_000_000) },
      { ok: true, text: expect.stringMatching(/x\n… \(cut here: 10000000 characters in all\)$/) },
    ],
  ])('%s', async (_, tool, expected) => {
    // On a page of its own, before others: the schemas of all pages count.
    const others = ['xa', 'xb', 'xc'].map((name) => ({ ...addTool, name }));
    await using server = await startToolServer({ tools: [{ ...plain, ...tool }, ...others], toolsPerPage: 1 });
    await using world = await startAgent({ toolServers: [configOf(server)] });
    expect(await call(world, { name: 'work' })).toEqual([expected]);
    expect(await call(world, { name: 'xc', arguments: { a: 1, b: 2 } })).toEqual([{ ok: true, text: '3' }]);
  });

  test('with pictures, sounds and files keeps them beside the record until the turn is settled', async () => {
    const run: TestTool['run'] = () => ({
      content: [
        { type: 'text', text: 'Here:' },
        { type: 'image', data: picture, mimeType: 'image/png' },
        { type: 'audio', data: picture, mimeType: 'audio/wav' },
        {
          type: 'resource',
          resource: { uri: 'file:///tmp/a%20b/report 1.pdf?x=1', mimeType: 'application/pdf', blob: picture },
        },
      ],
    });
    await using world = await startWith([{ ...plain, run }]);
    world.model.enqueue({ toolCalls: [{ name: 'work', arguments: {} }] }, fine);
    const turn = await world.ask('go');
    const [result] = turn.steps[0]?.results ?? [];
    expect(result?.text.split('\n')).toEqual([
      'Here:',
      '(image "image-1.png", image/png, 20 bytes: the members see it)',
      '(audio "audio-2.wav", audio/wav, 20 bytes: the members see it)',
      '(file "report_1.pdf", application/pdf, 20 bytes: the members see it)',
    ]);
    const [file] = result?.files ?? [];
    if (file === undefined) throw new Error('no file');
    expect(file).toMatchObject({ name: 'image-1.png', mimeType: 'image/png', bytes: 20 });
    expect(Buffer.from((await world.agent.readFile(file)) ?? []).toString()).toBe('not really a picture');
    await world.agent.settle(turn);
    expect(await world.agent.readFile(file)).toBeUndefined();
  });

  test.each<[from: string, result: ReturnType<TestTool['run']>, description: string | undefined]>([
    [
      'a value of that name',
      { content: [{ type: 'text', text: 'drawn' }], structuredContent: { description: 'A cat.' } },
      'A cat.',
    ],
    [
      'the text that comes with it',
      {
        content: [
          { type: 'text', text: 'A cat\non a mat' },
          { type: 'text', text: 'at night' },
        ],
      },
      'A cat on a mat at night',
    ],
    ['a value that is none', { content: [], structuredContent: { description: 42 } }, undefined],
    ['nothing', { content: [] }, undefined],
    [
      'a text in which something is hidden',
      { content: [{ type: 'text', text: ' A \u202e cat\u0000\ud83d' }] },
      'A \\u202e cat\\u0000\ufffd',
    ],
    [
      'a text that is too long',
      { content: [{ type: 'text', text: '🐈'.repeat(5_000) }, ...Array(50).fill({ type: 'text', text: 'x' })] },
      `${'🐈'.repeat(511)}…`,
    ],
  ])('describes its pictures, and nothing else, by %s', async (_from, result, description) => {
    const { content = [], ...rest } = Object(await result);
    const files = [
      { type: 'image', data: picture, mimeType: 'image/png' },
      { type: 'audio', data: picture, mimeType: 'audio/wav' },
    ];
    await using world = await startWith([{ ...plain, run: () => ({ ...rest, content: [...content, ...files] }) }]);
    world.model.enqueue({ toolCalls: [{ name: 'work', arguments: {} }] }, fine);
    const turn = await world.ask('go');
    expect(turn.steps[0]?.results[0]?.files?.map((file) => file.description)).toEqual([description, undefined]);
  });

  test('with a file that is too large, or too many, describes what it does not keep', async () => {
    const large = Buffer.alloc(9 * 1024 * 1024).toString('base64');
    const run: TestTool['run'] = () => ({
      content: [
        { type: 'image', data: large, mimeType: 'image/png' },
        ...Array.from({ length: 11 }, () => ({ type: 'image' as const, data: picture, mimeType: 'image/png' })),
      ],
    });
    await using world = await startWith([{ ...plain, run }]);
    world.model.enqueue({ toolCalls: [{ name: 'work', arguments: {} }] }, fine);
    const turn = await world.ask('go');
    const [result] = turn.steps[0]?.results ?? [];
    expect(result?.files).toHaveLength(10);
    expect(result?.text).toContain('9437184 bytes: too large to be shown)');
    expect(result?.text).toContain('not shown, there are too many files)');
  });

  test('whose files cannot be stored is a result all the same', async () => {
    const run: TestTool['run'] = () => ({ content: [{ type: 'image', data: picture, mimeType: 'image/png' }] });
    await using world = await startWith([{ ...plain, run }]);
    world.store.failsOn = (name) => name === 'saveFile';
    const [result] = await call(world, { name: 'work' });
    expect(result).toEqual({ ok: true, text: expect.stringContaining('could not be stored') });
  });
});

describe('a form', () => {
  const schema = {
    type: 'object',
    properties: {
      city: { type: 'string', title: 'City', minLength: 2 },
      nights: { type: 'integer', default: 1, minimum: 1 },
      smoking: { type: 'boolean', default: false },
      room: { type: 'string', enum: ['s', 'd'], enumNames: ['Single', 'Double'] },
      extras: { type: 'array', items: { anyOf: [{ const: 'b', title: 'Breakfast' }] } },
    },
    required: ['city'],
  };
  const booking: TestTool = {
    ...plain,
    annotations: {},
    run: async (_args, _signal, client) => JSON.stringify(await client.elicit('Where to?', schema)),
  };

  /** Answers the first form of each turn; several turns at once are told apart by what is asked. */
  async function book(
    world: TestAgent,
    answer: (live: LiveState, turn: Turn) => void,
    channelId = 'general',
  ): Promise<string | undefined> {
    const isAnswered = { now: false };
    const turn = await world.ask('book', {
      channelId,
      onChange: (changed, _draft, live) => {
        if (live.forms.length === 0 || isAnswered.now) return;
        isAnswered.now = true;
        setImmediate(() => answer(live, changed));
      },
    });
    return resultsOf(turn)[0]?.text;
  }

  test('reaches the asker with its fields, and the tool what was answered, typed', async () => {
    await using world = await startWith([booking], { isStreaming: true });
    world.model.enqueue({ toolCalls: [{ name: 'work', arguments: {} }] }, fine);
    const outcomes: unknown[] = [];
    const text = await book(world, ({ forms: [form] }, turn) => {
      expect(form).toMatchObject({ id: '0.0.1', server: 'server', message: 'Where to?' });
      expect(
        form?.fields.map(({ name, title, kind, isRequired, preset }) => [name, title, kind, isRequired, preset]),
      ).toEqual([
        ['city', 'City', 'text', true, undefined],
        ['nights', 'nights', 'integer', false, '1'],
        ['smoking', 'smoking', 'boolean', false, 'false'],
        ['room', 'room', 'choice', false, undefined],
        ['extras', 'extras', 'choices', false, undefined],
      ]);
      const answer = (values: Record<string, string>) =>
        outcomes.push(world.agent.answerForm(turn.question.id, form?.id ?? '', { action: 'accept', values }).type);
      answer({ city: 'S' });
      answer({ city: 'Seoul', nights: '3', room: 'double', extras: 'Breakfast' });
      answer({ city: 'Busan' });
    });
    expect(outcomes).toEqual(['invalid', 'taken', 'gone']);
    expect(JSON.parse(text ?? '')).toEqual({
      action: 'accept',
      content: { city: 'Seoul', nights: 3, smoking: false, room: 'd', extras: ['b'] },
    });
    world.model.assertComplete();
  });

  test('goes to the asker of its own call when several run at once', async () => {
    const channels = ['a', 'b', 'c'];
    const asking: TestTool = {
      ...plain,
      annotations: {},
      inputSchema: { type: 'object', properties: { who: { type: 'string' } } },
      run: async ({ who }, _signal, client) => JSON.stringify(await client.elicit(`For ${who}`, schema)),
    };
    await using world = await startWith([asking], {
      isStreaming: true,
      respond: ({ messages }) =>
        messages.at(-1)?.role === 'tool'
          ? fine
          : { toolCalls: [{ name: 'work', arguments: { who: messages.at(-1)?.text.slice(-1) ?? '' } }] },
    });
    const open: { live: LiveState; turn: Turn }[] = [];
    const allOpen = Promise.withResolvers<void>();
    const answers = channels.map(async (channelId) => {
      const turn = await world.ask(`book for ${channelId}`, {
        channelId,
        onChange: (changed, _draft, live) => {
          if (live.forms.length === 0 || open.some(({ turn: other }) => other === changed)) return;
          expect(live.forms[0]?.message).toBe(`For ${channelId}`);
          open.push({ live, turn: changed });
          if (open.length === channels.length) allOpen.resolve();
        },
      });
      return resultsOf(turn)[0]?.text;
    });
    await allOpen.promise;
    for (const { live, turn } of open) {
      const values = { city: `City of ${turn.question.channelId}` };
      world.agent.answerForm(turn.question.id, live.forms[0]?.id ?? '', { action: 'accept', values });
    }
    const texts = await Promise.all(answers);
    expect(texts.map((text) => JSON.parse(text ?? '').content.city)).toEqual(['City of a', 'City of b', 'City of c']);
    expect(world.model.problems).toEqual([]);
  });

  test('that is declined, or not answered in time, is told to the tool; the call’s own time stands still meanwhile', async () => {
    await using world = await startWith([booking], {
      isStreaming: true,
      policy: { timeoutMs: 1_000, maxTimeoutMs: 1_000 },
      limits: { approvalMs: 2_000 },
    });
    const oneCall = { toolCalls: [{ name: 'work', arguments: {} }] };
    world.model.enqueue(oneCall, fine, oneCall, fine);
    const declined = await book(world, ({ forms: [form] }, turn) => {
      world.agent.answerForm(turn.question.id, form?.id ?? '', { action: 'decline' });
    });
    expect(declined).toBe('{"action":"decline"}');
    expect(await book(world, () => {})).toBe('{"action":"cancel"}');
    world.model.assertComplete();
  });
});

describe('what servers say of themselves', () => {
  test('is marked as theirs: descriptions by their name, instructions beside the tools', async () => {
    await using world = await startWith([{ ...plain, description: 'Works.' }]);
    await call(world, { name: 'work' });
    expect(world.model.requests[0]?.tools[0]?.description).toBe('[server] Works.');
  });
});

describe('ways to reach a server', () => {
  test('one that speaks only a later revision is told apart in the log', async () => {
    const later = createServer((request, response) => {
      request.resume();
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end('{"jsonrpc":"2.0","id":0,"error":{"code":-32022,"message":"Unsupported protocol version"}}');
    });
    later.listen(0, '127.0.0.1');
    await once(later, 'listening');
    const address = later.address();
    const port = typeof address === 'object' ? address?.port : 0;
    await using world = await startAgent({
      toolServers: [{ name: 'later', url: `http://127.0.0.1:${port}/mcp`, headers: {}, type: 'http' }],
      limits: { toolConnectMs: 50 },
      answers: [fine],
    });
    await world.ask('hello');
    const failure = () => world.log.find(({ event }) => event === 'tool-server-fail')?.fields.error;
    await expect.poll(failure).toMatchObject({ code: 'tool-server-too-new' });
    later.close();
  });
});
