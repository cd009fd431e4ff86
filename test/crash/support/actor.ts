/**
 * Members and admins who do something in several steps, whatever becomes of the bot meanwhile: what was not confirmed to them is done
 * once more in its next life, as people do. What was confirmed is a fact, and must hold from then on.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DecisionEntry } from '../../../src/agent/store/decision-chain.ts';
import type { Turn } from '../../../src/agent/turn.ts';
import { originalIdOf } from '../../../src/agent/turn.ts';
import { toButtonIds } from '../../../src/bot/discord/buttons.ts';
import type { SimulatedMessage, SimulatedUser } from '../../../src/simulator/discord/discord.ts';
import type { FeatureServers } from './feature-servers.ts';
import { isSettled } from './invariants.ts';
import type { StoryQuestion, StoryStage } from './stories.ts';
import type { CrashWorld } from './world.ts';

/** The run that it acts in. */
export interface ActorRun {
  readonly world: CrashWorld;
  readonly stage: StoryStage;
  /** Aborts when nobody acts any more. */
  readonly signal: AbortSignal;
  /** Of the story, for its labels. */
  readonly name: string;
  /** Messages that were ever posted in the channel, as they were then. */
  readonly created: readonly SimulatedMessage[];
  /** How often the bot has died. */
  readonly deaths: number;
  add(question: StoryQuestion): void;
  /** It was not taken: nobody waits for it. */
  drop(question: StoryQuestion): void;
  has(question: StoryQuestion): boolean;
}

/** @returns what does not hold; undefined where all is well. */
export type Fact = () => string | undefined | Promise<string | undefined>;

const lookEveryMs = 10;
/** Nothing that is asked for takes that long, lives in between included. */
const patienceMs = 150_000;
/** Before something that came to nothing is tried again. */
const againMs = 700;
const mostTimes = 3;
/** In one life, at the most. */
const attemptMs = 8_000;

export class Actor {
  readonly #run: ActorRun;
  readonly #facts: Fact[] = [];
  #asked = 0;

  constructor(run: ActorRun) {
    this.#run = run;
  }

  get world(): CrashWorld {
    return this.#run.world;
  }

  get channel(): StoryStage['channel'] {
    return this.#run.stage.channel;
  }

  get member(): SimulatedUser {
    return this.#run.stage.member;
  }

  /** Unlike that of every other run. */
  get number(): number {
    return this.#run.stage.number;
  }

  get created(): readonly SimulatedMessage[] {
    return this.#run.created;
  }

  get deaths(): number {
    return this.#run.deaths;
  }

  get features(): FeatureServers {
    const { features } = this.#run.world;
    if (features === undefined) throw new Error('This world has no such servers.');
    return features;
  }

  /** It holds from now on: at every death, and at the end. */
  fact(check: Fact): void {
    this.#facts.push(check);
  }

