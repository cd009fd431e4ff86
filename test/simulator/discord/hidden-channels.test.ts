/** Channels that the bot cannot see: told of without their name by the gateway, left out by REST. */
import { once } from 'node:events';
import { ChannelFlags, Events } from 'discord.js';
import { expect, test } from 'vitest';
import { startDiscord } from '../../../src/simulator/discord/start.ts';
import { callApi, generalOf, startBot } from './bot.ts';
import { connect, identity } from './gateway-client.ts';
import { expectPublished } from './published-schema.ts';

const viewChannel = String(1 << 10);

test('the gateway tells of a hidden channel by its id, type and place alone, REST not at all', async () => {
  await using discord = await startDiscord();
  const [general, random] = discord.channels;
  const [guild] = discord.guilds;
  general?.says(discord.createUser({ name: 'min' }), 'hi');
  general?.startThread('hidden with it');
  general?.deny('ViewChannel');
  using client = await connect(discord);
  client.send(2, identity(discord));
  const { d } = await client.event('GUILD_CREATE');
  expectPublished('GuildChannelResponseSchema[]', d.channels);
  expect(d.channels).toMatchObject([
    {
      id: general?.id,
      type: 0,
      position: 0,
      name: '___hidden___',
      flags: 1 << 17,
      last_message_id: null,
      permission_overwrites: [{ id: guild?.id, type: 0, allow: '0', deny: viewChannel }],
    },
    { id: random?.id, name: 'random', flags: 0 },
  ]);
  expect(d.threads).toEqual([]);
  const channels = await callApi(discord, 'GET', `/guilds/${guild?.id}/channels`);
  expect(Object.values(channels.body).map(({ name }) => name)).toEqual(['random']);
  expect(channels.body[0]).not.toHaveProperty('flags', 1 << 17);
});

test('discord.js knows a hidden channel by its flag, and all of it with its threads once it may see it', async () => {
  await using discord = await startDiscord();
  const general = generalOf(discord);
  const thread = general.startThread('sums');
  general.deny('ViewChannel');
  await using bot = await startBot(discord);
  const hidden = bot.client.channels.cache.get(general.id);
  expect(hidden?.flags?.has(ChannelFlags.ChannelObfuscated)).toBe(true);
  expect(hidden).toMatchObject({ name: '___hidden___', viewable: false });
  expect(bot.client.channels.cache.has(thread.id)).toBe(false);

  const shown = once(bot.client, Events.ChannelUpdate);
  const synced = once(bot.client, Events.ThreadListSync);
  general.allow('ViewChannel');
  expect((await shown)[1]).toMatchObject({ name: 'general', viewable: true });
  await synced;
  expect(bot.client.channels.cache.get(thread.id)).toMatchObject({ name: 'sums', viewable: true });

  const hiddenAgain = once(bot.client, Events.ChannelUpdate);
  general.deny('ViewChannel');
  expect((await hiddenAgain)[1]).toMatchObject({ name: '___hidden___', viewable: false });
});

test('a change of roles hides and shows channels, too', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const [guild] = discord.guilds;
  const general = generalOf(discord);
  const hidden = once(bot.client, Events.ChannelUpdate);
  guild?.deny('ViewChannel');
  expect((await hidden)[1]).toMatchObject({ name: '___hidden___' });
  const isSeen = (id: string) =>
    bot.client.channels.cache.get(id)?.flags?.has(ChannelFlags.ChannelObfuscated) === false;
  await expect.poll(() => discord.channels.some(({ id }) => isSeen(id))).toBe(false);
  general.allow('ViewChannel');
  await expect.poll(() => discord.channels.filter(({ id }) => isSeen(id)).map(({ name }) => name)).toEqual(['general']);
});

test('a channel may bear that name and be seen', async () => {
  await using discord = await startDiscord();
  const [guild] = discord.guilds;
  if (guild === undefined) throw new Error('no guild');
  const channel = discord.createChannel(guild, '___hidden___');
  await using bot = await startBot(discord);
  expect(bot.client.channels.cache.get(channel.id)?.flags?.has(ChannelFlags.ChannelObfuscated)).toBe(false);
});
