/** Calls that a person must approve: nothing is sent before, and the decision is part of the record. */

import { describe, expect, test } from 'vitest';
import type { Turn } from '../../../src/agent/turn.ts';
import type { ApprovalPolicy } from '../../../src/config/tool-servers.ts';
import { takeStored } from '../../support/take-stored.ts';
import { run, startAgent, type TestAgentOptions, toQuestion } from '../support/start-agent.ts';
import { addTool, startToolServer, type TestTool } from '../support/tool-server.ts';

const deleteTool: TestTool = {
  name: 'delete',
  inputSchema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
  annotations: {},
  run: ({ path }) => `deleted ${path}`,
};
const callDelete = { toolCalls: [{ name: 'delete', arguments: { path: 'x' } }] };
const fine = { text: 'fine' };

async function startWorld(options: TestAgentOptions & { readonly approval?: ApprovalPolicy } = {}) {
  const { approval = 'destructive', ...rest } = options;
  const server = await startToolServer({ tools: [deleteTool, addTool] });
  const world = await startAgent({
    toolServers: [{ name: 'files', url: server.url, headers: {}, approval }],
    answers: [callDelete, fine],
    ...rest,
  });
  const waiting = Promise.withResolvers<Turn>();
  const onChange = (turn: Turn) => {
    if (turn.steps.at(-1)?.approvals?.some(({ decision }) => decision === undefined)) waiting.resolve(turn);
  };
  return {
    ...world,
    server,
    /** The turn, once a call of it waits. */
    waiting: waiting.promise,
    onChange,
    [Symbol.asyncDispose]: async () => {
      await world[Symbol.asyncDispose]();
      await server.close();
    },
  };
}

function waitingCallOf(turn: Turn): string {
  const callId = turn.steps.at(-1)?.approvals?.find(({ decision }) => decision === undefined)?.callId;
  if (callId === undefined) throw new Error('no call waits');
  return callId;
}

describe('a call that must be approved', () => {
  test('waits, and is made once somebody approves it', async () => {
    await using world = await startWorld();
    const asked = world.ask('delete x', { onChange: world.onChange });
    const turn = await world.waiting;
    expect(world.server.sent('tools/call')).toEqual([]);
    expect(await world.agent.decide(turn.question.id, waitingCallOf(turn), 'approved', 'u1')).toBe(true);
    await asked;
    expect(turn.steps[0]?.results).toMatchObject([{ ok: true, text: 'deleted x' }]);
    expect(turn.steps[0]?.approvals).toMatchObject([{ decision: 'approved', by: 'u1' }]);
    expect(world.server.sent('tools/call')).toHaveLength(1);
    world.model.assertComplete();
  });

  test('is not made when somebody denies it, and the model is told', async () => {
    await using world = await startWorld();
    const asked = world.ask('delete x', { onChange: world.onChange });
    const turn = await world.waiting;
    await world.agent.decide(turn.question.id, waitingCallOf(turn), 'denied', 'u1');
    await asked;
    expect(world.server.sent('tools/call')).toEqual([]);
    expect(world.model.requests[1]?.messages.at(-1)?.text).toContain('denied it');
    world.model.assertComplete();
  });

  test('is denied when nobody decides in time, which costs nothing of the turn’s own time', async () => {
    await using world = await startWorld({ limits: { approvalMs: 2_500, turnMs: 2_000 } });
    const turn = await world.ask('delete x', { onChange: world.onChange });
    expect(turn.end).toEqual({ type: 'answered' });
    expect(turn.steps[0]?.approvals).toMatchObject([{ decision: 'denied' }]);
    expect(turn.steps[0]?.results).toMatchObject([{ ok: false, text: expect.stringContaining('nobody did in time') }]);
    expect(world.server.sent('tools/call')).toEqual([]);
  });

  test('waits for people no longer than a turn may in all', async () => {
    await using world = await startWorld({
      answers: [callDelete, { toolCalls: [{ name: 'delete', arguments: { path: 'y' } }] }, fine],
      limits: { approvalMs: 600_000, peopleMs: 300 },
    });
    const turn = await world.ask('delete x, then y');
    expect(turn.end).toEqual({ type: 'answered' });
    const results = turn.steps.flatMap((step) => step.results.map(({ ok, text }) => ({ ok, text })));
    const unanswered = { ok: false, text: expect.stringContaining('nobody did in time') };
    expect(results).toEqual([unanswered, unanswered]);
    expect(world.server.sent('tools/call')).toEqual([]);
  });

  test('is decided once', async () => {
    await using world = await startWorld();
    const asked = world.ask('delete x', { onChange: world.onChange });
    const turn = await world.waiting;
    const { id } = turn.question;
    const callId = waitingCallOf(turn);
    expect(await world.agent.decide(id, 'another', 'approved', 'u1')).toBe(false);
    expect(await world.agent.decide('another', callId, 'approved', 'u1')).toBe(false);
    const both = ['approved', 'denied'] as const;
    const decided = await Promise.all(both.map((decision) => world.agent.decide(id, callId, decision, 'u1')));
    expect(decided).toEqual([true, false]);
    await asked;
    expect(await world.agent.decide(id, callId, 'denied', 'u1')).toBe(false);
    expect(world.server.sent('tools/call')).toHaveLength(1);
  });

  test('is refused before anybody is asked when the tool would not take it', async () => {
    await using world = await startWorld({
      answers: [{ toolCalls: [{ name: 'delete', arguments: { file: 'x' } }] }, fine],
    });
    const turn = await world.ask('delete x');
    expect(turn.steps[0]?.approvals).toBeUndefined();
    expect(turn.steps[0]?.results).toMatchObject([{ ok: false, text: expect.stringContaining('path') }]);
  });

  test('holds up no other call of its step', async () => {
    await using world = await startWorld({
      answers: [{ toolCalls: [...callDelete.toolCalls, { name: 'add', arguments: { a: 1, b: 2 } }] }, fine],
    });
    const added = Promise.withResolvers<void>();
    const asked = world.ask('both', {
      onChange: (turn) => {
        world.onChange(turn);
        if (turn.steps[0]?.results.some(({ text }) => text === '3')) added.resolve();
      },
    });
    const turn = await world.waiting;
    await added.promise;
    await world.agent.decide(turn.question.id, waitingCallOf(turn), 'approved', 'u1');
    await asked;
    expect(turn.steps[0]?.results.map(({ text }) => text)).toEqual(['3', 'deleted x']);
  });

  test.each([
    ['never', []],
    ['destructive', ['delete']],
    ['always', ['delete', 'add']],
  ] as const)('is one by the policy %s: %j', async (approval, expected) => {
    const calls = [...callDelete.toolCalls, { name: 'add', arguments: { a: 1, b: 2 } }];
    await using world = await startWorld({
      approval,
      answers: [{ toolCalls: calls }, fine],
      limits: { approvalMs: 50 },
    });
    const turn = await world.ask('both');
    const asked = turn.steps[0]?.approvals?.map(({ callId }) => callId) ?? [];
    expect(turn.steps[0]?.calls.filter(({ id }) => asked.includes(id)).map(({ name }) => name)).toEqual(expected);
  });
});

