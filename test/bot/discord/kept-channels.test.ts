/** The channels that the real discord.js client of the bot knows, while all but a few of them are packed. */
import { once } from 'node:events';
import {
  ChannelType,
  type Client,
  Events,
  type GuildBasedChannel,
  type Interaction,
  type Message,
  PermissionFlagsBits,
} from 'discord.js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { PackedChannels } from '../../../src/bot/discord/channels/packed-channels.ts';
import { createClient } from '../../../src/bot/discord/client.ts';
import { placesOf, toBody } from '../../../src/bot/discord/commands.ts';
import { InvalidRequests } from '../../../src/bot/discord/invalid-requests.ts';
import { silentLogger } from '../../../src/log.ts';
import type { SimulatedChannel, SimulatedDiscord, SimulatedGuild } from '../../../src/simulator/discord/discord.ts';
import { startDiscord } from '../../../src/simulator/discord/start.ts';
import { callApi } from '../../simulator/discord/bot.ts';
import { logIn } from './support/logged-in.ts';

const mostUnpacked = 5;
const { SendMessages } = PermissionFlagsBits;

async function start(furnish: (discord: SimulatedDiscord) => void = () => {}) {
  const world = await logIn({}, furnish, {}, {}, { mostUnpacked });
  onTestFinished(() => world[Symbol.asyncDispose]());
  const { discord, client } = world;
  const [guild] = discord.guilds;
  if (guild === undefined) throw new Error('no guild');
  const known = (id: string): GuildBasedChannel | undefined => {
    const channel = client.channels.cache.get(id);
    return channel === undefined || channel.isDMBased() ? undefined : channel;
  };
  return { discord, client, guild, known, mina: discord.createUser({ name: 'mina' }) };
}

/** Resolves when the client has been told of all that happened until now. */
async function told(discord: SimulatedDiscord, client: Client): Promise<void> {
  const all = once(client.ws, 'ALL_TOLD');
  discord.gateway.dispatch('ALL_TOLD', {});
  await all;
}

function mayWrite(channel: GuildBasedChannel | undefined): boolean | undefined {
  const { me } = channel?.guild.members ?? {};
  return me === null || me === undefined ? undefined : channel?.permissionsFor(me).has(SendMessages);
}

function createMany(discord: SimulatedDiscord, guild: SimulatedGuild, count: number): SimulatedChannel[] {
  return Array.from({ length: count }, (_, index) => discord.createChannel(guild, `channel-${index}`));
}

test('channels are packed until somebody looks one up, and again when others have been looked up since', async () => {
  const { client, discord, known } = await start((empty) => {
    for (const guild of empty.guilds) createMany(empty, guild, 300);
  });
  const { cache } = client.channels;
  expect(cache.size).toBe(0);
  const ids = discord.channels.map(({ id }) => id);
  for (const { id, name } of [...discord.channels, ...discord.channels]) {
    expect(known(id)?.name).toBe(name);
    expect(known(id)).toBe(known(id));
    expect(cache.size).toBeLessThanOrEqual(mostUnpacked);
  }
  const guild = client.guilds.cache.first();
  expect(guild?.channels.cache.size).toBe(mostUnpacked);
  expect(guild?.channels.resolve(ids[0] ?? '')?.name).toBe('general');
  expect(cache.has('1')).toBe(false);
  expect(known('none')).toBeUndefined();
});

test('what is said, edited, deleted and commanded in packed channels is told with the channel', async () => {
  const { client, discord, guild, mina } = await start();
  await callApi(discord, 'PUT', `/applications/${discord.applicationId}/commands`, toBody(placesOf(false)));
  const messages: (string | undefined)[] = [];
  const note = (what: string) => (message: { readonly channel: Message['channel'] }) =>
    messages.push('name' in message.channel ? `${what} in ${message.channel.name}` : undefined);
  client.on(Events.MessageCreate, note('said'));
  client.on(Events.MessageUpdate, (_, message) => note('edited')(message));
  client.on(Events.MessageDelete, note('deleted'));
  client.on(Events.InteractionCreate, (interaction: Interaction) => {
    messages.push(
      `commanded in ${interaction.channel !== null && 'name' in interaction.channel ? interaction.channel.name : ''}`,
    );
  });
  for (const channel of createMany(discord, guild, 8)) {
    const { id } = channel.says(mina, 'hello');
    channel.edits(id, 'hello again');
    channel.deletes(id);
    await channel.asks(mina, 'help', {});
    await told(discord, client);
    expect(messages.splice(0)).toEqual(
      ['said', 'edited', 'deleted', 'commanded'].map((what) => `${what} in ${channel.name}`),
    );
  }
});

