import { once } from 'node:events';
import { AttachmentBuilder, Events, MessageType } from 'discord.js';
import { expect, test } from 'vitest';
import type { SimulatedEvent } from '../../../src/simulator/discord/discord.ts';
import { startDiscord } from '../../../src/simulator/discord/start.ts';
import { callApi, generalOf, listen, startBot } from './bot.ts';

test('shows typing, then a reply that is edited', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const events: SimulatedEvent[] = [];
  const stop = discord.observe((event) => events.push(event));
  const [member, general] = [discord.createUser({ name: 'min', displayName: '민' }), generalOf(discord)];
  const question = general.says(member, `<@${discord.bot.id}> 1+1`);
  bot.client.once(Events.MessageCreate, async (message) => {
    await message.channel.sendTyping();
    const reply = await message.reply({ content: '🔧 …', allowedMentions: { parse: [], repliedUser: true } });
    await reply.edit({ content: '2', allowedMentions: { parse: [] } });
  });
  const answer = await general.waitFor(({ messages }) => messages.find(({ content }) => content === '2'));
  stop();

  expect(answer).toMatchObject({ repliesTo: question.id, revisions: ['🔧 …', '2'], author: discord.bot });
  expect(answer.editedAt).toBeGreaterThanOrEqual(answer.createdAt);
  expect(events.map(({ type }) => type)).toEqual(['message-create', 'typing', 'message-create', 'message-update']);
  expect(general.transcript()).toBe(`민: <@${discord.bot.id}> 1+1\nJupan ↩: 2`);
  expect(discord.problems).toEqual([]);
});

test('tells the bot of its own messages, its typing and a reply to them', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const heard = listen(bot.client);
  const [member, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
  const channel = await bot.client.channels.fetch(general.id);
  if (!channel?.isSendable()) throw new Error('the channel cannot be written to');

  const typing = once(bot.client, Events.TypingStart);
  await channel.sendTyping();
  expect((await typing)[0]).toMatchObject({ user: { id: discord.bot.id } });
  const sent = await channel.send({ content: '  hello  ', nonce: 'n-1' });
  expect(sent).toMatchObject({ content: 'hello', nonce: 'n-1' });
  general.says(member, 'thanks', { repliesTo: sent.id });
  general.says(member, 'quietly', { repliesTo: sent.id, pingsRepliedTo: false });
  await heard.count(3);

  expect(heard.messages[0]).toMatchObject({ id: sent.id, nonce: 'n-1' });
  // A ping counts as a mention, so that the text is there; without one it is not.
  expect(heard.texts.slice(1)).toEqual(['thanks', '']);
  expect(heard.messages[1]).toMatchObject({ type: MessageType.Reply, reference: { messageId: sent.id } });
  expect(heard.messages[1]?.mentions.repliedUser?.id).toBe(discord.bot.id);
});

test('pings whom allowed_mentions lets through', async () => {
  await using discord = await startDiscord({ channelRequestsPer5s: Number.POSITIVE_INFINITY });
  const [min, jun] = [discord.createUser({ name: 'min' }), discord.createUser({ name: 'jun' })];
  const general = generalOf(discord);
  const everyone = [min.id, jun.id];
  const text = `<@${min.id}> <@!${jun.id}> @everyone \`<@${jun.id}>\``;
  const post = async (body: object) => {
    const { status } = await callApi(discord, 'POST', `/channels/${general.id}/messages`, body);
    expect(status).toBe(200);
    return general.messages.at(-1)?.pings;
  };

  expect(await post({ content: text })).toEqual(everyone);
  expect(await post({ content: text, allowed_mentions: { parse: [] } })).toEqual([]);
  expect(await post({ content: `\`<@${jun.id}>\` <@${min.id}>` })).toEqual([min.id]);
  expect(await post({ content: text, allowed_mentions: { parse: ['users'] } })).toEqual(everyone);
  expect(await post({ content: text, allowed_mentions: { users: [jun.id] } })).toEqual([jun.id]);
  expect(await post({ content: text, allowed_mentions: { parse: ['everyone'] } })).toEqual(everyone);
});

