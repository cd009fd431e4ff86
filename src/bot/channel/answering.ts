/**
 * Takes questions and answers them: the turn runs in its channel's queue while it is shown. The same road for a question
 * just asked, one missed while the bot was away, and a turn that an earlier process left unfinished.
 */
import { type Agent, type LiveState, nothingLive, type StopReason, type TakeOutcome } from '../../agent/agent.ts';
import { conversationOf, type JsonValue, openTasks, originalIdOf, type Question, type Turn } from '../../agent/turn.ts';
import type { Logger } from '../../log.ts';
import { type AnsweringLimits, type AnsweringShare, createShare, noLimits } from './answering-share.ts';
import type { Again, AgainEnd, Asking } from './asking.ts';
import { type ChangesOptions, changeBeforeStart, type QuestionEnd } from './change-before-start.ts';
import { languageOfTurn, readDelivery, toJson } from './delivery.ts';
import { EndedTurns, type EndedTurnsOptions } from './ended-turns.ts';
import type { AskedQuestion, Pending, PendingQuestions } from './pending-questions.ts';
import type { OpenPlace, Place } from './place.ts';
import { QuestionLimits } from './question-limits.ts';
import type { RequestQueue } from './request-queue.ts';
import { Sayings } from './sayings.ts';
import { type Showing, ShownTurn } from './shown-turn.ts';
import { catalogues } from './texts/catalogues.ts';
import { type QueuedTurn, TurnQueue } from './turn-queue.ts';
import type { TurnSlots } from './turn-slots.ts';

export interface AnsweringOptions extends Showing {
  readonly agent: Agent;
  readonly openPlace: OpenPlace;
  readonly log: Logger;
  readonly pending: PendingQuestions;
  readonly lookUp: ChangesOptions['lookUp'];
  readonly toKept: EndedTurnsOptions['toKept'];
  /** How much is done at once. Default: any amount. */
  readonly limits?: AnsweringLimits;
  readonly onUnauthorized: () => void;
  /** What it has in common with others. Default: its own. */
  readonly share?: AnsweringShare;
}

/** How long the store may take for a question that is asked again: whoever pressed waits, and can press once more. */
const againWithinMs = 10_000;
/** A question on its way through the queue. */
interface QueuedQuestion extends QueuedTurn {
  /** Unset for a turn of an earlier process: it is stored. */
  readonly stored?: Promise<TakeOutcome>;
  readonly acknowledged?: Promise<void> | undefined;
  /** Told once what came of asking again. */
  readonly onEnd?: (end: AgainEnd) => void;
  /** Of a turn that was set aside and goes on: as it was begun. */
  readonly begun?: BegunTurn;
}

/** A turn whose time has come. */
interface BegunTurn {
  readonly turn: Turn;
  readonly place: Place;
  readonly shown: ShownTurn;
  readonly stop: AbortController;
  readonly onEnd: QueuedQuestion['onEnd'];
  /** It waits for tasks, and lets the others of its channel go on. */
  isAside: boolean;
}

export class Answering {
  readonly #options: AnsweringOptions;
  readonly #requests: RequestQueue;
  readonly #queue = new TurnQueue<QueuedQuestion>((queued) => this.#takeOn(queued));
  readonly #suspension = new AbortController();
  readonly #closing = new AbortController();
  /** Ends the wait for tasks: a later process goes on with it. */
  readonly #leaving = new AbortController();
  /** Turns that wait for tasks until they go on, or the process ends. */
  readonly #aside = new Set<Promise<void>>();
  /** By the id of the question. */
  readonly #begun = new Map<string, BegunTurn>();
  readonly #sayings: Sayings;
  readonly #limits: QuestionLimits;
  readonly #slots: TurnSlots;
  readonly #endedTurns: EndedTurns;
  /** Ids of turns whose questions are being asked again: each once at a time. */
  readonly #askedAgain = new Set<string>();
  /** Questions taken before the turns of an earlier process were resumed. */
  #takenAtStart: Set<string> | undefined = new Set();
  /** Turns of an earlier process that were not resumed, since this one was just taking their questions. */
  readonly #leftAlone = new Map<string, Turn>();

