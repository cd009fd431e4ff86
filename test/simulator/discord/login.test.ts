import { once } from 'node:events';
import { ChannelType, Events, GatewayIntentBits } from 'discord.js';
import { expect, test } from 'vitest';
import { startDiscord } from '../../../src/simulator/discord/start.ts';
import { createClient, generalOf, listen, startBot } from './bot.ts';

const withContent = {
  intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.MessageContent],
};

test('lets the bot in and shows it the guild with its channels, threads and language', async () => {
  await using discord = await startDiscord({ botName: 'Abacus' });
  const [general] = discord.channels;
  const thread = general?.startThread('sums');
  await using bot = await startBot(discord);

  const guild = bot.client.guilds.cache.first();
  expect(bot.client.user).toMatchObject({ id: discord.bot.id, username: 'Abacus', bot: true });
  expect(bot.client.application.id).toBe(discord.applicationId);
  expect(guild).toMatchObject({ preferredLocale: 'en-US', features: [] });
  expect(guild?.channels.cache.map((channel) => channel.name)).toEqual(['general', 'random', 'sums']);
  expect(guild?.channels.cache.get(String(thread?.id))?.type).toBe(ChannelType.PublicThread);
  expect(guild?.members.me?.roles.cache.has(String(discord.guilds[0]?.botRoleId))).toBe(true);
  await discord.waitForBot();
  expect(discord.gateway.identifies).toBe(1);
  expect(discord.problems).toEqual([]);
});

test('starts without a guild, or with one of another language', async () => {
  await using empty = await startDiscord({ guildLocale: 'none', checkBodies: false });
  expect(empty.guilds).toEqual([]);
  await using korean = await startDiscord({ guildLocale: 'ko', checkBodies: false });
  expect(korean.guilds.map(({ locale }) => locale)).toEqual(['ko']);
  await using visitor = await startBot(korean);
  // Only a Community guild has chosen a language.
  const guild = visitor.client.guilds.cache.first();
  expect(guild).toMatchObject({ preferredLocale: 'ko', features: ['COMMUNITY'] });
  await using bot = await startBot(empty);
  expect(bot.client.guilds.cache.size).toBe(0);
});

test('refuses a wrong token before the gateway is reached', async () => {
  await using discord = await startDiscord();
  const client = createClient(discord);
  await expect(client.login('wrong.token.here')).rejects.toMatchObject({ code: 'TokenInvalid' });
  expect(discord.gateway.identifies).toBe(0);
  expect(discord.requests.map(({ status }) => status)).toEqual([401]);
  await client.destroy();
});

test('refuses privileged intents that the application was not granted', async () => {
  await using discord = await startDiscord();
  const client = createClient(discord, withContent);
  await expect(client.login(discord.token)).rejects.toThrow('Used disallowed intents');
  await client.destroy();
});

test('tells the text only to a bot that may read it, is mentioned, or is written to directly', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const heard = listen(bot.client);
  const [member, general] = [discord.createUser({ name: 'min', displayName: '민' }), generalOf(discord)];
  general.says(member, 'between us');
  general.says(member, `<@${discord.bot.id}> 15+27`);
  general.says(member, `<@&${discord.guilds[0]?.botRoleId}> hello`);
  discord.openDm(member).says(member, 'in private');
  await heard.count(4);
  expect(heard.texts).toEqual(['', `<@${discord.bot.id}> 15+27`, '', 'in private']);
  expect(heard.messages[1]?.mentions.users.has(discord.bot.id)).toBe(true);
  expect(heard.messages[1]?.member?.displayName).toBe('민');
  expect(heard.messages[2]?.mentions.roles.size).toBe(1);
  expect(heard.messages[3]?.channel.type).toBe(ChannelType.DM);
});

test('tells every text to a bot with the Message Content intent', async () => {
  await using discord = await startDiscord({ grantsMessageContent: true });
  await using bot = await startBot(discord, withContent);
  const heard = listen(bot.client);
  generalOf(discord).says(discord.createUser({ name: 'min' }), 'between us');
  await heard.count(1);
  expect(heard.texts).toEqual(['between us']);
});

test('tells of channels, threads and guilds that come and go', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const member = discord.createUser({ name: 'min' });

  const guildCame = once(bot.client, Events.GuildCreate);
  const guild = discord.createGuild({ name: 'Elsewhere', locale: 'en-US' });
  expect((await guildCame)[0]).toMatchObject({ id: guild.id, preferredLocale: 'en-US' });

  const channelCame = once(bot.client, Events.ChannelCreate);
  const channel = discord.createChannel(guild, 'talk');
  expect((await channelCame)[0]).toMatchObject({ id: channel.id, name: 'talk' });

  const threadCame = once(bot.client, Events.ThreadCreate);
  const thread = channel.startThread('deep talk');
  expect((await threadCame)[0]).toMatchObject({ id: thread.id, parentId: channel.id });

  const heard = listen(bot.client);
  thread.says(member, `<@${discord.bot.id}> here`);
  await heard.count(1);
  expect(heard.messages[0]?.channelId).toBe(thread.id);

  const threadWent = once(bot.client, Events.ThreadDelete);
  const channelWent = once(bot.client, Events.ChannelDelete);
  discord.removeChannel(channel);
  expect((await threadWent)[0]).toMatchObject({ id: thread.id });
  expect((await channelWent)[0]).toMatchObject({ id: channel.id });
  expect(() => thread.says(member, 'anyone?')).toThrow('is gone');

  const guildWent = once(bot.client, Events.GuildDelete);
  discord.removeGuild(guild);
  expect((await guildWent)[0]).toMatchObject({ id: guild.id });
});

test('tells of edits and deletions by members', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const [member, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
  const heard = listen(bot.client);
  const message = general.says(member, `<@${discord.bot.id}> 1+1`);
  await heard.count(1);

  const edited = once(bot.client, Events.MessageUpdate);
  general.edits(message.id, `<@${discord.bot.id}> 1+2`);
  expect((await edited)[1]).toMatchObject({ content: `<@${discord.bot.id}> 1+2` });
  expect(general.messages[0]?.revisions).toEqual([`<@${discord.bot.id}> 1+1`, `<@${discord.bot.id}> 1+2`]);

  const deleted = once(bot.client, Events.MessageDelete);
  general.deletes(message.id);
  expect((await deleted)[0]).toMatchObject({ id: message.id });
  expect(general.messages).toEqual([]);
});

test('marks what webhooks and the system write', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const [member, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
  const heard = listen(bot.client);
  general.says(member, `<@${discord.bot.id}> hi`, { isWebhook: true });
  general.says(member, `<@${discord.bot.id}> hi`, { isSystem: true });
  await heard.count(2);
  expect(heard.messages[0]).toMatchObject({ webhookId: member.id, author: { bot: true } });
  expect(heard.messages[1]?.system).toBe(true);
});
