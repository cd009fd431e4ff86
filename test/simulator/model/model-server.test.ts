import OpenAI, { APIError, APIUserAbortError } from 'openai';
import { describe, expect, test } from 'vitest';
import { respondWithAddition } from '../../../src/simulator/model/addition.ts';
import {
  htmlPage,
  insufficientQuota,
  invalidKey,
  modelNotFound,
  rateLimited,
  serverError,
} from '../../../src/simulator/model/failures.ts';
import { Hold } from '../../../src/simulator/model/hold.ts';
import {
  type ModelServer,
  type ModelServerOptions,
  startModelServer,
} from '../../../src/simulator/model/model-server.ts';

const addTool: OpenAI.ChatCompletionTool = {
  type: 'function',
  function: {
    name: 'add',
    parameters: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } } },
  },
};
const hello = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'Mina: hello' }] };

async function start(options: ModelServerOptions): Promise<ModelServer & { readonly client: OpenAI }> {
  const server = await startModelServer(options);
  const client = new OpenAI({ baseURL: server.baseUrl, apiKey: 'key', maxRetries: 0 });
  return Object.defineProperties({ client }, Object.getOwnPropertyDescriptors(server)) as ModelServer & {
    client: OpenAI;
  };
}

async function chunksOf(client: OpenAI): Promise<OpenAI.ChatCompletionChunk[]> {
  const stream = await client.chat.completions.create({
    ...hello,
    stream: true,
    stream_options: { include_usage: true },
  });
  return Array.fromAsync(stream);
}

function textOf(chunks: readonly OpenAI.ChatCompletionChunk[]): string {
  return chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
}

describe('a completion on the wire', () => {
  test('is one JSON object without a stream', async () => {
    await using server = await start({ answers: [{ text: ['Hel', 'lo'] }] });
    const completion = await server.client.chat.completions.create(hello);
    expect(completion.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: 'Hello', refusal: null },
    });
    expect(completion.usage?.total_tokens).toBeGreaterThan(0);
    server.assertComplete();
  });

  test('is streamed piece by piece and ends with the usage', async () => {
    await using server = await start({
      answers: [{ text: ['Hel', 'lo'], usage: { promptTokens: 20, completionTokens: 2, cachedTokens: 8 } }],
    });
    const chunks = await chunksOf(server.client);
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content)).toEqual(['', 'Hel', 'lo', undefined, undefined]);
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop');
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 20, completion_tokens: 2, total_tokens: 22, prompt_tokens_details: { cached_tokens: 8 } },
    });
  });

  test('leaves the usage out of a stream that did not ask for it, or when the script says so', async () => {
    await using server = await start({ answers: [{ text: 'a' }, { text: 'a', usage: null }] });
    const plain = await server.client.chat.completions.create({ ...hello, stream: true });
    expect((await Array.fromAsync(plain)).every((chunk) => chunk.usage === undefined)).toBe(true);
    expect((await chunksOf(server.client)).some((chunk) => chunk.usage)).toBe(false);
  });

  test('carries tool calls whose arguments the SDK puts together from fragments', async () => {
    const toolCalls = [
      { name: 'add', arguments: { a: 15, b: 27 } },
      { name: 'add', arguments: '{"a":9007199254740993,' },
    ];
    await using server = await start({ answers: [{ text: 'Adding.', toolCalls }, { toolCalls }] });
    const body = { ...hello, tools: [addTool] };
    const streamed = await server.client.chat.completions.stream(body).finalChatCompletion();
    const whole = await server.client.chat.completions.create(body);
    for (const completion of [streamed, whole]) {
      expect(completion.choices[0]?.finish_reason).toBe('tool_calls');
      expect(completion.choices[0]?.message.tool_calls).toMatchObject([
        { type: 'function', function: { name: 'add', arguments: '{"a":15,"b":27}' } },
        { type: 'function', function: { name: 'add', arguments: '{"a":9007199254740993,' } },
      ]);
      const ids = completion.choices[0]?.message.tool_calls?.map(({ id }) => id) ?? [];
      expect(new Set(ids).size).toBe(2);
    }
    expect(streamed.choices[0]?.message.content).toBe('Adding.');
    expect(whole.choices[0]?.message.content).toBeNull();
  });

  test('numbers and names tool calls as badly as it is told to', async () => {
    const call = { name: 'add', arguments: '{}' };
    await using server = await start({
      answers: [
        {
          toolCalls: [
            { ...call, index: null, id: null },
            { ...call, index: 0 },
            { ...call, index: 0, id: 'x' },
          ],
        },
      ],
    });
    const deltas = (await chunksOf(server.client)).flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? []);
    expect(deltas).toEqual(
      [
        { type: 'function', function: call },
        { type: 'function', index: 0, id: expect.any(String), function: call },
        { type: 'function', index: 0, id: 'x', function: call },
      ].map(({ function: { name, arguments: text }, ...rest }) => ({ ...rest, function: { name, arguments: text } })),
    );
  });

  test('can be a refusal, filtered, or cut by the token limit', async () => {
    await using server = await start({
      answers: [
        { refusal: 'No.' },
        { refusal: 'No.' },
        { text: 'So', finishReason: 'content_filter' },
        { finishReason: 'length' },
      ],
    });
    const refused = await server.client.chat.completions.create(hello);
    expect(refused.choices[0]?.message).toMatchObject({ content: null, refusal: 'No.' });
    expect((await chunksOf(server.client)).map((chunk) => chunk.choices[0]?.delta.refusal)).toContain('No.');
    expect((await chunksOf(server.client)).at(-2)?.choices[0]?.finish_reason).toBe('content_filter');
    expect((await server.client.chat.completions.create(hello)).choices[0]?.finish_reason).toBe('length');
  });

  test('can end without finish reason and [DONE], or hold chunks of any form', async () => {
    await using server = await start({
      answers: [
        { text: 'half', finishReason: null, hasDone: false, usage: null },
        {
          rawChunks: [{ choices: [{ index: 0, delta: { content: 'raw' }, finish_reason: 'stop' }] }],
          finishReason: null,
        },
      ],
    });
    const chunks = await chunksOf(server.client);
    expect(textOf(chunks)).toBe('half');
    expect(chunks.every((chunk) => chunk.choices[0]?.finish_reason === null)).toBe(true);
    expect(textOf(await chunksOf(server.client))).toBe('raw');
  });

  test('is cut after so many chunks', async () => {
    await using server = await start({
      answers: [{ text: ['a', 'b', 'c'], cutAfterChunks: 2 }, { cutAfterChunks: 0 }],
    });
    const seen: string[] = [];
    const stream = await server.client.chat.completions.create({ ...hello, stream: true });
    const reading = (async () => {
      for await (const chunk of stream) seen.push(chunk.choices[0]?.delta.content ?? '');
    })();
    await expect(reading).rejects.toThrow('terminated');
    expect(seen).toEqual(['', 'a']);
    await expect(server.client.chat.completions.create(hello)).rejects.toThrow('Connection error.');
    expect(server.requests.map(({ isAborted }) => isAborted)).toEqual([false, false]);
  });

  test('keeps its pace', async () => {
    await using server = await start({ answers: [{ text: ['a', 'b'], chunkDelayMs: 15 }] });
    const started = performance.now();
    expect(textOf(await chunksOf(server.client))).toBe('ab');
    expect(performance.now() - started).toBeGreaterThan(40);
  });
});

