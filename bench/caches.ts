/**
 * What a shard's servers cost: the memory of the bot's process once Discord has told of them, while it tells and after as many events
 * as an hour brings; and what a question costs beside them. The local Discord is in this process, the bot in one of its own.
 * Linux only. RSS, as `ps` tells it; the heap, once what is not needed any more is collected, in a process of its own.
 */
import { execFile } from 'node:child_process';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { SimulatedChannel } from '../src/simulator/discord/discord.ts';
import { type Bench, type BotKind, botKinds, startBench } from './bots.ts';
import { channelsEach, newId, toLargeServer } from './large-servers.ts';
import { processorSeconds, residentBytes } from './process-tree.ts';
import { ask, askInTurns, createChannels, settled, unlimited } from './questions.ts';
import { median, type Row } from './statistics.ts';

export const cachesHead: Row = [
  `servers of a shard, ${channelsEach} channels each`,
  'over idle',
  'at most while told',
  'after an hour',
  'heap',
  'told in',
  'an event',
  'CPU a turn',
  'first sign',
];

const counts = [10, 2_500];
const settleMs = 8_000;
const questions = 200;
/** What a server brings in an hour: messages that are no questions, and what changes in it. */
const hour = { messages: 50, edits: 3, deletions: 2, threads: 2, channels: 1, roles: 0.2 };

interface LargeServer {
  readonly id: string;
  readonly channelIds: readonly string[];
}

export async function measureCaches(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const kind of botKinds.filter((each) => each !== 'bare script'))
    for (const servers of counts) rows.push(await measure(kind, servers));
  return rows;
}

