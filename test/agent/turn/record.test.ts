/** The record: stored as it grows, gone on with after any interruption, never run twice. */

import { describe, expect, test } from 'vitest';
import type { StopReason } from '../../../src/agent/agent.ts';
import type { ModelStep, Question, Turn } from '../../../src/agent/turn.ts';
import { Hold } from '../../../src/simulator/model/hold.ts';
import { takeStored } from '../../support/take-stored.ts';
import { run, startAgent, toQuestion } from '../support/start-agent.ts';
import { addTool, startToolServer, type TestTool } from '../support/tool-server.ts';

const callAdd = { text: 'Wait.', toolCalls: [{ name: 'add', arguments: { a: 1, b: 2 } }] };
const fine = { text: 'fine' };
const calculator = ({ url }: { readonly url: string }) => [{ name: 'calculator', url, headers: {} }];
const openStep = (): ModelStep => ({
  text: 'Wait.',
  calls: [
    { id: 'a', name: 'add', arguments: '{"a":1,"b":2}' },
    { id: 'b', name: 'add', arguments: '{"a":3,"b":4}' },
  ],
  results: [{ callId: 'a', ok: true, text: '3' }],
});

describe('taking a question', () => {
  test('stores it before it is taken, once', async () => {
    await using world = await startAgent();
    const question = toQuestion('hello');
    const turn = await takeStored(world.agent, question, { place: 1 });
    expect(world.store.saved).toEqual([{ version: 4, question, warnings: [], steps: [], delivery: { place: 1 } }]);
    expect(await takeStored(world.agent, question, null)).toBeUndefined();
    expect(await world.restart().unfinished()).toEqual([turn]);
  });

  test('ends at once what no store could give back, rather than wait for ever', async () => {
    await using world = await startAgent();
    const odd = { ...toQuestion('hello'), guildId: 5 } as unknown as Question;
    const { turn, stored } = world.agent.take(odd, null, { signal: AbortSignal.timeout(10_000) });
    expect(await stored).toBe('unstored');
    expect(turn.end).toEqual({ type: 'failed', code: 'store-failed' });
    expect(world.log.map(({ event }) => event)).toEqual(['question-not-storable']);
    expect(world.store.saved).toEqual([]);
  });

  test('takes one of two that come at the same time', async () => {
    await using world = await startAgent();
    const question = toQuestion('hello');
    const taken = await Promise.all([takeStored(world.agent, question, null), takeStored(world.agent, question, null)]);
    expect(taken.filter((turn) => turn !== undefined)).toHaveLength(1);
  });

  test('knows it after a restart, unfinished or in the history', async () => {
    await using world = await startAgent({ answers: [fine] });
    const done = await world.ask('hello');
    await world.agent.settle(done);
    const open = toQuestion('and this?');
    await takeStored(world.agent, open, null);
    const agent = world.restart();
    expect(await takeStored(agent, done.question, null)).toBeUndefined();
    expect(await takeStored(agent, open, null)).toBeUndefined();
  });

  test.each(['hasTurn', 'saveTurn'])(
    'is refused when the store fails (%s), and taken when it is back',
    async (call) => {
      await using world = await startAgent();
      const question = toQuestion('hello');
      world.store.failsOn = (name) => name === call;
      await expect(takeStored(world.agent, question, null)).rejects.toThrow('unstored');
      world.store.failsOn = () => false;
      expect(await takeStored(world.agent, question, null)).toMatchObject({ question });
    },
  );

  test('is taken at the next try when it was kept and the store’s answer did not come, and once', async () => {
    await using world = await startAgent();
    const question = toQuestion('hello');
    world.store.afterSave = () => Promise.reject(new Error('No answer.'));
    await expect(takeStored(world.agent, question, null)).rejects.toThrow('unstored');
    world.store.afterSave = async () => {};
    expect(await takeStored(world.agent, question, null)).toMatchObject({ question });
    expect(await takeStored(world.agent, question, null)).toBeUndefined();
  });
});

