import { expect, test } from 'vitest';
import { startDiscord } from '../../../src/simulator/discord/start.ts';
import { callApi, generalOf } from './bot.ts';
import { connect, identity } from './gateway-client.ts';
import { expectPublished } from './published-schema.ts';

const withoutChecks = { checkBodies: false } as const;

test('takes the token with and without its prefix, and hangs up on another', async () => {
  await using discord = await startDiscord(withoutChecks);
  for (const token of [discord.token, `Bot ${discord.token}`]) {
    using client = await connect(discord);
    client.send(2, identity(discord, { token }));
    expect((await client.event('READY')).d).toMatchObject({ v: 10, user: { id: discord.bot.id } });
  }
  using stranger = await connect(discord);
  stranger.send(2, identity(discord, { token: 'wrong' }));
  expect(await stranger.closed).toBe(4004);
});

test.for([
  ['unknown intents', 2, { intents: 1 << 30 }, 4013],
  ['no intents', 2, { intents: undefined }, 4013],
  ['privileged intents', 2, { intents: 1 << 15 }, 4014],
  ['the members intent', 2, { intents: 1 << 1 }, 4014],
  ['a shard that is not there', 2, { shard: [2, 2] }, 4010],
  ['an unknown operation', 99, {}, 4003],
  ['a status before its identity', 3, {}, 4003],
  ['a session of another bot', 6, { token: 'wrong', session_id: 'x', seq: 1 }, 4004],
] as const)('hangs up on %s', async ([, op, changes, code]) => {
  await using discord = await startDiscord(withoutChecks);
  using client = await connect(discord);
  client.send(op, identity(discord, changes));
  expect(await client.closed).toBe(code);
});

test('hangs up on what is no payload, on a second identity and on too many payloads', async () => {
  await using discord = await startDiscord(withoutChecks);
  for (const text of ['not json', '[]', '{"op":"2"}']) {
    using client = await connect(discord);
    client.sendText(text);
    expect(await client.closed).toBe(4002);
  }
  using twice = await connect(discord);
  twice.send(2, identity(discord));
  twice.send(2, identity(discord));
  expect(await twice.closed).toBe(4005);
  using hasty = await connect(discord);
  hasty.send(2, identity(discord));
  for (let count = 0; count < 120; count += 1) hasty.send(3, {});
  expect(await hasty.closed).toBe(4008);
});

test('acknowledges heartbeats, and hangs up on a client without any', async () => {
  await using discord = await startDiscord({ ...withoutChecks, heartbeatIntervalMs: 1_000 });
  using client = await connect(discord);
  expect(client.received[0]?.d.heartbeat_interval).toBe(1_000);
  client.send(1, null);
  await client.find(({ op }) => op === 11);
  expect(await client.closed).toBe(4009);
});

