/** Catch-up on the real discord.js and a simulated Discord: what is read and taken, and what is remembered as seen. */
import { setTimeout } from 'node:timers/promises';
import { Events, type Message } from 'discord.js';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { JsonValue } from '../../../src/agent/turn.ts';
import { wholeGate } from '../../../src/bot/channel/limits/gate.ts';
import { PendingQuestions } from '../../../src/bot/channel/pending-questions.ts';
import { RequestQueue } from '../../../src/bot/channel/request-queue.ts';
import { CatchUp } from '../../../src/bot/discord/catch-up/catch-up.ts';
import type { ClientOptions } from '../../../src/bot/discord/client.ts';
import { type LogFields, type Logger, silentLogger } from '../../../src/log.ts';
import type { SimulatedChannel, SimulatedDiscord, SimulatedMessage } from '../../../src/simulator/discord/discord.ts';
import type { PermissionName } from '../../../src/simulator/discord/face/permission.ts';
import { type LoggedIn, logIn } from './support/logged-in.ts';

/** What the agent keeps for the bot between two processes. */
class Memory {
  readonly values = new Map<string, JsonValue>();

  async recall(key: string): Promise<JsonValue | undefined> {
    return this.values.get(key);
  }

  async remember(key: string, value: JsonValue): Promise<void> {
    this.values.set(key, value);
  }

  find(): undefined {
    return undefined;
  }

  get seenUntil(): number {
    return Number(this.values.get('seen-until'));
  }
}

function createCatchUp(
  { client, listening }: LoggedIn,
  memory: Memory,
  {
    log = silentLogger,
    maxQuestions = 100,
    take = async () => {},
    againMs = 60_000,
  }: {
    readonly againMs?: number;
    readonly log?: Logger;
    readonly maxQuestions?: number;
    readonly take?: (message: Message) => Promise<void>;
  } = {},
) {
  const taken: string[] = [];
  const told: string[] = [];
  const pending = new PendingQuestions();
  const catchUp = new CatchUp({
    client,
    agent: memory,
    log,
    config: { maxAgeMs: 60 * 60_000, maxQuestions, tooOld: 'note' },
    pending,
    shards: undefined,
    readQuestion: (message) => listening.hear(message),
    take: async (message: Message) => {
      await take(message);
      taken.push(message.id);
    },
    say: ({ id }) => void told.push(id),
    firstRetryMs: 50,
    againMs,
  });
  onTestFinished(() => catchUp.close());
  return { catchUp, taken, told, pending };
}

/** A process has run until now, and was not there when the question was asked. */
function seenUntilNow(): Memory {
  const memory = new Memory();
  memory.values.set('seen-until', Date.now());
  return memory;
}

/** Often enough to be waited for. Without one for twice as long, Discord ends the session, and all is read again: no machine is busy for so long. */
const heartbeats = { heartbeatIntervalMs: 4_000 };

/** Resolves once a heartbeat was acknowledged that began after now: everything until now would count as seen. */
async function heartbeat({ client }: LoggedIn): Promise<void> {
  const now = Date.now();
  const last = () => Math.min(...client.ws.shards.map(({ lastPingTimestamp }) => lastPingTimestamp));
  await expect.poll(last, { timeout: 20_000 }).toBeGreaterThan(now);
}

/** Somebody asks in a channel, as long as the bot is not logged in or its guild is away. */
function ask(discord: SimulatedDiscord, channel: SimulatedChannel, text: string): SimulatedMessage {
  const [, jimin = discord.createUser({ name: 'jimin' })] = discord.users;
  return channel.says(jimin, `<@${discord.bot.id}> ${text}`);
}

function generalOf({ channels }: SimulatedDiscord): SimulatedChannel {
  const general = channels.find(({ name }) => name === 'general');
  if (general === undefined) throw new Error('the simulated guild has no #general');
  return general;
}

async function setAvailable({ discord, client }: LoggedIn, { guild }: SimulatedChannel, isAvailable: boolean) {
  if (guild === undefined) throw new Error('a channel of no guild');
  discord.setUnavailable(guild, !isAvailable);
  await expect.poll(() => client.guilds.cache.get(guild.id)?.available, { timeout: 10_000 }).toBe(isAvailable);
}

function failReads({ faults }: SimulatedDiscord, { id }: SimulatedChannel, times: number): void {
  const route = new RegExp(`^/channels/${id}/messages`);
  faults.add({ method: 'GET', route, times, effect: { type: 'status', status: 500, body: {} } });
}

