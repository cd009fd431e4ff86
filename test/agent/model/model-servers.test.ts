/** Servers that say they speak OpenAI's API, and how each differs. docs/models.md is the table of these. */
import { describe, expect, test } from 'vitest';
import { toBody } from '../../../src/agent/model/body.ts';
import { ModelParameters } from '../../../src/agent/model/parameters.ts';
import { costOf, pricesOf } from '../../../src/agent/model/prices.ts';
import type { ModelRequest } from '../../../src/agent/model/types.ts';
import type { ModelConfig } from '../../../src/config/types.ts';
import { silentLogger } from '../../../src/log.ts';
import type { Answer, Completion } from '../../../src/simulator/model/answer.ts';
import {
  extraForbidden,
  invalidKey,
  toolsNeedNoReasoning,
  unsupportedParameter,
} from '../../../src/simulator/model/failures.ts';
import type { Respond } from '../../../src/simulator/model/model-server.ts';
import { toModelConfig } from '../../support/model-config.ts';
import { startAgent, type TestAgentOptions } from '../support/start-agent.ts';
import { startToolServer } from '../support/tool-server.ts';

/** An agent with the tools `add` and `multiply`, asked twice. */
async function askTwice(options: TestAgentOptions) {
  await using server = await startToolServer();
  const toolServers = [{ name: 'calculator', url: server.url, headers: {} }];
  await using world = await startAgent({ toolServers, ...options });
  const first = await world.ask('15 + 27?');
  const second = await world.ask('and now?');
  world.model.assertComplete();
  return { ...world, first, second };
}

const piece = (delta: object) => ({ choices: [{ index: 0, delta, finish_reason: null }] });
const callPiece = (call: object) => piece({ tool_calls: [call] });
const add = { name: 'add', arguments: { a: 15, b: 27 } };
const next: Answer = { text: 'next' };