test('channels that come, change and go are known as they are', async () => {
  const { client, discord, guild, known } = await start();
  const gone: string[] = [];
  client.on(Events.ChannelDelete, ({ id }) => gone.push(id));
  const [channel, other] = createMany(discord, guild, 10);
  if (channel === undefined || other === undefined) throw new Error('no channels');
  await told(discord, client);
  expect(mayWrite(known(channel.id))).toBe(true);
  channel.deny('SendMessages');
  await told(discord, client);
  expect(mayWrite(known(channel.id))).toBe(false);
  channel.overwrite(discord.bot, {});
  discord.removeChannel(other);
  await told(discord, client);
  expect(mayWrite(known(channel.id))).toBe(true);
  expect(known(other.id)).toBeUndefined();
  expect(gone).toEqual([other.id]);
});

test('threads that come, close, go, and are told of once their channel can be seen, are known with what they hang under', async () => {
  const { client, discord, guild, known } = await start();
  const gone: string[] = [];
  client.on(Events.ThreadDelete, ({ id }) => gone.push(id));
  const [channel, hidden] = createMany(discord, guild, 10);
  if (channel === undefined || hidden === undefined) throw new Error('no channels');
  hidden.deny('ViewChannel');
  const thread = channel.startThread('sums');
  const ofHidden = hidden.startThread('secrets');
  await told(discord, client);
  expect(known(thread.id)).toMatchObject({ name: 'sums', parentId: channel.id, archived: false });
  expect(known(thread.id)?.parent?.name).toBe(channel.name);
  expect(known(ofHidden.id)).toBeUndefined();
  channel.deny('SendMessagesInThreads');
  thread.setThread({ isArchived: true });
  hidden.allow('ViewChannel');
  await told(discord, client);
  expect(known(thread.id)).toMatchObject({ archived: true });
  const me = known(thread.id)?.guild.members.me;
  expect(me && known(thread.id)?.permissionsFor(me).has(PermissionFlagsBits.SendMessagesInThreads)).toBe(false);
  expect(known(ofHidden.id)).toMatchObject({ name: 'secrets', parentId: hidden.id });
  discord.removeChannel(thread);
  await told(discord, client);
  expect(known(thread.id)).toBeUndefined();
  expect(gone).toEqual([thread.id]);
});

test('roles, and those of the bot itself, decide what it may do in packed channels', async () => {
  const { client, discord, guild, known } = await start();
  const [channel] = createMany(discord, guild, 10);
  if (channel === undefined) throw new Error('no channel');
  const writers = guild.createRole('writers', { permissions: ['ViewChannel'] });
  guild.deny('SendMessages');
  await told(discord, client);
  expect(mayWrite(known(channel.id))).toBe(false);
  guild.giveRole(discord.bot, writers);
  guild.setRole(writers, { permissions: ['ViewChannel', 'SendMessages'] });
  await told(discord, client);
  expect(mayWrite(known(channel.id))).toBe(true);
  channel.overwrite(writers, { deny: ['SendMessages'] });
  await told(discord, client);
  expect(mayWrite(known(channel.id))).toBe(false);
  guild.takeRole(discord.bot, writers);
  channel.overwrite(discord.bot, { allow: ['SendMessages'] });
  await told(discord, client);
  expect(mayWrite(known(channel.id))).toBe(true);
});

describe('a guild', () => {
  test('that is down and comes back has the channels that it has then', async () => {
    const { client, discord, guild, known } = await start();
    const [stays, goes] = createMany(discord, guild, 10);
    if (stays === undefined || goes === undefined) throw new Error('no channels');
    await told(discord, client);
    expect(known(goes.id)?.name).toBe(goes.name);
    discord.setUnavailable(guild, true);
    await told(discord, client);
    expect(client.guilds.cache.get(guild.id)?.available).toBe(false);
    expect(known(stays.id)?.name).toBe(stays.name);
    discord.removeChannel(goes);
    const comes = discord.createChannel(guild, 'meanwhile');
    discord.setUnavailable(guild, false);
    await told(discord, client);
    expect(client.guilds.cache.get(guild.id)?.available).toBe(true);
    expect([stays, goes, comes].map(({ id }) => known(id)?.name)).toEqual([stays.name, undefined, 'meanwhile']);
  });

  test('that the bot comes to is known, and one that it leaves is told of and forgotten', async () => {
    const { client, discord, known } = await start();
    const left: string[] = [];
    client.on(Events.GuildDelete, ({ id }) => left.push(id));
    const guild = discord.createGuild({ name: 'Another' });
    const [channel] = createMany(discord, guild, 3);
    await told(discord, client);
    expect(known(channel?.id ?? '')?.guild.name).toBe('Another');
    expect(client.guilds.cache.size).toBe(2);
    discord.removeGuild(guild);
    await told(discord, client);
    expect(known(channel?.id ?? '')).toBeUndefined();
    expect(left).toEqual([guild.id]);
    expect(client.guilds.cache.size).toBe(1);
  });
});

test('what changes while the connection is lost is known once it is back', async () => {
  const { client, discord, guild, known } = await start();
  const [stays, goes] = createMany(discord, guild, 10);
  if (stays === undefined || goes === undefined) throw new Error('no channels');
  await told(discord, client);
  const resumed = once(client, Events.ShardResume);
  discord.gateway.drop();
  stays.deny('SendMessages');
  discord.removeChannel(goes);
  const comes = discord.createChannel(guild, 'meanwhile');
  await resumed;
  await told(discord, client);
  expect(mayWrite(known(stays.id))).toBe(false);
  expect([goes, comes].map(({ id }) => known(id)?.name)).toEqual([undefined, 'meanwhile']);
  expect(discord.gateway.identifies).toBe(1);
});

