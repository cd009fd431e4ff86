import { once } from 'node:events';
import { Events } from 'discord.js';
import { expect, test } from 'vitest';
import type { SimulatedEvent } from '../../../src/simulator/discord/discord.ts';
import { startDiscord } from '../../../src/simulator/discord/start.ts';
import { generalOf, listen, startBot } from './bot.ts';

test.for(['drop', 'close', 'requestReconnect', 'zombie'] as const)(
  'lets discord.js resume after %s and hands over what it missed, once',
  async (way) => {
    await using discord = await startDiscord(way === 'zombie' ? { heartbeatIntervalMs: 2_000 } : {});
    await using bot = await startBot(discord);
    const heard = listen(bot.client);
    const [member, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
    general.says(member, `<@${discord.bot.id}> before`);
    await heard.count(1);
    const resumed = once(bot.client, Events.ShardResume);
    if (way === 'drop') discord.gateway.drop();
    if (way === 'close') discord.gateway.close(4000);
    if (way === 'requestReconnect') discord.gateway.requestReconnect();
    if (way === 'zombie') discord.gateway.answerHeartbeats(false);
    if (way === 'drop') general.says(member, `<@${discord.bot.id}> meanwhile`);
    await resumed;
    discord.gateway.answerHeartbeats(true);
    general.says(member, `<@${discord.bot.id}> after`);
    const expected = way === 'drop' ? ['before', 'meanwhile', 'after'] : ['before', 'after'];
    await heard.count(expected.length);
    expect(heard.texts).toEqual(expected.map((word) => `<@${discord.bot.id}> ${word}`));
    expect(discord.gateway).toMatchObject({ identifies: 1, resumes: 1 });
  },
);

test('makes discord.js start a new session after an invalidated one', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const heard = listen(bot.client);
  const events: SimulatedEvent[] = [];
  discord.observe((event) => events.push(event));
  const ready = once(bot.client, Events.ShardReady);
  discord.gateway.invalidateSession(false);
  await ready;
  await discord.waitForBot();
  generalOf(discord).says(discord.createUser({ name: 'min' }), `<@${discord.bot.id}> hi`);
  await heard.count(1);
  expect(discord.gateway).toMatchObject({ identifies: 2, resumes: 0 });
  expect(events.filter(({ type }) => type === 'presence')).toEqual([
    { type: 'presence', isOnline: false },
    { type: 'presence', isOnline: true },
  ]);
});

test('lets discord.js resume a session that was invalidated for now', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const resumed = once(bot.client, Events.ShardResume);
  discord.gateway.invalidateSession(true);
  await resumed;
  expect(discord.gateway).toMatchObject({ identifies: 1, resumes: 1 });
});

test('is gone during an outage and takes the bot back afterwards', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord, { rest: { retries: 0 } });
  const [member, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
  const heard = listen(bot.client);
  const resumed = once(bot.client, Events.ShardResume);
  discord.gateway.setDown(true);
  await expect(bot.client.users.createDM(member.id, { force: true })).rejects.toThrow();
  await expect(discord.waitForBot({ timeoutMs: 20 })).rejects.toThrow('has not come online');
  general.says(member, `<@${discord.bot.id}> hello?`);
  discord.gateway.setDown(false);
  await resumed;
  await heard.count(1);
  expect(heard.texts).toEqual([`<@${discord.bot.id}> hello?`]);
});