describe('a held answer', () => {
  test('shows what was sent before the hold, then goes on', async () => {
    const hold = new Hold();
    await using server = await start({ answers: [{ text: ['one', hold, ' two'] }] });
    const stream = await server.client.chat.completions.create({ ...hello, stream: true });
    const seen: string[] = [];
    for await (const chunk of stream) {
      seen.push(chunk.choices[0]?.delta.content ?? '');
      if (seen.join('') !== 'one') continue;
      await hold.reached;
      expect(server.requests[0]?.isAnswered).toBe(false);
      hold.release();
    }
    expect(seen.join('')).toBe('one two');
    expect(server.requests[0]).toMatchObject({ isAnswered: true, isAborted: false });
  });

  test('waits inside tool arguments and without a stream too', async () => {
    const hold = new Hold();
    const toolCalls = [{ name: 'add', arguments: ['{"a":1', hold, ',"b":2}'] }];
    await using server = await start({ answers: [{ toolCalls }] });
    const answer = server.client.chat.completions.create({ ...hello, tools: [addTool] });
    await hold.reached;
    hold.release();
    expect((await answer).choices[0]?.message.tool_calls?.[0]).toMatchObject({
      function: { arguments: '{"a":1,"b":2}' },
    });
  });

  test('ends when the client gives up, and the server knows', async () => {
    const stall = new Hold();
    await using server = await start({ answers: [{ text: ['a', stall] }] });
    const abort = new AbortController();
    const stream = await server.client.chat.completions.create({ ...hello, stream: true }, { signal: abort.signal });
    await stall.reached;
    abort.abort();
    await Array.fromAsync(stream);
    expect(await server.waitForRequest(({ isAborted }) => isAborted)).toMatchObject({ isAnswered: false });
    server.assertComplete();
  });

  test('ends when the server closes', async () => {
    const stall = new Hold();
    const server = await start({ answers: [{ text: [stall] }] });
    const answer = server.client.chat.completions.create(hello);
    await stall.reached;
    await Promise.all([server.close(), expect(answer).rejects.toThrow('Connection error.')]);
  });

  test('may be a function that waits for whatever it likes, and hears when nobody waits any more', async () => {
    const heard = Promise.withResolvers<void>();
    await using server = await start({
      respond: async (_request, signal) => {
        signal.addEventListener('abort', () => heard.resolve());
        await heard.promise;
        return { text: 'too late' };
      },
    });
    const abort = new AbortController();
    const answer = server.client.chat.completions.create(hello, { signal: abort.signal });
    await server.waitForRequest();
    abort.abort();
    await expect(answer).rejects.toBeInstanceOf(APIUserAbortError);
    await heard.promise;
  });
});

