import { once } from 'node:events';
import { DiscordAPIError, Events } from 'discord.js';
import { expect, test } from 'vitest';
import type { SimulatedChannel, SimulatedDiscord } from '../../../src/simulator/discord/discord.ts';
import { startDiscord } from '../../../src/simulator/discord/start.ts';
import { type Bot, callApi, generalOf, startBot } from './bot.ts';

test('takes five creates, five edits and five typings of a channel, and tells when to come back', async () => {
  await using discord = await startDiscord();
  const [general, random] = discord.channels;
  const path = `/channels/${general?.id}/messages`;
  const post = () => callApi(discord, 'POST', path, { content: 'x' });
  const answers = [];
  for (let count = 0; count < 6; count += 1) answers.push(await post());

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
  expect(answers.map(({ headers }) => headers.get('x-ratelimit-remaining'))).toEqual(['4', '3', '2', '1', '0', '0']);
  const refused = answers[5];
  expect(refused?.body).toMatchObject({ message: 'You are being rate limited.', global: false });
  expect(Number(refused?.body.retry_after)).toBeLessThanOrEqual(5);
  // The header counts in whole seconds, the body is exact.
  expect(refused?.headers.get('retry-after')).toBe(String(Math.ceil(Number(refused?.body.retry_after))));
  expect(refused?.headers.get('x-ratelimit-limit')).toBe('5');
  expect(refused?.headers.get('x-ratelimit-scope')).toBe('user');
  expect(Number(refused?.headers.get('x-ratelimit-reset-after'))).toBeLessThanOrEqual(5);
  expect(Number(refused?.headers.get('x-ratelimit-reset')) * 1000).toBeGreaterThan(Date.now());
  expect(general?.messages).toHaveLength(5);

  const edit = () => callApi(discord, 'PATCH', `${path}/${general?.messages[0]?.id}`, { content: 'y' });
  const type = () => callApi(discord, 'POST', `/channels/${general?.id}/typing`);
  const edited = [await edit(), await edit(), await edit(), await edit(), await edit(), await edit()];
  expect(edited.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
  expect((await type()).status).toBe(204);
  expect(edited[0]?.headers.get('x-ratelimit-bucket')).not.toBe(answers[0]?.headers.get('x-ratelimit-bucket'));
  const elsewhere = await callApi(discord, 'POST', `/channels/${random?.id}/messages`, { content: 'x' });
  expect(elsewhere.headers.get('x-ratelimit-remaining')).toBe('4');
  expect(discord.problems).toEqual([]);
});

test('takes five follow-ups in two seconds of one interaction, whatever the others do', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord, { rest: { rejectOnRateLimit: () => true } });
  const [one, other] = [
    await answered(discord, bot, generalOf(discord)),
    await answered(discord, bot, generalOf(discord)),
  ];
  for (let count = 1; count <= 5; count += 1) await one.followUp(`${count}`);
  await expect(one.followUp('6')).rejects.toMatchObject({ limit: 5 });
  await other.followUp('1');
  expect(generalOf(discord).messages).toHaveLength(8);
  expect(discord.problems).toEqual([]);
});

test('takes thirty messages in a minute of all interactions of a channel, and no header foretells the end', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const [general, random] = discord.channels;
  if (general === undefined || random === undefined) throw new Error('no channels');
  const followUp = async (channel: SimulatedChannel, times: number) => {
    const { token } = await answered(discord, bot, channel);
    const post = () => callApi(discord, 'POST', `/webhooks/${discord.applicationId}/${token}`, { content: 'x' });
    const answers = [];
    for (let count = 0; count < times; count += 1) answers.push(await post());
    return answers;
  };
  for (let interactions = 0; interactions < 6; interactions += 1) await followUp(general, 5);
  const [refused] = await followUp(general, 1);
  expect(refused).toMatchObject({ status: 429, body: { code: 0, global: false } });
  expect(Number(refused?.body.retry_after)).toBeGreaterThan(0);
  expect(Number(refused?.body.retry_after)).toBeLessThanOrEqual(60);
  expect(refused?.headers.get('retry-after')).toBe(String(Math.ceil(Number(refused?.body.retry_after))));
  expect(refused?.headers.get('x-ratelimit-scope')).toBe('shared');
  expect(refused?.headers.get('x-ratelimit-remaining')).toBe('4');
  expect((await followUp(random, 1)).map(({ status }) => status)).toEqual([200]);
  expect(discord.edge.invalidRequests).toBe(0);
  expect(discord.problems).toEqual([]);
});

test('takes three edits of old messages in a channel, and then refuses with a code of its own', async () => {
  await using discord = await startDiscord({ oldMessageAfterMs: 0 });
  const general = generalOf(discord);
  const path = `/channels/${general.id}/messages`;
  const { body } = await callApi(discord, 'POST', path, { content: 'x' });
  const edit = (content: string) => callApi(discord, 'PATCH', `${path}/${body.id}`, { content });
  for (const content of ['1', '2', '3']) expect((await edit(content)).status).toBe(200);
  const refused = await edit('4');
  expect(refused).toMatchObject({ status: 429, body: { code: 30_046, global: false } });
  expect(Number(refused.body.retry_after)).toBeLessThanOrEqual(20);
  expect(refused.headers.get('retry-after')).toBe(String(Math.ceil(Number(refused.body.retry_after))));
  expect(general.transcript()).toBe('Jupan: 3');
  expect(discord.problems).toEqual([]);
});

test('takes young messages’ edits without counting them so', async () => {
  await using discord = await startDiscord();
  const path = `/channels/${generalOf(discord).id}/messages`;
  const { body } = await callApi(discord, 'POST', path, { content: 'x' });
  for (const content of ['1', '2', '3', '4'])
    expect((await callApi(discord, 'PATCH', `${path}/${body.id}`, { content })).status).toBe(200);
});

