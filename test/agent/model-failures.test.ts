/** The model's API fails: the turn says how, once, and the next question works. */
import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { Turn } from '../../src/agent/turn.ts';
import type { Answer } from '../../src/simulator/model/answer.ts';
import {
  htmlPage,
  insufficientQuota,
  invalidKey,
  modelNotFound,
  serverError,
} from '../../src/simulator/model/failures.ts';
import { Hold } from '../../src/simulator/model/hold.ts';
import { startAgent } from './support/start-agent.ts';

const now = { 'retry-after-ms': '1' };
const busy: Answer = {
  status: 429,
  body: { error: { message: 'slow down', code: 'rate_limit_exceeded' } },
  headers: now,
};
const broken: Answer = { ...serverError(), headers: now };
const silence = { rawChunks: [new Hold()] };
const chunk = (body: object) => ({ rawChunks: [body], finishReason: null, hasDone: false });

describe('a failure of the model', () => {
  test.each<{ case: string; answers: Answer[]; code: string; text?: string }>([
    { case: 'a key that is not accepted', answers: [invalidKey()], code: 'model-refused' },
    { case: 'a model that does not exist', answers: [modelNotFound('gpt-4o')], code: 'model-refused' },
    { case: 'an account without money is not asked again', answers: [insufficientQuota()], code: 'model-quota' },
    { case: 'a rate limit that stays', answers: [busy, busy, busy], code: 'model-busy' },
    {
      case: 'a rate limit for longer than a minute is not asked again',
      answers: [{ ...busy, headers: { 'retry-after': '120' } }],
      code: 'model-busy',
    },
    { case: 'a server that keeps failing', answers: [broken, broken, broken], code: 'model-error' },
    { case: 'a request that is not accepted', answers: [serverError(422)], code: 'model-error' },
    { case: 'a page of HTML', answers: [htmlPage()], code: 'model-error' },
    { case: 'an answer that is not a stream', answers: [{ status: 200, body: { choices: [] } }], code: 'model-error' },
    { case: 'a chunk that is no JSON', answers: [{ rawChunks: ['{"choices":'] }], code: 'model-error' },
    {
      case: 'an error inside the stream',
      answers: [chunk({ error: { message: 'overloaded', code: 'server_error' } })],
      code: 'model-error',
    },
    {
      case: 'an empty account told inside the stream',
      answers: [chunk({ error: { message: 'no money', code: 'insufficient_quota' } })],
      code: 'model-quota',
    },
    {
      case: 'a stream that breaks twice before any text',
      answers: [
        { text: 'lost', cutAfterChunks: 1 },
        { text: 'lost', cutAfterChunks: 1 },
      ],
      code: 'model-cut-off',
    },
    {
      case: 'a stream that breaks after some text keeps it and is not asked again',
      answers: [{ text: ['so ', 'far'], cutAfterChunks: 3, hasDone: false }],
      code: 'model-cut-off',
      text: 'so far',
    },
    {
      case: 'a stream that ends without finish_reason',
      answers: [{ text: 'so far', finishReason: null }],
      code: 'model-cut-off',
      text: 'so far',
    },
    { case: 'a stream that goes silent twice', answers: [silence, silence], code: 'model-cut-off' },
  ])('$case: $code', async ({ answers, code, text = '' }) => {
    await using world = await startAgent({ answers, limits: { streamIdleMs: 200 } });
    const turn = await world.ask('hello');
    expect(turn.end).toEqual({ type: 'failed', code });
    expect(turn.steps.map((step) => step.text).join()).toBe(text);
    expect(world.model.remaining).toBe(0);
    expect(world.log.find(({ event }) => event === 'turn-end')?.fields.error).toMatchObject({ code });
    world.model.enqueue({ text: 'next' });
    expect(lastText(await world.ask('and now?'))).toBe('next');
    expect(world.model.problems).toEqual([]);
  });

  test('nobody listens: model-unreachable', async () => {
    await using world = await startAgent();
    await world.model.close();
    expect((await world.ask('hello')).end).toEqual({ type: 'failed', code: 'model-unreachable' });
  });

  test('no answer in time: model-unreachable', async () => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    await using world = await startAgent({
      limits: { modelResponseMs: 30 },
      model: { baseUrl: `http://127.0.0.1:${port}/v1` },
    });
    expect((await world.ask('hello')).end).toEqual({ type: 'failed', code: 'model-unreachable' });
    server.closeAllConnections();
    server.close();
  });

  test('the log has the cause and nothing of the conversation', async () => {
    const body = { error: { message: 'cannot read "my secret question"', type: 'BadRequestError' } };
    await using world = await startAgent({ answers: [{ status: 400, body }] });
    await world.ask('my secret question');
    expect(JSON.stringify(world.log.map(({ fields }) => [fields, String(fields.error)]))).toContain('400');
    expect(JSON.stringify(world.log.map(({ fields }) => [fields, String(fields.error)]))).not.toContain('secret');
  });
});

describe('a failure that passes', () => {
  test.each<{ case: string; answers: Answer[] }>([
    { case: 'two rate limits', answers: [busy, busy, { text: 'fine' }] },
    { case: 'a server error', answers: [broken, { text: 'fine' }] },
    { case: 'a stream that breaks before any text', answers: [{ text: 'lost', cutAfterChunks: 1 }, { text: 'fine' }] },
    { case: 'a stream that goes silent before any text', answers: [silence, { text: 'fine' }] },
    {
      case: 'a stream that breaks within a call',
      answers: [{ toolCalls: [{ name: 'add', arguments: '{"a":1}' }], cutAfterChunks: 2 }, { text: 'fine' }],
    },
  ])('$case is not noticed', async ({ answers }) => {
    await using world = await startAgent({ answers, limits: { streamIdleMs: 200 } });
    const turn = await world.ask('hello');
    expect(turn.end).toEqual({ type: 'answered' });
    expect(turn.steps.map(({ text }) => text)).toEqual(['fine']);
    world.model.assertComplete();
  });
});

describe('a request', () => {
  test('holds what is set and no more', async () => {
    await using plain = await startAgent({ answers: [{ text: 'fine' }] });
    await plain.ask('hello');
    const { messages, ...body } = plain.model.requests[0]?.body ?? {};
    expect(body).toEqual({
      model: 'gpt-4o',
      max_completion_tokens: 1000,
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(plain.model.requests[0]?.headers.authorization).toBe('Bearer test-key');

    const model = { reasoningEffort: 'none', temperature: 0.2, maxOutputTokens: 77, systemPrompt: 'Be short.' };
    await using set = await startAgent({ answers: [{ text: 'fine' }], model });
    await set.ask('hello');
    expect(set.model.requests[0]?.body).toMatchObject({
      reasoning_effort: 'none',
      temperature: 0.2,
      max_completion_tokens: 77,
      messages: [
        { role: 'system', content: 'Be short.' },
        { role: 'user', content: 'Mina: hello' },
      ],
    });
  });
});

function lastText(turn: Turn): string | undefined {
  return turn.steps.at(-1)?.text;
}
