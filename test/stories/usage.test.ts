/** What was asked and what it cost, as `/usage` tells it. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { botMessages, startWorld, type World } from '../support/world.ts';

let world: World;
let jimin: SimulatedUser;
let mina: SimulatedUser;
let boss: SimulatedUser;

beforeAll(async () => {
  world = await startWorld({ discord: { guildLocale: 'en-US' } });
  const { discord } = world;
  jimin = discord.createUser({ name: 'jimin', displayName: 'Jimin', locale: 'en-US' });
  mina = discord.createUser({ name: 'mina', displayName: 'Mina', locale: 'ko' });
  boss = discord.createUser({ name: 'boss', displayName: 'Boss', locale: 'en-US', isModerator: true });
  for (const [user, channel] of [
    [jimin, world.general],
    [jimin, world.general],
    [mina, discord.createChannel(world.general.guild ?? discord.createGuild({ name: 'x' }), 'other')],
  ] as const) {
    world.model.enqueue({ text: 'ok', usage: { promptTokens: 100, cachedTokens: 40, completionTokens: 7 } });
    const question = channel.says(user, `<@${discord.bot.id}> 1?`);
    await channel.waitFor(() => botMessages(channel).some(({ repliesTo }) => repliesTo === question.id));
  }
});

afterEach(() => expect(world.discord.problems).toEqual([]));
afterAll(() => world?.[Symbol.asyncDispose]());

/** Resolves with what only that member sees. */
async function usage(user: SimulatedUser, options: Readonly<Record<string, string>> = {}): Promise<string> {
  const id = await world.general.asks(user, 'usage', options);
  const reply = await world.general.waitFor((channel) =>
    channel.messages.find(({ interaction, content }) => interaction?.id === id && content !== ''),
  );
  expect(reply.isEphemeral).toBe(true);
  return reply.content;
}

test('members see their own, in their language', async () => {
  await expect.poll(() => usage(jimin)).toContain('2 questions · 200 tokens read (80 from the cache), 14 written');
  expect(await usage(mina, { days: '1' })).toContain('**내 질문** – 오늘 (UTC 기준)\n질문 1개');
  expect(await usage(boss)).toContain('Nothing was asked.');
});

test('a channel’s and a server’s are for moderators', async () => {
  expect(await usage(boss, { of: 'channel' })).toContain('2 questions');
  expect(await usage(boss, { of: 'server' })).toContain('3 questions');
  expect(await usage(jimin, { of: 'server' })).toBe(
    'Only a moderator can see what others have used. With `of:me` you see your own.',
  );
});

test('it is kept through restarts, and through /forget: it holds no words', async () => {
  await world.general.asks(boss, 'forget', {});
  await world.general.waitFor((channel) =>
    channel.messages.some(({ content }) => content.startsWith('I have forgotten')),
  );
  await world.kill();
  await world.start();
  expect(await usage(boss, { of: 'server' })).toContain('3 questions');
});