describe('a call of the tool add', () => {
  test.each<{ server: string; does: string; answer: Completion }>([
    { server: 'Ollama', does: 'leaves out ids and usage', answer: { toolCalls: [{ ...add, id: null }], usage: null } },
    { server: 'Ollama', does: 'sends the call in one piece', answer: { toolCalls: [{ ...add, index: 0 }] } },
    { server: 'vLLM', does: 'leaves out the index', answer: { toolCalls: [{ ...add, index: null }] } },
    {
      server: 'vLLM',
      does: 'thinks aloud before it calls',
      answer: {
        rawChunks: [
          piece({ reasoning_content: 'Hmm, ' }),
          piece({ reasoning: 'numbers.' }),
          callPiece({ index: 0, id: 'a', type: 'function', function: { name: 'add', arguments: '{"a":15,"b":27}' } }),
        ],
        finishReason: 'tool_calls',
      },
    },
    {
      server: 'llama.cpp',
      does: 'repeats id and name in every piece',
      answer: {
        rawChunks: ['{"a":15,', '"b":27}'].map((text) =>
          callPiece({ index: 0, id: 'a', type: 'function', function: { name: 'add', arguments: text } }),
        ),
        finishReason: 'tool_calls',
      },
    },
    {
      server: 'llama.cpp',
      does: 'sends the arguments as an object',
      answer: {
        rawChunks: [callPiece({ index: 0, id: 'a', function: { name: 'add', arguments: { a: 15, b: 27 } } })],
        finishReason: 'tool_calls',
      },
    },
    { server: 'many', does: 'ends with stop', answer: { toolCalls: [add], finishReason: 'stop' } },
    {
      server: 'many',
      does: 'writes an empty reason into every chunk before the last',
      answer: {
        rawChunks: [{ choices: [{ index: 0, delta: { content: '' }, finish_reason: '' }] }],
        toolCalls: [add],
      },
    },
    {
      server: 'OpenRouter',
      does: 'sends comments until the model begins',
      answer: { comments: ['OPENROUTER PROCESSING', 'OPENROUTER PROCESSING'], toolCalls: [add] },
    },
    {
      server: 'OpenAI',
      does: 'wraps it in multi_tool_use.parallel',
      answer: {
        toolCalls: [
          {
            name: 'multi_tool_use.parallel',
            arguments: '{"tool_uses":[{"recipient_name":"functions.add","parameters":{"a":15,"b":27}}]}',
          },
        ],
      },
    },
  ])('is run when $server $does', async ({ answer }) => {
    const { first, second } = await askTwice({ answers: [answer, { text: '42' }, next] });
    expect(first.steps[0]).toMatchObject({ calls: [{ name: 'add' }], results: [{ ok: true, text: '42' }] });
    expect([first.end, second.end]).toEqual([{ type: 'answered' }, { type: 'answered' }]);
  });

  test('is run with every other that multi_tool_use.parallel wraps, digits to the letter', async () => {
    const parameters = '{"a":9007199254740993,"b":1}';
    const use = `{"recipient_name":"functions.add","parameters":${parameters}}`;
    const call = { name: 'multi_tool_use.parallel', arguments: `{"tool_uses":[${use},${use}]}` };
    const { first } = await askTwice({ answers: [{ toolCalls: [call] }, { text: 'done' }, next] });
    expect(first.steps[0]?.calls.map(({ arguments: text }) => text)).toEqual([parameters, parameters]);
    expect(new Set(first.steps[0]?.calls.map(({ id }) => id)).size).toBe(2);
  });

  test.each(['{"tool_uses":[]}', '{"tool_uses":[{"parameters":{}}]}', '{"tool', '7'])(
    'that cannot be found in multi_tool_use.parallel is answered with what can be called: %s',
    async (text) => {
      const call = { name: 'multi_tool_use.parallel', arguments: text };
      const { first } = await askTwice({ answers: [{ toolCalls: [call] }, { text: 'done' }, next] });
      expect(first.steps[0]?.results).toMatchObject([{ ok: false, text: expect.stringContaining('add') }]);
    },
  );

  test('is one of 128 at most, so that no later request is refused for it', async () => {
    const toolCalls = Array.from({ length: 140 }, () => add);
    const { first } = await askTwice({ answers: [{ toolCalls }, { text: 'done' }, next] });
    expect(first.steps[0]?.calls).toHaveLength(128);
  });
});

/** Answers, but refuses whoever sends what `isRefused` finds. */
function refusing(isRefused: (body: Readonly<Record<string, unknown>>) => boolean, refusal: Answer): Respond {
  return ({ body }) => (isRefused(body) ? refusal : { text: 'fine' });
}

const message = (text: string, status = 400): Answer => ({ status, body: { error: { message: text } } });