test('pings the author of the message it replies to unless told not to', async () => {
  await using discord = await startDiscord();
  const [min, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
  const reply = { content: 'so', message_reference: { message_id: general.says(min, 'well?').id } };
  const post = async (body: object) => {
    const { body: answer } = await callApi(discord, 'POST', `/channels/${general.id}/messages`, body);
    return [general.messages.at(-1)?.pings, answer.mentions?.length, answer.referenced_message?.id];
  };
  const question = general.messages[0]?.id;
  expect(await post(reply)).toEqual([[min.id], 1, question]);
  expect(await post({ ...reply, allowed_mentions: { parse: [] } })).toEqual([[], 0, question]);
  expect(await post({ ...reply, allowed_mentions: { parse: [], replied_user: true } })).toEqual([
    [min.id],
    1,
    question,
  ]);
});

test('counts the mentions of an edited text anew', async () => {
  await using discord = await startDiscord();
  const [min, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
  const path = `/channels/${general.id}/messages`;
  const { body } = await callApi(discord, 'POST', path, { content: `<@${min.id}>` });
  await callApi(discord, 'PATCH', `${path}/${body.id}`, { content: `<@${min.id}>!`, allowed_mentions: { parse: [] } });
  expect(general.messages[0]).toMatchObject({ pings: [], revisions: [`<@${min.id}>`, `<@${min.id}>!`] });
});

test('posts once for the same nonce, even when the first answer was lost', async () => {
  await using discord = await startDiscord({ channelRequestsPer5s: Number.POSITIVE_INFINITY });
  await using bot = await startBot(discord);
  const general = generalOf(discord);
  const channel = await bot.client.channels.fetch(general.id);
  if (!channel?.isSendable()) throw new Error('the channel cannot be written to');

  for (const type of ['fail-after-storing', 'reset-after-storing'] as const) {
    discord.faults.add({ method: 'POST', route: '/channels/{channel.id}/messages', effect: { type } });
    const sent = await channel.send({ content: type, nonce: type, enforceNonce: true });
    expect(sent.content).toBe(type);
  }
  expect(general.transcript()).toBe('Jupan: fail-after-storing\nJupan: reset-after-storing');
  expect(discord.requests.map(({ status }) => status).slice(-4)).toEqual([500, 200, 0, 200]);

  const [first] = general.messages;
  await channel.send({ content: 'twice', nonce: 'fail-after-storing' });
  general.deletes(String(first?.id));
  await channel.send({ content: 'again', nonce: 'again', enforceNonce: true });
  expect(general.messages).toHaveLength(3);
});

test('keeps files and serves them', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const general = generalOf(discord);
  const channel = await bot.client.channels.fetch(general.id);
  if (!channel?.isSendable()) throw new Error('the channel cannot be written to');

  const file = new AttachmentBuilder(Buffer.from('1,2,3'), { name: '숫자.csv', description: 'numbers' });
  const sent = await channel.send({ files: [file] });
  const [attachment] = general.messages[0]?.attachments ?? [];
  expect(attachment).toMatchObject({ filename: '숫자.csv', size: 5, description: 'numbers' });
  const served = await fetch(String(sent.attachments.first()?.url));
  expect(await served.text()).toBe('1,2,3');

  const more = new AttachmentBuilder(Buffer.from('4'), { name: 'more.txt' });
  await sent.edit({ content: 'and more', files: [more], attachments: [...sent.attachments.values()] });
  expect(general.messages[0]?.attachments).toHaveLength(2);
  await sent.edit({ attachments: [] });
  expect(general.messages[0]).toMatchObject({ content: 'and more', attachments: [] });
  expect(discord.problems).toEqual([]);
});

test('refuses a description that is longer than Discord takes', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const channel = await bot.client.channels.fetch(generalOf(discord).id);
  if (!channel?.isSendable()) throw new Error('the channel cannot be written to');
  const described = (length: number) => {
    return [new AttachmentBuilder(Buffer.from('1'), { name: 'a.png', description: '가'.repeat(length) })];
  };
  await channel.send({ files: described(1_024) });
  await expect(channel.send({ files: described(1_025) })).rejects.toMatchObject({ code: 50_035 });
  expect(discord.problems).toEqual([expect.stringContaining('attachments.0.description')]);
});

