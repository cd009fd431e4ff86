/** The contract's «History» and what survives restarts, against the whole product. */

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readDelivery } from '../../src/bot/channel/delivery.ts';
import type { SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { Hold } from '../../src/simulator/model/hold.ts';
import { openRecord } from '../crash/support/record.ts';
import { botMessages, expectToStand, replyTo, startWorld, type World } from '../support/world.ts';

let world: World;
let jimin: SimulatedUser;
let alex: SimulatedUser;
let mention: string;

beforeAll(async () => {
  world = await startWorld();
  jimin = world.discord.createUser({ name: 'jimin', displayName: '지민', locale: 'ko' });
  alex = world.discord.createUser({ name: 'alex', displayName: 'Alex', locale: 'en-US' });
  mention = `<@${world.discord.bot.id}>`;
});

afterEach(() => {
  expect(world.discord.problems).toEqual([]);
  expect(() => world.model.assertComplete()).not.toThrow();
});

afterAll(() => world?.[Symbol.asyncDispose]());

function createChannel(name: string) {
  const [guild] = world.discord.guilds;
  if (guild === undefined) throw new Error('no guild');
  return world.discord.createChannel(guild, name);
}

/** What the model was told last: its messages without the system prompt. */
function lastPrompt(): string[] {
  return (world.model.requests.at(-1)?.messages ?? []).slice(1).map(({ role, text }) => `${role}: ${text}`);
}

describe('a history', () => {
  test('is shared by all members of a channel, each question with its author’s name', async () => {
    const channel = createChannel('shared');
    world.model.enqueue({ text: 'hi' }, { text: 'hello' });
    await replyTo(channel.says(jimin, `${mention} 안녕`), channel);
    await replyTo(channel.says(alex, `${mention} hello`), channel);
    expect(lastPrompt()).toEqual(['user: 지민: 안녕', 'assistant: hi', 'user: Alex: hello']);
  });

  test('of a thread is another one than that of its channel', async () => {
    const channel = createChannel('parent');
    const thread = channel.startThread('곱셈 교실');
    world.model.enqueue({ text: 'in the channel' }, { text: 'in the thread' });
    await replyTo(channel.says(jimin, `${mention} one`), channel);
    await replyTo(thread.says(jimin, `${mention} two`), thread);
    expect(lastPrompt()).toEqual(['user: 지민: two']);
  });

  test('survives a restart', async () => {
    const channel = createChannel('restart');
    world.model.enqueue({ text: 'noted' });
    await replyTo(channel.says(jimin, `${mention} remember 42`), channel);
    expect(await world.stop()).toEqual({ code: 0, signal: null });
    await world.start();
    world.model.enqueue({ text: '42' });
    await replyTo(channel.says(jimin, `${mention} what was it?`), channel);
    expect(lastPrompt()).toEqual(['user: 지민: remember 42', 'assistant: noted', 'user: 지민: what was it?']);
  });
});

describe('after a crash', () => {
  test('a turn goes on where its record ends: no call is run again, no message posted twice', async () => {
    const channel = createChannel('crash');
    const held = new Hold();
    world.model.enqueue(
      { text: '더해보겠습니다.', toolCalls: [{ name: 'add', arguments: { a: 15, b: 27 } }] },
      { text: [held, 'never seen'] },
    );
    const question = channel.says(jimin, `${mention} 15+27`);
    await held.reached;
    await channel.waitFor(() => botMessages(channel).some(({ content }) => content.startsWith('✅')));
    await world.kill();
    held.release();

    world.model.enqueue({ text: '42입니다.' });
    await world.start();
    await replyTo(question, channel);
    await expectToStand(channel, ['더해보겠습니다.', '✅ add({"a":15,"b":27}) → 42', '42입니다.']);
    expect(
      world.model.requests
        .at(-1)
        ?.messages.filter(({ role }) => role === 'tool')
        .map(({ text }) => text),
    ).toEqual(['42']);
  });

  test('what stood of an answer that was cut off gives way to the answer', async () => {
    const channel = createChannel('crash-draft');
    const held = new Hold();
    world.model.enqueue({ text: ['x'.repeat(1500), ' ', 'y'.repeat(1500), held] });
    const question = channel.says(jimin, `${mention} at length`);
    await channel.waitFor(() => botMessages(channel).length === 2);
    using record = openRecord(world.settings.STORE_URL?.replace('sqlite://', '') ?? '');
    const standing = () => Object.values(readDelivery(record.unfinished(question.id)?.delivery ?? null).posted);
    await expect.poll(() => standing().filter(({ id }) => id !== '').length, { timeout: 15_000 }).toBe(2);
    await world.kill();
    held.release();
    world.model.enqueue({ text: 'short' });
    await world.start();
    await replyTo(question, channel, (content) => content === 'short');
    await expectToStand(channel, ['short']);
  });

  test('/ask goes on in the same response', async () => {
    const channel = createChannel('crash-ask');
    const held = new Hold();
    world.model.enqueue({ text: [held] });
    await channel.asks(jimin, 'ask', { question: 'hello' });
    await held.reached;
    await world.kill();
    held.release();
    world.model.enqueue({ text: 'hi' });
    await world.start();
    await channel.waitFor(() => botMessages(channel).some(({ content }) => content === '> hello\nhi'));
    expect(botMessages(channel)).toHaveLength(1);
  });
});

describe('a question asked while the bot was away', () => {
  test('is answered once when it is back', async () => {
    const channel = createChannel('while-down');
    world.model.enqueue({ text: 'before' });
    await replyTo(channel.says(jimin, `${mention} before`), channel);
    await world.stop();
    const missed = ['one', 'two'].map((text) => channel.says(jimin, `${mention} ${text}`));
    const dm = world.discord.openDm(jimin);
    world.model.enqueue({ text: 'answer one' }, { text: 'answer two' });
    await world.start();
    for (const question of missed) await replyTo(question, channel);
    await expectToStand(channel, ['before', 'answer one', 'answer two']);
    expect(botMessages(dm)).toEqual([]);
  });

  test('is answered although Discord fails at first when asked for what was missed', async () => {
    const channel = createChannel('catch-up-fails');
    await world.stop();
    const question = channel.says(jimin, `${mention} still there?`);
    world.discord.faults.add({ method: 'GET', route: /messages$/, times: 2, effect: { type: 'status', status: 500 } });
    world.model.enqueue({ text: 'yes' });
    await world.start();
    await replyTo(question, channel);
    expect(botMessages(channel)).toHaveLength(1);
  });

  test('is answered when the bot was stopped and started during an outage', async () => {
    const channel = createChannel('outage');
    world.discord.gateway.setDown(true);
    world.discord.gateway.drop();
    const question = channel.says(jimin, `${mention} in the dark`);
    await world.stop();
    world.discord.gateway.setDown(false);
    world.model.enqueue({ text: 'light' });
    await world.start();
    await replyTo(question, channel);
    expect(botMessages(channel)).toHaveLength(1);
  });

  test('is answered after a gateway session was lost, too', async () => {
    const channel = createChannel('session-lost');
    world.model.enqueue({ text: 'back' });
    world.discord.gateway.setDown(true);
    world.discord.gateway.drop();
    const question = channel.says(jimin, `${mention} are you there?`);
    world.discord.gateway.setDown(false);
    await replyTo(question, channel);
    expect(botMessages(channel)).toHaveLength(1);
  });

  test('that Discord delivers twice is answered once', async () => {
    const channel = createChannel('twice');
    world.model.enqueue({ text: 'once' }, { text: 'last' });
    const question = channel.says(jimin, `${mention} hello`);
    world.discord.gateway.repeat('MESSAGE_CREATE');
    await replyTo(question, channel);
    await replyTo(channel.says(jimin, `${mention} bye`), channel);
    await expectToStand(channel, ['once', 'last']);
  });
});
