/** Answers in threads: where `/settings` says so, a mention begins a thread with a conversation of its own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type {
  SimulatedChannel,
  SimulatedGuild,
  SimulatedMessage,
  SimulatedUser,
} from '../../src/simulator/discord/discord.ts';
import { Hold } from '../../src/simulator/model/hold.ts';
import { Panel } from '../support/panel.ts';
import { press } from '../support/private.ts';
import { botMessages, expectToStand, replyTo, startWorld, type World } from '../support/world.ts';

let world: World;
let folder: string;
let guild: SimulatedGuild;
let admin: SimulatedUser;
let member: SimulatedUser;
let channels = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jupan-threads-'));
  const config = join(folder, 'jupan.json');
  await writeFile(config, JSON.stringify({ settings: { defaults: { threads: true } } }));
  world = await startWorld({ discord: { guildLocale: 'en-US' }, settings: { JUPAN_CONFIG: config } });
  const [first] = world.discord.guilds;
  if (first === undefined) throw new Error('no guild');
  guild = first;
  const managers = guild.createRole('Managers', { permissions: ['ManageGuild'] });
  admin = world.discord.createUser({ name: 'admin', displayName: 'Admin', locale: 'en-US', roleIds: [managers] });
  member = world.discord.createUser({ name: 'mina', displayName: 'Mina', locale: 'en-US' });
});

afterEach(() => {
  expect(world.discord.problems).toEqual([]);
});

afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function createChannel(): SimulatedChannel {
  channels += 1;
  return world.discord.createChannel(guild, `threads-${channels}`);
}

function ask(channel: SimulatedChannel, text: string): SimulatedMessage {
  return channel.says(member, `<@${world.discord.bot.id}> ${text}`);
}

function threadOf({ id }: SimulatedMessage): Promise<SimulatedChannel> {
  return vi.waitFor(
    () => {
      const thread = world.discord.channel(id);
      if (thread === undefined) throw new Error('no thread');
      return thread;
    },
    { timeout: 20_000 },
  );
}

test('a mention begins a thread that is named by it, and the conversation goes on there', async () => {
  const channel = createChannel();
  world.model.enqueue({ toolCalls: [{ name: 'add', arguments: { a: 15, b: 27 } }] }, { text: '42, of course.' });
  const thread = await threadOf(ask(channel, 'add 15 and 27'));
  await expectToStand(thread, ['✅ add({"a":15,"b":27}) → 42', '42, of course.']);
  expect(thread.name).toBe('add 15 and 27');
  expect(thread.parentId).toBe(channel.id);
  expect(botMessages(channel)).toEqual([]);
  // Nobody is pinged, and there is nothing to reply to.
  expect(botMessages(thread).flatMap(({ pings, repliesTo }) => [...pings, repliesTo])).toEqual([undefined, undefined]);

  world.model.enqueue({ text: 'Still 42.' });
  await replyTo(ask(thread, 'sure?'), thread, (content) => content === 'Still 42.');
  expect(JSON.stringify(world.model.requests.at(-1)?.messages)).toContain('add 15 and 27');
  // The next mention in the channel knows nothing of it.
  world.model.enqueue({ text: 'Hello.' });
  await expectToStand(await threadOf(ask(channel, 'hi')), ['Hello.']);
  expect(JSON.stringify(world.model.requests.at(-1)?.messages)).not.toContain('add 15 and 27');
});

test('two mentions of one channel are answered side by side', async () => {
  const channel = createChannel();
  const hold = new Hold();
  world.model.enqueue({ text: ['slow', hold, ' answer'] }, { text: 'quick answer' });
  const slow = ask(channel, 'slow');
  await hold.reached;
  await expectToStand(await threadOf(ask(channel, 'quick')), ['quick answer']);
  hold.release();
  await expectToStand(await threadOf(slow), ['slow answer']);
});

test('a bot that is killed goes on in the thread, and posts nothing twice', async () => {
  const channel = createChannel();
  const hold = new Hold();
  world.model.enqueue(
    { toolCalls: [{ name: 'add', arguments: { a: 1, b: 2 } }] },
    { text: ['It is', hold] },
    { text: 'It is 3.' },
  );
  const question = ask(channel, 'add 1 and 2');
  await hold.reached;
  await world.kill();
  hold.release();
  await world.start();
  const thread = await threadOf(question);
  await expectToStand(thread, ['✅ add({"a":1,"b":2}) → 3', 'It is 3.']);
  expect(botMessages(channel)).toEqual([]);
});

test('what is asked while the bot is away is answered once, though threads are switched off meanwhile', async () => {
  const channel = createChannel();
  world.model.enqueue({ text: 'Before.' });
  const thread = await threadOf(ask(channel, 'before'));
  await expectToStand(thread, ['Before.']);
  const panel = await Panel.open(channel, admin);
  await panel.press('settings:channel:threads');
  await panel.choose('settings:channel:threads:set', 'no');
  await world.kill();
  const missed = ask(channel, 'meanwhile');
  world.model.enqueue({ text: 'After.' });
  await world.start();
  await replyTo(missed, channel, (content) => content === 'After.');
  const seenByAll = botMessages(channel).filter(({ isEphemeral }) => isEphemeral !== true);
  expect(seenByAll.map(({ content }) => content)).toEqual(['After.']);
  expect(botMessages(thread).map(({ content }) => content)).toEqual(['Before.']);
});

test('where the bot may not create threads it replies in the channel', async () => {
  const channel = createChannel();
  channel.deny('CreatePublicThreads');
  world.model.enqueue({ text: 'Here.' });
  const question = ask(channel, 'where?');
  await replyTo(question, channel, (content) => content === 'Here.');
  expect(world.discord.channel(question.id)).toBeUndefined();
});

test('a thread that Discord refuses after all leaves the answer to the channel', async () => {
  const channel = createChannel();
  world.discord.faults.add({
    route: /\/threads$/,
    times: 1,
    effect: {
      type: 'status',
      status: 400,
      body: { code: 160_006, message: 'Maximum number of active threads reached' },
    },
  });
  world.model.enqueue({ text: 'In the channel.' });
  await replyTo(ask(channel, 'hello'), channel, (content) => content === 'In the channel.');
});

test('Again asks the message that began the thread, as it stands now', async () => {
  const channel = createChannel();
  world.model.enqueue({ text: 'First.' });
  const question = ask(channel, 'frist');
  const thread = await threadOf(question);
  await expectToStand(thread, ['First.']);
  channel.edits(question.id, `<@${world.discord.bot.id}> second`);
  world.model.enqueue({ text: 'Second.' });
  const [answer] = botMessages(thread);
  if (answer === undefined) throw new Error('no answer');
  await press(thread, member, answer, 'Again');
  await expectToStand(thread, ['Second.']);
  expect(world.model.requests.at(-1)?.messages.at(-1)?.text).toContain('second');
});

test('a deleted message is not answered, and the thread that it began stays empty', async () => {
  const channel = createChannel();
  const hold = new Hold();
  world.model.enqueue({ text: ['slow', hold] });
  const running = ask(channel, 'first');
  await hold.reached;
  const thread = await threadOf(running);
  const waiting = thread.says(member, `<@${world.discord.bot.id}> second`);
  thread.deletes(waiting.id);
  hold.release();
  await expectToStand(thread, ['slow']);
});

test('a flood of mentions is answered in ten threads at a time, and refused in one line whenever it comes again', async () => {
  const channel = createChannel();
  const lines = () => botMessages(channel).filter(({ content }) => content.startsWith('⚠️ Many of your questions'));
  const hold = () => {
    const held = Array.from({ length: 10 }, () => new Hold());
    world.model.enqueue(...held.map((each) => ({ text: ['slow', each] })));
    return held;
  };
  const first = hold();
  const asked = Array.from({ length: 10 }, (_, index) => ask(channel, `slow ${index}`));
  await Promise.all(first.map(({ reached }) => reached));
  const refused = [ask(channel, 'one more'), ask(channel, 'and one more')];
  await channel.waitFor(() => lines().length === 1);
  const threads = await Promise.all(asked.map(threadOf));
  expect(refused.map(({ id }) => world.discord.channel(id))).toEqual([undefined, undefined]);
  for (const each of first) each.release();
  for (const thread of threads) await expectToStand(thread, ['slow']);

  const second = hold();
  for (let count = 0; count < 12; count += 1) ask(channel, `again ${count}`);
  await channel.waitFor(() => lines().length > 1);
  for (const each of second) each.release();
});
