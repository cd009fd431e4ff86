/** Who may do what, as Discord computes it: the real discord.js comes to the same, and every refusal has Discord's code. */
import { once } from 'node:events';
import { type Client, Events, PermissionFlagsBits, type PermissionsString } from 'discord.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SimulatedChannel, SimulatedDiscord } from '../../../src/simulator/discord/discord.ts';
import { startDiscord } from '../../../src/simulator/discord/start.ts';
import { type Bot, callApi, generalOf, listen, startBot } from './bot.ts';

let discord: SimulatedDiscord;
let bot: Bot;
let general: SimulatedChannel;

beforeEach(async () => {
  discord = await startDiscord({ channelRequestsPer5s: Number.POSITIVE_INFINITY });
  bot = await startBot(discord);
  general = generalOf(discord);
});

afterEach(async () => {
  expect(discord.problems).toEqual([]);
  await bot[Symbol.asyncDispose]();
  await discord.close();
});

const guildOf = () => {
  const [guild] = discord.guilds;
  if (guild === undefined) throw new Error('no guild');
  return guild;
};

/** What discord.js makes of what it was told. */
function computed(client: Client<true>, channel: SimulatedChannel): readonly PermissionsString[] {
  const known = client.channels.cache.get(channel.id);
  const me = client.guilds.cache.first()?.members.me;
  if (known === undefined || known.isDMBased() || !me) throw new Error('discord.js does not know the channel');
  return known.permissionsFor(me)?.toArray() ?? [];
}

/** Resolves when discord.js comes to that conclusion. */
async function until(channel: SimulatedChannel, permission: PermissionsString, isThere: boolean): Promise<void> {
  await expect.poll(() => computed(bot.client, channel).includes(permission)).toBe(isThere);
}

async function attempt(channel: SimulatedChannel, body: object = { content: 'hi' }) {
  const { status, body: answer } = await callApi(discord, 'POST', `/channels/${channel.id}/messages`, body);
  return status === 200 ? 'taken' : [status, Number(answer.code)];
}

async function attemptFile(channel: SimulatedChannel) {
  const known = await bot.client.channels.fetch(channel.id);
  if (!known?.isSendable()) throw new Error('the channel cannot be written to');
  const sent = known.send({ files: [{ attachment: Buffer.from('1'), name: 'one.txt' }] });
  return sent.then(
    () => 'taken',
    ({ status, code }) => [status, code],
  );
}

const type = async (channel: SimulatedChannel) =>
  (await callApi(discord, 'POST', `/channels/${channel.id}/typing`)).status;
const read = (channel: SimulatedChannel) => callApi(discord, 'GET', `/channels/${channel.id}/messages`);

test('the bot has what it needs at first, and so discord.js thinks', () => {
  const needed = ['ViewChannel', 'SendMessages', 'SendMessagesInThreads', 'ReadMessageHistory', 'AttachFiles'];
  expect(computed(bot.client, general)).toEqual(expect.arrayContaining(needed));
  expect(computed(bot.client, general)).not.toContain('ManageMessages');
  expect(guildOf().roles.map(({ name, isManaged }) => [name, isManaged])).toEqual([
    ['@everyone', false],
    ['Moderators', false],
    ['Jupan', true],
  ]);
});

test('without Attach Files a message is taken, and one with a file is not', async () => {
  general.deny('AttachFiles');
  await until(general, 'AttachFiles', false);
  expect(await attemptFile(general)).toEqual([403, 50_013]);
  expect(await attempt(general)).toBe('taken');
  const edit = await bot.client.channels.fetch(general.id).then((channel) => {
    if (!channel?.isSendable()) throw new Error('the channel cannot be written to');
    return channel.messages
      .edit(String(general.messages[0]?.id), { files: [{ attachment: Buffer.from('1'), name: 'a' }] })
      .catch(({ code }) => code);
  });
  expect(edit).toBe(50_013);
  general.allow('AttachFiles');
  await until(general, 'AttachFiles', true);
  expect(await attemptFile(general)).toBe('taken');
});

test('without Embed Links a message with an embed is not taken', async () => {
  general.deny('EmbedLinks');
  expect(await attempt(general, { embeds: [{ title: 'x' }] })).toEqual([403, 50_013]);
  expect(await attempt(general)).toBe('taken');
});

