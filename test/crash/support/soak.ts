/** Members who ask all over the place while everything around the bot, and the bot itself, fails by a schedule of chance. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RestFault, SimulatedChannel } from '../../../src/simulator/discord/discord.ts';
import { isAccepted, isSettled, type Remembered, remember } from './invariants.ts';
import type { Random } from './random.ts';
import type { Plan } from './script.ts';
import type { StoryQuestion } from './stories.ts';
import { type CrashWorld, until } from './world.ts';

export interface SoakQuestion extends StoryQuestion {
  readonly channel: SimulatedChannel;
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

export class Soak {
  readonly #world: CrashWorld;
  readonly #random: Random;
  readonly #channels: readonly SimulatedChannel[];
  readonly #questions: SoakQuestion[] = [];
  readonly #remembered: Remembered[] = [];
  readonly #events: string[] = [];
  readonly #startedAt = performance.now();
  #asked = 0;
  /** One thing at a time may be away. */
  #isBusy = false;

  constructor(world: CrashWorld, random: Random, channels: readonly SimulatedChannel[]) {
    this.#world = world;
    this.#random = random;
    this.#channels = channels;
  }

  get questions(): readonly SoakQuestion[] {
    return this.#questions;
  }

  get remembered(): readonly Remembered[] {
    return this.#remembered;
  }

  /** What was done when, one line each, for whoever looks into a failure. */
  get events(): readonly string[] {
    return this.#events;
  }

  /**
   * Asks in a direct message channel until the bot has answered there. On a busy machine the bot may miss its heartbeats, and
   * then its session is lost and another one follows. What was said in between is found by catch-up, but not where nobody
   * knows that there is such a channel: the very first message is lost for good, and no wait helps.
   */
  async introduce(channel: SimulatedChannel): Promise<void> {
    const world = this.#world;
    const { gateway } = world.discord;
    for (;;) {
      const { identifies } = gateway;
      const question = await this.#ask(channel, { isCommand: false, mayBeLost: true });
      const isDone = () => isSettled(world, channel, question);
      const isLost = () => gateway.identifies > identifies && !isAccepted(world, channel, question);
      await until(
        () => isDone() || isLost(),
        () => `no answer in ${channel.name}\n${world.program.output}`,
      );
      if (isDone()) return;
    }
  }

  async ask(channel: SimulatedChannel): Promise<void> {
    await this.#ask(channel, { isCommand: this.#random.chance(1 / 4) });
  }

  /** Asks and fails for that long; then everything works again, and the bot is up. */
  async run(durationMs: number): Promise<void> {
    const end = performance.now() + durationMs;
    const under: Promise<void>[] = [];
    const every = async (intervalMs: number, act: () => Promise<void> | void) => {
      while (performance.now() < end) {
        await sleep(intervalMs / 2 + this.#random.below(intervalMs));
        under.push(Promise.resolve(act()));
      }
    };
    await Promise.all([
      every(askEveryMs, () => this.ask(this.#random.pick(this.#channels))),
      every(failEveryMs, () => this.#random.pick(this.#failures)()),
    ]);
    await Promise.all(under);
    this.#world.discord.gateway.answerHeartbeats(true);
    this.#world.discord.faults.clear();
    this.#note('all is well again');
  }

  readonly #failures: readonly (() => Promise<void> | void)[] = [
    () => this.#failRequests(),
    () => this.#failRequests(),
    () => this.#failRequests(),
    () => this.#restart('SIGKILL'),
    () => this.#restart('SIGKILL'),
    () => this.#restart('SIGTERM'),
    () =>
      this.#away(
        'tool server',
        () => this.#world.stopTools(),
        () => this.#world.startTools(),
      ),
    () => this.#missHeartbeats(),
    () => this.#disturb('gateway cut', ({ gateway }) => gateway.drop()),
    () => this.#disturb('op 7', ({ gateway }) => gateway.requestReconnect()),
    () => this.#disturb('op 9', ({ gateway }) => gateway.invalidateSession(this.#random.chance(1 / 2))),
    () => this.#disturb('messages told twice', ({ gateway }) => gateway.repeat('MESSAGE_CREATE', 3)),
    () => this.#disturb('commands told twice', ({ gateway }) => gateway.repeat('INTERACTION_CREATE', 2)),
  ];

  async #ask(channel: SimulatedChannel, how: Pick<StoryQuestion, 'isCommand' | 'mayBeLost'>): Promise<SoakQuestion> {
    const { discord, member } = this.#world;
    this.#asked += 1;
    const label = `soak ${this.#asked}`;
    const text = `[${label}] please`;
    this.#note(`${how.isCommand ? '/ask' : 'asks'} ${label} in ${channel.name}`);
    const id = how.isCommand
      ? await channel.asks(member, 'ask', { question: text })
      : channel.says(member, channel.kind === 'dm' ? text : `<@${discord.bot.id}> ${text}`).id;
    const question = { ...how, id, label, channel };
    this.#questions.push(question);
    return question;
  }

  #note(event: string): void {
    this.#events.push(`${Math.round(performance.now() - this.#startedAt)} ${event}`);
  }

  #disturb(name: string, act: (discord: CrashWorld['discord']) => void): void {
    this.#note(name);
    act(this.#world.discord);
  }

  async #away(what: string, stop: () => Promise<void>, start: () => Promise<void> | void): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#note(what);
    await stop();
    await sleep(this.#random.below(1200));
    await start();
    this.#note(`${what}: back`);
    this.#isBusy = false;
  }

  async #restart(signal: NodeJS.Signals): Promise<void> {
    const world = this.#world;
    const stop = async () => {
      world.program.process.kill(signal);
      await world.program.ended;
      const open = new Set(world.record.allUnfinished().map(({ question }) => question.id));
      const left = this.#questions.filter(({ id }) => open.has(id));
      this.#remembered.push(...left.map((question) => remember(world, question.channel, question)));
    };
    const start = async () => {
      world.start();
      await world.ready();
    };
    await this.#away(signal, stop, start);
  }

  #failRequests(): void {
    const random = this.#random;
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
    this.#note(`${times} × ${JSON.stringify(effect)}`);
    this.#world.discord.faults.add({ route: /\/(messages|typing|callback)/, times, effect });
  }

  async #missHeartbeats(): Promise<void> {
    const { gateway } = this.#world.discord;
    this.#note('heartbeats go unanswered');
    gateway.answerHeartbeats(false);
    await sleep(3500);
    gateway.answerHeartbeats(true);
  }
}
