/**
 * Takes questions and answers them: the turn runs in its channel's queue while its writer shows it. The same road for a
 * question just asked, one missed while the bot was away, and a turn that an earlier process left unfinished.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { REST } from 'discord.js';
import { type Agent, type LiveState, nothingLive, type StopReason } from '../../agent/agent.ts';
import type { Question, Turn } from '../../agent/turn.ts';
import type { Logger } from '../../log.ts';
import { type Delivery, readDelivery, toJson } from '../discord/delivery.ts';
import { channelPlace, interactionPlace, type Place } from '../discord/place.ts';
import { catalogues } from './catalogue.ts';
import { ChannelQueue } from './channel-queue.ts';
import { type Intake, takeIn } from './intake.ts';
import type { Change, Pending, PendingQuestions } from './pending-questions.ts';
import { present } from './presenter.ts';
import { RequestQueue } from './request-queue.ts';
import { Writer } from './writer.ts';

export interface AnsweringOptions {
  readonly agent: Agent;
  readonly rest: REST;
  readonly log: Logger;
  readonly pending: PendingQuestions;
  /** What became of the message of a question, by what Discord says now; undefined: nothing, or Discord does not say. */
  readonly lookUp: (question: Question, signal: AbortSignal) => Promise<Change | undefined>;
  readonly onUnauthorized: () => void;
}

/** While the model writes, the messages are made anew at most this often: nobody sees more. */
const draftRefreshMs = 100;
const firstSettleRetryMs = 500;
const longestSettleRetryMs = 30_000;

interface Taken {
  /** With an intake, what shows until the record is there. */
  readonly turn: Turn;
  /** Set for a question that is on its way to the store. */
  readonly intake?: Intake;
  /** Whether an earlier process worked on it. */
  readonly isResumed?: boolean;
  readonly acknowledged?: Promise<void> | undefined;
}

/** A turn that the agent works on now. */
interface RunningTurn {
  turn: Turn;
  readonly stop: AbortController;
  live: LiveState;
}

export class Answering {
  readonly #options: AnsweringOptions;
  readonly #requests = new RequestQueue();
  readonly #channels = new ChannelQueue();
  readonly #suspension = new AbortController();
  readonly #closing = new AbortController();
  readonly #writers = new Set<Writer>();
  readonly #shown = new Map<Writer, Pick<Pending, 'channelId' | 'guildId'>>();
  readonly #running = new Map<string, RunningTurn>();
  /** Questions taken before the turns of an earlier process were resumed. */
  #takenAtStart: Set<string> | undefined = new Set();

  constructor(options: AnsweringOptions) {
    this.#options = options;
  }

