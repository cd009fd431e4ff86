/** The whole bot between peers that live on, and everything that {@link Deed}s do to it; then what came of it is held against what must hold. */
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { catalogues } from '../../../src/bot/channel/texts/catalogues.ts';
import { toButtonIds } from '../../../src/bot/discord/buttons.ts';
import type { SimulatedChannel, SimulatedMessage, SimulatedUser } from '../../../src/simulator/discord/discord.ts';
import {
  findBreaches,
  findProblems,
  isAccepted,
  isSettled,
  type Remembered,
  remember,
} from '../../crash/support/invariants.ts';
import type { StoryQuestion } from '../../crash/support/stories.ts';
import { type CrashWorld, startCrashWorld, until } from '../../crash/support/world.ts';
import { type Deed, type Moment, type OddModel, type Press, toPlan } from './deeds.ts';
import { patienceMs } from './fuzz.ts';
import { PingWatch } from './pings.ts';

const notTaken = catalogues.en.failures['store-failed'];
const planName = 'odd';
const channelCount = 2;
const memberCount = 2;
/** Of a report. */
const longestLine = 250;
const mostLines = 60;
const pressAgainMs = 1_000;
/** How long after the store is back a question may still wait for its next attempt. */
const longestStoreWaitMs = 6_000;
/** A press just made may still begin something. */
const steadyMs = 300;
/** What nobody caught, or ended the bot. */
const uncaught = new Set(['unhandled-rejection', 'uncaught-exception', 'program-failed', 'stopped-late']);

/** One that several values are tried in. */
export class WholeBot implements AsyncDisposable {
  readonly #world: CrashWorld;
  readonly #model: { current: OddModel; words: string };
  readonly #pings: PingWatch;
  #runs = 0;

  private constructor(world: CrashWorld, model: { current: OddModel; words: string }) {
    this.#world = world;
    this.#model = model;
    this.#pings = new PingWatch(world.discord);
  }

  static async start(): Promise<WholeBot> {
    const model = { current: { first: [], later: [] } as OddModel, words: '' };
    const world = await startCrashWorld({
      plans: new Map([[planName, toPlan(() => model.current)]]),
      toolWords: ({ tool, label }) => `${tool} did ${label} ${model.words}`,
      settings: { APPROVAL_SECONDS: '5', TURN_MAX_STEPS: '4', HISTORY_MAX_TOKENS: '1000000' },
    });
    return new WholeBot(world, model);
  }

