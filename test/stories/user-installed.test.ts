/** The bot brought along by those who installed it for themselves: in a group of people, and in a server without it. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { SimulatedChannel, SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { press, useCommand } from '../support/private.ts';
import { botMessages, expectToStand, startWorld, type World } from '../support/world.ts';

let world: World;
let jimin: SimulatedUser;
let moderator: SimulatedUser;

beforeAll(async () => {
  world = await startWorld({
    discord: { guildLocale: 'en-US', allowsUserInstall: true },
    settings: { USER_INSTALL: 'on' },
  });
  jimin = world.discord.createUser({ name: 'jimin', displayName: 'Jimin', locale: 'en-US' });
  moderator = world.discord.createUser({ name: 'boss', displayName: 'Boss', locale: 'en-US', isModerator: true });
});

afterEach(() => {
  expect(world.discord.problems).toEqual([]);
  expect(() => world.model.assertComplete()).not.toThrow();
});

afterAll(() => world?.[Symbol.asyncDispose]());

async function ask(channel: SimulatedChannel, text: string, answer: string) {
  world.model.enqueue({ text: answer });
  await channel.asks(jimin, 'ask', { question: text });
  await channel.waitFor(() => botMessages(channel).some(({ content }) => content === `> ${text}\n${answer}`), {
    timeoutMs: 10_000,
  });
}

async function privateReply(channel: SimulatedChannel, content: string): Promise<void> {
  await channel.waitFor(() => channel.messages.some((message) => message.isEphemeral && message.content === content), {
    timeoutMs: 10_000,
  });
}

const forgotten = 'I have forgotten our conversation in this channel.';

test('in a group, whoever is there may ask, and have the conversation forgotten', async () => {
  const group = world.discord.createGroup('friends', [jimin]);
  await ask(group, 'my number is 12345', 'Noted.');
  await group.asks(jimin, 'forget', {});
  await privateReply(group, forgotten);
  await ask(group, 'what is it?', 'Which one?');
  expect(JSON.stringify(world.model.requests.at(-1)?.body)).not.toContain('12345');
});

test('in a server without the bot, a conversation is forgotten for its moderators and nobody else', async () => {
  const guild = world.discord.createGuild({ name: 'Elsewhere', hasBot: false });
  const channel = world.discord.createChannel(guild, 'talk');
  await ask(channel, 'my number is 67890', 'Noted.');
  await channel.asks(jimin, 'forget', {});
  await privateReply(channel, 'Only a moderator can make me forget the conversation in this channel.');
  await ask(channel, 'what is it?', '67890');
  await channel.asks(moderator, 'forget', {});
  await privateReply(channel, forgotten);
  await ask(channel, 'and now?', 'Which one?');
  expect(JSON.stringify(world.model.requests.at(-1)?.body)).not.toContain('67890');
});

test('where the bot is not, it says what it can do there, and shows the conversation to those who can read the channel', async () => {
  const group = world.discord.createGroup('curious', [jimin]);
  const help = await useCommand(group, jimin, 'help');
  expect(help.content).toContain('- Use `/ask`. Messages do not reach me here, because I am no member of this place.');
  expect(help.content).not.toContain('Mention me');
  world.model.enqueue({ text: '42' });
  await press(group, jimin, help, 'add 15 and 27');
  await group.waitFor(() => botMessages(group).some(({ content }) => content === '> add 15 and 27\n42'), {
    timeoutMs: 10_000,
  });
  expect((await useCommand(group, jimin, 'tools')).content).toMatch(/^\*\*calculator\*\* – \d+ tools$/m);
  const guild = world.discord.createGuild({ name: 'Far away', hasBot: false });
  const channel = world.discord.createChannel(guild, 'talk');
  await ask(channel, 'a question', 'an answer');
  channel.overwrite(moderator, { deny: ['ReadMessageHistory'] });
  expect((await useCommand(channel, moderator, 'history')).content).toContain('Only those who can read');
  expect((await useCommand(channel, jimin, 'history')).content).not.toContain('Only those');
});

test('where the bot is not, a message is asked about by its menu all the same', async () => {
  const guild = world.discord.createGuild({ name: 'Out of reach', hasBot: false });
  for (const channel of [world.discord.createGroup('readers', [jimin]), world.discord.createChannel(guild, 'talk')]) {
    const said = channel.says(moderator, 'the numbers are 4, 5, 6');
    const choiceId = await channel.uses(jimin, said.id, 'Ask Jupan');
    await channel.waitFor(() => channel.dialogOf(choiceId));
    world.model.enqueue({ text: 'three' });
    await channel.submits(jimin, choiceId, { question: 'how many?' });
    const expected = '> how many?\n> ↳ Boss: the numbers are 4, 5, 6\nthree';
    await channel.waitFor(() => botMessages(channel).some(({ content }) => content === expected));
    expect(world.model.requests.at(-1)?.messages.at(-1)?.text).toContain('the numbers are 4, 5, 6');
  }
});

test('a public bot that answers everybody is pointed out in the log', async () => {
  await world.program.waitForEvent('bot-public');
});

test('without the setting, the bot can be used in its own places only', async () => {
  await world.stop();
  Object.assign(world.settings, { USER_INSTALL: '' });
  await world.start();
  const group = world.discord.createGroup('others', [jimin]);
  await expect(group.asks(jimin, 'ask', { question: 'hello' })).rejects.toThrow('no /ask');
  const dm = world.discord.openDm(jimin);
  await ask(dm, 'hello', 'hi');
  await expectToStand(dm, ['> hello\nhi']);
});
