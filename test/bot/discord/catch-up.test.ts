/** Catch-up on the real discord.js and a simulated Discord: what is read and taken, and what is remembered as seen. */
import type { Message } from 'discord.js';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { JsonValue } from '../../../src/agent/turn.ts';
import { PendingQuestions } from '../../../src/bot/channel/pending-questions.ts';
import { CatchUp } from '../../../src/bot/discord/catch-up/catch-up.ts';
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

function createCatchUp({ client, listening }: LoggedIn, memory: Memory, log: Logger = silentLogger) {
  const taken: string[] = [];
  const catchUp = new CatchUp({
    client,
    agent: memory,
    log,
    config: { maxAgeMs: 60 * 60_000, maxQuestions: 100, tooOld: 'ignore' },
    pending: new PendingQuestions(),
    shards: undefined,
    readQuestion: (message) => listening.hear(message),
    take: async (message: Message) => {
      taken.push(message.id);
    },
    say: () => {},
    firstRetryMs: 50,
  });
  onTestFinished(() => catchUp.close());
  return { catchUp, taken };
}

/** A process has run until now, and was not there when the question was asked. */
function seenUntilNow(): Memory {
  const memory = new Memory();
  memory.values.set('seen-until', Date.now());
  return memory;
}

/** Resolves once a heartbeat was acknowledged that began after now: everything until now would count as seen. */
async function heartbeat({ client }: LoggedIn): Promise<void> {
  const now = Date.now();
  const last = () => Math.min(...client.ws.shards.map(({ lastPingTimestamp }) => lastPingTimestamp));
  await expect.poll(last, { timeout: 10_000 }).toBeGreaterThan(now);
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

test('nothing after a run that could not read its channels counts as seen, although an earlier run ends well meanwhile', async () => {
  const memory = seenUntilNow();
  await using world = await logIn({ heartbeatIntervalMs: 100 }, (discord) => {
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

test('once a later run has read everything, all until then counts as seen', async () => {
  const memory = seenUntilNow();
  const asked: SimulatedMessage[] = [];
  await using world = await logIn({ heartbeatIntervalMs: 100 }, (discord) => {
    asked.push(ask(discord, generalOf(discord), 'missed'));
  });
  const general = generalOf(world.discord);
  const { catchUp, taken } = createCatchUp(world, memory);
  await catchUp.load();
  failReads(world.discord, general, 6);
  await catchUp.start();
  expect(taken).toEqual([]);
  await setAvailable(world, general, false);
  await setAvailable(world, general, true);
  await expect.poll(() => taken, { timeout: 10_000 }).toEqual(asked.map(({ id }) => id));
  await heartbeat(world);
  await catchUp.close();
  expect(memory.seenUntil).toBeGreaterThan(asked[0]?.createdAt ?? 0);
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
    const { catchUp, taken } = createCatchUp(world, memory, log);
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