  constructor(options: AnsweringOptions) {
    this.#options = options;
    const limits = options.limits ?? noLimits;
    const { requests, slots, rate } = options.share ?? createShare(limits);
    this.#requests = requests;
    this.#slots = slots;
    this.#limits = new QuestionLimits({ ...limits, queue: this.#queue, rate });
    this.#endedTurns = new EndedTurns({ ...options, signal: this.#suspension.signal });
    this.#sayings = new Sayings({ ...options, queue: requests });
  }

  /**
   * Takes a question that was asked, once: one that was taken before is left alone. Never rejects.
   * @returns once it is stored or cannot be; false, at once, where this process takes nothing any more: it is left to whoever is told of it again.
   */
  async take(question: Question, asking: Asking): Promise<boolean> {
    if (this.#closing.signal.aborted) return false;
    const refusal = this.#limits.refusalOf(question, asking);
    if (refusal !== undefined) {
      this.#refuse(question, asking, refusal);
      return true;
    }
    const { language, address, isFoundAgain, acknowledged, complete, mayBeIn } = asking;
    this.#takenAtStart?.add(question.id);
    const { agent, pending } = this.#options;
    const isWanted = () => {
      const change = pending.changeOf(question.id);
      return change !== 'deleted' && change !== 'gone';
    };
    const { turn, stored } = agent.take(question, toJson({ language, address, posted: {} }), {
      signal: this.#closing.signal,
      isWanted,
      isFoundAgain,
      ...(complete === undefined ? {} : { complete }),
      ...(mayBeIn === undefined ? {} : { mayBeIn }),
      onChange: () => this.#begun.get(question.id)?.shown.show(false),
    });
    this.#limits.taken(question, asking);
    // The place in the channel's queue is that of the asking, however long the store takes.
    this.#queue.add({ turn, stored, acknowledged });
    const outcome = await stored;
    if (outcome === 'stored') {
      pending.stored(question.id);
      this.#leftAlone.delete(question.id);
    } else if (outcome === 'known') this.#goOnAfterAll(question.id);
    return true;
  }

  /** Another process had taken it, whose turns are read by now or soon. */
  #goOnAfterAll(questionId: string): void {
    this.#takenAtStart?.delete(questionId);
    const turn = this.#leftAlone.get(questionId);
    this.#leftAlone.delete(questionId);
    if (turn !== undefined) this.#resume(turn);
  }