test('takes what was asked while nobody listened, and nothing that was seen', async () => {
  const memory = new Memory();
  const asked: string[] = [];
  await using world = await logIn({}, (discord) => {
    asked.push(ask(discord, generalOf(discord), 'missed').id);
  });
  memory.values.set('seen-until', Date.now() + 10_000);
  const first = createCatchUp(world, memory);
  await first.catchUp.load();
  await first.catchUp.start();
  expect(first.taken).toEqual([]);
  memory.values.set('seen-until', Date.now() - 10_000);
  const second = createCatchUp(world, memory);
  await second.catchUp.load();
  await second.catchUp.start();
  expect(second.taken).toEqual(asked);
});

test('finds what was asked in more channels than the client has at a time', async () => {
  const asked: string[] = [];
  const furnish = (discord: SimulatedDiscord) => {
    for (const guild of [...discord.guilds, discord.createGuild({ name: 'Other' })])
      for (let place = 0; place < 8; place += 1)
        asked.push(ask(discord, discord.createChannel(guild, `channel-${place}`), 'missed').id);
  };
  const memory = seenUntilNow();
  await using world = await logIn({}, furnish, {}, {}, { mostUnpacked: 2 });
  const { catchUp, taken } = createCatchUp(world, memory);
  await catchUp.load();
  await catchUp.start();
  expect(taken.toSorted()).toEqual(asked.toSorted());
  expect(world.client.channels.cache.size).toBeLessThanOrEqual(2);
});

/** In each of so many channels somebody has asked, the last of them last. */
async function missedInMany(count: number, clientOptions: Partial<ClientOptions> = {}) {
  const memory = seenUntilNow();
  const asked: string[] = [];
  const furnish = (discord: SimulatedDiscord) => {
    const [guild] = discord.guilds;
    if (guild === undefined) throw new Error('no guild');
    for (let place = 0; place < count; place += 1)
      asked.push(ask(discord, discord.createChannel(guild, `channel-${place}`), 'missed').id);
  };
  const world = await logIn({}, furnish, {}, {}, clientOptions);
  return { world, memory, asked };
}

test('of too many questions, those are taken that are in the channels in which something was said last', async () => {
  const { world, memory, asked } = await missedInMany(30);
  await using _ = world;
  const { catchUp, taken } = createCatchUp(world, memory, { maxQuestions: 5 });
  await catchUp.load();
  await catchUp.start();
  expect(taken).toHaveLength(5);
  // Five are read at once.
  expect(asked.slice(-10)).toEqual(expect.arrayContaining(taken));
  // What was left out once is left out.
  const later = createCatchUp(world, memory);
  memory.values.set('seen-until', Date.now() - 60_000);
  await later.catchUp.load();
  await later.catchUp.start();
  expect(later.taken.filter((id) => !taken.includes(id))).toEqual([]);
});

test('what was just asked is none of what was missed, and not too late', async () => {
  const { world, memory, asked } = await missedInMany(4);
  await using _ = world;
  const { catchUp, taken, told, pending } = createCatchUp(world, memory, { maxQuestions: 2 });
  for (const id of asked.slice(0, 1)) pending.add(id, { channelId: '1', guildId: undefined, askedAt: Date.now() });
  await catchUp.load();
  await catchUp.start();
  expect(taken).toHaveLength(2);
  expect(told).toHaveLength(1);
  expect(told).not.toContain(asked[0]);
  expect(Object.values(Object(memory.values.get('passed-over-in')))).toEqual(told);
});

test('what one run leaves out another one leaves out, and in no channel is what came later taken first', async () => {
  const memory = seenUntilNow();
  const asked: string[] = [];
  await using world = await logIn({}, (discord) => {
    for (let question = 0; question < 4; question += 1) asked.push(ask(discord, generalOf(discord), 'missed').id);
  });
  const taking: string[] = [];
  const slow = Promise.withResolvers<void>();
  const take = async ({ id }: Message) => {
    taking.push(id);
    await slow.promise;
  };
  const { catchUp, taken, told } = createCatchUp(world, memory, { maxQuestions: 2, take });
  await catchUp.load();
  const first = catchUp.start();
  await catchUp.whenLocated();
  world.client.emit(Events.ShardReady, 0, undefined);
  await catchUp.whenLocated();
  const waiting = catchUp.upTo(generalOf(world.discord).id);
  await expect.poll(() => taking, { timeout: 10_000 }).toHaveLength(1);
  slow.resolve();
  await Promise.all([first, waiting]);
  expect(told).toEqual([asked[1]]);
  // The other run finds the same two again: who takes them knows that.
  expect(taken).toEqual([...asked.slice(2), ...asked.slice(2)]);
});