describe('a record', () => {
  test('is stored with its step before a call that must not run twice', async () => {
    const stored = Promise.withResolvers<void>();
    const storedAtCall: number[] = [];
    const tool: TestTool = {
      ...addTool,
      annotations: {},
      run: () => {
        storedAtCall.push(world.store.saved.at(-1)?.steps.length ?? 0);
        return '3';
      },
    };
    await using server = await startToolServer({ tools: [tool] });
    await using world = await startAgent({ toolServers: calculator(server), answers: [callAdd, fine] });
    world.store.beforeSave = () => (world.model.requests.length === 0 ? Promise.resolve() : stored.promise);
    const asked = world.ask('1 + 2?', {
      onChange: (turn) => {
        if (turn.steps.length === 1) setImmediate(stored.resolve);
      },
    });
    await asked;
    expect(storedAtCall).toEqual([1]);
  });

  test('is stored with its results while the model is asked again', async () => {
    await using server = await startToolServer();
    await using world = await startAgent({ toolServers: calculator(server) });
    world.model.enqueue(callAdd, async () => {
      const stored = await world.store.whenSaved(({ steps }) => steps[0]?.results.length === 1);
      return { text: stored.steps[0]?.results[0]?.text ?? '' };
    });
    expect((await world.ask('1 + 2?')).steps.at(-1)?.text).toBe('3');
  });

  test('that cannot be stored on the way does not stop calls that may run twice', async () => {
    await using server = await startToolServer();
    await using world = await startAgent({ toolServers: calculator(server) });
    const failed = Promise.withResolvers<void>();
    world.store.failsOn = (call) => {
      const isOnTheWay = call === 'saveTurn' && world.model.requests.length > 0;
      if (isOnTheWay) failed.resolve();
      return isOnTheWay;
    };
    world.model.enqueue(callAdd, async () => {
      await failed.promise;
      return fine;
    });
    const turn = await world.ask('1 + 2?');
    expect(turn).toMatchObject({ steps: [{ results: [{ text: '3' }] }, fine], end: { type: 'answered' } });
    expect(await world.store.loadHistory('general')).toEqual([turn]);
    expect(world.log.some(({ event }) => event === 'turn-save-fail')).toBe(true);
  });

  test('whose end could not be added to the history is added when it is settled', async () => {
    await using world = await startAgent({ answers: [fine] });
    world.store.failsOn = (call) => call === 'saveHistory';
    const turn = await world.ask('hello');
    expect(turn.end).toEqual({ type: 'answered' });
    await expect(world.agent.settle(turn)).rejects.toMatchObject({ code: 'store-failed' });
    expect(await world.restart().unfinished()).toEqual([turn]);
    world.store.failsOn = () => false;
    await world.agent.settle(turn);
    expect(await world.store.loadHistory('general')).toEqual([turn]);
    expect(await world.agent.unfinished()).toEqual([]);
  });

  test('that ended is in the history before it leaves the unfinished ones', async () => {
    await using world = await startAgent({ answers: [fine] });
    const turn = await world.ask('hello');
    expect(await world.agent.unfinished()).toMatchObject([{ question: turn.question }]);
    expect(await world.store.loadHistory('general')).toEqual([turn]);
    await world.agent.settle(turn);
    expect(await world.agent.unfinished()).toEqual([]);
    expect(await world.store.loadHistory('general')).toEqual([turn]);
  });

  test('keeps what the front end remembers, the newest last, and nothing of it after it is settled', async () => {
    await using world = await startAgent({ answers: [fine] });
    const turn = await world.ask('hello');
    const first = Promise.withResolvers<void>();
    world.store.beforeSave = () => first.promise;
    const saves = [1, 2, 3].map((place) => {
      turn.delivery = { place };
      return world.agent.saveDelivery(turn);
    });
    const before = world.store.saved.length;
    first.resolve();
    await Promise.all(saves);
    expect(world.store.saved.slice(before).map(({ delivery }) => delivery)).toEqual([{ place: 1 }, { place: 3 }]);
    const late = world.agent.saveDelivery(turn);
    await Promise.all([world.agent.settle(turn), late]);
    await world.agent.saveDelivery(turn);
    expect(await world.agent.unfinished()).toEqual([]);
  });

  test('whose history cannot be read waits, says so once, and is answered with that history', async () => {
    await using world = await startAgent({ answers: [fine], limits: { storeRetryMs: 1 } });
    await world.ask('before');
    world.model.enqueue(fine);
    const turn = await takeStored(world.agent, toQuestion('1 + 2?'), null);
    if (turn === undefined) throw new Error('not taken');
    let reads = 0;
    world.store.failsOn = (name) => name === 'loadHistory' && ++reads < 4;
    await run(world.agent, turn);
    expect(turn).toMatchObject({ warnings: [{ type: 'store-wait', afterSteps: 0 }], end: { type: 'answered' } });
    expect(turn.warnings).toHaveLength(1);
    expect(await world.store.loadHistory('general')).toHaveLength(2);
    expect(world.model.requests.at(-1)?.messages.map(({ text }) => text)).toContain(fine.text);
  });

  test('takes the new form of its question into its record', async () => {
    await using world = await startAgent({ answers: [] });
    const turn = await takeStored(world.agent, toQuestion('1 + 2?'), null);
    if (turn === undefined) throw new Error('not taken');
    await world.agent.amend(turn, { ...turn.question, text: '1 + 3?' });
    expect(await world.restart().unfinished()).toMatchObject([{ question: { id: turn.question.id, text: '1 + 3?' } }]);
  });

  test('that cannot be kept ends its turn, and the next works', async () => {
    await using server = await startToolServer({ tools: [{ ...addTool, annotations: {} }] });
    await using world = await startAgent({ toolServers: calculator(server), answers: [] });
    world.model.enqueue(callAdd);
    const turn = await takeStored(world.agent, toQuestion('1 + 2?'), null);
    if (turn === undefined) throw new Error('not taken');
    world.store.failsOn = (name) => name === 'saveTurn';
    await run(world.agent, turn);
    expect(turn.end).toEqual({ type: 'failed', code: 'store-failed' });
    expect(server.sent('tools/call')).toEqual([]);
    world.store.failsOn = () => false;
    await world.agent.settle(turn);
    expect(await world.store.loadHistory('general')).toHaveLength(1);
    world.model.enqueue(fine);
    expect((await world.ask('again?')).end).toEqual({ type: 'answered' });
    world.model.assertComplete();
  });
});