async function measure(kind: BotKind, count: number): Promise<Row> {
  await using bench = await startBench(kind, { discord: { ...unlimited, resumableEvents: 10 } });
  await askInTurns(bench.discord, 40);
  await sleep(settleMs);
  const idle = memoryOf(bench);
  const watch = watchMemory(bench);
  const startedAt = performance.now();
  const servers = await tellOf(bench, count);
  const tookMs = performance.now() - startedAt;
  const most = watch.stop();
  await sleep(settleMs);
  const told = memoryOf(bench);
  const { cpuMs, firstSigns } = await askEverywhere(bench);
  const { events, cpuMs: ofEvents } = await letAnHourPass(bench, servers);
  await sleep(settleMs);
  const after = memoryOf(bench);
  const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MB`;
  return [
    kind === 'Jupan' ? count.toLocaleString('en') : `${count.toLocaleString('en')}, ${kind}`,
    megabytes(told - idle),
    megabytes(most - idle),
    megabytes(after - idle),
    kind === 'Jupan' ? megabytes(await heapOf(count)) : '–',
    `${(tookMs / 1000).toFixed(1)} s`,
    // The question at their end takes longer than few of them.
    events < 10_000 ? '–' : `${((ofEvents / events) * 1000).toFixed(0)} µs`,
    `${cpuMs.toFixed(1)} ms`,
    `${median(firstSigns).toFixed(1)} ms`,
  ];
}

/** Resolves when the bot has taken all of it in: it answers a question that comes after. */
async function tellOf(bench: Bench, count: number): Promise<LargeServer[]> {
  const { discord } = bench;
  const servers: LargeServer[] = [];
  for (let server = 0; server < count; server += 1) {
    const data = toLargeServer({ id: discord.bot.id, username: discord.bot.name });
    servers.push({ id: data.id, channelIds: data.channels.map(({ id }) => String(id)) });
    discord.gateway.dispatch('GUILD_CREATE', data);
    await setImmediate();
  }
  await untilHeard(bench);
  return servers;
}

async function untilHeard({ discord }: Bench): Promise<void> {
  const [channel] = createChannels(discord, 1);
  if (channel !== undefined) await ask(discord, channel, discord.createUser({ name: 'member' }), 300_000);
  await settled(discord);
}

/** Each in a channel in which nothing was asked before. */
async function askEverywhere(bench: Bench): Promise<{ cpuMs: number; firstSigns: number[] }> {
  const { discord } = bench;
  const member = discord.createUser({ name: 'member' });
  const channels: SimulatedChannel[] = createChannels(discord, questions);
  await settled(discord);
  const before = processorSeconds([botOf(bench)]);
  const firstSigns: number[] = [];
  for (const channel of channels) {
    firstSigns.push((await ask(discord, channel, member)).firstSign);
    await settled(discord);
  }
  const cpuMs = ((processorSeconds([botOf(bench)]) - before) * 1000) / questions;
  return { cpuMs, firstSigns };
}

async function letAnHourPass(
  bench: Bench,
  servers: readonly LargeServer[],
): Promise<{ events: number; cpuMs: number }> {
  const { gateway } = bench.discord;
  const before = processorSeconds([botOf(bench)]);
  let events = 0;
  for (let round = 0; round < hour.messages; round += 1) {
    for (const [place, server] of servers.entries()) {
      for (const [name, data] of eventsOf(server, round, place)) {
        gateway.dispatch(name, data);
        events += 1;
      }
      if (place % 20 === 0) await setImmediate();
    }
  }
  await untilHeard(bench);
  return { events, cpuMs: (processorSeconds([botOf(bench)]) - before) * 1000 };
}

function eventsOf({ id: guildId, channelIds }: LargeServer, round: number, place: number): [string, object][] {
  const channelId = channelIds[(round * 7 + place) % channelIds.length] ?? '';
  const author = { id: newId(), username: 'mina', discriminator: '0', global_name: 'Mina', avatar: null };
  const member = { roles: [], nick: null, joined_at: '2026-01-01T00:00:00.000Z', deaf: false, mute: false, flags: 0 };
  const timestamp = new Date().toISOString();
  const message = {
    ...{ id: newId(), channel_id: channelId, guild_id: guildId, type: 0, content: '', author, member, timestamp },
    ...{ edited_timestamp: null, tts: false, mention_everyone: false, mentions: [], mention_roles: [] },
    ...{ attachments: [], embeds: [], components: [], pinned: false, flags: 0 },
  };
  const at = (share: number) => (round + place) % Math.round(hour.messages / share) === 0;
  const thread = {
    ...{ id: newId(), guild_id: guildId, parent_id: channelId, type: 11, name: 'a thread', owner_id: author.id },
    ...{ message_count: 0, member_count: 1, rate_limit_per_user: 0, flags: 0, last_message_id: null },
    thread_metadata: { archived: false, locked: false, auto_archive_duration: 60, archive_timestamp: timestamp },
  };
  const overwrites = [{ id: guildId, type: 0, allow: '0', deny: '2048' }];
  const channel = { id: channelId, guild_id: guildId, type: 0, name: 'renamed', permission_overwrites: overwrites };
  const role = { id: guildId, name: '@everyone', permissions: '2248473465835073', position: 0, color: 0, flags: 0 };
  return [
    ['MESSAGE_CREATE', message],
    ...(at(hour.edits) ? [['MESSAGE_UPDATE', { ...message, edited_timestamp: timestamp }] as [string, object]] : []),
    ...(at(hour.deletions)
      ? [['MESSAGE_DELETE', { id: message.id, channel_id: channelId, guild_id: guildId }] as [string, object]]
      : []),
    ...(at(hour.threads) ? [['THREAD_CREATE', thread] as [string, object]] : []),
    ...(at(hour.channels) ? [['CHANNEL_UPDATE', channel] as [string, object]] : []),
    ...(at(hour.roles) ? [['GUILD_ROLE_UPDATE', { guild_id: guildId, role }] as [string, object]] : []),
  ];
}

/** Of `npm start`: npm itself, the bot, the calculator. */
function botOf(bench: Bench): number {
  return bench.processIds()[1] ?? 0;
}

function memoryOf(bench: Bench): number {
  return residentBytes([botOf(bench)]);
}

function watchMemory(bench: Bench): { stop(): number } {
  let most = memoryOf(bench);
  const timer = setInterval(() => {
    most = Math.max(most, memoryOf(bench));
  }, 50);
  return {
    stop() {
      clearInterval(timer);
      return most;
    },
  };
}

async function heapOf(servers: number): Promise<number> {
  const client = fileURLToPath(import.meta.resolve('./caching-client.ts'));
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', client, String(servers)]);
  return Number(stdout);
}
