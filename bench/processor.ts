/** What turns cost of the processor, over all processes of the program: a model without latency, Discord without limits. Linux only. */
import { type Bench, startBench } from './bots.ts';
import { Comparison, inTurns } from './comparison.ts';
import { processorSeconds } from './process-tree.ts';
import { ask, askInTurns, createChannels, settled, unlimited } from './questions.ts';
import type { Row } from './statistics.ts';

const warmUpTurns = 40;

/** Seconds for 1,000 turns, from fewer. */
export async function measureProcessor(rounds = 3, turns = 300, channelCount = 200): Promise<Row[]> {
  const alone = new Comparison();
  const together = new Comparison();
  await inTurns(rounds, async (kind) => {
    await using bench = await startBench(kind, { discord: unlimited });
    await askInTurns(bench.discord, warmUpTurns);
    alone.add(kind, await secondsFor(bench, turns, () => askInTurns(bench.discord, turns)));
    together.add(kind, await secondsFor(bench, channelCount, () => askTogether(bench, channelCount)));
  });
  const inSeconds = (seconds: number) => `${seconds.toFixed(1)} s`;
  return [
    alone.toRow('processor time for 1,000 turns, one by one', inSeconds),
    together.toRow(`processor time for 1,000 turns, ${channelCount} channels at once`, inSeconds),
  ];
}

async function secondsFor(bench: Bench, turns: number, run: () => Promise<void>): Promise<number> {
  const before = processorSeconds(bench.processIds());
  await run();
  return ((processorSeconds(bench.processIds()) - before) * 1000) / turns;
}

async function askTogether({ discord }: Bench, channelCount: number): Promise<void> {
  const member = discord.createUser({ name: 'member' });
  await Promise.all(createChannels(discord, channelCount).map((channel) => ask(discord, channel, member, 60_000)));
  await settled(discord, 500);
}
