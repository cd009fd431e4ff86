/**
 * What was missed in many servers: the bot is killed, something is said in a channel of each of so many servers, questions in ten of them, and
 * the bot is started again. How long until those ten are answered, by how many requests, beside how many refused ones; and what it
 * means for whoever asks meanwhile. Discord takes 50 requests a second.
 */
import type { SimulatedChannel, SimulatedDiscord } from '../src/simulator/discord/discord.ts';
import { startBench } from './bots.ts';
import { ask, createChannels, settled } from './questions.ts';
import { quantile, type Row } from './statistics.ts';

export const catchUpHead: Row = [
  'servers with something new',
  'first missed question answered',
  'all of ten',
  'requests',
  'refused',
  'asked meanwhile, first sign (p50 / p95)',
  'final answer (p50 / p95)',
];

const counts = [10, 500, 2_500];
const questions = 10;
const answer = '15와 27을 더하면 42입니다.';

export async function measureCatchUp(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const count of counts) rows.push(await measure(count));
  return rows;
}

async function measure(count: number): Promise<Row> {
  await using bench = await startBench('Jupan', { discord: { channelRequestsPer5s: Number.POSITIVE_INFINITY } });
  const { discord } = bench;
  const channels = Array.from({ length: count }, (_, index) =>
    discord.createChannel(discord.createGuild({ name: `server ${index}` }), 'general'),
  );
  const member = discord.createUser({ name: 'member' });
  const lively = createChannels(discord, 1);
  for (const channel of lively) await ask(discord, channel, member);
  await settled(discord);
  await bench.kill();
  const every = Math.floor(count / questions);
  for (const [index, channel] of channels.entries())
    channel.says(member, index % every === 0 ? `<@${discord.bot.id}> 15와 27을 더해줘` : 'good morning');
  const before = discord.requests.length;
  const startedAt = performance.now();
  const answered = whenAnswered(discord, channels, startedAt);
  await bench.restart();
  const meanwhile: { firstSign: number; final: number }[] = [];
  let isOver = false;
  const asking = (async () => {
    for (const channel of createChannels(discord, 100)) {
      if (isOver && meanwhile.length >= 10) break;
      meanwhile.push(await ask(discord, channel, member, 60_000));
      await settled(discord, 200);
    }
  })();
  const times = await answered;
  isOver = true;
  await asking;
  const requests = discord.requests.slice(before);
  const of = (pick: (each: { firstSign: number; final: number }) => number) =>
    [0.5, 0.95].map((share) => `${quantile(meanwhile.map(pick), share).toFixed(0)} ms`).join(' / ');
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  return [
    count.toLocaleString('en'),
    seconds(Math.min(...times)),
    seconds(Math.max(...times)),
    String(requests.length),
    String(requests.filter(({ status }) => status === 429).length),
    of(({ firstSign }) => firstSign),
    of(({ final }) => final),
  ];
}

/** Resolves with when each was answered, in ms from then. */
function whenAnswered(
  discord: SimulatedDiscord,
  channels: readonly SimulatedChannel[],
  startedAt: number,
): Promise<number[]> {
  const ids = new Set(channels.map(({ id }) => id));
  const times = new Map<string, number>();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${times.size} of ${questions} were answered`)), 600_000);
    const stop = discord.observe((event) => {
      if (event.type !== 'message-create' && event.type !== 'message-update') return;
      const { channelId, content } = event.message;
      if (!ids.has(channelId) || content !== answer || times.has(channelId)) return;
      times.set(channelId, performance.now() - startedAt);
      if (times.size < questions) return;
      clearTimeout(timer);
      stop();
      resolve([...times.values()]);
    });
  });
}
