/** Several shards, each a client of the real discord.js: every guild is told to one, direct messages to the first. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SimulatedDiscord } from '../../../src/simulator/discord/discord.ts';
import { startDiscord } from '../../../src/simulator/discord/start.ts';
import { type Bot, callApi, createClient, listen, startBot } from './bot.ts';
import { connect, identity } from './gateway-client.ts';

const count = 2;
let discord: SimulatedDiscord;
let bots: Bot[];

beforeEach(async () => {
  discord = await startDiscord();
  for (let guild = 1; guild <= 5; guild += 1) discord.createGuild({ name: `guild ${guild}` });
  bots = await Promise.all([0, 1].map((id) => startBot(discord, { shards: [id], shardCount: count })));
});

afterEach(async () => {
  expect(discord.problems).toEqual([]);
  for (const bot of bots) await bot[Symbol.asyncDispose]();
  await discord.close();
});

const shardOf = (guildId: string) => Number((BigInt(guildId) >> 22n) % BigInt(count));

test('each shard gets its own guilds, and no other', () => {
  expect(discord.guilds).toHaveLength(6);
  for (const [id, { client }] of bots.entries()) {
    const own = discord.guilds.filter((guild) => shardOf(guild.id) === id).map((guild) => guild.id);
    expect([...client.guilds.cache.keys()].sort()).toEqual(own.sort());
  }
});

test('a message is told to the shard of its guild, and a direct message to the first', async () => {
  const member = discord.createUser({ name: 'mina' });
  const heard = bots.map(({ client }) => listen(client));
  const expected: string[][] = [[], []];
  for (const guild of discord.guilds) {
    const channel = discord.createChannel(guild, 'talk');
    channel.says(member, `<@${discord.bot.id}> ${guild.id}`);
    expected[shardOf(guild.id)]?.push(`<@${discord.bot.id}> ${guild.id}`);
  }
  discord.openDm(member).says(member, 'psst');
  expected[0]?.push('psst');
  await Promise.all(heard.map((each, id) => each.count(expected[id]?.length ?? 0)));
  expect(heard.map(({ texts }) => [...texts].sort())).toEqual(expected.map((texts) => texts.sort()));
});

test('each shard resumes its own session', async () => {
  const member = discord.createUser({ name: 'mina' });
  const heard = bots.map(({ client }) => listen(client));
  discord.gateway.drop();
  for (const guild of discord.guilds) discord.createChannel(guild, 'talk').says(member, `<@${discord.bot.id}> hi`);
  const own = [0, 1].map((id) => discord.guilds.filter((guild) => shardOf(guild.id) === id).length);
  await Promise.all(heard.map((each, id) => each.count(own[id] ?? 0)));
  // A shard without a guild heard nothing to wait for.
  await expect.poll(() => discord.gateway.resumes).toBe(2);
  expect(discord.gateway.identifies).toBe(2);
});

test('a shard with more guilds than it may serve is sent away with 4011, and more shards are recommended', async () => {
  await using crowded = await startDiscord({ guildsPerShard: 2 });
  for (let guild = 1; guild <= 4; guild += 1) crowded.createGuild({ name: `guild ${guild}` });
  crowded.createGuild({ name: 'elsewhere', hasBot: false });
  const { body } = await callApi(crowded, 'GET', '/gateway/bot');
  expect(body.shards).toBe(3);
  using alone = await connect(crowded);
  alone.send(2, identity(crowded));
  expect(await alone.closed).toBe(4011);
  // discord.js gives up for good, and says why.
  const client = createClient(crowded, { shards: [0], shardCount: 1 });
  await expect(client.login(crowded.token)).rejects.toThrow(/[Ss]harding/);
  await client.destroy();
});
