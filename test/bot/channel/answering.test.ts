/** Answering between a real agent and a real place: scripted model, simulated Discord, a store that fails when it is told to. */
import { REST } from 'discord.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Agent } from '../../../src/agent/agent.ts';
import type { Turn } from '../../../src/agent/turn.ts';
import { Answering } from '../../../src/bot/channel/answering.ts';
import type { Again, Asking } from '../../../src/bot/channel/asking.ts';
import { readDelivery } from '../../../src/bot/channel/delivery.ts';
import { PendingQuestions } from '../../../src/bot/channel/pending-questions.ts';
import { type PostedRecord, toOldRecord } from '../../../src/bot/channel/posted-messages.ts';
import { catalogues } from '../../../src/bot/channel/texts/catalogues.ts';
import { createPlaces } from '../../../src/bot/discord/place.ts';
import { silentLogger } from '../../../src/log.ts';
import type { SimulatedChannel, SimulatedDiscord, SimulatedUser } from '../../../src/simulator/discord/discord.ts';
import { startDiscord } from '../../../src/simulator/discord/start.ts';
import { Hold } from '../../../src/simulator/model/hold.ts';
import { startAgent, type TestAgent } from '../../agent/support/start-agent.ts';

let discord: SimulatedDiscord;
let world: TestAgent;
let channel: SimulatedChannel;
let mina: SimulatedUser;
let rest: REST;
let pending: PendingQuestions;
let answering: Answering;

const asking: Asking = { language: 'en', address: {}, isFoundAgain: true };

beforeEach(async () => {
  discord = await startDiscord();
  world = await startAgent();
  const [first] = discord.channels;
  if (first === undefined) throw new Error('no channel');
  channel = first;
  mina = discord.createUser({ name: 'mina' });
  rest = new REST({ api: discord.apiUrl, retries: 0, rejectOnRateLimit: () => true }).setToken(discord.token);
  pending = new PendingQuestions();
  answering = createAnswering(world.agent);
  answering.resume([]);
});

function createAnswering(agent: Agent): Answering {
  return new Answering({
    agent,
    openPlace: createPlaces({ rest, botId: () => discord.bot.id }),
    log: silentLogger,
    notices: 'all',
    pending,
    lookUp: async () => undefined,
    toKept: (delivery) => delivery,
    onUnauthorized: () => {},
  });
}

afterEach(async () => {
  await answering.close(0);
  rest.clearHashSweeper();
  rest.clearHandlerSweeper();
  await world[Symbol.asyncDispose]();
  await discord.close();
});

/** Asks, and resolves once the question is stored or cannot be. */
function ask(text: string, { by = mina, ...more }: Partial<Asking> & { readonly by?: SimulatedUser } = {}) {
  const { id, createdAt } = channel.says(by, text);
  const question = { id, channelId: channel.id, authorId: by.id, authorName: by.name, text, askedAt: createdAt };
  pending.add(id, { channelId: channel.id, guildId: undefined, askedAt: createdAt });
  return { id, taken: answering.take(question, { ...asking, ...more }) };
}

function answers(): string[] {
  return channel.messages.filter(({ author }) => author.isBot).map(({ content }) => content);
}

const seen = (content: string) => channel.waitFor(() => answers().includes(content), { timeoutMs: 15_000 });

describe('a member who asks without end', () => {
  test('is told once, and is heard again when there is room', async () => {
    const hold = new Hold();
    world.model.enqueue({ text: [hold, 'first'] });
    ask('0');
    await hold.reached;
    for (let number = 1; number <= 60; number += 1) ask(`${number}`);
    await seen(`⚠️ ${catalogues.en.tooManyWaiting}`);
    expect(pending.has(ask('one more').id)).toBe(false);
    expect(answering.stopAll(channel.id)).toBe(51);
    hold.release();
    await channel.waitFor(() => answering.runningIn(channel.id) === undefined, { timeoutMs: 15_000 });
    expect(answers().filter((content) => content === `⚠️ ${catalogues.en.tooManyWaiting}`)).toHaveLength(1);
    world.model.enqueue({ text: 'heard' });
    ask('again');
    await seen('heard');
  });

  test('does not keep the others of the channel waiting', async () => {
    const hold = new Hold();
    world.model.enqueue({ text: [hold, '0'] });
    ask('0');
    await hold.reached;
    for (let number = 1; number <= 9; number += 1) ask(`${number}`);
    ask('mine', { by: discord.createUser({ name: 'jun' }) });
    world.model.enqueue(...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(() => ({ text: 'ok' })));
    hold.release();
    await expect.poll(() => world.model.requests.length, { timeout: 15_000 }).toBe(11);
    const order = world.model.requests.map(({ messages }) => messages.at(-1)?.text);
    expect(order.indexOf('jun: mine')).toBe(4);
  });
});

