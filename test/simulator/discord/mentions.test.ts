/** Roles and everyone: who is mentioned, who is pinged, and what a bot without the Message Content intent is told. */
import { once } from 'node:events';
import { Events } from 'discord.js';
import { expect, test } from 'vitest';
import type { SimulatedDiscord } from '../../../src/simulator/discord/discord.ts';
import { startDiscord } from '../../../src/simulator/discord/start.ts';
import { callApi, generalOf, listen, startBot } from './bot.ts';

function guildOf(discord: SimulatedDiscord) {
  const [guild] = discord.guilds;
  if (guild === undefined) throw new Error('no guild');
  return guild;
}

test('the bot has a role of its own under its name, and a mention of it is no mention of the bot', async () => {
  await using discord = await startDiscord();
  const guild = guildOf(discord);
  await using bot = await startBot(discord);
  const known = bot.client.guilds.cache.first();
  const own = known?.roles.botRoleFor(discord.bot.id);
  expect(own).toMatchObject({ id: guild.botRoleId, name: discord.bot.name, managed: true, mentionable: false });
  expect(own?.tags).toMatchObject({ botId: discord.bot.id });
  expect(known?.members.me?.roles.botRole?.id).toBe(guild.botRoleId);

  const heard = listen(bot.client);
  generalOf(discord).says(discord.createUser({ name: 'min' }), `${guild.botRoleMention} 1+1`);
  await heard.count(1);
  const [message] = heard.messages;
  expect(message?.mentions.users.size).toBe(0);
  expect(message?.mentions.roles.map(({ id }) => id)).toEqual([guild.botRoleId]);
  expect(message?.content).toBe('');
});

test('with the text of such a mention, where Discord gives it', async () => {
  await using discord = await startDiscord({ showsTextToBotRole: true });
  const guild = guildOf(discord);
  await using bot = await startBot(discord);
  const heard = listen(bot.client);
  const [member, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
  const other = guild.createRole('Other bot', { botId: discord.createUser({ name: 'other', isBot: true }).id });
  general.says(member, `${guild.botRoleMention} 1+1`);
  general.says(member, `<@&${other}> 1+1`);
  general.says(member, `\`${guild.botRoleMention}\` 1+1`);
  await heard.count(3);
  expect(heard.texts).toEqual([`${guild.botRoleMention} 1+1`, '', '']);
  expect(heard.messages.map(({ mentions }) => mentions.roles.size)).toEqual([1, 1, 0]);
});

test('roles and everyone are mentioned by those who may mention everyone, and by others where the role lets them', async () => {
  await using discord = await startDiscord();
  const guild = guildOf(discord);
  const team = guild.createRole('team');
  const [min, jun, general] = [
    discord.createUser({ name: 'min' }),
    discord.createUser({ name: 'jun' }),
    generalOf(discord),
  ];
  guild.giveRole(jun, team);
  const say = () => {
    const { pings } = general.says(min, `<@&${team}> @everyone`);
    return discord.users.filter(({ id }) => pings.includes(id)).map(({ name }) => name);
  };
  expect(say()).toEqual(['Jupan', 'jun']);
  general.overwrite(guild.id, { deny: ['MentionEveryone'] });
  expect(say()).toEqual([]);
  guild.setRole(team, { isMentionable: true });
  expect(say()).toEqual(['jun']);
  expect(general.messages.map(({ pings }) => pings.length)).toEqual([2, 0, 1]);
});

test('the bot pings no role that it may not mention', async () => {
  await using discord = await startDiscord();
  const guild = guildOf(discord);
  const general = generalOf(discord);
  const team = guild.createRole('team');
  const jun = discord.createUser({ name: 'jun', roleIds: [team] });
  const post = async () => {
    const { body } = await callApi(discord, 'POST', `/channels/${general.id}/messages`, { content: `<@&${team}>` });
    return [general.messages.at(-1)?.pings, body.mention_roles];
  };
  expect(await post()).toEqual([[jun.id], [team]]);
  guild.deny('MentionEveryone');
  expect(await post()).toEqual([[], []]);
});

test.for([
  ['```\n<@ID>\n```', 0],
  ['`<@ID>`', 0],
  ['`a\nb` <@ID>', 1],
  ['a ` <@ID>', 1],
  ['``` <@ID>', 1],
  ['`a` <@ID> ```b```', 1],
] as const)('code mentions nobody: %j', async ([text, count]) => {
  await using discord = await startDiscord({ checkBodies: false });
  const [min, jun] = [discord.createUser({ name: 'min' }), discord.createUser({ name: 'jun' })];
  expect(generalOf(discord).says(min, text.replace('ID', jun.id)).pings).toHaveLength(count);
});

test('a reply to an ordinary message of the bot is a mention with its text, one to the answer to a command is neither', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const [member, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
  await bot.client.application.commands.set([{ name: 'ask', description: 'Ask' }]);
  const used = once(bot.client, Events.InteractionCreate);
  await general.asks(member, 'ask', {});
  const [interaction] = await used;
  const answer = await (await interaction.deferReply()).fetch();
  await interaction.editReply('2');
  const more = await interaction.followUp('really');
  const plain = await interaction.channel.send('by the way');

  const heard = listen(bot.client);
  for (const { id } of [answer, more, plain]) general.says(member, 'and 3+3?', { repliesTo: id });
  await heard.count(3);
  expect(heard.texts).toEqual(['', '', 'and 3+3?']);
  expect(heard.messages.map(({ mentions }) => mentions.users.has(discord.bot.id))).toEqual([false, false, true]);
  expect(general.messages.slice(-3).map(({ pings }) => pings)).toEqual([[], [], [discord.bot.id]]);
});
