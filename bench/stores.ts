/**
 * What each kind of store costs the whole product: turns through `npm start` with memory, SQLite, Redis and PostgreSQL in
 * turns, one question after another and in many channels side by side. Redis and PostgreSQL when TEST_REDIS_URL and
 * TEST_POSTGRES_URL name them: databases that hold nothing else.
 */
import { type Bench, startBench } from './bots.ts';
import { ask, createChannels, settled, unlimited } from './questions.ts';
import { median, quantile, type Row } from './statistics.ts';

const stores: readonly {
  readonly name: string;
  readonly url?: string | undefined;
  readonly settings?: Readonly<Record<string, string>>;
}[] = [
  { name: 'memory', url: 'memory://' },
  { name: 'SQLite', url: '' },
  { name: 'SQLite, encrypted', url: '', settings: { STORE_KEY: 'a secret of the benchmark alone' } },
  { name: 'Redis', url: process.env.TEST_REDIS_URL },
  { name: 'PostgreSQL', url: process.env.TEST_POSTGRES_URL },
];
const turnsAlone = 300;
const warmUpTurns = 40;
const channelsAtOnce = 20;

export const productHead: Row = [
  'whole product with',
  'turn p50',
  'over memory',
  'turn p95',
  'over memory',
  'turns/s, 20 channels',
];

export async function measureProduct(): Promise<Row[]> {
  const there = stores.filter(({ url }) => url !== undefined);
  await using resources = new AsyncDisposableStack();
  const benches: { readonly name: string; readonly bench: Bench; readonly alone: number[] }[] = [];
  for (const { name, url, settings = {} } of there) {
    const storeUrl = url === undefined || url === '' ? {} : { storeUrl: url };
    const bench = resources.use(await startBench('Jupan', { discord: unlimited, ...storeUrl, settings }));
    benches.push({ name, bench, alone: [] });
  }
  await measureAlone(benches);
  const rows: Row[] = [];
  const inMemory = benches[0]?.alone ?? [];
  const overMemory = (of: (times: readonly number[]) => number, alone: readonly number[]) =>
    `${(of(alone) - of(inMemory)).toFixed(1)} ms`;
  const p95 = (times: readonly number[]) => quantile(times, 0.95);
  for (const { name, bench, alone } of benches) {
    const perSecond = await measureTogether(bench);
    rows.push([
      name,
      `${median(alone).toFixed(1)} ms`,
      overMemory(median, alone),
      `${p95(alone).toFixed(1)} ms`,
      overMemory(p95, alone),
      perSecond.toFixed(0),
    ]);
  }
  return rows;
}

/** One question after another, to each of the bots in turns: what slows the machine down strikes all alike. */
async function measureAlone(benches: readonly { readonly bench: Bench; readonly alone: number[] }[]): Promise<void> {
  const bots = benches.map(({ bench: { discord }, alone }) => ({
    discord,
    alone,
    channels: createChannels(discord, channelsAtOnce),
    member: discord.createUser({ name: 'member' }),
  }));
  for (let turn = 0; turn < warmUpTurns + turnsAlone; turn += 1) {
    for (const { discord, alone, channels, member } of bots) {
      const channel = channels[turn % channels.length];
      if (channel === undefined) throw new Error('no channel');
      const { final } = await ask(discord, channel, member);
      await settled(discord);
      if (turn >= warmUpTurns) alone.push(final);
    }
  }
}

/** Turns a second while each of the channels has a question under way all the time. Jupan keeps to Discord's 50 requests a second. */
async function measureTogether({ discord }: Bench, turnsEach = 10): Promise<number> {
  const channels = createChannels(discord, channelsAtOnce);
  const member = discord.createUser({ name: 'member' });
  const startedAt = performance.now();
  await Promise.all(
    channels.map(async (channel) => {
      for (let turn = 0; turn < turnsEach; turn += 1) await ask(discord, channel, member, 60_000);
    }),
  );
  return (channelsAtOnce * turnsEach * 1000) / (performance.now() - startedAt);
}