test('without Send Messages nothing new is written, typing and files neither, but what stands can be edited', async () => {
  expect(await attempt(general)).toBe('taken');
  const path = `/channels/${general.id}/messages/${general.messages[0]?.id}`;
  general.deny('SendMessages');
  await until(general, 'SendMessages', false);
  expect(await attempt(general)).toEqual([403, 50_013]);
  expect(await attemptFile(general)).toEqual([403, 50_013]);
  expect(await type(general)).toBe(403);
  expect((await callApi(discord, 'PATCH', path, { content: 'edited' })).status).toBe(200);
  expect((await read(general)).status).toBe(200);
  expect((await callApi(discord, 'DELETE', path)).status).toBe(204);
});

test('without Read Message History a list is empty, a message cannot be fetched and none replied to', async () => {
  const question = general.says(discord.createUser({ name: 'min' }), 'hi');
  general.deny('ReadMessageHistory');
  expect(await read(general)).toMatchObject({ status: 200, body: [] });
  const path = `/channels/${general.id}/messages/${question.id}`;
  expect(await callApi(discord, 'GET', path)).toMatchObject({ status: 403, body: { code: 50_001 } });
  const reply = { content: 'so', message_reference: { message_id: question.id } };
  expect(await attempt(general, reply)).toEqual([403, 160_002]);
  expect(await attempt(general)).toBe('taken');
});

test('without View Channel everything is refused and nothing heard, until it is given back', async () => {
  const heard = listen(bot.client);
  const member = discord.createUser({ name: 'min' });
  const mention = `<@${discord.bot.id}>`;
  general.deny('ViewChannel');
  await until(general, 'ViewChannel', false);
  for (const answer of [await attempt(general), await attempt(general, {})]) expect(answer).toEqual([403, 50_001]);
  expect([(await read(general)).status, await type(general)]).toEqual([403, 403]);
  expect((await callApi(discord, 'GET', `/channels/${general.id}`)).body.code).toBe(50_001);
  general.says(member, `${mention} unheard`);
  general.allow('ViewChannel');
  await until(general, 'ViewChannel', true);
  general.says(member, `${mention} heard`);
  await heard.count(1);
  expect(heard.texts).toEqual([`${mention} heard`]);
});

test('an overwrite for a role gives way to one for the bot, and @everyone to both', async () => {
  const guild = guildOf();
  general.overwrite(guild.id, { deny: ['SendMessages'] });
  await until(general, 'SendMessages', false);
  expect(await attempt(general)).toEqual([403, 50_013]);
  general.overwrite(guild.botRoleId, { allow: ['SendMessages'] });
  await until(general, 'SendMessages', true);
  expect(await attempt(general)).toBe('taken');
  const muted = guild.createRole('muted');
  guild.giveRole(discord.bot, muted);
  general.overwrite(muted, { deny: ['SendMessages'] });
  // Of several roles one that allows is enough.
  await expect.poll(() => bot.client.guilds.cache.first()?.members.me?.roles.cache.has(muted)).toBe(true);
  expect([await attempt(general), computed(bot.client, general).includes('SendMessages')]).toEqual(['taken', true]);
  general.deny('SendMessages');
  await until(general, 'SendMessages', false);
  expect(await attempt(general)).toEqual([403, 50_013]);
  general.overwrite(discord.bot, {});
  await until(general, 'SendMessages', true);
  expect(await attempt(general)).toBe('taken');
});

test('what the guild takes away is gone in all channels, unless an overwrite gives it back', async () => {
  const guild = guildOf();
  const [, random] = discord.channels;
  if (random === undefined) throw new Error('no second channel');
  guild.deny('SendMessages', 'AttachFiles');
  await until(general, 'SendMessages', false);
  expect([await attempt(general), await attempt(random)]).toEqual([
    [403, 50_013],
    [403, 50_013],
  ]);
  random.allow('SendMessages');
  await until(random, 'SendMessages', true);
  expect(await attempt(random)).toBe('taken');
  guild.allow('SendMessages');
  await until(general, 'SendMessages', true);
  expect(await attempt(general)).toBe('taken');
  expect(await attemptFile(general)).toEqual([403, 50_013]);
});