describe('a parameter that the server does not take', () => {
  test.each<{ server: string; parameter: string; refusal: Answer }>([
    {
      server: 'an older OpenAI-compatible server',
      parameter: 'max_completion_tokens',
      refusal: unsupportedParameter('max_completion_tokens', 'max_tokens'),
    },
    { server: 'Mistral', parameter: 'prompt_cache_key', refusal: extraForbidden('prompt_cache_key') },
    { server: 'a server on pydantic', parameter: 'safety_identifier', refusal: extraForbidden('safety_identifier') },
    {
      server: 'vLLM of old',
      parameter: 'stream_options',
      refusal: { status: 400, body: { object: 'error', message: "Unexpected field 'stream_options'", code: 400 } },
    },
    {
      server: 'Groq',
      parameter: 'safety_identifier',
      refusal: message("property 'safety_identifier' is unsupported"),
    },
    {
      server: 'a reasoning model',
      parameter: 'temperature',
      refusal: message("Unsupported value: 'temperature' does not support 0.5 with this model. Only the default (1)."),
    },
    {
      server: 'a model that does not reason',
      parameter: 'reasoning_effort',
      refusal: message('Unrecognized request argument supplied: reasoning_effort'),
    },
  ])('is left out from then on: $parameter, $server', async ({ parameter, refusal }) => {
    const respond = refusing((body) => body[parameter] !== undefined, refusal);
    const model = { temperature: 0.5, reasoningEffort: 'low' };
    const { model: server, log, first, second } = await askTwice({ respond, model });
    expect([first.end, second.end]).toEqual([{ type: 'answered' }, { type: 'answered' }]);
    expect(server.requests.map(({ body }) => parameter in body)).toEqual([true, false, false]);
    const isRenamed = parameter === 'max_completion_tokens';
    expect(server.requests.at(-1)?.body.max_tokens).toBe(isRenamed ? 1000 : undefined);
    expect(log.filter(({ event }) => event === 'model-parameter-refused')).toMatchObject([{ fields: { parameter } }]);
  });

  test('may be one of several', async () => {
    const refused = ['stream_options', 'prompt_cache_key', 'safety_identifier', 'max_completion_tokens'];
    const respond: Respond = ({ body }) => {
      const name = refused.find((candidate) => candidate in body);
      return name === undefined ? { text: 'fine' } : unsupportedParameter(name);
    };
    const { model: server, second } = await askTwice({ respond });
    expect(second.end).toEqual({ type: 'answered' });
    expect(server.requests).toHaveLength(refused.length + 2);
  });

  test('is tool_choice: the model is then shown no tools where it must not call them', async () => {
    const respond = refusing((body) => 'tool_choice' in body, unsupportedParameter('tool_choice'));
    const { model: server, second } = await askTwice({ respond, limits: { stepsPerTurn: 1 } });
    expect(second.end).toEqual({ type: 'answered' });
    expect(server.requests.map(({ tools }) => tools.length > 0)).toEqual([true, false, false]);
  });

  test('is reasoning together with tools: the effort is none from then on, and the log says what to set', async () => {
    const respond = refusing((body) => body.reasoning_effort !== 'none', toolsNeedNoReasoning('gpt-6-luna'));
    const { model: server, log, second } = await askTwice({ respond, model: { name: 'gpt-6-luna' } });
    expect(second.end).toEqual({ type: 'answered' });
    expect(server.requests.map(({ body }) => body.reasoning_effort)).toEqual([undefined, 'none', 'none']);
    expect(log.find(({ event }) => event === 'model-parameter-refused')?.fields.advice).toContain(
      'OPENAI_REASONING_EFFORT=none',
    );
  });

  test.each<{ case: string; refusal: Answer }>([
    {
      case: 'a value that is too large',
      refusal: message('max_completion_tokens is too large: 100000. This model takes at most 16384.'),
    },
    { case: 'a message', refusal: message("Unsupported value: 'messages[0].role' does not support 'system'.") },
    { case: 'a key', refusal: invalidKey() },
  ])('is not looked for in a refusal of $case', async ({ refusal }) => {
    await using world = await startAgent({ answers: [refusal, next] });
    expect((await world.ask('hello')).end?.type).toBe('failed');
    expect((await world.ask('and now?')).end).toEqual({ type: 'answered' });
    world.model.assertComplete();
  });
});

describe('the cost of a step', () => {
  const usage = { promptTokens: 1_000_000, cachedTokens: 400_000, completionTokens: 100_000 };

  test.each([
    { name: 'gpt-4o', prices: undefined, costUsd: 1.5 + 0.5 + 1 },
    { name: 'gpt-4o-2024-11-20', prices: undefined, costUsd: 3 },
    { name: 'gpt-6-luna', prices: undefined, costUsd: 0.06 + 0.004 + 0.05 },
    { name: 'gpt-4o-mini', prices: undefined, costUsd: undefined },
    { name: 'llama', prices: { input: 1, cached: 0.5, output: 2 }, costUsd: 0.6 + 0.2 + 0.2 },
  ])('of $name is $costUsd', async ({ name, prices, costUsd }) => {
    await using world = await startAgent({ answers: [{ text: 'fine', usage }], model: { name, prices } });
    const [step] = (await world.ask('hello')).steps;
    expect(step?.usage?.promptTokens).toBe(1_000_000);
    if (costUsd === undefined) expect(step?.usage).not.toHaveProperty('costUsd');
    else expect(step?.usage?.costUsd).toBeCloseTo(costUsd, 9);
  });

  test('counts no more tokens as cached than there are', () => {
    const prices = pricesOf({ name: 'gpt-4o', prices: undefined });
    if (prices === undefined) throw new Error('The price of gpt-4o is known.');
    expect(costOf({ promptTokens: 10, cachedTokens: 20, outputTokens: 0 }, prices)).toBeCloseTo(0.0000125, 12);
  });
});