describe('a turn that was interrupted', () => {
  const interrupted = (steps: ModelStep[]): Turn => ({
    version: 4,
    question: toQuestion('1 + 2 and 3 + 4?'),
    warnings: [],
    steps,
    delivery: null,
  });

  test('runs the calls without a result when they may run twice, and asks for the next step', async () => {
    await using server = await startToolServer();
    await using world = await startAgent({ toolServers: calculator(server), answers: [fine] });
    const turn = interrupted([openStep()]);
    await run(world.agent, turn);
    expect(server.sent('tools/call')).toHaveLength(1);
    expect(turn.steps[0]?.results.map(({ text }) => text)).toEqual(['3', '7']);
    expect(turn.end).toEqual({ type: 'answered' });
    world.model.assertComplete();
  });

  test('says that it does not know how a call ended that must not run twice', async () => {
    await using server = await startToolServer({ tools: [{ ...addTool, annotations: {} }] });
    await using world = await startAgent({ toolServers: calculator(server), answers: [fine] });
    const turn = interrupted([openStep()]);
    await run(world.agent, turn);
    expect(server.sent('tools/call')).toEqual([]);
    expect(turn.steps[0]?.results[1]).toEqual({ callId: 'b', ok: false, text: expect.stringContaining('unknown') });
    world.model.assertComplete();
  });

  test('says that nothing was answered where the record holds an answer without a word', async () => {
    await using world = await startAgent();
    const turn = await takeStored(world.agent, toQuestion('hello'), null);
    if (turn === undefined) throw new Error('The question was taken before.');
    turn.steps.push({ text: ' ', calls: [], results: [] });
    await run(world.agent, turn);
    expect(turn.end).toEqual({ type: 'failed', code: 'model-empty' });
    expect(world.model.requests).toEqual([]);
  });

  test('that had ended in the history is not asked again', async () => {
    await using world = await startAgent({ answers: [fine] });
    const turn = await world.ask('hello');
    const agent = world.restart();
    const { end: _end, ...open } = turn;
    const lost: Turn = { ...open, steps: [] };
    await run(agent, lost);
    expect(lost).toEqual(turn);
    expect(world.model.requests).toHaveLength(1);
    expect(await world.store.loadHistory('general')).toHaveLength(1);
  });

  test('that had ended in the history stays as it ended, also when it is stopped before anybody looked there', async () => {
    const ended: Turn[] = [];
    await using world = await startAgent({
      answers: [fine],
      onEnded: (turn) => void ended.push(structuredClone(turn)),
    });
    const turn = await world.ask('hello');
    const agent = world.restart();
    const { end: _end, endedAt: _endedAt, ...open } = turn;
    const lost: Turn = { ...open, steps: [] };
    await run(agent, lost, { signal: AbortSignal.abort('stop' satisfies StopReason) });
    expect(lost).toEqual(turn);
    expect(ended).toEqual([turn, turn]);
    expect(await world.store.loadHistory('general')).toEqual([turn]);
    const ends = world.log.filter(({ event }) => event === 'turn-end');
    expect(ends.map(({ fields }) => fields.outcome)).toEqual(['answered', 'answered']);
  });
});

