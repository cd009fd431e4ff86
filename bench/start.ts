/** From the start of the process to the gateway session being ready. */
import { startBench } from './bots.ts';
import { Comparison, inTurns } from './comparison.ts';
import type { Row } from './statistics.ts';

export async function measureStart(rounds = 7): Promise<Row[]> {
  const times = new Comparison();
  await inTurns(rounds, async (kind) => {
    await using bench = await startBench(kind);
    times.add(kind, bench.startedInMs);
  });
  return [times.toRow('start to gateway READY, median', (ms) => `${(ms / 1000).toFixed(2)} s`)];
}