describe('after a restart', () => {
  /** Leaves a turn behind as a crash would: stored with its step, the call waiting. */
  async function crashWhileWaiting(world: Awaited<ReturnType<typeof startWorld>>): Promise<Turn> {
    const crash = new AbortController();
    const turn = await takeStored(world.agent, toQuestion('delete x'), null);
    if (turn === undefined) throw new Error('not taken');
    const ran = run(world.agent, turn, { signal: crash.signal, onChange: world.onChange });
    await world.waiting;
    await world.store.whenSaved(({ steps }) => steps[0]?.approvals !== undefined);
    crash.abort('suspend');
    await ran;
    return turn;
  }

  test('a call that waited still waits, and is made once when it is approved', async () => {
    await using world = await startWorld();
    await crashWhileWaiting(world);
    const next = world.restart();
    const [turn] = await next.unfinished();
    if (turn === undefined) throw new Error('lost');
    expect(next.find(turn.question.id)).toBe(turn);
    // Before the turn runs again, too: its buttons still stand.
    expect(await next.decide(turn.question.id, waitingCallOf(turn), 'approved', 'u2')).toBe(true);
    await run(next, turn);
    expect(turn.steps[0]?.results).toMatchObject([{ ok: true, text: 'deleted x' }]);
    expect(world.server.sent('tools/call')).toHaveLength(1);
    world.model.assertComplete();
  });

  test('a call that was approved and may have been made is not made again', async () => {
    await using world = await startWorld();
    const left = await crashWhileWaiting(world);
    const approvals = left.steps[0]?.approvals?.map((approval) => ({
      ...approval,
      decision: 'approved' as const,
      isStarted: true as const,
    }));
    const [step] = left.steps;
    if (step === undefined || approvals === undefined) throw new Error('no step');
    await world.store.saveTurn({ ...left, steps: [{ ...step, approvals }] });
    const next = world.restart();
    const [turn] = await next.unfinished();
    if (turn === undefined) throw new Error('lost');
    await run(next, turn);
    expect(turn.steps[0]?.results).toMatchObject([{ ok: false, text: expect.stringContaining('outcome is unknown') }]);
    expect(world.server.sent('tools/call')).toEqual([]);
  });
});