test('an administrator may everything everywhere', async () => {
  const guild = guildOf();
  general.deny('ViewChannel', 'SendMessages');
  guild.setRole(guild.botRoleId, { permissions: ['Administrator'] });
  await expect.poll(() => computed(bot.client, general).length).toBe(Object.keys(PermissionFlagsBits).length);
  guild.timeOut(discord.bot);
  expect(await attempt(general)).toBe('taken');
});

test('who is timed out may look on and no more, and discord.js is told until when', async () => {
  const guild = guildOf();
  general.says(discord.createUser({ name: 'min' }), 'hi');
  guild.timeOut(discord.bot);
  const isTimedOut = () => bot.client.guilds.cache.first()?.members.me?.isCommunicationDisabled();
  await expect.poll(isTimedOut).toBe(true);
  expect([await attempt(general), await type(general)]).toEqual([[403, 50_013], 403]);
  expect(Object.keys((await read(general)).body)).toHaveLength(1);
  guild.timeOut(discord.bot, 0);
  await expect.poll(isTimedOut).toBe(false);
  expect(await attempt(general)).toBe('taken');
});

test('threads have what their channel has, but for the permission to write there', async () => {
  const thread = general.startThread('sums');
  await once(bot.client, Events.ThreadCreate);
  general.deny('SendMessages');
  expect([await attempt(thread), await attempt(general)]).toEqual(['taken', [403, 50_013]]);
  thread.deny('SendMessagesInThreads', 'ReadMessageHistory');
  await until(thread, 'SendMessagesInThreads', false);
  expect([await attempt(thread), await type(thread)]).toEqual([[403, 50_013], 403]);
  expect((await read(thread)).body).toEqual([]);
  general.deny('ViewChannel');
  expect((await read(thread)).body.code).toBe(50_001);
});

test('a private thread is for those who are in it, and for moderators', async () => {
  const member = discord.createUser({ name: 'min' });
  const thread = general.startThread('secret', { isPrivate: true, members: [member] });
  expect(await attempt(thread)).toEqual([403, 50_001]);
  expect((await callApi(discord, 'GET', `/guilds/${guildOf().id}/threads/active`)).body.threads).toEqual([]);
  expect(bot.client.channels.cache.has(thread.id)).toBe(false);

  const came = once(bot.client, Events.ThreadCreate);
  thread.addMember(discord.bot);
  const [known] = await came;
  expect(known).toMatchObject({ id: thread.id, sendable: true, joined: true });
  expect(await attempt(thread)).toBe('taken');
  const active = await callApi(discord, 'GET', `/guilds/${guildOf().id}/threads/active`);
  expect(active.body).toMatchObject({ threads: [{ id: thread.id, type: 12 }], members: [{ id: thread.id }] });

  thread.removeMember(discord.bot);
  await expect.poll(() => known.joined).toBe(false);
  expect(await attempt(thread)).toEqual([403, 50_001]);
  general.allow('ManageThreads');
  expect(await attempt(thread)).toBe('taken');
});

test('an archived thread opens by a message, a locked one to moderators only', async () => {
  const thread = general.startThread('sums');
  const [known] = await once(bot.client, Events.ThreadCreate);
  expect(await attempt(thread)).toBe('taken');
  const path = `/channels/${thread.id}/messages/${thread.messages[0]?.id}`;
  const edit = async () => {
    const { status, body } = await callApi(discord, 'PATCH', path, { content: 'edited' });
    return status === 200 ? 'taken' : [status, Number(body.code)];
  };

  thread.setThread({ isArchived: true });
  await expect.poll(() => known.archived).toBe(true);
  expect(await edit()).toEqual([400, 50_083]);
  expect([await attempt(thread), await edit(), thread.isArchived]).toEqual(['taken', 'taken', false]);

  thread.setThread({ isLocked: true });
  expect([await attempt(thread), await edit()]).toEqual([
    [403, 160_005],
    [403, 160_005],
  ]);
  thread.setThread({ isArchived: true });
  await expect.poll(() => [known.archived, known.locked, known.sendable]).toEqual([true, true, false]);
  expect([await attempt(thread), await edit(), await type(thread)]).toEqual([[400, 50_083], [400, 50_083], 400]);
  const open = () => callApi(discord, 'PATCH', `/channels/${thread.id}`, { archived: false });
  expect((await open()).status).toBe(403);

  general.allow('ManageThreads');
  expect((await open()).status).toBe(200);
  expect([await attempt(thread), await edit()]).toEqual(['taken', 'taken']);
});