describe('a failure', () => {
  test.each([
    [invalidKey(), 401, 'invalid_api_key'],
    [modelNotFound('gpt-9'), 404, 'model_not_found'],
    [rateLimited({ retryAfterSeconds: 7 }), 429, 'rate_limit_exceeded'],
    [insufficientQuota(), 429, 'insufficient_quota'],
    [serverError(), 500, null],
    [serverError(503), 503, null],
  ])('reaches the SDK with its status and code (%#)', async (answer, status, code) => {
    await using server = await start({ answers: [answer] });
    const error = await server.client.chat.completions.create(hello).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ status, code });
    if (status === 429 && code === 'rate_limit_exceeded') {
      expect((error as APIError).headers?.get('retry-after')).toBe('7');
    }
    server.assertComplete();
  });

  test('can be a page of HTML with status 200', async () => {
    await using server = await start({ answers: [htmlPage(), htmlPage()] });
    expect(await chunksOf(server.client)).toEqual([]);
    expect(await server.client.chat.completions.create(hello)).toContain('<!doctype html>');
  });
});

describe('the script', () => {
  test('is followed in order, then the function answers', async () => {
    await using server = await start({
      answers: [{ text: 'first' }],
      respond: ({ messages }) => ({ text: `${messages.length}` }),
    });
    server.enqueue(({ model }) => ({ text: model }));
    const texts: (string | null | undefined)[] = [];
    for (let round = 0; round < 3; round += 1)
      texts.push((await server.client.chat.completions.create(hello)).choices[0]?.message.content);
    expect(texts).toEqual(['first', 'gpt-4o', '1']);
  });

  test('used up, makes a further request a problem', async () => {
    await using server = await start({});
    await expect(server.client.chat.completions.create(hello)).rejects.toMatchObject({
      status: 500,
      code: 'unexpected_request',
    });
    expect(server.problems).toEqual([expect.stringContaining('Mina: hello')]);
    expect(() => server.assertComplete()).toThrow('Nobody expected this request');
  });

  test('not used up, is a complaint', async () => {
    await using server = await start({ answers: [{ text: 'never' }] });
    expect(server.remaining).toBe(1);
    expect(() => server.assertComplete()).toThrow('1 steps of the script were never asked for');
  });

  test('keeps every request with its messages, tools and headers', async () => {
    await using server = await start({ respond: respondWithAddition });
    await server.client.chat.completions.create({ ...hello, tools: [addTool] });
    expect(server.requests[0]).toMatchObject({
      model: 'gpt-4o',
      messages: [{ role: 'user', text: 'Mina: hello' }],
      tools: [{ name: 'add' }],
      headers: { authorization: 'Bearer key' },
      body: { tools: [addTool] },
    });
  });

  test('of the benchmarks adds 15 and 27 whatever the server calls its tool', async () => {
    await using server = await start({ respond: respondWithAddition, latencyMs: 1 });
    const tools = [{ ...addTool, function: { ...addTool.function, name: 'calculator_add' } }];
    const first = await server.client.chat.completions.create({ ...hello, tools });
    const message = first.choices[0]?.message;
    const call = message?.tool_calls?.[0];
    if (message === undefined || call?.type !== 'function') throw new Error('no call');
    expect(call.function).toEqual({ name: 'calculator_add', arguments: '{"a":15,"b":27}' });
    const second = await server.client.chat.completions.create({
      ...hello,
      tools,
      messages: [...hello.messages, message, { role: 'tool', tool_call_id: call.id, content: '42' }],
    });
    expect(second.choices[0]?.message.content).toBe('15와 27을 더하면 42입니다.');
    server.assertComplete();
  });
});

test('lists its models and knows them one by one', async () => {
  await using server = await start({ models: ['gpt-4o', 'gpt-6-luna'], respond: () => ({ text: 'hi' }) });
  const listed = await Array.fromAsync(await server.client.models.list());
  expect(listed.map(({ id }) => id)).toEqual(['gpt-4o', 'gpt-6-luna']);
  expect(await server.client.models.retrieve('gpt-4o')).toMatchObject({ id: 'gpt-4o', object: 'model' });
  await expect(server.client.models.retrieve('x')).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
  await expect(server.client.chat.completions.create({ ...hello, model: 'x' })).rejects.toMatchObject({ status: 404 });
});

test('takes only the key it was given', async () => {
  await using server = await start({ apiKey: 'key', respond: () => ({ text: 'hi' }) });
  await server.client.chat.completions.create(hello);
  const other = new OpenAI({ baseURL: server.baseUrl, apiKey: 'other', maxRetries: 0 });
  await expect(other.chat.completions.create(hello)).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' });
  const bare = await fetch(`${server.baseUrl}/chat/completions`, { method: 'POST', body: '{}' });
  expect(bare.status).toBe(401);
  expect(await bare.text()).toContain("You didn't provide an API key.");
});
