/** No question lost, none answered twice: what happens to questions, and to where they were asked, before they are answered. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SimulatedChannel, SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { Hold } from '../../src/simulator/model/hold.ts';
import { botMessages, expectToStand, replyTo, startWorld, type World } from '../support/world.ts';

let world: World;
let jimin: SimulatedUser;
let mention: string;

beforeAll(async () => {
  world = await startWorld({ discord: { guildLocale: 'en-US' } });
  jimin = world.discord.createUser({ name: 'jimin', displayName: 'Jimin' });
  mention = `<@${world.discord.bot.id}>`;
});

afterEach(() => {
  expect(world.discord.problems).toEqual([]);
  expect(() => world.model.assertComplete()).not.toThrow();
});

afterAll(() => world?.[Symbol.asyncDispose]());

function createChannel(name: string): SimulatedChannel {
  const guild = world.discord.guilds[0] ?? world.discord.createGuild({ name: 'Another', locale: 'en-US' });
  return world.discord.createChannel(guild, name);
}

/** What members asked the model for in that channel's turns: the last message of each request. */
function askedOf(text: string): number {
  return world.model.requests.filter(({ messages }) => messages.at(-1)?.text === `Jimin: ${text}`).length;
}

/** A turn runs in the channel and holds up the next questions there until released. */
async function occupy(channel: SimulatedChannel): Promise<Hold> {
  const held = new Hold();
  world.model.enqueue({ text: [held, 'first'] });
  channel.says(jimin, `${mention} ${channel.name}`);
  await held.reached;
  return held;
}

/** Resolves when the bot has acted on everything it was told before. */
async function settle(channel: SimulatedChannel): Promise<void> {
  world.model.enqueue({ text: 'last' });
  await replyTo(channel.says(jimin, `${mention} last of ${channel.name}`), channel, (content) => content === 'last');
}

describe('a question whose turn has not started', () => {
  test('is dropped when its message is deleted', async () => {
    const channel = createChannel('deleted');
    const held = await occupy(channel);
    channel.deletes(channel.says(jimin, `${mention} never mind`).id);
    held.release();
    await settle(channel);
    await expectToStand(channel, ['first', 'last']);
    expect(askedOf('never mind')).toBe(0);
  });

  test('is taken in its new form when it is edited', async () => {
    const channel = createChannel('edited');
    const held = await occupy(channel);
    const question = channel.says(jimin, `${mention} 1+1?`);
    channel.edits(question.id, `${mention} 1+2?`);
    world.model.enqueue({ text: '3' });
    held.release();
    await replyTo(question, channel);
    await expectToStand(channel, ['first', '3']);
    expect([askedOf('1+1?'), askedOf('1+2?')]).toEqual([0, 1]);
  });

  test('is dropped when the edit takes the mention away, and helped when it takes the rest', async () => {
    const channel = createChannel('unmentioned');
    const held = await occupy(channel);
    channel.edits(channel.says(jimin, `${mention} to you`).id, 'to somebody else');
    const emptied = channel.says(jimin, `${mention} a question`);
    channel.edits(emptied.id, mention);
    held.release();
    await replyTo(emptied, channel, (content) => content.startsWith('Ask me something'));
    await settle(channel);
    expect(botMessages(channel).map(({ repliesTo }) => repliesTo !== undefined)).toEqual([true, true, true]);
  });

  test('is dropped or taken in its new form when that happened while the bot was down', async () => {
    const channel = createChannel('changed-while-down');
    const held = await occupy(channel);
    const deleted = channel.says(jimin, `${mention} delete me`);
    const edited = channel.says(jimin, `${mention} edit me`);
    await settle(createChannel('changed-elsewhere'));
    await world.kill();
    held.release();
    channel.deletes(deleted.id);
    channel.edits(edited.id, `${mention} in a new form`);
    world.model.enqueue({ text: 'first' }, { text: 'as edited' });
    await world.start();
    await replyTo(edited, channel);
    await expectToStand(channel, ['first', 'as edited']);
    expect([askedOf('delete me'), askedOf('edit me'), askedOf('in a new form')]).toEqual([0, 0, 1]);
  });
});

test('an edit after the turn has started changes nothing', async () => {
  const channel = createChannel('edited-late');
  const held = new Hold();
  world.model.enqueue({ text: [held, 'as asked'] });
  const question = channel.says(jimin, `${mention} as it was`);
  await held.reached;
  channel.edits(question.id, 'something else');
  held.release();
  await replyTo(question, channel);
  await settle(channel);
  await expectToStand(channel, ['as asked', 'last']);
});

