/** The model's API fails: the turn says how, once, and the next question works. */
import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { Turn } from '../../../src/agent/turn.ts';
import type { Answer } from '../../../src/simulator/model/answer.ts';
import {
  htmlPage,
  insufficientQuota,
  invalidKey,
  modelNotFound,
  serverError,
} from '../../../src/simulator/model/failures.ts';
import { Hold } from '../../../src/simulator/model/hold.ts';
import { takeStored } from '../../support/take-stored.ts';
import { run, startAgent, toQuestion } from '../support/start-agent.ts';

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
    { case: 'a model that does not exist', answers: [modelNotFound('gpt-4o')], code: 'model-unknown' },
    { case: 'an account without money is not asked again', answers: [insufficientQuota()], code: 'model-quota' },
    { case: 'a rate limit that stays', answers: [busy, busy, busy], code: 'model-busy' },
    {
      case: 'a rate limit for longer than anybody would wait unannounced is not asked again',
      answers: [{ ...busy, headers: { 'retry-after': '30' } }],
      code: 'model-busy',
    },
    {
      case: 'a rate limit until a time of day',
      answers: [{ ...busy, headers: { 'retry-after': new Date(Date.now() + 60_000).toUTCString() } }],
      code: 'model-busy',
    },
    {
      case: 'an overload that the server says the end of',
      answers: [{ ...serverError(503), headers: { 'retry-after': '120' } }],
      code: 'model-busy',
    },
    {
      case: 'an account without credit',
      answers: [{ status: 402, body: { error: { code: 402, message: 'Insufficient credits' } } }],
      code: 'model-quota',
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
      case: 'a rate limit told inside the stream as a number',
      answers: [chunk({ error: { message: 'upstream is busy', code: 429 } })],
      code: 'model-busy',
    },
    {
      case: 'a stream that ends as an error twice',
      answers: [{ finishReason: 'error' }, { finishReason: 'error' }],
      code: 'model-cut-off',
    },
    {
      case: 'a stream whose finish_reason stays empty',
      answers: [{ text: 'so far', finishReason: '' }],
      code: 'model-cut-off',
      text: 'so far',
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
    await using world = await startAgent({ answers, limits: { streamIdleMs: 1_500, modelWaitMs: 0 } });
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
    await using world = await startAgent({ answers, limits: { streamIdleMs: 1_500 } });
    const turn = await world.ask('hello');
    expect(turn.end).toEqual({ type: 'answered' });
    expect(turn.steps.map(({ text }) => text)).toEqual(['fine']);
    world.model.assertComplete();
  });
});

describe('an empty account', () => {
  test('is told to the operator, with what to do', async () => {
    await using world = await startAgent({ answers: [insufficientQuota()] });
    await world.ask('hello');
    expect(world.log.find(({ event }) => event === 'model-quota')?.fields.advice).toContain('credit');
  });
});

describe('a model server that says when to come back', () => {
  const soon = (ms: number): Answer => ({ ...busy, headers: { 'retry-after-ms': String(ms) } });

  test('is waited for with a warning, and then answers', async () => {
    const limits = { modelRetryMs: 5, modelWaitMs: 1000 };
    await using world = await startAgent({ limits, answers: [soon(60), { text: 'here I am' }] });
    const turn = await world.ask('hello');
    expect(turn.end).toEqual({ type: 'answered' });
    expect(turn.warnings).toEqual([{ type: 'model-wait', waitMs: 60, until: expect.any(Number), afterSteps: 0 }]);
    const [first, second] = world.model.requests.map(({ receivedAt }) => receivedAt);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(59);
    world.model.assertComplete();
  });

  test('is asked again without a word when the wait is short', async () => {
    const limits = { modelRetryMs: 1000, modelWaitMs: 0 };
    await using world = await startAgent({ limits, answers: [soon(60), { text: 'here I am' }] });
    const turn = await world.ask('hello');
    expect([turn.end, turn.warnings]).toEqual([{ type: 'answered' }, []]);
    world.model.assertComplete();
  });

  test('and is busy again after each short wait is left alone for longer', async () => {
    const limits = { modelRetryMs: 50, modelWaitMs: 1000 };
    await using world = await startAgent({ limits, answers: [soon(1), soon(1), soon(1), { text: 'here I am' }] });
    expect((await world.ask('hello')).warnings).toMatchObject([{ type: 'model-wait', waitMs: 50 }]);
    world.model.assertComplete();
  });

  test('is not waited for past the bound, and the next question works', async () => {
    const limits = { modelRetryMs: 5, modelWaitMs: 100 };
    await using world = await startAgent({ limits, answers: [soon(60), soon(60), { text: 'next' }] });
    const turn = await world.ask('hello');
    expect(turn.end).toEqual({ type: 'failed', code: 'model-busy' });
    expect(turn.warnings).toHaveLength(1);
    expect(lastText(await world.ask('and now?'))).toBe('next');
    world.model.assertComplete();
  });

  test('is waited for by the next process when this one is restarted', async () => {
    const limits = { modelRetryMs: 5, modelWaitMs: 60_000 };
    await using world = await startAgent({ limits, answers: [soon(300), { text: 'here I am' }] });
    const stop = new AbortController();
    const saved = world.store.whenSaved(({ warnings }) => warnings.length > 0);
    const asked = world.ask('hello', { signal: stop.signal });
    const { warnings } = await saved;
    stop.abort('suspend');
    expect((await asked).end).toBeUndefined();
    const agent = world.restart();
    const [turn] = await agent.unfinished();
    if (turn === undefined) throw new Error('The turn was lost.');
    await run(agent, turn);
    expect(turn.end).toEqual({ type: 'answered' });
    expect(turn.warnings).toEqual(warnings);
    const until = warnings[0]?.type === 'model-wait' ? warnings[0].until : Number.NaN;
    expect(world.model.requests[1]?.receivedAt).toBeGreaterThanOrEqual(until - 1);
    world.model.assertComplete();
  });
});

describe('a request', () => {
  test('names channel and asker by a hash that stays the same, never by their ids', async () => {
    await using world = await startAgent({ respond: () => ({ text: 'fine' }) });
    for (const channelId of ['one', 'two', 'one']) await world.ask('hello', { channelId });
    const keys = world.model.requests.map(({ body }) => body.prompt_cache_key);
    expect(keys[0]).toBe(keys[2]);
    expect(new Set(keys).size).toBe(2);
    expect(new Set(world.model.requests.map(({ body }) => body.safety_identifier)).size).toBe(1);
  });

  test('hashes them otherwise in every installation, and alike after a restart', async () => {
    const keys: unknown[] = [];
    const answers = { respond: () => ({ text: 'fine' }) };
    await using one = await startAgent(answers);
    await using other = await startAgent(answers);
    for (const { agent, model } of [one, { agent: one.restart(), model: one.model }, other]) {
      const turn = await takeStored(agent, toQuestion('hello'));
      if (turn !== undefined) await run(agent, turn);
      keys.push(model.requests.at(-1)?.body.safety_identifier);
    }
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
  });

  test('holds what is set and no more', async () => {
    await using plain = await startAgent({ answers: [{ text: 'fine' }] });
    await plain.ask('hello');
    const { messages, ...body } = plain.model.requests[0]?.body ?? {};
    expect(body).toEqual({
      model: 'gpt-4o',
      max_completion_tokens: 1000,
      prompt_cache_key: expect.stringMatching(/^jupan-[0-9a-f]{32}$/),
      safety_identifier: expect.stringMatching(/^jupan-[0-9a-f]{32}$/),
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