describe('a moderator who empties the queue', () => {
  test('ends the running answer and drops what waits, and nothing of that stays', async () => {
    const hold = new Hold();
    world.model.enqueue({ text: [hold, 'never'] });
    ask('running');
    await hold.reached;
    await Promise.all([ask('waiting').taken, ask('waiting, too').taken]);
    expect(answering.stopAll(channel.id)).toBe(3);
    await seen(`⚠️ ${catalogues.en.failures.stopped}`);
    await expect.poll(async () => (await world.restart().unfinished()).length).toBe(0);
    expect(answers()).toEqual([`⚠️ ${catalogues.en.failures.stopped}`]);
    expect(world.model.requests).toHaveLength(1);
    hold.release();
  });
});

describe('a question that is asked again', () => {
  /** Its answer, as a press on it finds it. */
  async function answered(text: string): Promise<{ readonly old: Turn; readonly posted: PostedRecord }> {
    world.model.enqueue({ text });
    const { id, taken } = ask('tell');
    await taken;
    await seen(text);
    await expect.poll(() => world.agent.find(id)).toBeUndefined();
    const ended = await world.agent.ended(channel.id, id);
    if (ended === undefined) throw new Error('It is not kept.');
    return { old: ended.turn, posted: toOldRecord(readDelivery(ended.kept).posted, 'by-kind') };
  }

  const newId = () => discord.createUser({ name: 'anybody' }).id;
  const press = (answer: Pick<Again, 'old' | 'posted'>, id = newId()) =>
    answering.again(answer.old.question.id, async () => ({
      ...answer,
      id,
      askedAt: Date.now(),
      language: 'en',
      address: {},
    }));

  test('is answered in its turn, once at a time, and dropped when a moderator empties the queue', async () => {
    const answer = await answered('Told.');
    const before = channel.messages.at(-1);
    const hold = new Hold();
    world.model.enqueue({ text: [hold, 'never'] });
    ask('something else');
    await hold.reached;
    const id = newId();
    const again = press(answer, id);
    await expect.poll(() => pending.has(id)).toBe(true);
    expect(await press(answer)).toBe('under-way');
    expect(answering.stopAll(channel.id)).toBe(2);
    expect(await again).toBe('stopped');
    expect(channel.messages.find(({ id }) => id === before?.id)).toEqual(before);
    await expect.poll(async () => (await world.restart().unfinished()).length).toBe(0);
    world.model.enqueue({ text: 'Told again.' });
    expect(await press(answer)).toBe('answered');
    expect(answers()).toEqual(['Told again.', `⚠️ ${catalogues.en.failures.stopped}`]);
    hold.release();
  });

  test('is not asked where the store is away, and the answer stays', async () => {
    const answer = await answered('Told.');
    world.store.failsOn = (call) => call === 'saveTurn';
    const again = press(answer);
    await answering.close(0);
    expect(await again).toBe('store-failed');
    expect(answers()).toEqual(['Told.']);
    expect(world.model.requests).toHaveLength(1);
  });

  test('is left to a later process when this one ends; what it has written over is written back if it must not go on', async () => {
    const answer = await answered('Told.');
    const hold = new Hold();
    world.model.enqueue({ text: ['Told', ' anew', hold] });
    const again = press(answer);
    await seen('Told anew');
    await answering.close(0);
    expect(await again).toBe('closing');
    const agent = world.restart();
    const [turn] = await agent.unfinished();
    if (turn === undefined) throw new Error('nothing is left');
    const later = createAnswering(agent);
    later.resume([]);
    later.leaveOld(turn);
    await seen('Told.');
    await later.close(5_000);
    expect(answers()).toEqual(['Told.']);
    expect(await agent.unfinished()).toEqual([]);
    expect(await agent.ended(channel.id, answer.old.question.id)).toBeDefined();
  });
});

describe('a question while the store is away', () => {
  const waits = `⚠️ ${catalogues.en.warnings['store-wait']}`;

  test('is shown to wait, then answered; there is one record from the first moment', async () => {
    world.store.failsOn = (call) => call === 'hasTurn';
    world.model.enqueue({ text: '42' });
    const { id, taken } = ask('15+27?');
    await seen(waits);
    world.store.failsOn = () => false;
    await taken;
    await seen('42');
    await channel.waitFor(() => !answers().includes(waits));
    expect(answers()).toEqual(['42']);
    const [turn] = await world.store.loadHistory(channel.id);
    expect(turn).toMatchObject({ question: { id }, warnings: [{ type: 'store-wait', afterSteps: 0 }] });
  });

  test('is not answered when its author takes it back meanwhile', async () => {
    world.store.failsOn = () => true;
    const { id, taken } = ask('never mind');
    await seen(waits);
    pending.change(id, 'deleted');
    await taken;
    await channel.waitFor(() => answers().length === 0);
    world.store.failsOn = () => false;
    expect(world.model.requests).toEqual([]);
  });

  test.each([
    ['a command that nobody finds again says so', false, [`⚠️ ${catalogues.en.failures['store-failed']}`]],
    ['a message is left to be found after the next start', true, []],
  ])('when the process ends: %s', async (_what, isFoundAgain, stand) => {
    world.store.failsOn = () => true;
    ask('15+27?', { isFoundAgain });
    await seen(waits);
    await answering.close(5_000);
    expect(answers()).toEqual(stand);
  });
});