describe('on OpenAI’s own server', () => {
  const request: ModelRequest = {
    messages: [
      { role: 'system', content: 'Be short.' },
      { role: 'user', content: 'hello' },
    ],
    tools: [],
    mayCallTools: true,
    channelId: 'c',
    authorId: 'a',
    signal: new AbortController().signal,
    onText: () => {},
  };
  const bodyOf = (given: Partial<ModelConfig>, wanted = request, salt = 'salt') =>
    toBody(toModelConfig('https://api.openai.com/v1', given), wanted, salt);

  test.each([
    ['gpt-4o', 'system'],
    ['gpt-4.1-mini', 'system'],
    ['o1', 'developer'],
    ['o4-mini', 'developer'],
    ['gpt-5', 'developer'],
    ['gpt-6-luna', 'developer'],
  ])('%s is told what to do by the %s', (name, role) => {
    expect(bodyOf({ name }).messages.map((message) => message.role)).toEqual([role, 'user']);
    const elsewhere = toBody(toModelConfig('http://127.0.0.1/v1', { name }), request, 'salt');
    expect(elsewhere.messages[0]?.role).toBe('system');
  });

  test('no padding is asked for, and one that does not know the word is asked without it alone', () => {
    const body = bodyOf({});
    expect(body.stream_options).toEqual({ include_usage: true, include_obfuscation: false });
    const parameters = new ModelParameters(silentLogger);
    const message = "Unknown parameter: 'stream_options.include_obfuscation'.";
    expect(parameters.learn(body, { status: 400, param: 'stream_options.include_obfuscation', message })).toBe(true);
    expect(parameters.adjust(body).stream_options).toEqual({ include_usage: true });
    expect(toBody(toModelConfig('http://127.0.0.1/v1'), request, 'salt').stream_options).toEqual({
      include_usage: true,
    });
  });

  test.each<{ case: string; config: Partial<ModelConfig>; wanted?: number; tokens: number }>([
    { case: 'a plain model has room for an answer', config: {}, tokens: 1_000 },
    { case: 'what the operator says counts', config: { maxOutputTokens: 77, reasoningEffort: 'high' }, tokens: 77 },
    { case: 'an effort needs room', config: { name: 'some', reasoningEffort: 'low' }, tokens: 25_000 },
    { case: 'no effort needs none', config: { name: 'gpt-5.1', reasoningEffort: 'none' }, tokens: 1_000 },
    { case: 'a model that reasons by itself needs room', config: { name: 'o3' }, tokens: 25_000 },
    { case: 'a summary is short', config: {}, wanted: 500, tokens: 500 },
    { case: 'a summary is reasoned about, too', config: { reasoningEffort: 'low' }, wanted: 500, tokens: 25_000 },
  ])('$case', ({ config, wanted, tokens }) => {
    const given = { maxOutputTokens: undefined, ...config };
    const asked = wanted === undefined ? request : { ...request, maxOutputTokens: wanted };
    expect(bodyOf(given, asked).max_completion_tokens).toBe(tokens);
  });

  test('ids are told as pseudonyms that nobody can tell without the salt', () => {
    const [one, other] = [bodyOf({}, request, 'one'), bodyOf({}, request, 'other')];
    expect(one.safety_identifier).toBe(bodyOf({}, request, 'one').safety_identifier);
    expect(one.safety_identifier).not.toBe(other.safety_identifier);
    expect(one.prompt_cache_key).not.toBe(other.prompt_cache_key);
  });
});