  async breaches(): Promise<string[]> {
    const breaches: string[] = [];
    for (const check of this.#facts) breaches.push(...[(await check()) ?? []].flat());
    return breaches;
  }

  /** Somebody who was not there before. */
  createUser(name: string, roleIds: readonly string[] = []): SimulatedUser {
    const displayName = `${name} ${this.number}`;
    return this.world.discord.createUser({ name: `${name}${this.number}`, displayName, locale: 'en-US', roleIds });
  }

  /** Mentions the bot. Found by a later life, too. */
  says(by: SimulatedUser = this.member, more: Partial<StoryQuestion> = {}): StoryQuestion {
    const label = this.#nextLabel();
    const { id } = this.channel.says(by, `${this.#run.stage.mention} [${label}] please`);
    const question = { id, label, isCommand: false, ...more };
    this.#run.add(question);
    return question;
  }

  /**
   * Asks by a command, and once more where the bot died before it took it. Resolves when it is settled.
   * @param watch Called with each question that was asked so.
   * @param refusal What the bot may say in place of taking it, for the one who used it alone: then it is used again.
   */
  async commands(
    command: string,
    toOptions: (label: string) => Readonly<Record<string, string>>,
    watch: (question: StoryQuestion) => void,
    refusal?: RegExp,
  ): Promise<StoryQuestion> {
    const { channel, world } = this;
    for (;;) {
      await this.until('the bot is up', () => world.isReady);
      const label = this.#nextLabel();
      const id = await channel.asks(this.member, command, toOptions(label));
      const question = { id, label, isCommand: true };
      this.#run.add(question);
      watch(question);
      const refused = () =>
        channel.messages.find(
          ({ interaction, isEphemeral }) => interaction?.id === id && isEphemeral === true && !interaction.isThinking,
        );
      await this.until(
        `${command} is settled`,
        () => isSettled(world, channel, question) || !this.#run.has(question) || refused() !== undefined,
      );
      const said = refused()?.content;
      if (said === undefined && this.#run.has(question)) return question;
      this.#run.drop(question);
      if (said !== undefined && refusal?.test(said) !== true) throw new Error(`/${command} was answered: ${said}`);
    }
  }

  /** Asks until it is so of one: on a busy machine, a server may be missed once. @throws {Error} when it is so of none. */
  async asksUntil(what: string, isSo: (question: StoryQuestion) => boolean): Promise<void> {
    for (let times = 1; times <= mostTimes; times += 1) {
      const question = this.says();
      await this.settled(question);
      if (isSo(question)) return;
    }
    throw new Error(`It never came that ${what}.`);
  }

  /** @param meanwhile Done at every look. */
  async settled(question: StoryQuestion, meanwhile: () => void = () => {}): Promise<void> {
    await this.until(`${question.label} is settled`, () => {
      meanwhile();
      return isSettled(this.world, this.channel, question);
    });
  }

  /** As it stands on record, unfinished or ended. */
  turnOf({ id }: StoryQuestion): Turn | undefined {
    const { record } = this.world;
    const isIt = ({ question }: Turn) => originalIdOf(question) === id;
    return record.unfinished(id) ?? record.history(this.channel.id).find(isIt);
  }

  /** The newest message with a button whose name begins so. */
  buttonOf(start: string, channel = this.channel): { readonly messageId: string; readonly id: string } | undefined {
    for (const { id: messageId, components } of channel.messages.toReversed()) {
      const id = toButtonIds(components).find((name) => name.startsWith(start));
      if (id !== undefined) return { messageId, id };
    }
    return undefined;
  }

  /** Presses it, wherever it stands. @returns what answers that press, for the one who pressed alone; undefined: nothing, in this life. */
  async press(by: SimulatedUser, start: string, channel = this.channel): Promise<SimulatedMessage | undefined> {
    const button = this.buttonOf(start, channel);
    if (button === undefined) return undefined;
    return await this.answerTo(() => channel.presses(by, button.messageId, button.id), channel);
  }

  /** What only the one who uses it sees. */
  async answerTo(use: () => Promise<string>, channel = this.channel): Promise<SimulatedMessage | undefined> {
    return await this.inThisLife(async (signal) => {
      const id = await use();
      return await channel.waitFor(
        () =>
          channel.messages.find(
            ({ interaction, isEphemeral }) => interaction?.id === id && isEphemeral === true && !interaction.isThinking,
          ),
        { signal, timeoutMs: attemptMs },
      );
    });
  }

  /** Tries it in every life, and again, until it is so. */
  async insist(what: string, isSo: () => boolean, attempt: () => Promise<unknown>): Promise<void> {
    let triedAt = Number.NEGATIVE_INFINITY;
    await this.until(what, async () => {
      if (isSo()) return true;
      if (!this.world.isReady || performance.now() - triedAt < againMs) return false;
      await this.inThisLife(attempt);
      triedAt = performance.now();
      return isSo();
    });
  }

  /** Undefined when the bot dies meanwhile, or it comes to nothing. */
  async inThisLife<Result>(deed: (signal: AbortSignal) => Promise<Result>): Promise<Result | undefined> {
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, this.#run.signal]);
    const { program } = this.world;
    const timer = setTimeout(() => over.abort(), attemptMs);
    try {
      const done = deed(signal).catch(() => undefined); // It is tried again, and what never comes is told.
      return await Promise.race([done, program.ended.then(() => undefined), aborted(signal)]);
    } finally {
      clearTimeout(timer);
      over.abort();
    }
  }

  /** @throws {Error} when it does not come. */
  async until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
    const end = performance.now() + patienceMs;
    while (!(await isSo())) {
      this.#run.signal.throwIfAborted();
      if (performance.now() > end) throw new Error(`It never came that ${what}.`);
      await sleep(lookEveryMs);
    }
  }

  /** Entries of the log of decisions, as it is now. @throws {Error} where its chain is broken. */
  async decisions(isMeant: (entry: DecisionEntry) => boolean): Promise<DecisionEntry[]> {
    const breaches = await this.world.auditor.check();
    if (breaches.length > 0) throw new Error(breaches.join('\n'));
    return this.world.auditor.entries.filter(isMeant);
  }

  #nextLabel(): string {
    this.#asked += 1;
    return `${this.#run.name} ${this.number}.${this.#asked}`;
  }
}

async function aborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
