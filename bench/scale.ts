/**
 * One bot on one, two and four processes that share its 16 shards: the load of 400 channels, Discord holding to its limits; all 400 asked
 * at once, which is as fast as the machine goes; and the time from the death of one process to the next answer in its channels. On Redis and PostgreSQL, when TEST_REDIS_URL and
 * TEST_POSTGRES_URL name them. `SCALE_LIMIT` is what Discord grants in requests a second, 500 unless it is set: above 50, all that
 * holds the bot back is itself.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SimulatedChannel, SimulatedMessage } from '../src/simulator/discord/discord.ts';
import { type Fleet, fleetServers, startFleet } from '../test/support/fleet.ts';
import type { Program } from '../test/support/program.ts';
import { quantile, type Row } from './statistics.ts';

export const scaleHead: Row = [
  'processes that share 16 shards',
  'turns/s',
  'first sign p95',
  'answer p95',
  '429s',
  'CPU a turn',
  'memory each',
  'turns/s, all at once',
  'processors busy: bot, bench',
  'kill to answer',
];

const shards = 16;
const channels = 400;
const askEveryMs = 15_000 / channels;
const rounds = 3;
const limit = Number(process.env.SCALE_LIMIT ?? 500);
const answerText = 'measured';
const settleWithinMs = 60_000;

export async function measureScale(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const server of fleetServers(14)) {
    if (server.missing !== undefined) continue;
    for (const processes of [1, 2, 4]) {
      const storeUrl = await server.prepare();
      rows.push([`${server.title}, ${processes}`, ...(await measure(storeUrl.href, processes))]);
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
  const load = new Load(fleet, programs);
  const calm = await load.ask(askEveryMs);
  const refused = () => fleet.discord.requests.filter(({ status }) => status === 429).length;
  const memory = await memoryOf(programs);
  const bursts: Measured[] = [];
  // The first of them finds code that V8 has not made fast yet.
  for (let round = 0; round < rounds; round += 1) bursts.push(await load.ask(0));
  const [burst = calm] = bursts.toSorted((one, other) => one.ms - other.ms).slice(Math.floor(rounds / 2));
  return [
    (channels / (calm.ms / 1000)).toFixed(1),
    `${(quantile(calm.signs, 0.95) / 1000).toFixed(2)} s`,
    `${(quantile(calm.answers, 0.95) / 1000).toFixed(2)} s`,
    String(refused()),
    `${(calm.cpuMs / channels).toFixed(1)} ms`,
    `${(memory / programs.length / 2 ** 20).toFixed(0)} MB`,
    (channels / (burst.ms / 1000)).toFixed(0),
    `${(burst.cpuMs / burst.ms).toFixed(2)}, ${(burst.ownCpuMs / burst.ms).toFixed(2)}`,
    processes === 1 ? '–' : `${((await killOne(fleet, programs)) / 1000).toFixed(1)} s`,
  ];
}

/** From the first question to the last answer. Times in ms. */
interface Measured {
  readonly ms: number;
  readonly signs: readonly number[];
  readonly answers: readonly number[];
  /** Of the bot's processes, together. */
  readonly cpuMs: number;
  /** Of this one: Discord, the model and whoever asks. */
  readonly ownCpuMs: number;
}

interface Asked {
  readonly at: number;
  answeredAt?: number;
  signAt?: number;
}

/** Asks in all channels and waits for the answers, as often as it is told to. */
class Load {
  readonly #fleet: Fleet;
  readonly #programs: readonly Program[];
  readonly #channels: readonly SimulatedChannel[];
  /** By the question's id. */
  readonly #asked = new Map<string, Asked>();

  constructor(fleet: Fleet, programs: readonly Program[]) {
    this.#fleet = fleet;
    this.#programs = programs;
    this.#channels = fleet.channels.flatMap((first) => [first, ...moreIn(fleet, first, channels / shards - 1)]);
    const unsignedIn = new Map<string, Asked>();
    fleet.discord.observe((event) => {
      if (event.type === 'typing') {
        const asked = unsignedIn.get(event.channelId);
        if (asked !== undefined) asked.signAt ??= Date.now();
      }
      if (event.type !== 'message-create' && event.type !== 'message-update') return;
      const { repliesTo, author, content, id, channelId } = event.message;
      if (!author.isBot && event.type === 'message-create') {
        const asked: Asked = { at: Date.now() };
        this.#asked.set(id, asked);
        unsignedIn.set(channelId, asked);
      }
      const asked = this.#asked.get(repliesTo ?? '');
      if (author.isBot && content === answerText && asked !== undefined) asked.answeredAt ??= Date.now();
    });
  }

  async ask(everyMs: number): Promise<Measured> {
    const { discord } = this.#fleet;
    const member = discord.createUser({ name: 'mina' });
    this.#asked.clear();
    const cpuBefore = await cpuOf(this.#programs);
    const ownBefore = process.cpuUsage();
    const startedAt = Date.now();
    for (const channel of this.#channels) {
      channel.says(member, `<@${discord.bot.id}> measure`);
      if (everyMs > 0) await sleep(everyMs);
    }
    const asked = [...this.#asked.values()];
    await until(() => asked.every(({ answeredAt }) => answeredAt !== undefined), settleWithinMs);
    const own = process.cpuUsage(ownBefore);
    return {
      ms: Math.max(...asked.map(({ answeredAt = 0 }) => answeredAt)) - startedAt,
      signs: asked.map(({ at, signAt, answeredAt = at }) => (signAt ?? answeredAt) - at),
      answers: asked.map(({ at, answeredAt = at }) => answeredAt - at),
      cpuMs: (await cpuOf(this.#programs)) - cpuBefore,
      ownCpuMs: (own.user + own.system) / 1000,
    };
  }
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
