/** Who may ask, against the whole product: whoever may not gets one line, and costs no request to the model. */
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
