/** The loop: what a turn's record comes to, seen from both wires. */
import { describe, expect, test } from 'vitest';
import type { Turn, TurnEnd } from '../../../src/agent/turn.ts';
import type { Completion } from '../../../src/simulator/model/answer.ts';
import { Hold } from '../../../src/simulator/model/hold.ts';
import { startAgent, type TestAgentOptions } from '../support/start-agent.ts';
import { addTool, startToolServer, type TestTool, type TestToolServer } from '../support/tool-server.ts';

const add = (a: number, b: number) => ({ name: 'add', arguments: { a, b } });

function at(...servers: readonly TestToolServer[]) {
  return servers.map(({ url }, place) => ({ name: place === 0 ? 'calculator' : `server${place}`, url, headers: {} }));
}

/** Asks one question of an agent with the tools `add` and `multiply`. */
async function askOnce(options: TestAgentOptions & { readonly tools?: readonly TestTool[] }) {
  const server = await startToolServer(options.tools === undefined ? {} : { tools: options.tools });
  const world = await startAgent({ toolServers: at(server), ...options });
  const close = async () => {
    await world[Symbol.asyncDispose]();
    await server.close();
  };
  const turn = await world.ask('what is it?');
  return { ...world, server, turn, [Symbol.asyncDispose]: close };
}

const textsOf = (turn: Turn) => turn.steps.flatMap((step) => step.results.map(({ text }) => text));

describe('a turn', () => {
  test('goes from a call over its result to the answer', async () => {
    await using world = await askOnce({
      answers: [
        { text: '더해보겠습니다.', toolCalls: [add(15, 27)] },
        ({ messages }) => ({ text: ['15 + 27 = ', messages.at(-1)?.text ?? ''] }),
      ],
    });
    expect(world.turn.steps).toMatchObject([
      {
        text: '더해보겠습니다.',
        calls: [{ name: 'add', arguments: '{"a":15,"b":27}' }],
        results: [{ ok: true, text: '42' }],
        usage: { promptTokens: expect.any(Number) },
      },
      { text: '15 + 27 = 42', calls: [], results: [] },
    ]);
    expect(world.turn.end).toEqual({ type: 'answered' });
    world.model.assertComplete();
  });

  test('runs the calls of one step side by side and sends the results in the order of the calls', async () => {
    const first = Promise.withResolvers<string>();
    const slow = { ...addTool, inputSchema: {}, name: 'slow', run: () => first.promise };
    const fast = {
      ...addTool,
      inputSchema: {},
      name: 'fast',
      run: () => {
        first.resolve('slow is done');
        return 'fast is done';
      },
    };
    await using world = await askOnce({
      tools: [slow, fast],
      answers: [
        {
          toolCalls: [
            { name: 'slow', arguments: '{}' },
            { name: 'fast', arguments: '' },
          ],
        },
        { text: 'done' },
      ],
    });
    const results = world.model.requests[1]?.messages.filter(({ role }) => role === 'tool').map(({ text }) => text);
    expect(results).toEqual(['slow is done', 'fast is done']);
    expect(world.server.sent('tools/call').map((body) => JSON.parse(body).params.arguments)).toEqual([{}, {}]);
  });

  test('shows the draft as it grows and every change of the record', async () => {
    await using server = await startToolServer();
    const hold = new Hold();
    await using world = await startAgent({
      toolServers: at(server),
      answers: [{ text: 'Let me see. ', toolCalls: [add(1, 2)] }, { text: ['It ', 'is ', hold, '3.'] }],
    });
    const seen: string[] = [];
    const asked = world.ask('1 + 2?', {
      onChange: (turn, draft) => {
        const results = turn.steps.flatMap((step) => step.results).length;
        seen.push(`${draft ?? '-'}|${turn.steps.length}|${results}|${turn.end?.type ?? ''}`);
        if (draft === 'It is ') hold.release();
      },
    });
    await asked;
    expect(seen).toEqual([
      'Let me see. |0|0|',
      '-|1|0|',
      '-|1|1|',
      'It |1|1|',
      'It is |1|1|',
      'It is 3.|1|1|',
      '-|2|1|answered',
    ]);
  });

  test('is asked without choice of tools on the last allowed step, so that prose comes', async () => {
    await using world = await askOnce({
      limits: { stepsPerTurn: 3 },
      answers: [{ toolCalls: [add(1, 1)] }, { toolCalls: [add(2, 2)] }, { text: '2 and 4.' }],
    });
    expect(world.model.requests.map(({ body }) => body.tool_choice)).toEqual([undefined, undefined, 'none']);
    expect(new Set(world.model.requests.map(({ body }) => JSON.stringify(body.tools))).size).toBe(1);
    expect(world.turn.end).toEqual({ type: 'answered' });
  });

  test('ends as step-limit when the model calls tools even then', async () => {
    await using world = await askOnce({
      limits: { stepsPerTurn: 2 },
      answers: [{ toolCalls: [add(1, 1)] }, { text: 'One more.', toolCalls: [add(2, 2)] }],
    });
    expect(world.turn.steps.at(-1)).toMatchObject({ text: 'One more.', calls: [] });
    expect(world.turn.end).toEqual({ type: 'failed', code: 'step-limit' });
    expect(world.server.sent('tools/call')).toHaveLength(1);
  });

  test('runs no more calls than allowed, and answers the others', async () => {
    await using world = await askOnce({
      limits: { callsPerTurn: 2 },
      answers: [{ toolCalls: [add(1, 1), add(2, 2), add(3, 3)] }, { text: 'enough' }],
    });
    expect(world.server.sent('tools/call')).toHaveLength(2);
    expect(world.turn.steps[0]?.results.filter(({ ok }) => !ok)).toMatchObject([
      { text: expect.stringContaining('2 calls') },
    ]);
    expect(world.model.requests[1]?.body.tool_choice).toBe('none');
    world.model.assertComplete();
  });

  test('tells a model that goes round in circles, and takes the tools away', async () => {
    await using world = await askOnce({
      answers: [
        { toolCalls: [add(1, 1)] },
        { toolCalls: [add(1, 1)] },
        { toolCalls: [add(1, 1), add(5, 5)] },
        { text: 'It is 2.' },
      ],
    });
    expect(world.server.sent('tools/call')).toHaveLength(3);
    expect(textsOf(world.turn)).toEqual(['2', '2', expect.stringContaining('the same call was made before'), '10']);
    expect(world.model.requests.map(({ body }) => body.tool_choice)).toEqual([undefined, undefined, undefined, 'none']);
  });

  test('ends as time-limit with every call answered', async () => {
    await using world = await askOnce({
      limits: { turnMs: 2_000 },
      tools: [{ ...addTool, run: () => new Promise(() => {}) }],
      answers: [{ toolCalls: [add(1, 1)] }],
    });
    expect(world.turn.end).toEqual({ type: 'failed', code: 'time-limit' });
    expect(world.turn.steps[0]?.results).toMatchObject([{ ok: false }]);
  });
});

