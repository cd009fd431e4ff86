/** A question that is asked again: what the model sees of it, and what of it is kept. */
import { describe, expect, test } from 'vitest';
import type { Agent } from '../../../src/agent/agent.ts';
import type { Turn } from '../../../src/agent/turn.ts';
import { takeStored } from '../../support/take-stored.ts';
import { run, startAgent, type TestAgent, toQuestion } from '../support/start-agent.ts';
import { addTool, startToolServer, type TestTool } from '../support/tool-server.ts';

const refused = { status: 401, body: { error: { message: 'no' } } };
const texts = (turns: readonly Turn[]) => turns.map(({ steps, end }) => steps.at(-1)?.text ?? end?.type);

async function settled(world: TestAgent, text: string): Promise<Turn> {
  const turn = await world.ask(text);
  await world.agent.settle(turn, { kept: text });
  return turn;
}

async function takeAgain(agent: Agent, { question }: Turn): Promise<Turn> {
  const { originalId = question.id } = question;
  const asked = { ...question, id: toQuestion('').id, originalId };
  const { turn, stored } = agent.take(asked, null, { signal: AbortSignal.abort(), replaces: question.id });
  expect(await stored).toBe('stored');
  return turn;
}

async function askAgain({ agent }: TestAgent, old: Turn): Promise<Turn> {
  const turn = await takeAgain(agent, old);
  await run(agent, turn);
  await agent.settle(turn);
  return turn;
}

describe('a question that is asked again', () => {
  test('is answered with what was said before the first time, and takes its place, again and again', async () => {
    await using world = await startAgent({
      answers: ['one', 'two', 'three', 'two again', 'two once more', 'four'].map((text) => ({ text })),
    });
    await settled(world, '1?');
    const old = await settled(world, '2?');
    await settled(world, '3?');
    const again = await askAgain(world, old);
    expect(
      world.model.requests
        .at(-1)
        ?.messages.slice(1)
        .map(({ text }) => text),
    ).toEqual(['Mina: 1?', 'one', 'Mina: 2?']);
    expect(texts(await world.agent.history('general'))).toEqual(['one', 'two again', 'three']);
    await askAgain(world, again);
    expect(texts(await world.agent.history('general'))).toEqual(['one', 'two once more', 'three']);
    expect(await world.agent.ended('general', old.question.id)).toBeUndefined();
    await settled(world, '4?');
    expect(
      world.model.requests
        .at(-1)
        ?.messages.slice(1)
        .map(({ text }) => text),
    ).toEqual([...['Mina: 1?', 'one', 'Mina: 2?', 'two once more', 'Mina: 3?', 'three', 'Mina: 4?']]);
  });

  test('is not taken a third time by the id of the first', async () => {
    await using world = await startAgent({ answers: [{ text: 'one' }, { text: 'two' }] });
    const old = await settled(world, 'hello');
    await askAgain(world, old);
    expect(await takeStored(world.restart(), old.question)).toBeUndefined();
  });

  test('leaves an answer its place when it fails, and is kept until that is shown', async () => {
    await using world = await startAgent({ answers: [{ text: 'fine' }, refused] });
    const old = await settled(world, 'hello');
    const turn = await takeAgain(world.agent, old);
    await run(world.agent, turn);
    expect(turn.end).toMatchObject({ type: 'failed' });
    expect(texts(await world.agent.history('general'))).toEqual(['fine']);
    expect(await world.agent.ended('general', old.question.id)).toMatchObject({ kept: { kept: 'hello' } });
    expect(await world.restart().unfinished()).toMatchObject([{ end: turn.end, replaces: old.question.id }]);
    await world.agent.settle(turn);
    expect(await world.restart().unfinished()).toEqual([]);
    expect(texts(await world.agent.history('general'))).toEqual(['fine']);
  });

  test('takes the place of a failure, failing or not; and its own where the old one is forgotten', async () => {
    await using world = await startAgent({ answers: [refused, refused, { text: 'fine' }, { text: 'finer' }] });
    const failed = await settled(world, 'hello');
    const failedAgain = await askAgain(world, failed);
    expect(await world.agent.history('general')).toHaveLength(1);
    const fine = await askAgain(world, failedAgain);
    expect(texts(await world.agent.history('general'))).toEqual(['fine']);
    await world.agent.forget('general');
    await askAgain(world, fine);
    expect(texts(await world.agent.history('general'))).toEqual(['finer']);
  });

  test('found in the history after a crash, is not answered once more', async () => {
    await using world = await startAgent({ answers: [{ text: 'one' }, { text: 'two' }] });
    const old = await settled(world, 'hello');
    const turn = await takeAgain(world.agent, old);
    await run(world.agent, turn);
    const agent = world.restart();
    const { end: _end, ...open } = turn;
    const lost: Turn = { ...open, steps: [] };
    await run(agent, lost);
    expect(lost).toEqual(turn);
    expect(texts(await agent.history('general'))).toEqual(['two']);
    world.model.assertComplete();
  });

  test('has a person asked before a call that would do more when made twice, and no other', async () => {
    const pay: TestTool = { name: 'pay', annotations: {}, run: () => 'paid' };
    const look: TestTool = { name: 'look', annotations: { readOnlyHint: true }, run: () => 'seen' };
    await using server = await startToolServer({ tools: [pay, look, addTool] });
    const toolCalls = ['pay', 'look', 'nothing'].map((name) => ({ name, arguments: {} }));
    await using world = await startAgent({
      toolServers: [{ name: 'desk', url: server.url, headers: {} }],
      answers: [{ toolCalls }, { text: 'done' }, { toolCalls }, { text: 'done again' }],
    });
    const old = await settled(world, 'go');
    expect(old.steps[0]?.approvals).toBeUndefined();
    const turn = await takeAgain(world.agent, old);
    const waiting = Promise.withResolvers<void>();
    const ran = run(world.agent, turn, { onChange: ({ steps }) => steps[0]?.approvals && waiting.resolve() });
    await waiting.promise;
    const [call] = turn.steps[0]?.calls ?? [];
    expect(turn.steps[0]?.approvals).toMatchObject([{ callId: call?.id }]);
    expect(server.sent('tools/call').filter((body) => body.includes('"pay"'))).toHaveLength(1);
    await world.agent.decide(turn.question.id, call?.id ?? '', { decision: 'approved', by: 'u1' });
    await ran;
    expect(server.sent('tools/call').filter((body) => body.includes('"pay"'))).toHaveLength(2);
    expect(turn.end).toEqual({ type: 'answered' });
  });
});
