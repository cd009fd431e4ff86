/** Turns through the whole product and through the bare script: one after another, and 200 channels at once. */
import type { SimulatedChannel, SimulatedDiscord, SimulatedUser } from '../src/simulator/discord/discord.ts';
import { type BotKind, startBench } from './bots.ts';
import { median, quantile, type Row } from './statistics.ts';

const kinds: readonly BotKind[] = ['bare script', 'Jupan'];
export const unlimited = {
  globalRequestsPerSecond: Number.POSITIVE_INFINITY,
  channelRequestsPer5s: Number.POSITIVE_INFINITY,
};

/** From the start of the process to READY, in turns. */
export async function measureStart(rounds = 7): Promise<Row[]> {
  const times = new Map<BotKind, number[]>(kinds.map((kind) => [kind, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of kinds) {
      await using bench = await startBench(kind);
      times.get(kind)?.push(bench.startedInMs);
    }
  }
  return [compare('start to gateway READY, median', times, (values) => `${(median(values) / 1000).toFixed(2)} s`)];
}

/** One question after another, a model without latency, Discord without limits. */
export async function measureTurns(rounds = 3, turnsPerRound = 200): Promise<Row[]> {
  const times = new Map<BotKind, number[]>(kinds.map((kind) => [kind, []]));
  const requests = new Map<BotKind, number[]>(kinds.map((kind) => [kind, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of kinds) {
      await using bench = await startBench(kind, { discord: unlimited });
      const channels = createChannels(bench.discord, 20);
      const member = bench.discord.createUser({ name: 'member' });
      for (let turn = 0; turn < turnsPerRound + 40; turn += 1) {
        const channel = channels[turn % channels.length];
        if (channel === undefined) throw new Error('no channel');
        const before = bench.discord.requests.length;
        const tookMs = await ask(bench.discord, channel, member);
        await settled(bench.discord);
        // The first turns warm up both sides and do not count.
        if (turn < 40) continue;
        times.get(kind)?.push(tookMs);
        requests.get(kind)?.push(bench.discord.requests.length - before);
      }
    }
  }
  return [
    compare('turn to final text, p50', times, (values) => `${median(values).toFixed(1)} ms`),
    compare(
      'turn to final text, p95',
      times,
      (values) => `${quantile(values, 0.95).toFixed(1)} ms`,
      (values) => quantile(values, 0.95),
    ),
    compare('requests to Discord a turn', requests, (values) => `${median(values)}`),
  ];
}

/** A question in each of 200 channels in the same moment, a model that takes 500 ms, Discord refusing more than 50 requests a second. */
export async function measureLoad(rounds = 1, channelCount = 200): Promise<Row[]> {
  const last = new Map<BotKind, number[]>(kinds.map((kind) => [kind, []]));
  const requests = new Map<BotKind, number[]>(kinds.map((kind) => [kind, []]));
  const refused = new Map<BotKind, number[]>(kinds.map((kind) => [kind, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of kinds) {
      await using bench = await startBench(kind, { modelLatencyMs: 500 });
      const channels = createChannels(bench.discord, channelCount);
      const member = bench.discord.createUser({ name: 'member' });
      await new Promise((resolve) => setTimeout(resolve, 1500)); // The limit of the start-up's own requests has passed.
      const before = bench.discord.requests.length;
      const startedAt = performance.now();
      await Promise.all(channels.map((channel) => ask(bench.discord, channel, member, 120_000)));
      last.get(kind)?.push(performance.now() - startedAt);
      await settled(bench.discord, 3000);
      const made = bench.discord.requests.slice(before);
      requests.get(kind)?.push(made.filter(({ status }) => status < 300).length / channelCount);
      refused.get(kind)?.push(made.filter(({ status }) => status === 429).length);
    }
  }
  return [
    compare(
      `${channelCount} channels at once, last final`,
      last,
      (values) => `${(median(values) / 1000).toFixed(1)} s`,
    ),
    compare(`${channelCount} channels at once, requests a turn`, requests, (values) => median(values).toFixed(2)),
    compare(`${channelCount} channels at once, refused with 429`, refused, (values) => `${median(values)}`),
  ];
}

function compare(
  figure: string,
  values: ReadonlyMap<BotKind, readonly number[]>,
  format: (values: readonly number[]) => string,
  statistic: (values: readonly number[]) => number = median,
): Row {
  const [bare, jupan] = kinds.map((kind) => values.get(kind) ?? []);
  const ratio = statistic(jupan ?? []) / statistic(bare ?? []);
  return [figure, format(bare ?? []), format(jupan ?? []), Number.isFinite(ratio) ? ratio.toFixed(2) : '–'];
}

export function createChannels(discord: SimulatedDiscord, count: number): SimulatedChannel[] {
  const [guild] = discord.guilds;
  if (guild === undefined) throw new Error('no guild');
  return Array.from({ length: count }, (_, index) => discord.createChannel(guild, `bench-${index}`));
}

/** Asks and resolves with the milliseconds until the final text stands. */
export function ask(
  discord: SimulatedDiscord,
  channel: SimulatedChannel,
  member: SimulatedUser,
  timeoutMs = 10_000,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const timer = setTimeout(() => reject(new Error(`no answer in ${channel.transcript()}`)), timeoutMs);
    const stop = discord.observe((event) => {
      const isAnswer =
        (event.type === 'message-create' || event.type === 'message-update') &&
        event.message.channelId === channel.id &&
        event.message.content === '15와 27을 더하면 42입니다.';
      if (!isAnswer) return;
      clearTimeout(timer);
      stop();
      resolve(performance.now() - startedAt);
    });
    channel.says(member, `<@${discord.bot.id}> 15와 27을 더해줘`);
  });
}

/** Waits until no request has come for a moment: edits that trail behind the answer belong to the turn. */
export async function settled(discord: SimulatedDiscord, quietMs = 15): Promise<void> {
  for (let count = -1; count !== discord.requests.length; ) {
    count = discord.requests.length;
    await new Promise((resolve) => setTimeout(resolve, quietMs));
  }
}