const whole: Completion = { text: 'fine' };
const call = { index: 0, id: 'c1', type: 'function', function: { name: 'add', arguments: '{"a":1,"b":2}' } };
const delta = (value: object, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta: value, finish_reason }],
});

describe('what models write that is not by the book', () => {
  test.each<{
    case: string;
    answers: Completion[];
    calls?: string[];
    texts?: unknown[];
    end?: TurnEnd;
    problems?: number;
  }>([
    {
      case: 'malformed arguments are explained to the model and not sent',
      answers: [{ toolCalls: [{ name: 'add', arguments: '{"a":1,' }] }, whole],
      calls: [],
      texts: [expect.stringContaining('not valid JSON')],
    },
    {
      case: 'arguments that are no object are explained to the model',
      answers: [{ toolCalls: [{ name: 'add', arguments: '[1,2]' }] }, whole],
      calls: [],
      texts: [expect.stringContaining('not a JSON object')],
    },
    {
      case: 'an unknown tool is answered with the known ones',
      answers: [{ toolCalls: [{ name: 'sum', arguments: '{}' }] }, whole],
      calls: [],
      texts: ['There is no tool named "sum". Call one of these directly: add, multiply.'],
    },
    {
      case: 'multi_tool_use.parallel is an unknown tool, and its name does not break the next request',
      answers: [{ toolCalls: [{ name: 'multi_tool_use.parallel', arguments: '{"tool_uses":[]}' }] }, whole],
      calls: [],
      texts: [expect.stringContaining('no tool named "multi_tool_use.parallel"')],
    },
    {
      case: 'a call without an id gets one',
      answers: [{ toolCalls: [{ name: 'add', arguments: { a: 1, b: 2 }, id: null }] }, whole],
      texts: ['3'],
    },
    {
      case: 'a call whose id ends within a character gets another',
      answers: [{ toolCalls: [{ name: 'add', arguments: { a: 1, b: 2 }, id: 'call\ud83d' }] }, whole],
      texts: ['3'],
    },
    {
      case: 'two calls with one id get two',
      answers: [
        {
          toolCalls: [
            { name: 'add', arguments: { a: 1, b: 2 }, id: 'same' },
            { name: 'multiply', arguments: { a: 3, b: 4 }, id: 'same' },
          ],
        },
        whole,
      ],
      texts: ['3', '12'],
    },
    {
      case: 'calls without an index',
      answers: [
        {
          toolCalls: [
            { name: 'add', arguments: { a: 1, b: 2 }, index: null },
            { name: 'add', arguments: { a: 3, b: 4 }, index: null },
          ],
        },
        whole,
      ],
      texts: ['3', '7'],
    },
    {
      case: 'calls that all have index 0',
      answers: [
        {
          toolCalls: [
            { name: 'add', arguments: { a: 1, b: 2 }, index: 0 },
            { name: 'add', arguments: { a: 3, b: 4 }, index: 0 },
          ],
        },
        whole,
      ],
      texts: ['3', '7'],
    },
    {
      case: 'calls that all have index 0 and no id',
      answers: [
        {
          toolCalls: [
            { name: 'add', arguments: { a: 1, b: 2 }, index: 0, id: null },
            { name: 'add', arguments: { a: 3, b: 4 }, index: 0, id: null },
          ],
        },
        whole,
      ],
      texts: ['3', '7'],
    },
    {
      case: 'fragments of two calls that come mixed',
      answers: [
        {
          finishReason: 'tool_calls',
          rawChunks: [
            delta({ tool_calls: [{ ...call, function: { name: 'add', arguments: '{"a":' } }] }),
            delta({
              tool_calls: [{ ...call, index: 1, id: 'c2', function: { name: 'multiply', arguments: '{"a":3' } }],
            }),
            delta({ tool_calls: [{ index: 0, function: { arguments: '1,"b":2}' } }] }),
            delta({ tool_calls: [{ index: 1, function: { arguments: ',"b":4}' } }] }),
          ],
        },
        whole,
      ],
      texts: ['3', '12'],
    },
    {
      case: 'id and name repeated with every fragment',
      answers: [
        {
          finishReason: 'tool_calls',
          rawChunks: [
            delta({ tool_calls: [{ ...call, function: { name: 'add', arguments: '{"a":1' } }] }),
            delta({ tool_calls: [{ ...call, function: { name: 'add', arguments: ',"b":2}' } }] }),
          ],
        },
        whole,
      ],
      texts: ['3'],
    },
    {
      case: 'arguments as an object instead of text',
      answers: [
        {
          finishReason: 'tool_calls',
          rawChunks: [delta({ tool_calls: [{ ...call, function: { name: 'add', arguments: { a: 1, b: 2 } } }] })],
        },
        whole,
      ],
      texts: ['3'],
    },
    {
      case: 'calls that end with finish_reason stop are run',
      answers: [{ toolCalls: [{ name: 'add', arguments: { a: 1, b: 2 } }], finishReason: 'stop' }, whole],
      texts: ['3'],
    },
    {
      case: 'calls that the output limit cut are not run',
      answers: [{ toolCalls: [{ name: 'add', arguments: '{"a":1,"b":2}' }], finishReason: 'length' }, whole],
      calls: [],
      texts: [expect.stringContaining('output limit')],
    },
    { case: 'an empty answer is asked for once more', answers: [{ text: '' }, whole], texts: [] },
    {
      case: 'two empty answers end the turn',
      answers: [{ text: '' }, { text: ' \n' }],
      end: { type: 'failed', code: 'model-empty' },
    },
    {
      case: 'an answer that the output limit cut keeps its text',
      answers: [{ text: 'so far', finishReason: 'length' }],
      end: { type: 'failed', code: 'answer-too-long' },
    },
    {
      case: 'an answer that was filtered keeps its text',
      answers: [{ text: 'so far', finishReason: 'content_filter' }],
      end: { type: 'failed', code: 'answer-filtered' },
    },
    {
      case: 'calls of a filtered answer are not run',
      answers: [{ text: 'so far', toolCalls: [add(1, 2)], finishReason: 'content_filter' }],
      calls: [],
      end: { type: 'failed', code: 'answer-filtered' },
    },
    { case: 'a refusal is the answer', answers: [{ refusal: 'I will not.' }], texts: [] },
    { case: 'usage may be missing', answers: [{ text: 'fine', usage: null }] },
    { case: 'the stream may end without [DONE]', answers: [{ text: 'fine', hasDone: false }] },
  ])('$case', async ({ answers, calls, texts, end = { type: 'answered' } }) => {
    await using world = await askOnce({ answers });
    expect(world.turn.end).toEqual(end);
    if (texts !== undefined) expect(textsOf(world.turn)).toEqual(texts);
    if (calls !== undefined) expect(world.server.sent('tools/call')).toEqual(calls);
    const text = world.turn.steps.at(-1)?.text ?? '';
    expect(text).toBe(end.type === 'answered' ? (answers.at(-1)?.refusal ?? 'fine') : text && 'so far');
    // Strict servers refuse half a character, and would do so for as long as the turn is in the history.
    expect(world.turn.steps.flatMap(({ calls: made }) => made).every(({ id }) => id.isWellFormed())).toBe(true);
    world.model.enqueue({ text: 'next' });
    expect((await world.ask('and now?')).steps.at(-1)?.text).toBe('next');
    world.model.assertComplete();
  });
});