  /** @throws when anything does not hold, with everything that was done. */
  async live(moments: readonly Moment[], model: OddModel, toolWords: string): Promise<void> {
    this.#model.current = model;
    this.#model.words = toolWords;
    this.#runs += 1;
    const run = new Run(this.#world, this.#runs);
    for (const { deed, thenWaitMs } of moments) {
      await run.do(deed);
      await sleep(thenWaitMs);
    }
    await run.end();
    const breaches = [...run.breaches(), ...this.#pings.breaches];
    if (breaches.length > 0) throw new Error(`${breaches.join('\n')}\n${run.describe()}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#world[Symbol.asyncDispose]();
  }
}

interface AskedQuestion extends StoryQuestion {
  readonly channel: SimulatedChannel;
  readonly member: SimulatedUser;
}

/** What one value does, in channels of its own. */
class Run {
  readonly #world: CrashWorld;
  readonly #members: readonly SimulatedUser[];
  readonly #number: number;
  readonly #channels: readonly SimulatedChannel[];
  readonly #questions: AskedQuestion[] = [];
  readonly #remembered: (Remembered & { readonly channel: SimulatedChannel })[] = [];
  readonly #events: string[] = [];
  readonly #breaches: string[] = [];
  readonly #pressedAt = new Map<string, number>();
  readonly #startedAt = performance.now();
  readonly #under: Promise<void>[] = [];
  readonly #lost = new Set<string>();
  #isStoreLocked = false;
  #unlockedAt = Number.NEGATIVE_INFINITY;
  #areToolsAway = false;
  #renamed = 0;

  constructor(world: CrashWorld, number: number) {
    const [guild] = world.discord.guilds;
    if (guild === undefined) throw new Error('no guild');
    this.#world = world;
    this.#members = Array.from({ length: memberCount }, (_, index) =>
      world.discord.createUser({ name: `member-${number}-${index}`, locale: 'en-US' }),
    );
    this.#number = number;
    this.#channels = Array.from({ length: channelCount }, (_, index) =>
      world.discord.createChannel(guild, `run-${number}-${index}`),
    );
  }

  async do(deed: Deed): Promise<void> {
    this.#events.push(`${Math.round(performance.now() - this.#startedAt)} ${JSON.stringify(deed)}`);
    switch (deed.type) {
      case 'ask':
        return await this.#ask(deed);
      case 'edit':
      case 'delete':
        return this.#change(deed);
      case 'press':
        return this.#press(deed);
      case 'stop':
        return await this.#stop(deed);
      case 'bot':
        return await this.#restart(deed.signal);
      case 'requests fail':
        return this.#failRequests(deed);
      case 'gateway':
        return this.#disturb(deed);
      case 'store locked':
        return this.#lockStore(deed.forMs);
      case 'tools away':
        return await this.#takeToolsAway(deed.forMs);
      default:
        return deed satisfies never;
    }
  }

  /** Everything works again; resolves when all that was asked is settled. */
  async end(): Promise<void> {
    const { discord, program } = this.#world;
    await Promise.all(this.#under);
    discord.faults.clear();
    this.#noteLog();
    await this.#world.ready();
    if (program.process.exitCode !== null) this.#breaches.push(`the bot has ended: ${program.process.exitCode}`);
    // What comes last in a channel is answered last: then nothing is on its way.
    for (const channel of this.#channels) this.#askIn(channel, this.#member(0), 'mention');
    const isOver = (question: AskedQuestion) =>
      this.#lost.has(question.id) ||
      isSettled(this.#world, question.channel, question) ||
      this.#isWithdrawn(question) ||
      this.#refusalOf(question).length > 0;
    let steadySince = performance.now();
    await until(
      () => {
        for (const channel of this.#places()) this.#pressAll(channel);
        const now = performance.now();
        if (!this.#questions.every(isOver)) steadySince = now;
        return now - steadySince > steadyMs;
      },
      () =>
        `never settled: ${this.#questions.filter((one) => !isOver(one)).map(({ label }) => label)}\n${this.describe()}`,
      patienceMs,
    );
    this.#noteLog();
  }

  breaches(): readonly string[] {
    const accepted = this.#accepted();
    return [
      ...this.#breaches,
      ...findProblems(this.#world),
      ...this.#places().flatMap((place) => {
        const channel = this.#withoutRefusals(place);
        const asked = accepted.filter((question) => question.channel === place);
        const moments = this.#remembered.filter(({ question }) => asked.some(({ id }) => id === question.id));
        return findBreaches(this.#world, channel, asked, moments, { mayFail: true, isOdd: true });
      }),
    ];
  }

  describe(): string {
    const { record, program } = this.#world;
    const short = (text: string) => text.slice(0, longestLine);
    const open = this.#questions.flatMap(({ id }) => record.unfinished(id) ?? []);
    const own = this.#places().map(
      (channel) => `in ${channel.name}:\n${channel.transcript().split('\n').map(short).join('\n')}`,
    );
    return [
      ...this.#events,
      ...open.map((turn) => `unfinished: ${JSON.stringify(turn).slice(0, 1_000)}`),
      ...program.output.split('\n').slice(-mostLines).map(short),
      ...own,
    ].join('\n');
  }

  #member(who: number): SimulatedUser {
    const member = this.#members[who % this.#members.length];
    if (member === undefined) throw new Error('no member');
    return member;
  }

  #channel(where: number): SimulatedChannel {
    const channel = this.#channels[where % this.#channels.length];
    if (channel === undefined) throw new Error('no channel');
    return channel;
  }

  /** Where something was asked. */
  #places(): readonly SimulatedChannel[] {
    return [...new Set(this.#questions.map(({ channel }) => channel))];
  }

  #accepted(): readonly AskedQuestion[] {
    return this.#questions.filter(
      (question) =>
        isAccepted(this.#world, question.channel, question) &&
        this.#refusalOf(question).length === 0 &&
        !this.#lost.has(question.id),
    );
  }

  /** A command that could not be stored is not taken, and says so. */
  #refusalOf(question: AskedQuestion): SimulatedMessage[] {
    const { id, isCommand, channel } = question;
    if (!isCommand || this.#isKnown(question)) return [];
    return channel.messages.filter(
      ({ content, nonce, interaction }) =>
        (interaction?.id === id || nonce?.startsWith(id) === true) && content.includes(notTaken),
    );
  }

  /** The channel with one such line for each command at most, and with nothing of those that are lost. */
  #withoutRefusals(channel: SimulatedChannel): SimulatedChannel {
    const refusals = this.#questions.flatMap((question) =>
      question.channel === channel ? this.#refusalOf(question).slice(0, 1) : [],
    );
    const messages = channel.messages.filter(
      ({ id, interaction }) =>
        !refusals.some((refusal) => refusal.id === id) && !(interaction && this.#lost.has(interaction.id)),
    );
    return Object.create(channel, { messages: { value: messages } }) as SimulatedChannel;
  }

  /** Nobody waits for it any more, or nobody has promised to answer it. */
  #isWithdrawn(question: AskedQuestion): boolean {
    const { record } = this.#world;
    return !isAccepted(this.#world, question.channel, question) && record.unfinished(question.id) === undefined;
  }

  async #ask({ how, where, who }: Extract<Deed, { type: 'ask' }>): Promise<void> {
    const member = this.#member(who);
    if (how === 'direct') this.#askIn(this.#world.discord.openDm(member), member, how);
    else if (how === 'mention') this.#askIn(this.#channel(where), member, how);
    else {
      const label = this.#nextLabel();
      const channel = this.#channel(where);
      const id = await channel.asks(member, 'ask', { question: `[${label}] please` });
      this.#questions.push({ id, label, isCommand: true, channel, member });
    }
  }

  #askIn(channel: SimulatedChannel, member: SimulatedUser, how: 'mention' | 'direct'): void {
    const label = this.#nextLabel();
    const mention = how === 'direct' ? '' : `<@${this.#world.discord.bot.id}> `;
    const { id } = channel.says(member, `${mention}[${label}] please`);
    // Of a direct message that no session was told of, the bot knows only when it knows the channel.
    const mayBeLost = how === 'direct' ? ({ mayBeLost: true } as const) : {};
    this.#questions.push({ id, label, isCommand: false, channel, member, ...mayBeLost });
  }

  #nextLabel(): string {
    return `${planName} ${this.#number}.${this.#questions.length + 1}`;
  }

  #change({ type, which }: Extract<Deed, { type: 'edit' | 'delete' }>): void {
    const place = this.#questions.length - 1 - which;
    const question = this.#questions[place];
    if (question === undefined || question.isCommand || question.isDeleted) return;
    const { channel, id, label } = question;
    const { content } = channel.messages.find((message) => message.id === id) ?? { content: '' };
    if (type === 'edit') channel.edits(id, content.replace(/ ?please.*/, ` please, once more ${label.length}`));
    else {
      channel.deletes(id);
      this.#questions[place] = { ...question, isDeleted: true, mayBeLost: true };
    }
  }

  #press({ which, who, action }: Extract<Deed, { type: 'press' }>): void {
    const buttons = this.#places().flatMap((channel) => buttonsIn(channel, action));
    const button = buttons[which % Math.max(1, buttons.length)];
    if (button === undefined) return;
    const { channel, messageId, customId } = button;
    if (action === 'again') this.#rename(channel, customId);
    // The message has gone or lost its button meanwhile.
    channel.presses(this.#member(who), messageId, customId).catch(() => undefined);
  }

  /** What is asked again is asked for something else: what is done for it then was not done before. */
  #rename(channel: SimulatedChannel, customId: string): void {
    const question = this.#questions.find(({ id }) => customId.includes(id));
    const message = channel.messages.find(({ id }) => id === question?.id);
    if (message === undefined) return;
    this.#renamed += 1;
    channel.edits(message.id, message.content.replace(/\[(\w+ \d+\.\d+)[\d.]*\]/, `[$1.${this.#renamed}]`));
  }

  /** As members do who want to go on: each what they were asked, and again when nothing comes of it. */
  #pressAll(channel: SimulatedChannel): void {
    for (const { messageId, customId } of buttonsIn(channel, 'approve')) {
      const pressedAt = this.#pressedAt.get(messageId) ?? Number.NEGATIVE_INFINITY;
      if (performance.now() - pressedAt < pressAgainMs) continue;
      this.#pressedAt.set(messageId, performance.now());
      for (const member of this.#members) channel.presses(member, messageId, customId).catch(() => undefined);
    }
  }

  async #stop({ where, who }: Extract<Deed, { type: 'stop' }>): Promise<void> {
    await this.#channel(where).asks(this.#member(who), 'stop', {});
  }

