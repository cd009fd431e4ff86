/** The application where the bot is not: in servers and groups of users who installed it for themselves. */
import { once } from 'node:events';
import {
  ApplicationIntegrationType,
  type ChatInputCommandInteraction,
  Events,
  InteractionContextType,
  MessageFlags,
} from 'discord.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SimulatedChannel, SimulatedDiscord, SimulatedUser } from '../../../src/simulator/discord/discord.ts';
import { startDiscord } from '../../../src/simulator/discord/start.ts';
import { type Bot, callApi, generalOf, listen, startBot } from './bot.ts';

const anywhere = {
  name: 'ask',
  description: 'Ask',
  integrationTypes: [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall],
  contexts: [InteractionContextType.Guild, InteractionContextType.BotDM, InteractionContextType.PrivateChannel],
};

let discord: SimulatedDiscord;
let bot: Bot;
let member: SimulatedUser;

beforeEach(async () => {
  discord = await startDiscord({ channelRequestsPer5s: Number.POSITIVE_INFINITY });
  bot = await startBot(discord);
  member = discord.createUser({ name: 'min', locale: 'en-US' });
  await bot.client.application.commands.set([anywhere]);
});

afterEach(async () => {
  await bot[Symbol.asyncDispose]();
  await discord.close();
});

async function askIn(channel: SimulatedChannel): Promise<ChatInputCommandInteraction> {
  const used = once(bot.client, Events.InteractionCreate);
  await channel.asks(member, 'ask', {});
  const [interaction] = await used;
  return interaction;
}

/** A channel of a server that the bot was never added to. */
function foreignChannel(): SimulatedChannel {
  return discord.createChannel(discord.createGuild({ name: 'Elsewhere', hasBot: false }), 'talk');
}

test('in a server without the bot a command says so, and its channel is out of reach', async () => {
  const channel = foreignChannel();
  const heard = listen(bot.client);
  const interaction = await askIn(channel);
  expect(interaction).toMatchObject({
    guildId: channel.guild?.id,
    guild: null,
    channelId: channel.id,
    context: InteractionContextType.Guild,
    authorizingIntegrationOwners: { guildId: null, userId: member.id },
  });
  expect(interaction.appPermissions.toArray().sort()).toEqual([
    'AttachFiles',
    'EmbedLinks',
    'MentionEveryone',
    'UseExternalEmojis',
  ]);
  expect(bot.client.guilds.cache.size).toBe(1);

  await interaction.deferReply();
  await interaction.editReply('2');
  channel.says(member, `<@${discord.bot.id}> and more`);
  const path = `/channels/${channel.id}`;
  for (const [method, target, body] of [
    ['GET', path, undefined],
    ['POST', `${path}/typing`, undefined],
    ['GET', `${path}/messages`, undefined],
    ['POST', `${path}/messages`, { content: 'x' }],
    ['PATCH', `${path}/messages/${channel.messages[0]?.id}`, { content: 'x' }],
  ] as const) {
    expect(await callApi(discord, method, target, body)).toMatchObject({ status: 403, body: { code: 50_001 } });
  }
  expect((await callApi(discord, 'GET', `/guilds/${channel.guild?.id}`)).body.code).toBe(10_004);
  expect(channel.transcript()).toBe(`Jupan: 2\nmin: <@${discord.bot.id}> and more`);
  expect(heard.texts).toEqual([]);
  expect(discord.problems).toEqual([]);
});

test('in a group, likewise', async () => {
  const group = discord.createGroup('friends', [member, discord.createUser({ name: 'jun' })]);
  const interaction = await askIn(group);
  expect(interaction).toMatchObject({
    guildId: null,
    channelId: group.id,
    context: InteractionContextType.PrivateChannel,
    authorizingIntegrationOwners: { guildId: null, userId: member.id },
  });
  expect(interaction.appPermissions.toArray().sort()).toEqual(['AttachFiles', 'EmbedLinks', 'MentionEveryone']);
  await interaction.reply({ content: '2', files: [{ attachment: Buffer.from('2'), name: 'two.txt' }] });
  expect(group.messages[0]).toMatchObject({ content: '2', attachments: [{ filename: 'two.txt' }] });
  expect((await callApi(discord, 'POST', `/channels/${group.id}/messages`, { content: 'x' })).body.code).toBe(50_001);
  expect(discord.problems).toEqual([]);
});

