/** Turns one after another through the whole product: a model without latency, Discord without limits. */
import { startBench } from './bots.ts';
import { Comparison, inTurns } from './comparison.ts';
import { askInTurns, unlimited } from './questions.ts';
import { quantile, type Row } from './statistics.ts';

/** The first turns warm up both sides and do not count. */
const warmUpTurns = 40;

export async function measureTurns(rounds = 3, turnsPerRound = 200): Promise<Row[]> {
  const times = new Comparison();
  const requests = new Comparison();
  await inTurns(rounds, async (kind) => {
    await using bench = await startBench(kind, { discord: unlimited });
    await askInTurns(bench.discord, warmUpTurns);
    let before = bench.discord.requests.length;
    await askInTurns(bench.discord, turnsPerRound, ({ final }) => {
      times.add(kind, final);
      requests.add(kind, bench.discord.requests.length - before);
      before = bench.discord.requests.length;
    });
  });
  const inMs = (ms: number) => `${ms.toFixed(1)} ms`;
  return [
    times.toRow('turn to final text, p50', inMs),
    times.toRow('turn to final text, p95', inMs, (values) => quantile(values, 0.95)),
    requests.toRow('requests to Discord a turn', String),
  ];
}
