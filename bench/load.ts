/** A question in each of many channels in the same moment, a model that takes 500 ms, Discord refusing more than 50 requests a second. */
import { startBench } from './bots.ts';
import { Comparison, inTurns } from './comparison.ts';
import { ask, createChannels, settled } from './questions.ts';
import { quantile, type Row } from './statistics.ts';

export async function measureLoad(rounds = 1, channelCount = 200): Promise<Row[]> {
  const lasts = new Comparison();
  const signs = new Comparison();
  const requests = new Comparison();
  const refused = new Comparison();
  await inTurns(rounds, async (kind) => {
    await using bench = await startBench(kind, { modelLatencyMs: 500 });
    const { discord } = bench;
    const channels = createChannels(discord, channelCount);
    const member = discord.createUser({ name: 'member' });
    await new Promise((resolve) => setTimeout(resolve, 1500)); // The limit of the start-up's own requests has passed.
    const before = discord.requests.length;
    const answers = await Promise.all(channels.map((channel) => ask(discord, channel, member, 120_000)));
    lasts.add(kind, Math.max(...answers.map(({ final }) => final)));
    signs.add(kind, ...answers.map(({ firstSign }) => firstSign));
    await settled(discord, 3000);
    const made = discord.requests.slice(before);
    requests.add(kind, made.filter(({ status }) => status < 300).length / channelCount);
    refused.add(kind, made.filter(({ status }) => status === 429).length);
  });
  const inSeconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const p95 = (values: readonly number[]) => quantile(values, 0.95);
  return [
    lasts.toRow(`${channelCount} channels at once, last final`, inSeconds),
    signs.toRow(`${channelCount} channels at once, first visible sign, p95`, inSeconds, p95),
    requests.toRow(`${channelCount} channels at once, requests a turn`, (count) => count.toFixed(2)),
    refused.toRow(`${channelCount} channels at once, refused with 429`, String),
  ];
}
