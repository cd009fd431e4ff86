/** Texts that Discord refuses for their words: on every way by which a bot writes, as the real discord.js meets it. */
import { once } from 'node:events';
import { Events } from 'discord.js';
import { expect, test } from 'vitest';
import { startDiscord } from '../../../src/simulator/discord/start.ts';
import { callApi, generalOf, startBot } from './bot.ts';

const blocked = { status: 400, code: 200_000 };

test('a blocked word is refused in a new message and in an edit, which leaves what stood', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const general = generalOf(discord);
  const channel = await bot.client.channels.fetch(general.id);
  if (!channel?.isSendable()) throw new Error('the channel cannot be written to');
  discord.moderation.block('Rotten');
  await expect(channel.send('a rotten word')).rejects.toMatchObject(blocked);
  const sent = await channel.send('a fine word');
  await expect(sent.edit('a ROTTEN word')).rejects.toMatchObject(blocked);
  expect(general.transcript()).toBe('Jupan: a fine word');
  discord.moderation.clear();
  await sent.edit('a rotten word');
  expect(general.transcript()).toBe('Jupan: a rotten word');
  expect(discord.problems).toEqual([]);
});

test('a blocked word is refused in the answer to a command, which can be given again', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const general = generalOf(discord);
  await bot.client.application.commands.set([{ name: 'ask', description: 'Ask' }]);
  discord.moderation.block('rotten');
  const used = once(bot.client, Events.InteractionCreate);
  await general.asks(discord.createUser({ name: 'min' }), 'ask', {});
  const [interaction] = await used;
  await interaction.deferReply();
  await expect(interaction.editReply('rotten')).rejects.toMatchObject(blocked);
  expect(general.transcript()).toBe('Jupan: (thinking)');
  await interaction.editReply('fine');
  await expect(interaction.followUp('rotten')).rejects.toMatchObject(blocked);
  expect(general.transcript()).toBe('Jupan: fine');
  expect(discord.problems).toEqual([]);
});

test('a press whose update is refused is not acknowledged by it, and can be answered again', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const general = generalOf(discord);
  const channel = await bot.client.channels.fetch(general.id);
  if (!channel?.isSendable()) throw new Error('the channel cannot be written to');
  const button = { type: 2, style: 1, label: 'Stop', custom_id: 'stop' } as const;
  const sent = await channel.send({ content: 'working', components: [{ type: 1, components: [button] }] });
  discord.moderation.block('rotten');
  const pressed = once(bot.client, Events.InteractionCreate);
  await general.presses(discord.createUser({ name: 'min' }), sent.id, 'stop');
  const [interaction] = await pressed;
  await expect(interaction.update('rotten')).rejects.toMatchObject(blocked);
  await interaction.update('fine');
  expect(general.transcript()).toBe('Jupan: fine');
  expect(discord.problems).toEqual([]);
});

test('harmful links are refused everywhere, a guild’s own words in guilds alone', async () => {
  await using discord = await startDiscord();
  const [member, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
  const direct = discord.openDm(member);
  discord.moderation.block('https://bad.example', 'harmful-links');
  discord.moderation.block('rotten');
  const post = async (channelId: string, content: string) =>
    (await callApi(discord, 'POST', `/channels/${channelId}/messages`, { content })).body.code;
  expect(await post(general.id, 'see https://bad.example/x')).toBe(240_000);
  expect(await post(direct.id, 'see https://bad.example/x')).toBe(240_000);
  expect(await post(general.id, 'rotten')).toBe(200_000);
  expect(await post(direct.id, 'rotten')).toBeUndefined();
  // Members are refused by their own clients; what they wrote stands.
  expect(general.says(member, 'rotten').content).toBe('rotten');
});
