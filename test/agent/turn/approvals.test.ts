/** Calls that a person must approve: nothing is sent before, and the decision is part of the record. */

import { describe, expect, test } from 'vitest';
import type { StopReason } from '../../../src/agent/agent.ts';
import type { Turn } from '../../../src/agent/turn.ts';
import type { ApprovalPolicy, ToolServerConfig } from '../../../src/config/tool-servers.ts';
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

type Rule = Pick<ToolServerConfig, 'notAsker' | 'quorum' | 'approverRoles' | 'trusted'>;

async function startWorld(
  options: TestAgentOptions & { readonly approval?: ApprovalPolicy; readonly rule?: Rule } = {},
) {
  const { approval = 'destructive', rule = {}, ...rest } = options;
  const server = await startToolServer({ tools: [deleteTool, addTool] });
  const world = await startAgent({
    toolServers: [{ name: 'files', url: server.url, headers: {}, approval, ...rule }],
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
    expect(await world.agent.decide(turn.question.id, waitingCallOf(turn), { decision: 'approved', by: 'u1' })).toBe(
      'decided',
    );
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
    await world.agent.decide(turn.question.id, waitingCallOf(turn), { decision: 'denied', by: 'u1' });
    await asked;
    expect(world.server.sent('tools/call')).toEqual([]);
    expect(world.model.requests[1]?.messages.at(-1)?.text).toContain('denied it');
    world.model.assertComplete();
  });

  test('is denied when nobody decides in time, which costs nothing of the turn’s own time', async () => {
    await using world = await startWorld({ limits: { approvalMs: 5_500, turnMs: 5_000 } });
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
    expect(await world.agent.decide(id, 'another', { decision: 'approved', by: 'u1' })).toBe('gone');
    expect(await world.agent.decide('another', callId, { decision: 'approved', by: 'u1' })).toBe('gone');
    const both = ['approved', 'denied'] as const;
    const decided = await Promise.all(both.map((decision) => world.agent.decide(id, callId, { decision, by: 'u1' })));
    expect(decided).toEqual(['decided', 'gone']);
    await asked;
    expect(await world.agent.decide(id, callId, { decision: 'denied', by: 'u1' })).toBe('gone');
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
    await world.agent.decide(turn.question.id, waitingCallOf(turn), { decision: 'approved', by: 'u1' });
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
    expect(await next.decide(turn.question.id, waitingCallOf(turn), { decision: 'approved', by: 'u2' })).toBe(
      'decided',
    );
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

describe('a call that several people must approve', () => {
  const rule = { quorum: 2, approverRoles: ['123456789012345678'] };

  test('is made once so many have, each counted once, and what each said is on record', async () => {
    await using world = await startWorld({ rule });
    const asked = world.ask('delete x', { onChange: world.onChange });
    const turn = await world.waiting;
    const { id } = turn.question;
    const callId = waitingCallOf(turn);
    const approve = (by: string) => world.agent.decide(id, callId, { decision: 'approved', by });
    expect(turn.steps[0]?.approvals).toMatchObject([{ quorum: 2, roleIds: rule.approverRoles }]);
    expect(await Promise.all([approve('u1'), approve('u1')])).toEqual(['counted', 'counted-before']);
    expect(world.server.sent('tools/call')).toEqual([]);
    expect(await approve('u2')).toBe('decided');
    await asked;
    expect(turn.steps[0]?.approvals).toMatchObject([
      { decision: 'approved', by: 'u2', votes: [{ by: 'u1' }, { by: 'u2' }] },
    ]);
    expect(world.store.decisions.map(({ what, by }) => [what, by])).toEqual([
      ['approved', ['u1']],
      ['approved', ['u2']],
    ]);
    expect(world.server.sent('tools/call')).toHaveLength(1);
  });

  test('is not made when one of them denies it', async () => {
    await using world = await startWorld({ rule });
    const asked = world.ask('delete x', { onChange: world.onChange });
    const turn = await world.waiting;
    const callId = waitingCallOf(turn);
    await world.agent.decide(turn.question.id, callId, { decision: 'approved', by: 'u1' });
    await world.agent.decide(turn.question.id, callId, { decision: 'denied', by: 'u2' });
    await asked;
    expect(world.server.sent('tools/call')).toEqual([]);
  });

  test('is counted on after a restart', async () => {
    await using world = await startWorld({ rule });
    const stop = new AbortController();
    const asked = world.ask('delete x', { onChange: world.onChange, signal: stop.signal });
    const left = await world.waiting;
    await world.agent.decide(left.question.id, waitingCallOf(left), { decision: 'approved', by: 'u1' });
    stop.abort('suspend');
    await asked;
    const next = world.restart();
    const [turn] = await next.unfinished();
    if (turn === undefined) throw new Error('lost');
    const approve = (by: string) => next.decide(turn.question.id, waitingCallOf(turn), { decision: 'approved', by });
    expect(await approve('u1')).toBe('counted-before');
    expect(await approve('u2')).toBe('decided');
    await run(next, turn);
    expect(turn.steps[0]?.results).toMatchObject([{ ok: true, text: 'deleted x' }]);
  });

  test('does not count what could not be logged or kept', async () => {
    await using world = await startWorld({ rule });
    const asked = world.ask('delete x', { onChange: world.onChange });
    const turn = await world.waiting;
    const approve = (by: string) =>
      world.agent.decide(turn.question.id, waitingCallOf(turn), { decision: 'approved', by });
    await world.store.whenSaved(({ steps }) => steps[0]?.approvals !== undefined);
    for (const failing of ['logDecision', 'saveTurn']) {
      world.store.failsOn = (call) => call === failing;
      await expect(approve('u1')).rejects.toThrow();
      expect(turn.steps[0]?.approvals?.[0]?.votes).toBeUndefined();
    }
    world.store.failsOn = () => false;
    expect(await approve('u1')).toBe('counted');
    expect(await approve('u2')).toBe('decided');
    await asked;
  });
});

describe('a standing approval', () => {
  const again = [callDelete, fine, callDelete, fine];

  /** Asks, and has the call approved by those people in that way. */
  async function approve(
    world: Awaited<ReturnType<typeof startWorld>>,
    by: readonly string[],
    standing: 'here' | 'asker',
  ): Promise<string[]> {
    const outcomes: string[] = [];
    const asked = world.ask('delete x', { onChange: world.onChange });
    const turn = await world.waiting;
    const callId = waitingCallOf(turn);
    for (const person of by)
      outcomes.push(await world.agent.decide(turn.question.id, callId, { decision: 'approved', by: person, standing }));
    await asked;
    return outcomes;
  }

  /** Whether a later question has its call made without anybody being asked. */
  async function isMade(world: Awaited<ReturnType<typeof startWorld>>, channelId?: string): Promise<boolean> {
    const before = world.server.sent('tools/call').length;
    const turn = await world.ask('delete x', channelId === undefined ? {} : { channelId });
    const isCalled = world.server.sent('tools/call').length > before;
    expect(turn.steps[0]?.approvals?.[0]?.grantId === undefined).toBe(!isCalled);
    return isCalled;
  }

  test('of a channel lets later calls of that tool pass there, is in the log with each use, and can be ended', async () => {
    await using world = await startWorld({
      limits: { approvalMs: 1_500 },
      answers: [...again, callDelete, fine, callDelete, fine],
    });
    expect(await approve(world, ['u2'], 'here')).toEqual(['granted']);
    expect(await isMade(world)).toBe(true);
    expect(await isMade(world, 'elsewhere')).toBe(false);
    const [grant] = await world.agent.grants();
    expect(grant).toMatchObject({ scope: 'here', targetId: 'general', server: 'files', tool: 'delete', by: ['u2'] });
    await world.agent.endGrant(grant?.id ?? '', 'u3');
    expect(await world.agent.grants()).toEqual([]);
    expect(await isMade(world)).toBe(false);
    expect(world.store.decisions.map(({ what }) => what)).toEqual(['approved', 'granted', 'used', 'revoked']);
    expect(JSON.stringify(world.store.decisions)).not.toContain('"x"');
  });

  test('that is ended lets no call pass that was not begun, in a later life neither', async () => {
    await using world = await startWorld({ answers: again });
    await approve(world, ['u2'], 'here');
    const suspend = new AbortController();
    await world.ask('delete x', {
      signal: suspend.signal,
      onChange: ({ steps }) => {
        if (steps[0]?.approvals?.[0]?.grantId !== undefined) suspend.abort('suspend' satisfies StopReason);
      },
    });
    const second = world.restart();
    const turn = (await second.unfinished()).at(-1);
    if (turn === undefined) throw new Error('nothing was stored');
    expect(turn.steps[0]?.approvals).toMatchObject([{ decision: 'approved', grantId: expect.any(String) }]);
    const [grant] = await second.grants();
    await second.endGrant(grant?.id ?? '', 'u3');
    await run(second, turn);
    expect(turn.steps[0]?.results).toMatchObject([{ ok: false, text: expect.stringContaining('was ended just now') }]);
    expect(world.server.sent('tools/call')).toHaveLength(1);
  });

  test('of an asker goes with the asker, and is forgotten with them', async () => {
    await using world = await startWorld({ limits: { approvalMs: 1_500 }, answers: [...again, callDelete, fine] });
    await approve(world, ['u1'], 'asker');
    expect(await isMade(world, 'elsewhere')).toBe(true);
    await world.agent.forgetPerson({ authorId: 'u1', until: Date.now() });
    expect(await isMade(world)).toBe(false);
  });

  test('needs as many people as the rule, who all want it', async () => {
    const rule = { quorum: 2, approverRoles: ['123456789012345678'] };
    await using world = await startWorld({ rule, limits: { approvalMs: 1_500 }, answers: again });
    const asked = world.ask('delete x', { onChange: world.onChange });
    const turn = await world.waiting;
    const callId = waitingCallOf(turn);
    const say = (by: string, standing?: 'here') =>
      world.agent.decide(turn.question.id, callId, { decision: 'approved', by, standing });
    expect([await say('u2', 'here'), await say('u3')]).toEqual(['counted', 'decided']);
    await asked;
    expect(await isMade(world)).toBe(false);
    await using other = await startWorld({ rule, answers: again });
    expect(await approve(other, ['u2', 'u3'], 'here')).toEqual(['counted', 'granted']);
    expect(await isMade(other)).toBe(true);
  });

  test('that the asker has given counts for nothing where somebody else must approve', async () => {
    await using world = await startWorld({ rule: { notAsker: true }, limits: { approvalMs: 1_500 }, answers: again });
    await approve(world, ['u1'], 'here');
    expect(await isMade(world)).toBe(false);
  });

  test.each<{ case: string; change: Partial<TestTool> }>([
    { case: 'its description', change: { description: 'Deletes more.' } },
    { case: 'its schema', change: { inputSchema: { type: 'object', properties: { path: {} } } } },
    { case: 'whether it may be called twice', change: { annotations: { idempotentHint: true } } },
  ])('ends when the tool changes $case', async ({ change }) => {
    await using world = await startWorld({ limits: { approvalMs: 1_500 }, rule: { trusted: true }, answers: again });
    await approve(world, ['u2'], 'here');
    world.server.tools = [{ ...deleteTool, ...change }];
    const next = world.restart();
    const turn = await takeStored(next, toQuestion('delete x'), null);
    if (turn === undefined) throw new Error('not taken');
    await run(next, turn);
    expect(turn.steps[0]?.approvals).toMatchObject([{ decision: 'denied' }]);
    expect(turn.steps[0]?.approvals?.[0]?.grantId).toBeUndefined();
  });

  test('ends when its time is over, and with a time of nothing there is none', async () => {
    await using short = await startWorld({ limits: { grantMs: 1, approvalMs: 1_500 }, answers: again });
    await approve(short, ['u2'], 'here');
    expect(await isMade(short)).toBe(false);
    await using none = await startWorld({ limits: { grantMs: 0, approvalMs: 1_500 }, answers: again });
    expect(await approve(none, ['u2'], 'here')).toEqual(['decided']);
    expect(await none.agent.grants()).toEqual([]);
  });

  test('that cannot be read means that people are asked', async () => {
    await using world = await startWorld({ limits: { approvalMs: 1_500 }, answers: again });
    await approve(world, ['u2'], 'here');
    world.store.failsOn = (call) => call === 'loadGrant';
    expect(await isMade(world)).toBe(false);
  });

  test('is not given when the approval could not be kept', async () => {
    await using world = await startWorld();
    const asked = world.ask('delete x', { onChange: world.onChange });
    const turn = await world.waiting;
    const decide = () =>
      world.agent.decide(turn.question.id, waitingCallOf(turn), { decision: 'approved', by: 'u2', standing: 'here' });
    await world.store.whenSaved(({ steps }) => steps[0]?.approvals !== undefined);
    world.store.failsOn = (call) => call === 'saveTurn';
    await expect(decide()).rejects.toThrow();
    expect(await world.agent.grants()).toEqual([]);
    world.store.failsOn = () => false;
    expect(await decide()).toBe('granted');
    await asked;
  });
});
