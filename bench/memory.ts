/**
 * What all processes of the program hold: a moment after the start, and at most while it answers in many channels at once.
 * Linux only. RSS, as `ps` tells it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, startBench } from './bots.ts';
import { Comparison, inTurns } from './comparison.ts';
import { residentBytes } from './process-tree.ts';
import { ask, createChannels, settled } from './questions.ts';
import type { Row } from './statistics.ts';

/** By then, everything is loaded that is loaded after the start. */
const idleAfterMs = 5_000;
const sampleEveryMs = 100;

export async function measureMemory(rounds = 3, channelCount = 200): Promise<Row[]> {
  const idle = { whole: new Comparison(), withoutNpm: new Comparison() };
  const peak = { whole: new Comparison(), withoutNpm: new Comparison() };
  await inTurns(rounds, async (kind) => {
    await using bench = await startBench(kind, { modelLatencyMs: 500 });
    await sleep(idleAfterMs);
    const before = memoryOf(bench);
    const most = await peakDuring(bench, () => askEverywhere(bench, channelCount));
    for (const part of ['whole', 'withoutNpm'] as const) {
      idle[part].add(kind, before[part]);
      peak[part].add(kind, most[part]);
    }
  });
  const inMegabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MB`;
  return [
    idle.whole.toRow('memory of all processes, idle', inMegabytes),
    peak.whole.toRow(`memory of all processes, ${channelCount} channels at once`, inMegabytes),
    idle.withoutNpm.toRow('without npm (started by node itself), idle', inMegabytes),
    peak.withoutNpm.toRow(`without npm, ${channelCount} channels at once`, inMegabytes),
  ];
}

interface Memory {
  readonly whole: number;
  /** Of what stays when the program is not started through npm. */
  readonly withoutNpm: number;
}

function memoryOf(bench: Bench): Memory {
  const [npm = 0, ...others] = bench.processIds();
  const withoutNpm = residentBytes(others);
  return { whole: residentBytes([npm]) + withoutNpm, withoutNpm };
}

async function peakDuring(bench: Bench, run: () => Promise<void>): Promise<Memory> {
  let most = memoryOf(bench);
  const timer = setInterval(() => {
    const now = memoryOf(bench);
    if (now.whole > most.whole) most = now;
  }, sampleEveryMs);
  await run();
  clearInterval(timer);
  return most;
}

async function askEverywhere({ discord }: Bench, channelCount: number): Promise<void> {
  const member = discord.createUser({ name: 'member' });
  await Promise.all(createChannels(discord, channelCount).map((channel) => ask(discord, channel, member, 120_000)));
  await settled(discord, 1000);
}