describe('stopping', () => {
  test('while the model writes keeps the text', async () => {
    const stop = new AbortController();
    await using world = await startAgent({ answers: [{ text: ['so far', new Hold()] }] });
    const turn = await world.ask('hello', {
      signal: stop.signal,
      onChange: (_turn, draft) => {
        if (draft === 'so far') stop.abort('stop' satisfies StopReason);
      },
    });
    expect(turn).toMatchObject({ steps: [{ text: 'so far', calls: [] }], end: { type: 'failed', code: 'stopped' } });
    await world.model.waitForRequest(({ isAborted }) => isAborted);
  });

  test('while a tool runs answers the call and cancels it at the server', async () => {
    const stop = new AbortController();
    const tool: TestTool = { ...addTool, run: () => new Promise(() => stop.abort('stop' satisfies StopReason)) };
    await using server = await startToolServer({ tools: [tool] });
    await using world = await startAgent({ toolServers: calculator(server), answers: [callAdd, fine] });
    const turn = await world.ask('1 + 2?', { signal: stop.signal });
    expect(turn.steps).toMatchObject([{ results: [{ ok: false, text: 'The call was stopped.' }] }]);
    expect(turn.end).toEqual({ type: 'failed', code: 'stopped' });
    await server.until(() => server.sent('notifications/cancelled').length > 0);
    expect((await world.ask('again?')).end).toEqual({ type: 'answered' });
    world.model.assertComplete();
  });

  test.each(['before', 'while the model writes', 'while a tool runs'])(
    'the process suspends a turn (%s), and a later one goes on with it',
    async (moment) => {
      const stop = new AbortController();
      const suspend = () => stop.abort('suspend' satisfies StopReason);
      let runs = 0;
      const tool: TestTool = {
        ...addTool,
        run: (...given) => {
          runs += 1;
          if (moment !== 'while a tool runs' || runs > 1) return addTool.run(...given);
          suspend();
          return new Promise(() => {});
        },
      };
      await using server = await startToolServer({ tools: [tool] });
      await using world = await startAgent({ toolServers: calculator(server) });
      const writing = { text: ['so far', new Hold()] };
      if (moment === 'while the model writes') world.model.enqueue(writing, callAdd, fine);
      else world.model.enqueue(callAdd, fine);
      if (moment === 'before') suspend();
      const turn = await world.ask('1 + 2?', {
        signal: stop.signal,
        onChange: (_turn, draft) => {
          if (draft === 'so far') suspend();
        },
      });
      expect(turn.end).toBeUndefined();
      expect(turn.steps.flatMap((step) => step.results)).toEqual([]);
      expect(turn.steps).toHaveLength(moment === 'while a tool runs' ? 1 : 0);

      const agent = world.restart();
      const [again] = await agent.unfinished();
      if (again === undefined) throw new Error('lost');
      expect(again).toEqual(turn);
      await run(agent, again);
      expect(again.steps.map(({ text }) => text)).toEqual(['Wait.', 'fine']);
      expect(again.end).toEqual({ type: 'answered' });
      world.model.assertComplete();
    },
  );
});

test('small values are kept', async () => {
  await using world = await startAgent();
  expect(await world.agent.recall('seen')).toBeUndefined();
  await world.agent.remember('seen', { id: '1' });
  expect(await world.restart().recall('seen')).toEqual({ id: '1' });
});

test('the log has ids, counts and codes, and nothing of what was said', async () => {
  await using server = await startToolServer({ tools: [{ ...addTool, run: () => 'the private result' }] });
  await using world = await startAgent({
    toolServers: calculator(server),
    answers: [
      { text: 'private words', toolCalls: [{ name: 'add', arguments: '{"a":1234567,"b":2}' }] },
      { text: 'a private answer' },
    ],
  });
  await world.ask('a private question');
  expect(world.log.map(({ event }) => event)).toEqual([
    'turn-start',
    'tool-server-connect',
    'model-step',
    'tool-call',
    'model-step',
    'turn-end',
  ]);
  expect(JSON.stringify(world.log)).not.toMatch(/private|1234567/);
});