  /**
   * Takes a question that was asked, once: one that was taken before is left alone. Never rejects.
   * @param acknowledged For `/ask`: settles when Discord has the acknowledgement.
   */
  async take(question: Question, delivery: Omit<Delivery, 'posted'>, acknowledged?: Promise<void>): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#takenAtStart?.add(question.id);
    const turn: Turn = {
      version: 2,
      question,
      warnings: [],
      steps: [],
      delivery: toJson({ ...delivery, posted: {} }),
    };
    const intake = takeIn(turn, { ...this.#options, signal: this.#closing.signal });
    // The place in the channel's queue is that of the asking, however long the store takes.
    this.#channels.run(question.channelId, () => this.#answer({ turn, intake, acknowledged }));
    await intake.ended;
  }

  /** Says one line to whoever asked. Costs no model call and leaves no record: the nonce alone keeps it single. */
  say(channelId: string, questionId: string, content: string): void {
    if (this.#closing.signal.aborted) return;
    this.#channels.run(channelId, async () => {
      // Nobody would stop a writer that begins after all were stopped.
      if (this.#suspension.signal.aborted) return;
      const { rest, log, onUnauthorized } = this.#options;
      const place = channelPlace(rest, channelId, questionId);
      const writer = new Writer({
        place,
        queue: this.#requests,
        log,
        turnId: questionId,
        refusedText: content,
        filesRefusedText: content,
        readFile: async () => undefined,
        onUnauthorized,
        onPosting: async () => undefined,
        onPosted: () => undefined,
      });
      this.#writers.add(writer);
      await writer.finish([{ key: 'h0', content, stage: 'final', isReply: true }]);
      this.#writers.delete(writer);
    });
  }

  /**
   * Goes on with the turns of an earlier process, each in its channel's queue, from wherever its record is; what was asked
   * meanwhile comes after them. To be called once. Turns among them that this process has taken meanwhile are left alone: they run already.
   */
  resume(turns: readonly Turn[]): void {
    for (const turn of turns) {
      if (this.#takenAtStart?.has(turn.question.id)) continue;
      const { id, channelId, askedAt } = turn.question;
      this.#options.pending.add(id, { channelId, guildId: readDelivery(turn).guildId, askedAt });
      this.#options.pending.stored(id);
      this.#channels.runFirst(channelId, () => this.#answer({ turn, isResumed: true }));
    }
    this.#takenAtStart = undefined;
    this.release();
  }

  /** Begins what was asked meanwhile, though the turns of an earlier process may not be known yet. */
  release(): void {
    this.#channels.release();
  }

  /** Ends the turns whose place is out of reach for good. */
  leave(isGone: (place: Pick<Pending, 'channelId' | 'guildId'>) => boolean): void {
    for (const [writer, place] of this.#shown) if (isGone(place)) writer.leave();
  }

  /** What can be shown of the turn besides its record; nothing when it does not run. */
  liveOf(turnId: string): LiveState {
    return this.#running.get(turnId)?.live ?? nothingLive;
  }

  runningIn(channelId: string): Turn | undefined {
    // One that has ended may still be on its way to being settled.
    const isRunning = ({ question, end }: Turn) => question.channelId === channelId && end === undefined;
    return [...this.#running.values()].find(({ turn }) => isRunning(turn))?.turn;
  }

  /** The turn ends as stopped; the next of its channel goes on. */
  stop(turn: Turn): void {
    this.#running.get(turn.question.id)?.stop.abort('stop' satisfies StopReason);
  }

  /** Does it when everything that was asked in the channel before is answered. `task` must not reject. */
  async afterOthers(channelId: string, task: () => Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#channels.run(channelId, async () => {
      await task();
      resolve();
    });
    await promise;
  }

  /** Takes nothing new, gives running turns `graceMs` to end, then leaves the rest in the record for a later process. */
  async close(graceMs: number): Promise<void> {
    this.#closing.abort();
    this.release();
    const timer = setTimeout(() => {
      this.#suspension.abort('suspend');
      for (const writer of this.#writers) writer.stop();
    }, graceMs);
    await this.#channels.idle();
    clearTimeout(timer);
    this.#requests.close();
  }

  async #answer({ turn: asked, intake, isResumed = false, acknowledged }: Taken): Promise<void> {
    // What waited in the queue when the process began to end stays in the record.
    if (this.#suspension.signal.aborted || (this.#closing.signal.aborted && intake === undefined)) return;
    const { agent, log } = this.#options;
    const { question } = asked;
    let turn = asked;
    let isKept = intake === undefined;
    const delivery = readDelivery(turn);
    const running: RunningTurn = { turn, stop: new AbortController(), live: nothingLive };
    let ran = Promise.resolve();
    const save = async () => {
      if (!isKept) return;
      await agent
        .saveDelivery(turn)
        .catch((error: unknown) => log.warn('delivery-not-saved', { turnId: question.id, error }));
    };
    const writer = new Writer({
      place: this.#placeOf(turn, delivery, acknowledged),
      isResumed,
      refusedText: `⚠️ ${catalogues[delivery.language].refused}`,
      filesRefusedText: `⚠️ ${catalogues[delivery.language].filesRefused}`,
      readFile: (file) => agent.readFile(file),
      queue: this.#requests,
      log,
      turnId: question.id,
      posted: delivery.posted,
      onUnauthorized: this.#options.onUnauthorized,
      // Nothing is shown before it is on record: the model may say something else when it is asked again.
      onPosting: async (posted) => {
        turn.delivery = toJson({ ...delivery, posted });
        // How the turn ended is kept by the agent, and a later process shows just that.
        if (turn.end === undefined) await save();
        else await ran;
      },
      onPosted: (posted, isLast) => {
        turn.delivery = toJson({ ...delivery, posted });
        // The last message needs no record of its own: the turn is settled right after it, and a nonce bridges the moment.
        if (!isLast || delivery.interaction !== undefined) void save();
      },
    });
    const shown = () =>
      present(turn, {
        language: delivery.language,
        live: running.live,
        quotedQuestion: delivery.interaction && question.text,
      });
    let draftTimer: NodeJS.Timeout | undefined;
    const refresh = (live: LiveState) => {
      running.live = live;
      if (live.draft !== undefined || live.progress.size > 0) {
        draftTimer ??= setTimeout(refreshNow, draftRefreshMs);
        return;
      }
      refreshNow();
    };
    const refreshNow = () => {
      clearTimeout(draftTimer);
      draftTimer = undefined;
      writer.show(shown());
    };

    this.#writers.add(writer);
    this.#shown.set(writer, { channelId: question.channelId, guildId: delivery.guildId });
    void writer.ended.then((end) => {
      // Nobody would read the answer.
      if (end === 'gone') running.stop.abort('stop' satisfies StopReason);
    });
    let isTaken = false;
    // Registered before the wait: for one that is over nothing is said.
    void intake?.ended.then(() => {
      isTaken = true;
    });
    void intake?.waits.then(() => {
      if (isTaken) return;
      turn.warnings.push({ type: 'store-wait', afterSteps: 0 });
      writer.show(shown(), false);
    });
    try {
      if (intake !== undefined) {
        const taken = await intake.ended;
        if (taken.type !== 'kept') {
          // Unlike a message, a command cannot be found again.
          const isLost = taken.type === 'unkept' && delivery.interaction !== undefined;
          if (isLost) turn.end = { type: 'failed', code: 'store-failed' };
          await writer.finish(isLost ? shown() : []);
          if (taken.type !== 'unkept') this.#options.pending.remove(question.id);
          return;
        }
        isKept = true;
        taken.turn.delivery = turn.delivery;
        turn = taken.turn;
        running.turn = turn;
        if (this.#closing.signal.aborted) return;
      }
      const change = await this.#changeBeforeStart(turn, delivery, isResumed);
      if (change !== undefined) {
        await writer.finish([]);
        await this.#settle(turn);
        log.info('question-dropped', { turnId: question.id, channelId: question.channelId, change });
        return;
      }
      if (turn.end === undefined) {
        refresh(nothingLive);
        this.#running.set(question.id, running);
        const signal = AbortSignal.any([this.#suspension.signal, running.stop.signal]);
        ran = agent.run(turn, { signal, onChange: refresh });
        await ran;
      }
      if (turn.end === undefined) return;
      clearTimeout(draftTimer);
      const end = await writer.finish(shown());
      if (isKept && end !== 'stopped') await this.#settle(turn);
      log.debug('turn-shown', { turnId: question.id, channelId: question.channelId, end });
    } catch (error) {
      log.error('turn-not-shown', { turnId: question.id, channelId: question.channelId, error });
    } finally {
      this.#running.delete(question.id);
      clearTimeout(draftTimer);
      writer.stop();
      this.#writers.delete(writer);
      this.#shown.delete(writer);
    }
  }

  /** Gives the question the form it has now. @returns why it is not to be answered; undefined when it is. */
  async #changeBeforeStart(turn: Turn, delivery: Delivery, isResumed: boolean): Promise<string | undefined> {
    const { agent, log, pending, lookUp } = this.#options;
    const { question } = turn;
    const hasStarted = turn.steps.length > 0 || turn.end !== undefined;
    const isMessage = delivery.interaction === undefined;
    // Nobody has told this process what happened while there was none.
    const found = isResumed && isMessage && !hasStarted ? await lookUp(question, this.#closing.signal) : undefined;
    const change = pending.remove(question.id) ?? found;
    if (change === 'gone') return change;
    if (change === undefined || hasStarted) return undefined;
    if (change === 'deleted') return change;
    if (change.text === '') {
      this.say(question.channelId, question.id, catalogues[change.language].help);
      return 'empty';
    }
    if (change.text === question.text) return undefined;
    await agent.amend(turn, { ...question, text: change.text }).catch((error: unknown) => {
      log.warn('question-not-amended', { turnId: question.id, error });
    });
    return undefined;
  }

  /** Tries until the store takes it or the process ends: an open record would be shown again after the next start. */
  async #settle(turn: Turn): Promise<void> {
    const { agent, log } = this.#options;
    const { signal } = this.#suspension;
    for (let waitMs = firstSettleRetryMs; ; waitMs = Math.min(longestSettleRetryMs, waitMs * 2)) {
      try {
        await agent.settle(turn);
        return;
      } catch (error) {
        log.warn('turn-not-settled', { turnId: turn.question.id, retryInMs: waitMs, error });
        await sleep(waitMs, undefined, { signal });
      }
    }
  }

  #placeOf({ question }: Turn, { interaction }: Delivery, acknowledged: Promise<void> | undefined): Place {
    const { rest } = this.#options;
    if (interaction === undefined) return channelPlace(rest, question.channelId, question.id);
    const { id: interactionId, channelId } = question;
    return interactionPlace(rest, { ...interaction, channelId, interactionId, acknowledged });
  }
}