test('five follow-ups are taken and no more, while edits go on', async () => {
  const channel = foreignChannel();
  const interaction = await askIn(channel);
  await interaction.reply('0');
  for (let count = 1; count <= 5; count += 1) await interaction.followUp(`${count}`);
  await expect(interaction.followUp('6')).rejects.toMatchObject({ status: 400, code: 40_094 });
  await interaction.editReply('zero');
  expect(channel.messages.map(({ content }) => content)).toEqual(['zero', '1', '2', '3', '4', '5']);
  expect(discord.problems).toHaveLength(1);
});

test('where the bot is, follow-ups are not counted', async () => {
  const interaction = await askIn(generalOf(discord));
  const guildId = generalOf(discord).guild?.id;
  expect(interaction.authorizingIntegrationOwners).toMatchObject({ guildId, userId: null });
  await interaction.reply('0');
  for (let count = 1; count <= 7; count += 1) await interaction.followUp(`${count}`);
  expect(generalOf(discord).messages).toHaveLength(8);
});

test('where members may not use external apps, only the asker sees the answer', async () => {
  const channel = foreignChannel();
  channel.overwrite(String(channel.guild?.id), { deny: ['UseExternalApps'] });
  const interaction = await askIn(channel);
  await interaction.deferReply();
  await interaction.editReply('psst');
  const message = await interaction.fetchReply();
  expect(message.flags.has(MessageFlags.Ephemeral)).toBe(true);
  expect(channel.messages[0]).toMatchObject({ content: 'psst', isEphemeral: true });
});

test('what everybody may not do there, the application may not either', async () => {
  const channel = foreignChannel();
  channel.overwrite(String(channel.guild?.id), { deny: ['AttachFiles', 'MentionEveryone'] });
  expect((await askIn(channel)).appPermissions.toArray().sort()).toEqual(['EmbedLinks', 'UseExternalEmojis']);
});

test('a command for servers alone is not there', async () => {
  await bot.client.application.commands.set([{ ...anywhere, integrationTypes: [0] }]);
  await expect(foreignChannel().asks(member, 'ask', {})).rejects.toThrow('registered no /ask for this channel');
  await bot.client.application.commands.set([{ ...anywhere, contexts: [InteractionContextType.Guild] }]);
  await expect(discord.createGroup('friends', [member]).asks(member, 'ask', {})).rejects.toThrow('registered no /ask');
});

test('a thread that is locked before the answer refuses it, in its own way for each kind of installation', async () => {
  for (const [parent, code] of [
    [generalOf(discord), 50_083],
    [foreignChannel(), 50_001],
  ] as const) {
    const thread = parent.startThread('sums');
    const interaction = await askIn(thread);
    await interaction.deferReply();
    thread.setThread({ isArchived: true, isLocked: true });
    await expect(interaction.editReply('2')).rejects.toMatchObject({ code });
    thread.setThread({ isArchived: false, isLocked: false });
    await interaction.editReply('2');
  }
});

test('an answer mentions users alone if it does not say otherwise', async () => {
  const interaction = await askIn(generalOf(discord));
  await interaction.reply(`<@${member.id}> @everyone`);
  expect(generalOf(discord).messages[0]?.pings).toEqual([member.id]);
  await interaction.editReply(`@everyone <@${member.id}>`);
  expect(generalOf(discord).messages[0]?.pings).toEqual([member.id]);
});

test('commands for users who install the application are refused while the portal has that switched off', async () => {
  await using closed = await startDiscord({ allowsUserInstall: false });
  await using other = await startBot(closed);
  await expect(other.client.application.commands.set([anywhere])).rejects.toMatchObject({ status: 400, code: 50_035 });
  expect(closed.commands).toEqual([]);
  expect((await callApi(closed, 'GET', '/applications/@me')).body.integration_types_config).toEqual({ 0: {} });
  const [command] = (await other.client.application.commands.set([{ ...anywhere, integrationTypes: [0] }])).values();
  expect(command?.integrationTypes).toEqual([0]);
  expect(closed.problems).toEqual([]);
});

test('the token of an interaction ends with its time, and takes no token of the bot along', async () => {
  await using hasty = await startDiscord({ interactionTokenLifeMs: 0 });
  await using other = await startBot(hasty);
  await other.client.application.commands.set([anywhere]);
  const used = once(other.client, Events.InteractionCreate);
  await generalOf(hasty).asks(hasty.createUser({ name: 'min' }), 'ask', {});
  const [interaction] = await used;
  await interaction.deferReply();
  await expect(interaction.editReply('late')).rejects.toMatchObject({ status: 401, code: 50_027 });
  await interaction.channel.send('still here');
  expect(generalOf(hasty).transcript()).toBe('Jupan: (thinking)\nJupan: still here');
});