// Some 70 MiB go over the wire.
test('takes files of 20 MiB, none larger, and 25 MiB in one request', { timeout: 60_000 }, async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const general = generalOf(discord);
  const channel = await bot.client.channels.fetch(general.id);
  if (!channel?.isSendable()) throw new Error('the channel cannot be written to');
  const mebibyte = 1024 * 1024;
  const send = (...sizes: number[]) =>
    channel.send({ files: sizes.map((size, index) => ({ attachment: Buffer.alloc(size), name: `${index}.bin` })) });
  await send(20 * mebibyte);
  await expect(send(20 * mebibyte + 1)).rejects.toMatchObject({ status: 413, code: 40_005 });
  await expect(send(13 * mebibyte, 13 * mebibyte)).rejects.toMatchObject({ status: 413, code: 40_005 });
  expect(general.messages.map(({ attachments }) => attachments.map(({ size }) => size / mebibyte))).toEqual([[20]]);
  expect(discord.problems).toHaveLength(2);
});

test('tells the limit of files with every interaction', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  await bot.client.application.commands.set([{ name: 'ask', description: 'Ask' }]);
  const used = once(bot.client, Events.InteractionCreate);
  await generalOf(discord).asks(discord.createUser({ name: 'min' }), 'ask', {});
  const [interaction] = await used;
  expect(interaction.attachmentSizeLimit).toBe(20 * 1024 * 1024);
  await interaction.reply('ok');
});

test('takes so many requests a second over all, commands aside', async () => {
  await using discord = await startDiscord({ globalRequestsPerSecond: 3 });
  const me = () => callApi(discord, 'GET', '/users/@me');
  expect([await me(), await me(), await me()].map(({ status }) => status)).toEqual([200, 200, 200]);
  const refused = await me();
  expect(refused).toMatchObject({ status: 429, body: { global: true } });
  expect(refused.headers.get('x-ratelimit-global')).toBe('true');
  expect(refused.headers.get('x-ratelimit-scope')).toBe('global');
  const hook = await callApi(discord, 'POST', `/webhooks/${discord.applicationId}/none`, { content: 'x' });
  expect(hook.body.code).toBe(10_015);
});

test('is obeyed by discord.js when it says to wait', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const channel = await bot.client.channels.fetch(generalOf(discord).id);
  if (!channel?.isSendable()) throw new Error('the channel cannot be written to');
  discord.faults.add({ method: 'POST', effect: { type: 'rate-limit', retryAfterMs: 300 } });
  await channel.send('patience');
  const [first, second] = discord.requests.slice(-2);
  expect([first?.status, second?.status]).toEqual([429, 200]);
  expect(Number(second?.receivedAt) - Number(first?.answeredAt)).toBeGreaterThan(300);
  expect(generalOf(discord).transcript()).toBe('Jupan: patience');
});

test('goes wrong on demand, as often and where it was told to', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord, { rest: { retries: 0 } });
  const general = generalOf(discord);
  const channel = await bot.client.channels.fetch(general.id);
  if (!channel?.isSendable()) throw new Error('the channel cannot be written to');

  const body = { message: 'Missing Access', code: 50_001 };
  const headers = { 'x-test': 'yes' };
  discord.faults.add({ route: /\/messages$/, times: 2, effect: { type: 'status', status: 403, body, headers } });
  await channel.sendTyping();
  await expect(channel.send('1')).rejects.toBeInstanceOf(DiscordAPIError);
  const refused = await callApi(discord, 'GET', `/channels/${general.id}/messages`);
  expect([refused.status, refused.headers.get('x-test')]).toEqual([403, 'yes']);
  await channel.send('2');

  discord.faults.add({ route: '/channels/{channel.id}/messages', effect: { type: 'reset' } });
  await expect(channel.send('3')).rejects.toThrow('ECONNRESET');
  discord.faults.add({ method: 'POST', effect: { type: 'delay', delayMs: 30 } });
  await channel.send('4');
  const slow = discord.requests.at(-1);
  expect(Number(slow?.answeredAt) - Number(slow?.receivedAt)).toBeGreaterThanOrEqual(29);
  discord.faults.add({ times: 5, effect: { type: 'status', status: 500 } });
  await expect(channel.send('5')).rejects.toMatchObject({ status: 500 });
  discord.faults.clear();
  await channel.send('6');
  expect(general.messages.map(({ content }) => content)).toEqual(['2', '4', '6']);
});

test('waits before each answer when it shall seem far away, and logs what it was asked', async () => {
  await using discord = await startDiscord({ latencyMs: 20 });
  const general = generalOf(discord);
  await callApi(discord, 'POST', `/channels/${general.id}/messages`, { content: 'x' });
  const [request] = discord.requests;
  expect(request).toMatchObject({
    method: 'POST',
    path: `/channels/${general.id}/messages`,
    route: '/channels/{channel.id}/messages',
    body: { content: 'x' },
    status: 200,
  });
  expect(Number(request?.answeredAt) - Number(request?.receivedAt)).toBeGreaterThanOrEqual(19);
});

/** An interaction that was answered: follow-ups may follow. */
async function answered(discord: SimulatedDiscord, { client }: Bot, channel: SimulatedChannel) {
  await client.application.commands.set([{ name: 'ask', description: 'Ask' }]);
  const used = once(client, Events.InteractionCreate);
  await channel.asks(discord.createUser({ name: 'min' }), 'ask', {});
  const [interaction] = await used;
  await interaction.reply('first');
  return interaction;
}
