/** What can go wrong with places and dispatches, as the real discord.js meets it. */
import { once } from 'node:events';
import { Events } from 'discord.js';
import { expect, test } from 'vitest';
import { startDiscord } from '../../../src/simulator/discord/start.ts';
import { callApi, generalOf, listen, startBot } from './bot.ts';

test('dispatches that are reversed come last first, each once, and others in between', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const heard = listen(bot.client);
  const [member, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
  const say = (text: string) => general.says(member, `<@${discord.bot.id}> ${text}`);
  discord.gateway.reverse('MESSAGE_CREATE', 2);
  for (const text of ['one', 'two', 'three']) say(text);
  await heard.count(3);
  expect(heard.texts.map((text) => text.split(' ')[1])).toEqual(['two', 'one', 'three']);
});

test.for([
  ['no-access', 403, 50_001],
  ['no-writing', 403, 50_013],
  ['locked', 400, 50_083],
] as const)(
  'a channel with %s refuses what the bot writes until that is lifted',
  async ([restriction, status, code]) => {
    await using discord = await startDiscord();
    const general = generalOf(discord);
    const write = () => callApi(discord, 'POST', `/channels/${general.id}/messages`, { content: 'hi' });
    const read = () => callApi(discord, 'GET', `/channels/${general.id}/messages`);
    discord.restrict(general, restriction);
    expect(await write()).toMatchObject({ status, body: { code } });
    expect((await read()).status).toBe(restriction === 'no-access' ? 403 : 200);
    expect(general.messages).toEqual([]);
    discord.restrict(general, undefined);
    expect((await write()).status).toBe(200);
    expect(discord.problems).toEqual([]);
  },
);

test('in an archived thread nothing can be changed until somebody writes there or opens it', async () => {
  await using discord = await startDiscord();
  const thread = generalOf(discord).startThread('sums');
  const path = `/channels/${thread.id}`;
  const { body } = await callApi(discord, 'POST', `${path}/messages`, { content: 'hi' });
  const edit = () => callApi(discord, 'PATCH', `${path}/messages/${body.id}`, { content: 'edited' });
  for (const open of [
    () => callApi(discord, 'POST', `${path}/messages`, { content: 'back' }),
    () => callApi(discord, 'PATCH', path, { archived: false }),
  ]) {
    discord.restrict(thread, 'archived');
    expect(await edit()).toMatchObject({ status: 400, body: { code: 50_083 } });
    expect((await open()).status).toBe(200);
    expect((await edit()).status).toBe(200);
  }
  expect(discord.problems).toEqual([]);
});

test('a guild that is down is unavailable to discord.js, not left, and comes back with its channels', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord, { rest: { retries: 0 } });
  const [guild] = discord.guilds;
  if (guild === undefined) throw new Error('no guild');
  const left: string[] = [];
  bot.client.on(Events.GuildDelete, ({ id }) => left.push(id));
  const down = once(bot.client, Events.GuildUnavailable);
  discord.setUnavailable(guild, true);
  await down;
  expect((await callApi(discord, 'GET', `/channels/${generalOf(discord).id}`)).status).toBe(503);
  const back = once(bot.client, Events.GuildAvailable);
  discord.setUnavailable(guild, false);
  await back;
  expect(left).toEqual([]);
  const removed = once(bot.client, Events.GuildDelete);
  discord.removeGuild(guild);
  await removed;
  expect(left).toEqual([guild.id]);
});