test('in an archived thread what was written can be deleted, in a locked one it cannot', async () => {
  const thread = general.startThread('sums');
  for (const changes of [{ isArchived: true }, { isArchived: true, isLocked: true }]) {
    await attempt(thread);
    const path = `/channels/${thread.id}/messages/${thread.messages.at(-1)?.id}`;
    thread.setThread(changes);
    const isRefused = changes.isLocked === true;
    expect((await callApi(discord, 'DELETE', path)).status).toBe(isRefused ? 400 : 204);
  }
});

test('the text of a voice channel is for those who may join it', async () => {
  const voice = discord.createChannel(guildOf(), 'talk', { kind: 'voice' });
  await once(bot.client, Events.ChannelCreate);
  const heard = listen(bot.client);
  expect([await attempt(voice), await type(voice)]).toEqual(['taken', 204]);
  await heard.count(1);
  voice.deny('Connect');
  await until(voice, 'Connect', false);
  expect([await attempt(voice), await type(voice), (await read(voice)).body.code]).toEqual([
    [403, 50_001],
    403,
    50_001,
  ]);
  expect((await callApi(discord, 'GET', `/channels/${voice.id}`)).status).toBe(200);
  voice.says(discord.createUser({ name: 'min' }), `<@${discord.bot.id}> unheard`);
  general.says(discord.createUser({ name: 'jun' }), `<@${discord.bot.id}> heard`);
  await heard.count(2);
  expect(heard.texts).toEqual(['hi', `<@${discord.bot.id}> heard`]);
});

test('a forum has posts, which are threads, and takes no message of its own', async () => {
  const forum = discord.createChannel(guildOf(), 'questions', { kind: 'forum' });
  const post = forum.startThread('How much is 1+1?');
  const [known] = await once(bot.client, Events.ThreadCreate);
  expect(known.parent).toMatchObject({ id: forum.id, name: 'questions' });
  expect([await attempt(post), await type(post)]).toEqual(['taken', 204]);
  expect(() => forum.startThread('secret', { isPrivate: true })).toThrow('questions is a forum');
});

test('members may only do what their roles let them', async () => {
  const guild = guildOf();
  await bot.client.application.commands.set([
    { name: 'forget', description: 'Forget', defaultMemberPermissions: 'ManageMessages' },
  ]);
  const member = discord.createUser({ name: 'min' });
  await expect(general.asks(member, 'forget', {})).rejects.toThrow('has not the permissions');
  const janitor = guild.createRole('janitor', { permissions: ['ManageMessages'] });
  guild.giveRole(member, janitor);
  const used = once(bot.client, Events.InteractionCreate);
  await general.asks(member, 'forget', {});
  const [interaction] = await used;
  expect(interaction.memberPermissions.has('ManageMessages')).toBe(true);
  expect(interaction.appPermissions.has('ManageMessages')).toBe(false);
  await interaction.reply('done');
  guild.takeRole(member, janitor);
  await expect(general.asks(member, 'forget', {})).rejects.toThrow('has not the permissions');
  expect(() => guild.giveRole(member, guild.botRoleId)).toThrow('the role of a bot');
});

test('an interaction tells what the bot may do where it was made', async () => {
  await bot.client.application.commands.set([{ name: 'ask', description: 'Ask' }]);
  const member = discord.createUser({ name: 'min' });
  const ask = async (channel: SimulatedChannel) => {
    const used = once(bot.client, Events.InteractionCreate);
    await channel.asks(member, 'ask', {});
    const [interaction] = await used;
    await interaction.reply('done');
    return interaction;
  };
  expect((await ask(general)).appPermissions.has('AttachFiles')).toBe(true);
  general.deny('AttachFiles');
  expect((await ask(general)).appPermissions.has('AttachFiles')).toBe(false);
  general.deny('ViewChannel');
  const hidden = await ask(general);
  expect([hidden.appPermissions.bitfield, hidden.channelId]).toEqual([0n, general.id]);
  const direct = (await ask(discord.openDm(member))).appPermissions.toArray();
  expect(direct.sort()).toEqual(['AttachFiles', 'EmbedLinks', 'MentionEveryone', 'UseExternalEmojis']);
});