test('in a new session, all is as Discord tells it then', { timeout: 30_000 }, async () => {
  const { client, discord, guild, known } = await start();
  const [stays, goes] = createMany(discord, guild, 10);
  if (stays === undefined || goes === undefined) throw new Error('no channels');
  await told(discord, client);
  expect(known(goes.id)?.name).toBe(goes.name);
  const ready = once(client, Events.ShardReady);
  discord.gateway.invalidateSession(false);
  stays.deny('SendMessages');
  discord.removeChannel(goes);
  const comes = discord.createChannel(guild, 'meanwhile');
  await ready;
  await told(discord, client);
  expect(mayWrite(known(stays.id))).toBe(false);
  expect([goes, comes].map(({ id }) => known(id)?.name)).toEqual([undefined, 'meanwhile']);
});

test('a channel is found by its id alone, and nobody asks Discord', async () => {
  const { client, discord, guild } = await start();
  const [channel] = createMany(discord, guild, 10);
  await told(discord, client);
  const { length } = discord.requests;
  expect(await client.channels.fetch(channel?.id ?? '')).toMatchObject({ name: channel?.name });
  expect(discord.requests).toHaveLength(length);
});

test('of what comes before the client is ready, nothing is lost and nothing keeps the rest', async () => {
  const discord = await startDiscord();
  onTestFinished(() => discord.close());
  const [away] = discord.guilds;
  if (away === undefined) throw new Error('no guild');
  // The client waits for it.
  discord.setUnavailable(away, true);
  const here = discord.createGuild({ name: 'Here' });
  const [channel, goes] = createMany(discord, here, 2);
  if (channel === undefined || goes === undefined) throw new Error('no channels');
  const client = createClient({
    discord: { apiUrl: discord.apiUrl, shards: undefined },
    beforePost: async () => {},
    invalidRequests: new InvalidRequests({ log: silentLogger }),
    log: silentLogger,
  });
  onTestFinished(() => client.destroy());
  const said: string[] = [];
  client.on(Events.MessageCreate, (message) => said.push(message.content.slice(-1)));
  const ready = once(client, Events.ClientReady);
  await client.login(discord.token);
  await discord.waitForBot();
  const mina = discord.createUser({ name: 'mina' });
  const mention = `<@${discord.bot.id}>`;
  channel.says(mina, `${mention} 1`);
  const comes = discord.createChannel(here, 'early');
  comes.says(mina, `${mention} 2`);
  discord.removeChannel(goes);
  channel.says(mina, `${mention} 3`);
  await told(discord, client);
  expect([client.isReady(), said]).toEqual([false, []]);
  await ready;
  await expect.poll(() => said, { timeout: 10_000 }).toEqual(['1', '2', '3']);
  expect(client.channels.cache.get(comes.id)).toMatchObject({ name: 'early', type: ChannelType.GuildText });
  expect(client.channels.cache.has(goes.id)).toBe(false);
});

describe('packed channels', () => {
  const thread = (number: number) => ({ id: String(10n ** 18n + BigInt(number)), type: 11, name: `thread ${number}` });

  test('are found, changed and left out, in whatever order they come, and however many there are', () => {
    const numbers = Array.from({ length: 1_000 }, (_, index) => (index * 611) % 1_000);
    const packed = new PackedChannels(numbers.slice(0, 100).map(thread));
    for (const number of numbers.slice(100)) packed.put(thread(number));
    packed.put({ ...thread(500), name: 'renamed' });
    const removed = packed.remove(({ name }) => /[13579]$/.test(String(name)));
    expect(removed).toHaveLength(500);
    expect([...packed].map(({ name }) => name)).toEqual(
      Array.from({ length: 500 }, (_, half) => (half === 250 ? 'renamed' : `thread ${2 * half}`)),
    );
    expect(packed.get(10n ** 18n + 998n)).toEqual(thread(998));
    expect(packed.get(10n ** 18n + 999n)).toBeUndefined();
    expect(packed.has(1n)).toBe(false);
  });

  test('are those with an id that is one', () => {
    const odd = [null, 7, 'a', {}, { id: null }, { id: 5 }, { id: '' }, { id: '007' }, { id: '99999999999999999999' }];
    expect([...new PackedChannels([...odd, { id: '18446744073709551615' }])]).toEqual([{ id: '18446744073709551615' }]);
  });

  test('know the newest message that is named', () => {
    const packed = new PackedChannels([
      { id: '1', last_message_id: '30' },
      { id: '2', last_message_id: null },
      { id: '3', last_message_id: 'none' },
    ]);
    expect(packed.newest).toBe(30n);
    packed.put({ id: '4', last_message_id: '40' });
    expect(packed.newest).toBe(40n);
  });
});
