/**
 * Who may ask, and who may ask of what was said before, against the whole product: whoever may not ask gets one line, and
 * costs no request to the model; whoever may not read the history is answered without it.
 */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { SimulatedChannel, SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { Hold } from '../../src/simulator/model/hold.ts';
import { botMessages, replyTo, startWorld, type World } from '../support/world.ts';

const staffRole = '123456789012345678';
const notAllowed = 'I am not set up to answer you here. Whoever runs this bot can change that.';

let world: World;
let staff: SimulatedUser;
let stranger: SimulatedUser;
let mention: string;

beforeAll(async () => {
  world = await startWorld({ discord: { guildLocale: 'en-US' }, settings: { ALLOWED_ROLES: staffRole } });
  world.discord.createRole('Staff', staffRole);
  staff = world.discord.createUser({ name: 'staff', displayName: 'Staff', locale: 'en-US', roleIds: [staffRole] });
  stranger = world.discord.createUser({ name: 'stranger', displayName: 'Stranger', locale: 'en-US' });
  mention = `<@${world.discord.bot.id}>`;
});

afterEach(() => {
  expect(world.discord.problems).toEqual([]);
  expect(() => world.model.assertComplete()).not.toThrow();
});

afterAll(() => world?.[Symbol.asyncDispose]());

function createChannel(name: string): SimulatedChannel {
  const [guild] = world.discord.guilds;
  if (guild === undefined) throw new Error('no guild');
  return world.discord.createChannel(guild, name);
}

/** What the model was asked by that name. */
function requestsOf({ displayName }: SimulatedUser): number {
  return world.model.requests.filter(({ messages }) => messages.at(-1)?.text?.startsWith(`${displayName}: `)).length;
}

function privateReply(channel: SimulatedChannel) {
  return channel.waitFor(() => channel.messages.find(({ isEphemeral }) => isEphemeral === true), { timeoutMs: 10_000 });
}

test('a member of an allowed role is answered, and a stranger gets one line', async () => {
  const channel = createChannel('mentions');
  world.model.enqueue({ text: 'hi' });
  const answer = await replyTo(channel.says(staff, `${mention} hello`), channel);
  expect(answer.content).toBe('hi');
  const line = await replyTo(channel.says(stranger, `${mention} hello`), channel);
  expect(line.content).toBe(notAllowed);
  expect(requestsOf(stranger)).toBe(0);
  expect(world.program.log.map(({ event }) => event)).not.toContain('bot-public');
});

test('a stranger who writes directly, commands or presses gets one line, too', async () => {
  const dm = world.discord.openDm(stranger);
  expect((await replyTo(dm.says(stranger, 'hello'), dm)).content).toBe(notAllowed);
  for (const command of ['ask', 'stop']) {
    const channel = createChannel(command);
    await channel.asks(stranger, command, command === 'ask' ? { question: 'hello' } : {});
    expect((await privateReply(channel)).content).toBe(notAllowed);
  }
  const channel = createChannel('press');
  const post = channel.says(world.discord.bot, 'a message with a button');
  await channel.presses(stranger, post.id, `approve:${post.id}:0.0`);
  expect((await privateReply(channel)).content).toBe(notAllowed);
  expect(requestsOf(stranger)).toBe(0);
});

test('what was asked while the bot was away is held against the same rule', async () => {
  const channel = createChannel('catch-up');
  world.model.enqueue({ text: 'before' });
  await replyTo(channel.says(staff, `${mention} before`), channel);
  await world.stop();
  const missed = [channel.says(stranger, `${mention} missed`), channel.says(staff, `${mention} missed`)] as const;
  world.model.enqueue({ text: 'found' });
  await world.start();
  expect((await replyTo(missed[0], channel)).content).toBe(notAllowed);
  expect((await replyTo(missed[1], channel)).content).toBe('found');
  expect(requestsOf(stranger)).toBe(0);
});

/** Staff whom Discord does not let see what was said in the channel before. */
function createNewcomer(channel: SimulatedChannel): SimulatedUser {
  const newcomer = world.discord.createUser({ name: 'newcomer', displayName: 'Newcomer', roleIds: [staffRole] });
  channel.overwrite(newcomer, { deny: ['ReadMessageHistory'] });
  return newcomer;
}

/** What the model was sent with the last request. */
function lastRequest(): string {
  return JSON.stringify(world.model.requests.at(-1)?.body);
}

async function isAnswered(channel: SimulatedChannel, user: SimulatedUser, text: string, answer: string): Promise<void> {
  world.model.enqueue({ text: answer });
  expect((await replyTo(channel.says(user, `${mention} ${text}`), channel)).content).toBe(answer);
}

test('who may not read the history is answered without it, and what they asked joins it', async () => {
  const channel = createChannel('closed-history');
  const newcomer = createNewcomer(channel);
  await isAnswered(channel, staff, 'my number is 12345', 'noted');
  await isAnswered(channel, newcomer, 'what number is it? mine is 67890', 'which one?');
  expect(lastRequest()).toContain('67890');
  expect(lastRequest()).not.toContain('12345');

  world.model.enqueue({ text: 'no idea' });
  await channel.asks(newcomer, 'ask', { question: 'and now?' });
  await channel.waitFor(() => botMessages(channel).some(({ content }) => content === '> and now?\nno idea'));
  // Not even what they asked themselves: Discord does not show it to them again either.
  expect(lastRequest()).not.toMatch(/12345|67890/);

  await isAnswered(channel, staff, 'and ours?', '12345 and 67890');
  expect(lastRequest()).toMatch(/12345.*67890.*and now\?.*and ours\?/);
});

test('a conversation of one’s own needs no permission to read that of the others', async () => {
  const channel = createChannel('closed-history-private');
  const newcomer = createNewcomer(channel);
  const isShown = (answer: string) => channel.messages.some(({ content }) => content.endsWith(answer));
  for (const [question, answer] of [
    ['my number is 13579', 'noted'],
    ['what number is it?', '13579'],
  ] as const) {
    world.model.enqueue({ text: answer });
    await channel.asks(newcomer, 'ask', { question, private: 'true' });
    await channel.waitFor(() => isShown(`\n${answer}`));
  }
  expect(lastRequest()).toContain('my number is 13579');
});

test('in a thread, the channel that it hangs under says who may read the history', async () => {
  const channel = createChannel('threads');
  const newcomer = createNewcomer(channel);
  const thread = channel.startThread('aside', { members: [staff, newcomer] });
  await isAnswered(thread, staff, 'my number is 12345', 'noted');
  await isAnswered(thread, newcomer, 'what number is it?', 'which one?');
  expect(lastRequest()).not.toContain('12345');
  await isAnswered(thread, staff, 'what number is it?', '12345');
  expect(lastRequest()).toContain('12345');
});

test('it is the same for what was asked while the bot was away, and for a turn that an earlier process left', async () => {
  const channel = createChannel('closed-history-later');
  const newcomer = createNewcomer(channel);
  await isAnswered(channel, staff, 'my number is 12345', 'noted');
  await world.stop();
  const missed = channel.says(newcomer, `${mention} missed: what number is it?`);
  world.model.enqueue({ text: 'which one?' });
  await world.start();
  expect((await replyTo(missed, channel)).content).toBe('which one?');
  expect(lastRequest()).not.toContain('12345');

  const held = new Hold();
  world.model.enqueue({ text: [held] });
  const left = channel.says(newcomer, `${mention} left: what number is it?`);
  await held.reached;
  await world.kill();
  held.release();
  world.model.enqueue({ text: 'which one, again?' });
  await world.start();
  expect((await replyTo(left, channel)).content).toBe('which one, again?');
  expect(lastRequest()).toContain('left: what number is it?');
  expect(lastRequest()).not.toContain('12345');
});

test('a question that an earlier process left is not gone on with when its asker may not ask any more', async () => {
  const channel = createChannel('resumed');
  const held = new Hold();
  world.model.enqueue({ text: [held] });
  const question = channel.says(staff, `${mention} hello`);
  await held.reached;
  await world.kill();
  held.release();
  const asked = requestsOf(staff);
  Object.assign(world.settings, { ALLOWED_ROLES: '', ALLOWED_USERS: stranger.id });
  await world.start();
  expect((await replyTo(question, channel)).content).toBe(notAllowed);
  expect(requestsOf(staff)).toBe(asked);
  // It is settled: a further start says nothing more.
  await world.stop();
  await world.start();
  world.model.enqueue({ text: 'hi' });
  await replyTo(channel.says(stranger, `${mention} hello`), channel);
  expect(botMessages(channel).map(({ content }) => content)).toEqual([notAllowed, 'hi']);
});
