/** A member who wants to be forgotten: everywhere, and nobody else with them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SimulatedChannel, SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { replyTo, startWorld, type World } from '../support/world.ts';

let world: World;
let jimin: SimulatedUser;
let mina: SimulatedUser;

beforeAll(async () => {
  world = await startWorld({ discord: { guildLocale: 'en-US' }, model: { respond: () => ({ text: 'ok' }) } });
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
    'I have deleted what you asked and what I answered you, in 3 conversations. My messages stay where they stand.',
  );
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