test('sends guilds and messages in the published form', async () => {
  await using discord = await startDiscord(withoutChecks);
  using client = await connect(discord);
  client.send(2, identity(discord));
  expect((await client.event('READY')).d.guilds).toEqual([{ id: discord.guilds[0]?.id, unavailable: true }]);
  const { d: guild } = await client.event('GUILD_CREATE');
  expectPublished('GuildWithCountsResponseSchema', guild);
  expectPublished('GuildChannelResponseSchema[]', guild.channels);
  expect(guild).toMatchObject({ preferred_locale: 'en-US', members: [{ user: { id: discord.bot.id } }] });

  const [member, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
  const first = general.says(member, `<@${discord.bot.id}> hi`);
  general.says(member, 'and', { repliesTo: first.id });
  discord.openDm(member).says(member, 'hi');
  const { d: mention } = await client.event('MESSAGE_CREATE');
  expectPublished('MessageResponseSchema', mention);
  expect(mention).toMatchObject({ guild_id: guild.id, channel_type: 0, mentions: [{ member: { flags: 0 } }] });
  const { d: reply } = await client.find(({ d }) => d?.referenced_message !== undefined);
  expectPublished('MessageResponseSchema', reply);
  expect(reply).toMatchObject({ content: '', referenced_message: { content: first.content } });
  const { d: direct } = await client.find(({ d }) => Number(d?.channel_type) === 1);
  expect(direct).not.toHaveProperty('guild_id');
});

test('sends only the events that were asked for', async () => {
  await using discord = await startDiscord(withoutChecks);
  using deaf = await connect(discord);
  using typist = await connect(discord);
  deaf.send(2, identity(discord, { intents: 0 }));
  typist.send(2, identity(discord, { intents: 1 << 11 }));
  await Promise.all([deaf.event('READY'), typist.event('READY')]);
  const general = generalOf(discord);
  general.says(discord.createUser({ name: 'min' }), 'hi');
  await callApi(discord, 'POST', `/channels/${general.id}/typing`);
  expect((await typist.event('TYPING_START')).d).toMatchObject({ channel_id: general.id, user_id: discord.bot.id });
  deaf.send(1, null);
  await deaf.find(({ op }) => op === 11);
  const names = (payloads: typeof deaf.received) => payloads.flatMap(({ t }) => t ?? []);
  expect(names(deaf.received)).toEqual(['READY']);
  expect(names(typist.received)).toEqual(['READY', 'TYPING_START']);
});

test('shares guilds out among shards and gives direct messages to the first', async () => {
  await using discord = await startDiscord(withoutChecks);
  const shardOf = (id: string) => Number((BigInt(id) >> 22n) % 2n);
  using first = await connect(discord);
  using second = await connect(discord);
  first.send(2, identity(discord, { shard: [0, 2] }));
  second.send(2, identity(discord, { shard: [1, 2] }));
  const shards = [await first.event('READY'), await second.event('READY')];
  const own = discord.guilds[0]?.id ?? '';
  expect(shards.map(({ d }) => d.guilds?.length)).toEqual(shardOf(own) === 0 ? [1, 0] : [0, 1]);
  const member = discord.createUser({ name: 'min' });
  discord.openDm(member).says(member, 'hi');
  await first.event('MESSAGE_CREATE');
  generalOf(discord).says(member, 'hi');
  const heard = await [first, second][shardOf(own)]?.find(
    ({ d }) => String(d?.guild_id) === own && d.author !== undefined,
  );
  expect(heard?.t).toBe('MESSAGE_CREATE');
  expect(second.received.some(({ d }) => Number(d?.channel_type) === 1)).toBe(false);
});

test('resumes where the client left off, under numbers that go on', async () => {
  await using discord = await startDiscord(withoutChecks);
  const [member, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
  using before = await connect(discord);
  before.send(2, identity(discord));
  const ready = await before.event('READY');
  general.says(member, 'heard');
  const { s: lastHeard } = await before.event('MESSAGE_CREATE');
  before.cut();
  await before.closed;
  general.says(member, 'missed');

  using after = await connect(discord);
  after.send(6, { token: discord.token, session_id: ready.d.session_id, seq: lastHeard });
  await after.event('RESUMED');
  expect(after.received.slice(1).map(({ t, s }) => [t, s])).toEqual([
    ['MESSAGE_CREATE', Number(lastHeard) + 1],
    ['RESUMED', Number(lastHeard) + 2],
  ]);
  expect(discord.gateway.resumes).toBe(1);
});

test('makes a client start anew that missed too much or whose session is unknown', async () => {
  await using discord = await startDiscord({ ...withoutChecks, resumableEvents: 3 });
  const [member, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
  using before = await connect(discord);
  before.send(2, identity(discord));
  const ready = await before.event('READY');
  before.cut();
  await before.closed;
  for (let count = 0; count < 10; count += 1) general.says(member, `${count}`);
  for (const [sessionId, sequence] of [
    [ready.d.session_id, ready.s],
    ['unknown', 1],
  ]) {
    using after = await connect(discord);
    after.send(6, { token: discord.token, session_id: sessionId, seq: sequence });
    expect((await after.find(({ op }) => op === 9)).d).toBe(false);
  }
});

test('sends events a second time on demand', async () => {
  await using discord = await startDiscord(withoutChecks);
  using client = await connect(discord);
  client.send(2, identity(discord));
  await client.event('READY');
  generalOf(discord).says(discord.createUser({ name: 'min' }), 'hi');
  const first = await client.event('MESSAGE_CREATE');
  discord.gateway.repeat('MESSAGE_CREATE');
  const second = await client.find(({ t, s }) => t === 'MESSAGE_CREATE' && s !== first.s);
  expect(second).toEqual({ ...first, s: Number(first.s) + 1 });
});

test('sends a dispatch as it stands, also one that no document knows and no session asked for', async () => {
  await using discord = await startDiscord(withoutChecks);
  using client = await connect(discord);
  client.send(2, identity(discord));
  await client.event('GUILD_CREATE');
  discord.gateway.dispatch('PRESENCE_UPDATE', { status: [1] });
  discord.gateway.dispatch('"odd"', undefined);
  expect(await client.event('PRESENCE_UPDATE')).toMatchObject({ op: 0, d: { status: [1] } });
  expect(await client.event('"odd"')).toMatchObject({ op: 0, d: null });
});
