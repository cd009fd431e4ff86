/** Members who ask all over the place while everything around the bot, and the bot itself, fails by a schedule of chance. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RestFault, SimulatedChannel } from '../../../src/simulator/discord/discord.ts';
import { type Remembered, remember } from './invariants.ts';
import type { Random } from './random.ts';
import type { Plan } from './script.ts';
import type { StoryQuestion } from './stories.ts';
import type { CrashWorld } from './world.ts';

export interface SoakQuestion extends StoryQuestion {
  readonly channel: SimulatedChannel;
}

export interface Soak {
  readonly questions: readonly SoakQuestion[];
  readonly remembered: readonly Remembered[];
  /** What was done when, one line each, for whoever looks into a failure. */
  readonly events: readonly string[];
  ask(channel: SimulatedChannel): Promise<void>;
  /** Asks and fails for that long; then everything works again, and the bot is up. */
  run(durationMs: number): Promise<void>;
}

const askEveryMs = 130;
const failEveryMs = 900;

/** The model fails one time in six while `isFailing()`; otherwise it looks, pays, draws, or just answers. */
export function unreliable(random: Random, isFailing: () => boolean): Plan {
  return async ({ label, step, attempt }) => {
    const text = `The answer to ${label}, try ${attempt}.`;
    if (isFailing() && random.chance(1 / 6)) {
      await sleep(random.below(400));
      return random.pick([
        { status: 429, body: { error: { message: 'slow down' } }, headers: { 'retry-after': '1' } },
        { status: 500, body: { error: { message: 'oops' } } },
        { text, cutAfterChunks: 1 + random.below(2) },
      ]);
    }
    if (step > 0 || random.chance(1 / 3)) return { text: text.split(/(?<= )/), chunkDelayMs: random.below(150) };
    const tools = random.pick([['look'], ['pay'], ['look', 'pay'], ['draw']]);
    return {
      ...(random.chance(1 / 2) ? { text: `I look into ${label}, try ${attempt}.` } : {}),
      toolCalls: tools.map((name) => ({ name, arguments: { for: label, attempt } })),
    };
  };
}

export function createSoak(world: CrashWorld, random: Random, channels: readonly SimulatedChannel[]): Soak {
  const questions: SoakQuestion[] = [];
  const remembered: Remembered[] = [];
  const events: string[] = [];
  const startedAt = performance.now();
  const note = (event: string) => events.push(`${Math.round(performance.now() - startedAt)} ${event}`);
  const endings: (() => Promise<void> | void)[] = [];
  let isBusy = false;

  async function ask(channel: SimulatedChannel): Promise<void> {
    const label = `soak ${questions.length + 1}`;
    const text = `[${label}] please`;
    const isCommand = questions.length > 1 && random.chance(1 / 4);
    note(`${isCommand ? '/ask' : 'asks'} ${label} in ${channel.name}`);
    const id = isCommand
      ? await channel.asks(world.member, 'ask', { question: text })
      : channel.says(world.member, channel.kind === 'dm' ? text : `<@${world.discord.bot.id}> ${text}`).id;
    questions.push({ id, label, isCommand, channel });
  }

  /** One thing at a time may be away. */
  async function away(what: string, stop: () => Promise<void>, start: () => Promise<void> | void): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    note(what);
    await stop();
    await sleep(random.below(1200));
    await start();
    note(`${what}: back`);
    isBusy = false;
  }

  const restart = (signal: NodeJS.Signals) =>
    away(
      signal,
      async () => {
        world.program.process.kill(signal);
        await world.program.ended;
        const open = new Set(world.record.allUnfinished().map(({ question }) => question.id));
        remembered.push(
          ...questions.filter(({ id }) => open.has(id)).map((question) => remember(world, question.channel, question)),
        );
      },
      async () => {
        world.start();
        await world.ready();
      },
    );

  function failRequests(): void {
    const effect = random.pick<RestFault['effect']>([
      { type: 'status', status: 500 },
      { type: 'fail-after-storing' },
      { type: 'reset' },
      { type: 'reset-after-storing' },
      { type: 'delay', delayMs: random.below(2500) },
      { type: 'rate-limit', retryAfterMs: random.below(3000) },
      { type: 'rate-limit', retryAfterMs: random.below(1500), isGlobal: true },
    ]);
    const times = 1 + random.below(4);
    note(`${times} × ${JSON.stringify(effect)}`);
    world.discord.faults.add({ route: /\/(messages|typing|callback)/, times, effect });
  }

  async function heartbeatsMissed(): Promise<void> {
    note('heartbeats go unanswered');
    world.discord.gateway.answerHeartbeats(false);
    endings.push(() => world.discord.gateway.answerHeartbeats(true));
    await sleep(3500);
    world.discord.gateway.answerHeartbeats(true);
  }

  const gateway = (name: string, act: () => void) => () => {
    note(name);
    act();
  };
  const failures: readonly (() => Promise<void> | void)[] = [
    failRequests,
    failRequests,
    failRequests,
    () => restart('SIGKILL'),
    () => restart('SIGKILL'),
    () => restart('SIGTERM'),
    () => away('tool server', world.stopTools, world.startTools),
    heartbeatsMissed,
    gateway('gateway cut', () => world.discord.gateway.drop()),
    gateway('op 7', () => world.discord.gateway.requestReconnect()),
    gateway('op 9', () => world.discord.gateway.invalidateSession(random.chance(1 / 2))),
    gateway('messages told twice', () => world.discord.gateway.repeat('MESSAGE_CREATE', 3)),
    gateway('commands told twice', () => world.discord.gateway.repeat('INTERACTION_CREATE', 2)),
  ];

  return {
    questions,
    remembered,
    events,
    ask,
    async run(durationMs) {
      const end = performance.now() + durationMs;
      const under: Promise<void>[] = [];
      const every = async (intervalMs: number, act: () => Promise<void> | void) => {
        while (performance.now() < end) {
          await sleep(intervalMs / 2 + random.below(intervalMs));
          under.push(Promise.resolve(act()));
        }
      };
      await Promise.all([
        every(askEveryMs, () => ask(random.pick(channels))),
        every(failEveryMs, () => random.pick(failures)()),
      ]);
      await Promise.all(under);
      for (const mend of endings) await mend();
      world.discord.faults.clear();
      note('all is well again');
    },
  };
}