test('whoever asks in a channel that is still to be read waits for that one, and for no other', async () => {
  const { world, memory, asked } = await missedInMany(30);
  await using _ = world;
  const { discord } = world;
  const channelOf = (place: number) => discord.channels.find(({ name }) => name === `channel-${place}`)?.id ?? '';
  discord.faults.add({
    method: 'GET',
    route: new RegExp(`^/channels/(?!${channelOf(0)}/)\\d+/messages`),
    times: 100,
    effect: { type: 'delay', delayMs: 5_000 },
  });
  const { catchUp, taken } = createCatchUp(world, memory);
  await catchUp.load();
  const running = catchUp.start();
  // The oldest of all, and the last to be read.
  await catchUp.upTo(channelOf(0));
  expect(taken).toEqual([asked[0]]);
  await catchUp.upTo('none of them');
  await catchUp.upTo(channelOf(0));
  expect(taken).toEqual([asked[0]]);
  await catchUp.close();
  await running;
});

test('what is read while nobody asks leaves room for others; where somebody asks, it is read at once', async () => {
  const requests = new RequestQueue({ gate: wholeGate(5) });
  const { world, memory, asked } = await missedInMany(12, { requests });
  await using _ = world;
  const { discord } = world;
  const from = discord.requests.length;
  const read = () =>
    discord.requests.slice(from).flatMap(({ path }) => /^\/channels\/(\d+)\/messages/.exec(path)?.[1] ?? []);
  const { catchUp, taken } = createCatchUp(world, memory);
  await catchUp.load();
  // What the log-in has asked for counts no more.
  await setTimeout(1_100);
  const running = catchUp.start();
  await catchUp.whenLocated();
  await expect.poll(read, { interval: 10, timeout: 10_000 }).toHaveLength(4);
  const oldest = discord.channels.find(({ name }) => name === 'channel-0')?.id;
  await catchUp.upTo(oldest ?? '');
  expect(read().indexOf(oldest ?? '')).toBe(4);
  expect(taken).toContain(asked[0]);
  await running;
  expect(taken.toSorted()).toEqual(asked.toSorted());
  requests.close();
});

test('what cannot be taken ends the run, which does not count as read, and nobody waits for ever', async () => {
  const memory = seenUntilNow();
  await using world = await logIn({}, (discord) => void ask(discord, generalOf(discord), 'missed'));
  const { client, listening } = world;
  const errors: string[] = [];
  const catchUp = new CatchUp({
    client,
    agent: memory,
    log: { ...silentLogger, error: (event) => void errors.push(event) },
    config: { maxAgeMs: 60 * 60_000, maxQuestions: 100, tooOld: 'ignore' },
    pending: new PendingQuestions(),
    shards: undefined,
    readQuestion: (message) => listening.hear(message),
    take: () => Promise.reject(new Error('not now')),
    say: () => {},
  });
  const before = memory.seenUntil;
  await catchUp.load();
  await Promise.all([catchUp.start(), catchUp.upTo(generalOf(world.discord).id)]);
  await catchUp.close();
  expect(errors).toEqual(['catch-up-broke']);
  expect(memory.seenUntil).toBe(before);
});

test('nothing after a run that could not read its channels counts as seen, although an earlier run ends well meanwhile', async () => {
  const memory = seenUntilNow();
  await using world = await logIn(heartbeats, (discord) => {
    ask(discord, generalOf(discord), 'missed at home');
    discord.createChannel(discord.createGuild({ name: 'Other' }), 'other');
  });
  const { discord } = world;
  const other = discord.channels.find(({ name }) => name === 'other') ?? generalOf(discord);
  const { catchUp, taken } = createCatchUp(world, memory);
  await catchUp.load();
  const route = new RegExp(`^/channels/${generalOf(discord).id}/messages`);
  discord.faults.add({ method: 'GET', route, effect: { type: 'delay', delayMs: 1000 } });
  const first = catchUp.start();
  // While the first run reads, a guild goes away and comes back, and what was asked there cannot be read.
  await setAvailable(world, other, false);
  const missed = ask(discord, other, 'missed elsewhere');
  failReads(discord, other, 100);
  await setAvailable(world, other, true);
  await first;
  expect(taken).toHaveLength(1);
  await heartbeat(world);
  await catchUp.close();
  expect(memory.seenUntil).toBeLessThan(missed.createdAt);
});