test('opens a direct line to a member, and none to a bot', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const [member, robot] = [discord.createUser({ name: 'min' }), discord.createUser({ name: 'other', isBot: true })];
  const sent = await bot.client.users.createDM(member.id).then((channel) => channel.send('hello'));
  const direct = discord.openDm(member);
  expect(direct).toMatchObject({ id: sent.channelId, kind: 'dm' });
  expect(direct.transcript()).toBe('Jupan: hello');
  await expect(bot.client.users.createDM(robot.id)).rejects.toMatchObject({ code: 50_007 });
});

test('lists messages newest first, before, after and around one', async () => {
  await using discord = await startDiscord({ globalRequestsPerSecond: Number.POSITIVE_INFINITY });
  await using bot = await startBot(discord);
  const [member, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
  const ids = Array.from({ length: 120 }, (_, index) => general.says(member, `${index}`).id);
  const list = async (query: string) => {
    const { body } = await callApi(discord, 'GET', `/channels/${general.id}/messages${query}`);
    return Object.values(body).map(({ id }) => ids.indexOf(String(id)));
  };
  expect((await list('')).length).toBe(50);
  expect(await list('?limit=3')).toEqual([119, 118, 117]);
  expect(await list(`?limit=3&before=${ids[10]}`)).toEqual([9, 8, 7]);
  expect(await list(`?limit=3&after=${ids[10]}`)).toEqual([13, 12, 11]);
  expect(await list(`?limit=3&around=${ids[10]}`)).toEqual([11, 10, 9]);
  expect(await list(`?limit=3&after=${ids[119]}`)).toEqual([]);
  expect(await list(`?limit=3&before=${ids[0]}`)).toEqual([]);
  const channel = await bot.client.channels.fetch(general.id);
  expect(channel?.isTextBased() && (await channel.messages.fetch({ limit: 100 })).size).toBe(100);
  expect((await callApi(discord, 'GET', `/channels/${general.id}/messages?limit=101`)).status).toBe(400);
});

test('withholds what members wrote from the message list as from the gateway', async () => {
  await using discord = await startDiscord();
  const [member, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
  general.says(member, 'between us');
  const { body } = await callApi(discord, 'GET', `/channels/${general.id}/messages`);
  expect(body[0]?.content).toBe('');
});

test('numbers messages by 19 digits that grow and carry the time', async () => {
  await using discord = await startDiscord({ checkBodies: false });
  const [member, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
  const ids = Array.from({ length: 1000 }, () => general.says(member, 'x').id);
  expect(ids).toEqual([...ids].sort());
  expect(new Set(ids).size).toBe(1000);
  expect(ids.every((id) => id.length === 19)).toBe(true);
  const last = Number(BigInt(String(ids.at(-1))) >> 22n) + 1_420_070_400_000;
  expect(Math.abs(last - Number(general.messages.at(-1)?.createdAt))).toBeLessThan(1000);
});

test('an edit that says so shows embeds again or no more, and changes no other flag', async () => {
  await using discord = await startDiscord();
  const general = generalOf(discord);
  const { id } = general.says(discord.bot, 'https://example.org');
  const path = `/channels/${general.id}/messages/${id}`;
  const flagsAfter = async (body: object) => (await callApi(discord, 'PATCH', path, body)).body;
  expect(await flagsAfter({ flags: 1 << 2 })).toMatchObject({ flags: 1 << 2 });
  expect(await flagsAfter({ content: 'more' })).toMatchObject({ flags: 1 << 2 });
  expect(await flagsAfter({ flags: 1 << 6 })).toMatchObject({ flags: 0 });
});
