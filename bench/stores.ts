/**
 * What each kind of store costs the whole product: turns through `npm start` with memory, SQLite, Redis and PostgreSQL in
 * turns, one question after another and in many channels side by side. Redis and PostgreSQL when TEST_REDIS_URL and
 * TEST_POSTGRES_URL name them: databases that hold nothing else.
 */
import { type Bench, startBench } from './bots.ts';
import { median, quantile, type Row } from './statistics.ts';
import { ask, createChannels, settled, unlimited } from './turns.ts';

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
const turnsAlone = 150;
const warmUpTurns = 40;
const channelsAtOnce = 20;

export const productHead: Row = [
  'whole product with',
  'turn p50',
  'turn p95',
  'p95 over memory',
  'turns/s, 20 channels',
];

export async function measureProduct(rounds = 3): Promise<Row[]> {
  const there = stores.filter(({ url }) => url !== undefined);
  const measured = there.map(({ name }) => ({ name, alone: [] as number[], perSecond: [] as number[] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, { url, settings }] of there.entries()) {
      await using bench = await startBench('Jupan', {
        discord: unlimited,
        ...(url === undefined || url === '' ? {} : { storeUrl: url }),
        ...(settings === undefined ? {} : { settings }),
      });
      measured[index]?.alone.push(...(await measureAlone(bench)));
      measured[index]?.perSecond.push(await measureTogether(bench));
    }
  }
  const inMemory = quantile(measured[0]?.alone ?? [], 0.95);
  return measured.map(({ name, alone, perSecond }) => [
    name,
    `${median(alone).toFixed(1)} ms`,
    `${quantile(alone, 0.95).toFixed(1)} ms`,
    `${(quantile(alone, 0.95) - inMemory).toFixed(1)} ms`,
    median(perSecond).toFixed(0),
  ]);
}

async function measureAlone({ discord }: Bench): Promise<number[]> {
  const channels = createChannels(discord, channelsAtOnce);
  const member = discord.createUser({ name: 'member' });
  const times: number[] = [];
  for (let turn = 0; turn < warmUpTurns + turnsAlone; turn += 1) {
    const channel = channels[turn % channels.length];
    if (channel === undefined) throw new Error('no channel');
    const tookMs = await ask(discord, channel, member);
    await settled(discord);
    if (turn >= warmUpTurns) times.push(tookMs);
  }
  return times;
}

/** Turns a second while each of the channels has a question under way all the time. */
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