  async #restart(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const world = this.#world;
    const { program } = world;
    if (program.process.exitCode !== null) this.#breaches.push(`the bot had ended: ${program.process.exitCode}`);
    program.process.kill(signal);
    const { code } = await program.ended;
    if (signal === 'SIGKILL') this.#noteLost();
    if (signal === 'SIGTERM' && code !== 0 && code !== null) this.#breaches.push(`told to stop, it ended with ${code}`);
    this.#noteLog();
    for (const question of this.#accepted())
      this.#remembered.push({ ...remember(world, question.channel, question), channel: question.channel });
    world.start();
  }

  /**
   * A command shows that it was taken after half a second though the store is away, and is lost when the bot is killed between
   * the two: nothing else is promised.
   */
  #noteLost(): void {
    if (!this.#isStoreLocked && performance.now() - this.#unlockedAt > longestStoreWaitMs) return;
    for (const question of this.#questions)
      if (question.isCommand && !this.#isKnown(question)) this.#lost.add(question.id);
  }

  #isKnown({ id, channel }: AskedQuestion): boolean {
    const { record } = this.#world;
    return record.unfinished(id) !== undefined || record.history(channel.id).some(({ question }) => question.id === id);
  }

  #noteLog(): void {
    for (const line of this.#world.program.log)
      if (uncaught.has(String(line.event))) this.#breaches.push(JSON.stringify(line));
  }

  #failRequests({ times, effect }: Extract<Deed, { type: 'requests fail' }>): void {
    this.#world.discord.faults.add({ route: /\/(messages|typing|callback|webhooks)/, times, effect });
  }