test('what could not be read is read later', async () => {
  const memory = seenUntilNow();
  const asked: string[] = [];
  await using world = await logIn(heartbeats, (discord) => {
    asked.push(ask(discord, generalOf(discord), 'missed').id);
  });
  const { catchUp, taken } = createCatchUp(world, memory, { againMs: 100 });
  await catchUp.load();
  failReads(world.discord, generalOf(world.discord), 6);
  await catchUp.start();
  expect(taken).toEqual([]);
  await expect.poll(() => taken, { timeout: 10_000 }).toEqual(asked);
});

test('once a later run has read everything, all until then counts as seen', async () => {
  const memory = seenUntilNow();
  const asked: SimulatedMessage[] = [];
  await using world = await logIn(heartbeats, (discord) => {
    asked.push(ask(discord, generalOf(discord), 'missed'));
  });
  const { catchUp, taken } = createCatchUp(world, memory);
  await catchUp.load();
  failReads(world.discord, generalOf(world.discord), 6);
  await catchUp.start();
  expect(taken).toEqual([]);
  world.client.emit(Events.ShardReady, 0, undefined);
  await expect.poll(() => taken, { timeout: 10_000 }).toEqual(asked.map(({ id }) => id));
  await heartbeat(world);
  await catchUp.close();
  expect(memory.seenUntil).toBeGreaterThan(asked[0]?.createdAt ?? 0);
});

test('of a guild that is back from an outage, its own channels are read, and what was missed elsewhere does not count as seen', async () => {
  const memory = seenUntilNow();
  await using world = await logIn(heartbeats, (discord) => {
    ask(discord, generalOf(discord), 'missed at home');
    discord.createChannel(discord.createGuild({ name: 'Other' }), 'other');
  });
  const { discord } = world;
  const general = generalOf(discord);
  const other = discord.channels.find(({ name }) => name === 'other') ?? general;
  const { catchUp, taken } = createCatchUp(world, memory);
  await catchUp.load();
  failReads(discord, general, 6);
  await catchUp.start();
  await setAvailable(world, other, false);
  const missed = ask(discord, other, 'missed elsewhere');
  const from = discord.requests.length;
  await setAvailable(world, other, true);
  await expect.poll(() => taken, { timeout: 10_000 }).toEqual([missed.id]);
  expect(
    discord.requests.slice(from).filter(({ path }) => path.startsWith(`/channels/${general.id}/messages`)),
  ).toEqual([]);
  await heartbeat(world);
  await catchUp.close();
  expect(memory.seenUntil).toBeLessThan(missed.createdAt);
});

describe('a channel that the bot may not read', () => {
  /** Somebody asked in a channel while the bot was away, and then the bot lost a permission there. */
  async function missedIn(permission: PermissionName, kind: 'text' | 'voice' = 'text') {
    const memory = seenUntilNow();
    const world = await logIn({}, (discord) => {
      const [guild] = discord.guilds;
      if (guild === undefined) throw new Error('no guild');
      const closed = discord.createChannel(guild, 'closed', { kind });
      ask(discord, closed, 'missed');
      ask(discord, generalOf(discord), 'missed in general');
      closed.deny(permission);
    });
    const warnings: [string, LogFields | undefined][] = [];
    const log = { ...silentLogger, warn: (event: string, fields?: LogFields) => void warnings.push([event, fields]) };
    const { catchUp, taken } = createCatchUp(world, memory, { log });
    await catchUp.load();
    await catchUp.start();
    const closed = world.discord.channels.find(({ name }) => name === 'closed');
    const reads = world.discord.requests.filter(({ path }) => path === `/channels/${closed?.id}/messages`);
    await world[Symbol.asyncDispose]();
    return { taken, reads, warnings };
  }

  test.for([
    ['it cannot see', 'ViewChannel', 'text'],
    ['is the text of a voice channel that it may not join', 'Connect', 'voice'],
  ] as const)('because %s is not asked for: each time would count as a refusal', async ([, permission, kind]) => {
    const { taken, reads } = await missedIn(permission, kind);
    expect(taken).toHaveLength(1);
    expect(reads).toEqual([]);
  });

  test('whose history is closed to it is not taken for one without questions: it is said', async () => {
    const { taken, reads, warnings } = await missedIn('ReadMessageHistory');
    expect(taken).toHaveLength(1);
    expect(reads).toEqual([]);
    expect(warnings).toEqual([['catch-up-unreadable', { channels: 1, missing: 'ReadMessageHistory' }]]);
  });
});