  /**
   * Asks the question of an ended turn again, as it stands now. The new answer takes the place of the old one; where it fails,
   * the old answer stays. Never twice at once.
   * @param prepare Finds out what is to be asked, or says why it is not.
   * @returns what came of it, once that is shown. Rejects with what `prepare` throws.
   */
  async again<Refusal extends string>(
    turnId: string,
    prepare: () => Promise<Again | Refusal>,
  ): Promise<AgainEnd | Refusal> {
    if (this.#askedAgain.has(turnId)) return 'under-way';
    this.#askedAgain.add(turnId);
    try {
      const again = await prepare();
      return typeof again === 'string' ? again : await this.#takeAgain(again);
    } finally {
      this.#askedAgain.delete(turnId);
    }
  }

  /** A question that an earlier process was asking again, and that must not be asked any more: the old answer stands as it was. */
  leaveOld(turn: Turn): void {
    this.#queue.add({ turn, isDropped: true });
  }

  /** Says one line to whoever asked, in the order asked. @param delivery Of its turn, where it has one. */
  say(question: Pick<Question, 'id' | 'channelId'>, content: string, delivery: JsonValue = {}): void {
    if (this.#closing.signal.aborted) return;
    const place = this.#options.openPlace(question, delivery);
    this.#queue.run(question.channelId, () => this.#sayings.say(place, question.id, content));
  }

  /**
   * Goes on with the turns of an earlier process, each in its channel's queue, from wherever its record is; what was asked
   * meanwhile comes after them. To be called once. Turns among them that this process has taken meanwhile are left alone: they run already.
   */
  resume(turns: readonly Turn[]): void {
    for (const turn of turns) {
      const { id } = turn.question;
      if (this.#takenAtStart?.has(id)) this.#leftAlone.set(id, turn);
      else this.#resume(turn);
    }
    this.#takenAtStart = undefined;
    this.release();
  }

  #resume(turn: Turn): void {
    const { pending } = this.#options;
    const { id, channelId, askedAt } = turn.question;
    pending.add(id, { channelId, guildId: guildOf(turn), askedAt });
    pending.stored(id);
    if (turn.replaces !== undefined) this.#askedAgain.add(turn.replaces);
    this.#queue.addFirst({ turn });
  }

  /** Begins what was asked meanwhile, though the turns of an earlier process may not be known yet. */
  release(): void {
    this.#queue.release();
  }

  /** Ends the turns whose place is out of reach for good. */
  leave(isGone: (place: Pick<Pending, 'channelId' | 'guildId'>) => boolean): void {
    for (const { turn, shown } of this.#begun.values())
      if (isGone({ channelId: turn.question.channelId, guildId: guildOf(turn) })) shown.leave();
  }

  /** What can be shown of the turn besides its record; nothing when it does not run. */
  liveOf(turnId: string): LiveState {
    return this.#begun.get(turnId)?.shown.live ?? nothingLive;
  }

  /** Turns that run, and questions that wait. */
  get counts(): { readonly running: number; readonly waiting: number } {
    return { running: this.#begun.size, waiting: this.#queue.count };
  }

  /** @param conversation See `conversationOf`: a channel, or what one member has to themselves in it. */
  runningIn(conversation: string): Turn | undefined {
    // One that has ended may still be on its way to being settled.
    const isRunning = ({ turn: { question, end }, isAside }: BegunTurn) =>
      conversationOf(question) === conversation && end === undefined && !isAside;
    return [...this.#begun.values()].find(isRunning)?.turn;
  }

  /** Whether that member has asked just that in the channel for all to see, and waits for the answer. */
  isAsked({ channelId, authorId, text }: Pick<Question, 'channelId' | 'authorId' | 'text'>): boolean {
    const begun = [...this.#begun.values()].map(({ turn }) => turn);
    return [...this.#queue.waitingIn(channelId), ...begun].some(
      ({ question, end }) =>
        conversationOf(question) === channelId &&
        question.authorId === authorId &&
        question.text === text &&
        end === undefined,
    );
  }

  /** The turn ends as stopped; the next of its channel goes on. @returns false when it does not run. */
  stop(turn: Turn): boolean {
    const begun = this.#begun.get(turn.question.id);
    begun?.stop.abort('stop' satisfies StopReason);
    return begun !== undefined;
  }

  /** Ends the running turns of the channel as stopped, private ones too, and drops those that wait. @returns how many of both. */
  stopAll(channelId: string): number {
    const dropped = this.#queue.drop(channelId);
    const running = [...this.#begun.values()].filter(
      ({ turn: { question, end } }) => question.channelId === channelId && end === undefined,
    );
    for (const { turn } of running) this.stop(turn);
    return dropped + running.length;
  }

  /** Does it when everything that was asked in the conversation before is answered. `task` must not reject. */
  async afterOthers(conversation: string, task: () => Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#queue.run(conversation, async () => {
      await task();
      resolve();
    });
    await promise;
  }

  /** Takes nothing new, gives running turns `graceMs` to end, then leaves the rest in the record for a later process. */
  async close(graceMs: number): Promise<void> {
    this.#closing.abort();
    this.release();
    this.#leaving.abort('suspend' satisfies StopReason);
    const timer = setTimeout(() => {
      this.#suspension.abort('suspend' satisfies StopReason);
      for (const { shown } of this.#begun.values()) shown.stop();
      this.#sayings.stop();
    }, graceMs);
    await this.#queue.idle();
    await Promise.all(this.#aside);
    clearTimeout(timer);
    if (this.#options.share === undefined) this.#requests.close();
  }

  /** Says why, or nothing to a member who was told already. */
  #refuse(question: Question, asking: Asking, line: string): void {
    const { pending, openPlace, log } = this.#options;
    const { language, address, acknowledged, askedIn } = asking;
    pending.remove(question.id);
    if (!this.#limits.shouldTell(question, asking)) return;
    const channelId = askedIn ?? question.channelId;
    log.warn('question-not-taken', { channelId });
    const delivery = askedIn === undefined ? toJson({ language, address, posted: {} }) : {};
    const place = openPlace({ id: question.id, channelId }, delivery, acknowledged);
    void this.#sayings.say(place, question.id, `⚠️ ${line}`);
  }

  async #takeAgain({ old, posted, id, askedAt, language, address, complete }: Again): Promise<AgainEnd> {
    const { agent, pending } = this.#options;
    const question = { ...old.question, id, askedAt, originalId: originalIdOf(old.question) };
    const { channelId } = question;
    const line = this.#limits.refusalOf(question, { language });
    if (line !== undefined) return { line };
    const { turn, stored } = agent.take(question, toJson({ language, address, posted }), {
      signal: AbortSignal.any([this.#closing.signal, AbortSignal.timeout(againWithinMs)]),
      replaces: old.question.id,
      ...(complete === undefined ? {} : { complete }),
    });
    const outcome = await stored;
    if (outcome === 'refused') return { line: catalogues[language].replies['not-let'] };
    if (outcome !== 'stored') return 'store-failed';
    pending.add(id, { channelId, guildId: guildOf(turn), askedAt: undefined });
    pending.stored(id);
    // From here on as a turn of an earlier process: its question is looked up when its time has come.
    const { promise, resolve } = Promise.withResolvers<AgainEnd>();
    this.#queue.add({ turn, onEnd: resolve });
    return await promise;
  }

  #isOver({ turn: { question, replaces, end }, onEnd }: QueuedQuestion): void {
    this.#limits.over(question.id);
    if (replaces !== undefined) this.#askedAgain.delete(replaces);
    onEnd?.(end === undefined ? 'closing' : end.type === 'answered' ? end.type : end.code);
  }

  /** A turn that is set aside is not over: it comes back. */
  async #takeOn(queued: QueuedQuestion): Promise<void> {
    const begun = await this.#answer(queued);
    if (begun?.isAside !== true) return this.#isOver(queued);
    const waiting = this.#awaitTasks(queued, begun).finally(() => this.#aside.delete(waiting));
    this.#aside.add(waiting);
  }

  /** Not in the queue: the next of the channel goes on. Never rejects. */
  async #awaitTasks(queued: QueuedQuestion, begun: BegunTurn): Promise<void> {
    const { turn, shown, stop } = begun;
    await shown.awaitTasks(AbortSignal.any([this.#leaving.signal, stop.signal]));
    if (!this.#closing.signal.aborted) return this.#queue.add({ ...queued, begun });
    this.#begun.delete(turn.question.id);
    shown.stop();
    this.#isOver(queued);
  }

  /** @returns the turn as it was begun, which may be set aside; undefined where a later process goes on with it. */
  async #answer(queued: QueuedQuestion): Promise<BegunTurn | undefined> {
    const { turn, stored } = queued;
    // What waited in the queue when the process began to end stays in the record.
    if (this.#suspension.signal.aborted || (this.#closing.signal.aborted && stored === undefined)) {
      queued.begun?.shown.stop();
      return undefined;
    }
    const begun = queued.begun ?? this.#begin(queued);
    const { id: turnId, channelId } = turn.question;
    try {
      if (begun.isAside) await this.#goOn(begun, queued.isDropped === true);
      else await this.#answerFromStart(queued, begun);
    } catch (error) {
      this.#options.log.error('turn-not-shown', { turnId, channelId, error });
    } finally {
      if (!begun.isAside) {
        this.#begun.delete(turnId);
        begun.shown.stop();
      }
    }
    return begun;
  }

  #begin({ turn, stored, acknowledged, onEnd }: QueuedQuestion): BegunTurn {
    const place = this.#options.openPlace(turn.question, turn.delivery, acknowledged);
    const options = { ...this.#options, turn, place, queue: this.#requests, isResumed: stored === undefined };
    const shown = new ShownTurn(options);
    const begun: BegunTurn = { turn, place, shown, stop: new AbortController(), onEnd, isAside: false };
    this.#begun.set(turn.question.id, begun);
    // Nobody would read the answer.
    void shown.ended.then((end) => end === 'gone' && this.stop(turn));
    return begun;
  }

  async #answerFromStart(queued: QueuedQuestion, begun: BegunTurn): Promise<void> {
    const { turn, stored } = queued;
    if (stored !== undefined && !(await this.#isStored(begun, stored, begun.place))) return;
    // A command shows that it is thinking until something is said: it ends as any that is stopped.
    if (queued.isDropped && begun.place.quotesQuestion && turn.replaces === undefined) this.stop(turn);
    else if (queued.isDropped) return await this.#drop(begun, 'stopped');
    const change = await this.#changeBeforeStart(queued);
    if (change !== undefined) return await this.#drop(begun, change);
    await this.#runAndShow(begun);
  }

  async #goOn(begun: BegunTurn, isDropped: boolean): Promise<void> {
    begun.isAside = false;
    if (isDropped) this.stop(begun.turn);
    await this.#runAndShow(begun);
  }

  /** Waits until the turn is stored, and shows that it waits. @returns whether it is to be run by this process. */
  async #isStored({ turn, shown }: BegunTurn, stored: Promise<TakeOutcome>, place: Place): Promise<boolean> {
    // The store is waited for already.
    if (turn.warnings.length > 0) shown.show(false);
    const outcome = await stored;
    if (outcome === 'stored') return !this.#closing.signal.aborted;
    await (turn.end === undefined ? shown.clear() : shown.finish());
    if (outcome === 'refused') await this.#sayings.say(place, turn.question.id, lineOfRefusal(turn));
    if (outcome !== 'unstored') this.#options.pending.remove(turn.question.id);
    return false;
  }

  /** The question is not answered: nothing of it stays, neither in the channel nor in the store. */
  async #drop(begun: BegunTurn, change: QuestionEnd | 'stopped'): Promise<void> {
    const { turn, shown, onEnd } = begun;
    const { id: turnId, channelId } = turn.question;
    this.#options.pending.remove(turnId);
    const old = await this.#endedTurns.replacedBy(turn);
    if (old !== undefined) await shown.restore(old);
    else if (turn.replaces === undefined) await shown.clear();
    await this.#endedTurns.settle(turn, shown.delivery);
    onEnd?.(change === 'stopped' ? change : 'question-gone');
    this.#options.log.info('question-dropped', { turnId, channelId, change });
  }

  async #runAndShow(begun: BegunTurn): Promise<void> {
    const { turn, shown, stop } = begun;
    if (turn.end === undefined) {
      const replaced = await this.#endedTurns.replacedBy(turn);
      if (replaced !== undefined) shown.replaces(replaced);
      shown.show(true);
      const signal = AbortSignal.any([this.#suspension.signal, stop.signal]);
      const leave = await this.#slots.take(guildOf(turn), signal);
      await shown.run(signal);
      leave();
    }
    begun.isAside = openTasks(turn).length > 0 && !this.#suspension.signal.aborted;
    if (turn.end === undefined) return;
    // Only an attempt that failed may have left the old turn its place.
    const old = turn.end.type === 'failed' ? await this.#endedTurns.replacedBy(turn) : undefined;
    const end = await (old === undefined ? shown.finish() : shown.restore(old));
    if (end !== 'stopped') await this.#endedTurns.settle(turn, shown.delivery);
    const { id: turnId, channelId, askedAt } = turn.question;
    this.#options.log.debug('turn-shown', { turnId, channelId, end, sinceMs: Date.now() - askedAt });
  }

  async #changeBeforeStart({ turn, stored }: QueuedQuestion): Promise<QuestionEnd | undefined> {
    const sayHelp = ({ language }: AskedQuestion) => this.say(turn.question, catalogues[language].help, turn.delivery);
    return await changeBeforeStart(turn, stored === undefined, this.#closing.signal, sayHelp, this.#options);
  }
}

function lineOfRefusal(turn: Turn): string {
  return catalogues[languageOfTurn(turn)].replies['not-let'];
}

/** Platforms whose channels belong to guilds write so into the address. */
function guildOf(turn: Turn): string | undefined {
  const { guildId } = readDelivery(turn.delivery).address;
  return typeof guildId === 'string' ? guildId : undefined;
}