  #disturb({ how }: Extract<Deed, { type: 'gateway' }>): void {
    const { gateway } = this.#world.discord;
    if (how === 'drop') gateway.drop();
    else if (how === 'reconnect') gateway.requestReconnect();
    else if (how === 'resume') gateway.invalidateSession(true);
    else if (how === 'begin anew') gateway.invalidateSession(false);
    else gateway.repeat(how === 'repeat messages' ? 'MESSAGE_CREATE' : 'INTERACTION_CREATE', 3);
  }

  /** Nobody else can write meanwhile. */
  #lockStore(forMs: number): void {
    if (this.#isStoreLocked) return;
    const database = new DatabaseSync(this.#world.storePath, { timeout: 1_000 });
    try {
      database.exec('BEGIN IMMEDIATE');
    } catch {
      // Others have written all the time.
      database.close();
      return;
    }
    this.#isStoreLocked = true;
    this.#later(forMs, async () => {
      database.exec('ROLLBACK');
      database.close();
      this.#isStoreLocked = false;
      this.#unlockedAt = performance.now();
    });
  }

  async #takeToolsAway(forMs: number): Promise<void> {
    if (this.#areToolsAway) return;
    this.#areToolsAway = true;
    await this.#world.stopTools();
    this.#later(forMs, async () => {
      await this.#world.startTools();
      this.#areToolsAway = false;
    });
  }

  #later(afterMs: number, act: () => Promise<void>): void {
    this.#under.push(sleep(afterMs).then(act));
  }
}

interface Button {
  readonly channel: SimulatedChannel;
  readonly messageId: string;
  readonly customId: string;
}

function buttonsIn(channel: SimulatedChannel, action: Press): Button[] {
  return channel.messages.flatMap(({ id, components }) =>
    toButtonIds(components)
      .filter((name) => name.startsWith(`${action}:`))
      .map((customId) => ({ channel, messageId: id, customId })),
  );
}
