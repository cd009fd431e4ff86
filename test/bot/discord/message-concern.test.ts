/** Which messages of servers discord.js is told of: those that something may come of. */
import { once } from 'node:events';
import { Events } from 'discord.js';
import { expect, onTestFinished, test } from 'vitest';
import { leaveOthersOut } from '../../../src/bot/discord/message-concern.ts';
import { logIn } from './support/logged-in.ts';

async function start(readsAll: boolean) {
  const world = await logIn({ grantsMessageContent: readsAll });
  onTestFinished(() => world[Symbol.asyncDispose]());
  const { client, discord } = world;
  leaveOthersOut(client, readsAll);
  const [general] = discord.channels;
  if (general === undefined) throw new Error('no channel');
  const heard: string[] = [];
  client.on(Events.MessageCreate, ({ id }) => heard.push(id));
  client.on(Events.MessageUpdate, (_, { id }) => heard.push(`edit of ${id}`));
  const told = async () => {
    const all = once(client.ws, 'ALL_TOLD');
    discord.gateway.dispatch('ALL_TOLD', {});
    await all;
    return heard.splice(0);
  };
  const mina = discord.createUser({ name: 'mina' });
  const other = discord.createUser({ name: 'other bot', isBot: true });
  return { discord, general, told, mina, other, mention: `<@${discord.bot.id}>` };
}

test('what does not mention the bot, and what bots and webhooks write, goes no further', async () => {
  const { discord, general, told, mina, other, mention } = await start(false);
  general.says(mina, 'hello');
  general.says(other, `${mention} hello`);
  general.says(mina, `${mention} hello`, { isWebhook: true });
  const asked = [
    general.says(mina, `${mention} hello`),
    general.says(mina, `${discord.guilds[0]?.botRoleMention} hello`),
    discord.openDm(mina).says(mina, 'hello'),
    discord.openDm(mina).says(other, 'hello'),
  ];
  expect(await told()).toEqual(asked.map(({ id }) => id));
});

test('where the bot reads all, it is told of what members write', async () => {
  const { general, told, mina, other } = await start(true);
  const said = general.says(mina, 'hello');
  general.says(other, 'hello');
  expect(await told()).toEqual([said.id]);
});

test('of a change, the bot is told where a member made it', async () => {
  const { discord, general, told, mina, other, mention } = await start(false);
  const [asked, botSaid] = [general.says(mina, `${mention} hello`), general.says(other, 'hello')];
  await told();
  general.edits(asked.id, 'never mind');
  general.edits(botSaid.id, 'hello again');
  // A preview of a link.
  const author = { id: mina.id, username: 'mina' };
  const preview = { id: asked.id, channel_id: general.id, guild_id: general.guild?.id, author, edited_timestamp: null };
  discord.gateway.dispatch('MESSAGE_UPDATE', { ...preview, content: 'never mind', embeds: [{ type: 'link' }] });
  expect(await told()).toEqual([`edit of ${asked.id}`]);
});