const ended = () => world.program.log.filter(({ event }) => event === 'turn-end').length;

describe('a place that is gone ends the turns there, and the next question elsewhere works', () => {
  test.for(['while it runs', 'while it waits'])('a channel that is deleted %s', async (when) => {
    const channel = createChannel(`gone-${when.replaceAll(' ', '-')}`);
    const held = await occupy(channel);
    if (when === 'while it waits') channel.says(jimin, `${mention} waits`);
    await settle(createChannel('gone-elsewhere'));
    world.discord.removeChannel(channel);
    await settle(createChannel('gone-afterwards'));
    held.release();
    expect(askedOf('waits')).toBe(0);
    await expect.poll(() => world.program.log.some(({ event }) => event === 'channel-gone')).toBe(true);
  });

  test.for(['no-writing', 'no-access', 'locked'] as const)('%s: nothing is tried for ever', async (restriction) => {
    const channel = createChannel(restriction);
    const held = await occupy(channel);
    world.discord.restrict(channel, restriction);
    const before = ended();
    held.release();
    await expect.poll(ended).toBeGreaterThan(before);
    await settle(createChannel(`${restriction}-elsewhere`));
    world.discord.restrict(channel, undefined);
    await settle(channel);
    await expectToStand(channel, ['last']);
  });

  test('a guild that the bot was removed from, also for /ask', async () => {
    const guild = world.discord.createGuild({ name: 'Short-lived', locale: 'en-US' });
    const channel = world.discord.createChannel(guild, 'short-lived');
    const held = new Hold();
    world.model.enqueue({ text: [held] });
    await channel.asks(jimin, 'ask', { question: 'in a guild' });
    await held.reached;
    channel.says(jimin, `${mention} in line`);
    await settle(createChannel('other-guild'));
    world.discord.removeGuild(guild);
    await settle(createChannel('yet-another'));
    held.release();
    expect(askedOf('in line')).toBe(0);
  });
});

test('a guild that is down for a while gets its answers when it is back, also to what was asked meanwhile', async () => {
  const channel = createChannel('outage');
  const [guild] = world.discord.guilds;
  if (guild === undefined) throw new Error('no guild');
  const held = new Hold();
  world.model.enqueue({ text: [held, 'after all'] });
  const question = channel.says(jimin, `${mention} during an outage`);
  await held.reached;
  world.discord.setUnavailable(guild, true);
  const retries = () => world.program.log.filter(({ event }) => event === 'message-retry').length;
  const before = retries();
  held.release();
  await expect.poll(retries).toBeGreaterThan(before);
  const meanwhile = channel.says(jimin, `${mention} while you hear nothing`);
  world.model.enqueue({ text: 'heard' });
  world.discord.setUnavailable(guild, false);
  await replyTo(question, channel);
  await replyTo(meanwhile, channel);
  await expectToStand(channel, ['after all', 'heard']);
});

describe('told more than once', () => {
  test('in any order, a question is answered once', async () => {
    const channel = createChannel('any-order');
    world.model.enqueue({ text: 'answer two' }, { text: 'answer one' });
    world.discord.gateway.reverse('MESSAGE_CREATE', 2);
    const questions = ['one', 'two'].map((text) => channel.says(jimin, `${mention} ${text}`));
    world.discord.gateway.repeat('MESSAGE_CREATE', 2);
    for (const question of questions) await replyTo(question, channel);
    await settle(channel);
    await expectToStand(channel, ['answer two', 'answer one', 'last']);
  });

  test('a command is answered once', async () => {
    const channel = createChannel('command-twice');
    const held = new Hold();
    world.model.enqueue({ text: [held, 'once'] });
    await channel.asks(jimin, 'ask', { question: 'twice' });
    world.discord.gateway.repeat('INTERACTION_CREATE');
    await held.reached;
    held.release();
    await channel.waitFor(() => botMessages(channel).some(({ content }) => content === '> twice\nonce'));
    await settle(channel);
    expect(botMessages(channel)).toHaveLength(2);
  });
});

test('a question that comes during the shutdown is answered after the start', async () => {
  const channel = createChannel('shutdown');
  const held = await occupy(channel);
  const stopping = world.stop();
  await world.program.waitForEvent('stopping');
  const question = channel.says(jimin, `${mention} too late?`);
  held.release();
  await stopping;
  world.model.enqueue({ text: 'in time' });
  await world.start();
  await replyTo(question, channel);
  await expectToStand(channel, ['first', 'in time']);
});
