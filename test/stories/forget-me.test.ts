/** A member who wants to be forgotten: everywhere, and nobody else with them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SimulatedChannel, SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { Hold } from '../../src/simulator/model/hold.ts';
import type { Respond } from '../../src/simulator/model/model-server.ts';
import { replyTo, startWorld, type World } from '../support/world.ts';

let world: World;
let jimin: SimulatedUser;
let mina: SimulatedUser;

beforeAll(async () => {
  const respond: Respond = ({ messages }) =>
    messages[0]?.text.includes('memory of a chat bot') === true
      ? { text: JSON.stringify(messages).includes('secret-four') ? 'they spoke of secret-four' : 'of nothing' }
      : { text: 'ok' };
  world = await startWorld({ discord: { guildLocale: 'en-US' }, model: { respond } });
  jimin = world.discord.createUser({ name: 'jimin', locale: 'en-US' });
  mina = world.discord.createUser({ name: 'mina', locale: 'en-US' });
});
afterAll(() => world?.[Symbol.asyncDispose]());

const lastPrompt = () => JSON.stringify(world.model.requests.at(-1)?.body);

async function say(channel: SimulatedChannel, user: SimulatedUser, text: string): Promise<void> {
  await replyTo(channel.says(user, `<@${world.discord.bot.id}> ${text}`), channel);
}

/** Resolves with what only that member sees. */
async function command(
  user: SimulatedUser,
  name: string,
  options: Readonly<Record<string, string>> = {},
): Promise<string> {
  const id = await world.general.asks(user, name, options);
  const reply = await world.general.waitFor((channel) =>
    channel.messages.find(({ interaction, content }) => interaction?.id === id && content !== ''),
  );
  return reply.content;
}

test('what a member asked is deleted in every channel, their private conversation and their usage included', async () => {
  const { general, discord } = world;
  const other = discord.createChannel(general.guild ?? discord.createGuild({ name: 'x' }), 'other');
  await say(general, jimin, 'secret-one');
  await say(general, mina, 'mine-one');
  await say(other, jimin, 'secret-two');
  await command(jimin, 'ask', { question: 'secret-three', private: 'true' });
  expect(await command(jimin, 'forget-me')).toBe(
    'I have deleted what you asked and what I answered you, in 3 conversations. What I am just answering you is not kept either. My messages stay where they stand.',
  );
  expect(await command(jimin, 'forget-me')).toMatch(/^Nothing that you asked was stored/);
  await world.kill();
  await world.start();
  await say(general, mina, 'and now?');
  expect(lastPrompt()).toContain('mine-one');
  expect(lastPrompt()).not.toContain('secret');
  await say(other, mina, 'and here?');
  expect(lastPrompt()).not.toContain('secret');
  await command(jimin, 'ask', { question: 'and mine?', private: 'true' });
  expect(lastPrompt()).not.toContain('secret');
  await expect.poll(() => command(jimin, 'usage')).toContain('1 question');
});

test('what a member asked is in no summary any more, though the channel has long lost their turns', async () => {
  const { discord, model, general } = world;
  await world.stop();
  await world.start({ HISTORY_SUMMARY: 'on', HISTORY_MAX_TOKENS: '100' });
  const long = (word: string) => `${word} ${'and so on, '.repeat(20)}`;
  const channel = discord.createChannel(general.guild ?? discord.createGuild({ name: 'x' }), 'long');
  const isTold = async () => {
    await say(channel, mina, long('more'));
    return lastPrompt();
  };
  await say(channel, jimin, long('secret-four'));
  await expect.poll(isTold, { timeout: 20_000, interval: 100 }).toContain('they spoke of secret-four');
  const isInTurns = async () => {
    await isTold();
    return model.requests.at(-1)?.messages.some(({ text }) => text.includes('jimin'));
  };
  await expect.poll(isInTurns, { timeout: 20_000, interval: 100 }).toBe(false);
  expect(await command(jimin, 'forget-me')).toContain('in 2 conversations');
  expect(await isTold()).toContain('more and so on');
  expect(lastPrompt()).not.toContain('secret');
});

test('what is just being answered is answered and not kept, though the process dies meanwhile', async () => {
  const { discord, model, general } = world;
  const held = new Hold();
  model.enqueue({ text: [held, 'never'] });
  const question = general.says(jimin, `<@${discord.bot.id}> secret-five`);
  await held.reached;
  expect(await command(jimin, 'forget-me')).toContain('What I am just answering you is not kept either.');
  await world.kill();
  held.release();
  await world.start();
  expect((await replyTo(question, general)).content).toBe('ok');
  const isTold = async () => {
    await say(general, mina, 'and now?');
    return lastPrompt();
  };
  await expect.poll(isTold, { timeout: 20_000, interval: 100 }).not.toContain('secret-five');
  await say(general, jimin, 'something-later');
  expect(await isTold()).toContain('something-later');
});
