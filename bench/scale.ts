/**
 * One bot on one, two and four processes that share its 16 shards: the load of 400 channels, Discord holding to its limits, and the
 * time from the death of one process to the next answer in its channels. On Redis and PostgreSQL, when TEST_REDIS_URL and
 * TEST_POSTGRES_URL name them. `SCALE_LIMIT` is what Discord grants in requests a second, 500 unless it is set: above 50, all that
 * holds the bot back is itself.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SimulatedChannel, SimulatedMessage } from '../src/simulator/discord/discord.ts';
import { type Fleet, startFleet } from '../test/support/fleet.ts';
import type { Program } from '../test/support/program.ts';
import { storeServers } from '../test/support/store-servers.ts';
import { quantile, type Row } from './statistics.ts';

export const scaleHead: Row = [
  'processes that share 16 shards',
  'turns/s',
  'first sign p95',
  'answer p95',
  '429s',
  'CPU a turn',
  'memory each',
  'kill to answer',
];

const shards = 16;
const channels = 400;
const askEveryMs = 15_000 / channels;
const limit = Number(process.env.SCALE_LIMIT ?? 500);
const answerText = 'measured';
const settleWithinMs = 60_000;

export async function measureScale(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const server of storeServers(14)) {
    if (server.url === undefined) continue;
    for (const processes of [1, 2, 4]) {
      const storeUrl = await server.prepare(new URL(server.url));
      rows.push([`${server.name}, ${processes}`, ...(await measure(storeUrl.href, processes))]);
      await server.drop(storeUrl);
    }
  }
  return rows;
}

async function measure(storeUrl: string, processes: number): Promise<Row> {
  await using fleet = await startFleet({
    storeUrl,
    shards,
    settings: { DISCORD_REQUESTS_PER_SECOND: String(limit) },
    discord: { globalRequestsPerSecond: limit, checkBodies: false, latencyMs: 20 },
    model: { latencyMs: 300, respond: () => ({ text: answerText }) },
  });
  const programs = Array.from({ length: processes }, () => fleet.start());
  await fleet.untilServed(programs.map((program) => [program, shards / processes]));
  const before = await cpuOf(programs);
  const startedAt = Date.now();
  const asked = await askInAll(fleet);
  await until(() => asked.every(({ answer }) => answer() !== undefined), settleWithinMs);
  const took = Math.max(...asked.map(({ answer }) => answer()?.at ?? 0)) - startedAt;
  const cpu = (await cpuOf(programs)) - before;
  const times = asked.map(({ at, answer }) => (answer()?.at ?? Number.POSITIVE_INFINITY) - at);
  const signs = asked.map(({ at, sign }) => (sign() ?? Number.POSITIVE_INFINITY) - at);
  const refused = fleet.discord.requests.filter(({ status }) => status === 429).length;
  return [
    (asked.length / (took / 1000)).toFixed(1),
    `${(quantile(signs, 0.95) / 1000).toFixed(2)} s`,
    `${(quantile(times, 0.95) / 1000).toFixed(2)} s`,
    String(refused),
    `${(cpu / asked.length).toFixed(1)} ms`,
    `${((await memoryOf(programs)) / programs.length / 2 ** 20).toFixed(0)} MB`,
    processes === 1 ? '–' : `${((await killOne(fleet, programs)) / 1000).toFixed(1)} s`,
  ];
}

interface Asked {
  readonly at: number;
  readonly answer: () => { readonly at: number } | undefined;
  readonly sign: () => number | undefined;
}

/** One question in each channel, one after another, as fast as they would come with 400 channels in 15 s. */
async function askInAll(fleet: Fleet): Promise<Asked[]> {
  const { discord } = fleet;
  const member = discord.createUser({ name: 'mina' });
  const signs = new Map<string, number>();
  const answers = new Map<string, number>();
  discord.observe((event) => {
    if (event.type === 'typing' && !signs.has(event.channelId)) signs.set(event.channelId, Date.now());
    if (event.type !== 'message-create' && event.type !== 'message-update') return;
    const { repliesTo, author, content } = event.message;
    if (repliesTo === undefined || !author.isBot || content !== answerText || answers.has(repliesTo)) return;
    answers.set(repliesTo, Date.now());
  });
  const all = fleet.channels.flatMap((first) => [first, ...moreIn(fleet, first, channels / shards - 1)]);
  const asked: Asked[] = [];
  for (const channel of all) {
    const at = Date.now();
    const { id } = channel.says(member, `<@${discord.bot.id}> measure`);
    const answer = () => {
      const answeredAt = answers.get(id);
      return answeredAt === undefined ? undefined : { at: answeredAt };
    };
    asked.push({ at, answer, sign: () => signs.get(channel.id) ?? answers.get(id) });
    await sleep(askEveryMs);
  }
  return asked;
}

function moreIn({ discord }: Fleet, { guild }: SimulatedChannel, count: number): SimulatedChannel[] {
  if (guild === undefined) return [];
  return Array.from({ length: count }, (_, index) => discord.createChannel(guild, `more-${index}`));
}

/** @returns how long a question waited that was asked right after its process was killed, in ms. */
async function killOne(fleet: Fleet, programs: readonly Program[]): Promise<number> {
  const [victim] = programs;
  const [shard] = victim === undefined ? [] : fleet.shardsOf(victim);
  const channel = shard === undefined ? undefined : fleet.channels[shard];
  if (victim === undefined || channel === undefined) throw new Error('no process to kill');
  victim.process.kill('SIGKILL');
  const at = Date.now();
  const question = channel.says(fleet.discord.createUser({ name: 'jun' }), `<@${fleet.discord.bot.id}> measure`);
  const isAnswer = ({ repliesTo, author }: SimulatedMessage) => author.isBot && repliesTo === question.id;
  await until(() => channel.messages.some(isAnswer), settleWithinMs);
  return Date.now() - at;
}

async function until(isDone: () => boolean, withinMs: number): Promise<void> {
  const deadline = AbortSignal.timeout(withinMs);
  while (!isDone()) {
    deadline.throwIfAborted();
    await sleep(20);
  }
}

/** Processor time of all of them, in ms. */
async function cpuOf(programs: readonly Program[]): Promise<number> {
  const stats = await Promise.all(programs.map(({ process: { pid } }) => readFile(`/proc/${pid}/stat`, 'utf8')));
  // After the name in brackets: the 12th and 13th field are user and system time in hundredths of a second.
  const ticks = stats.flatMap((stat) => (stat.split(') ')[1] ?? '').split(' ').slice(11, 13).map(Number));
  return ticks.reduce((sum, each) => sum + each, 0) * 10;
}

async function memoryOf(programs: readonly Program[]): Promise<number> {
  const texts = await Promise.all(programs.map(({ process: { pid } }) => readFile(`/proc/${pid}/status`, 'utf8')));
  return texts.reduce((sum, text) => sum + Number(/VmRSS:\s+(\d+)/.exec(text)?.[1] ?? 0) * 1024, 0);
}
