/**
 * Takes questions and answers them: the turn runs in its channel's queue while its writer shows it. The same road for a
 * question just asked, one missed while the bot was away, and a turn that an earlier process left unfinished.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { REST } from 'discord.js';
import { type Agent, type LiveState, nothingLive, type StopReason } from '../agent/agent.ts';
import type { JsonValue, Question, Turn } from '../agent/turn.ts';
import type { Logger } from '../log.ts';
import { catalogues } from './catalogue.ts';
import { ChannelQueue } from './channel-queue.ts';
import { type Delivery, readDelivery, toJson } from './delivery.ts';
import { channelPlace, interactionPlace, type Place } from './place.ts';
import { present } from './presenter.ts';
import { RequestQueue } from './request-queue.ts';
import { Writer } from './writer.ts';

export interface AnsweringOptions {
  readonly agent: Agent;
  readonly rest: REST;
  readonly log: Logger;
  readonly onUnauthorized: () => void;
}

/** While the model writes, the messages are made anew at most this often: nobody sees more. */
const draftRefreshMs = 100;
const firstSettleRetryMs = 500;
const longestSettleRetryMs = 30_000;

interface Taken {
  readonly turn: Turn;
  /** False for a question that the store did not take: it gets one line, and no record. */
  readonly isKept: boolean;
  /** Whether an earlier process worked on it. */
  readonly isResumed?: boolean;
  readonly acknowledged?: Promise<void> | undefined;
}

/** A turn that the agent works on now. */
interface RunningTurn {
  readonly turn: Turn;
  readonly stop: AbortController;
  live: LiveState;
}

export class Answering {
  readonly #options: AnsweringOptions;
  readonly #requests = new RequestQueue();
  readonly #channels = new ChannelQueue();
  readonly #suspension = new AbortController();
  readonly #writers = new Set<Writer>();
  readonly #running = new Map<string, RunningTurn>();
  /** Questions taken before the turns of an earlier process were resumed. */
  #takenAtStart: Set<string> | undefined = new Set();
  #isClosing = false;

  constructor(options: AnsweringOptions) {
    this.#options = options;
  }

  /**
   * Takes a question that was asked, once: one that was taken before is left alone. Never rejects.
   * @param acknowledged For `/ask`: settles when Discord has the acknowledgement.
   */
  async take(question: Question, delivery: Omit<Delivery, 'posted'>, acknowledged?: Promise<void>): Promise<void> {
    if (this.#isClosing) return;
    this.#takenAtStart?.add(question.id);
    const accepted = this.#accept(question, toJson({ ...delivery, posted: {} }));
    // The place in the channel's queue is that of the asking, however long the store takes.
    this.#channels.run(question.channelId, async () => {
      const taken = await accepted;
      if (taken !== undefined) await this.#answer({ ...taken, acknowledged });
    });
    await accepted;
  }

  async #accept(question: Question, delivery: JsonValue): Promise<Taken | undefined> {
    const { agent, log } = this.#options;
    try {
      const turn = await agent.accept(question, delivery);
      return turn === undefined ? undefined : { turn, isKept: true };
    } catch (error) {
      log.error('question-not-taken', { turnId: question.id, channelId: question.channelId, error });
      const end = { type: 'failed', code: 'store-failed' } as const;
      return { turn: { version: 2, question, warnings: [], steps: [], end, delivery }, isKept: false };
    }
  }

  /** Answers an empty question. Costs no model call and leaves no record: the nonce alone keeps it single. */
  help(channelId: string, questionId: string, content: string): void {
    if (this.#isClosing) return;
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
   * Goes on with the turns of an earlier process, each in its channel's queue, from wherever its record is. To be called
   * once. Turns among them that this process has taken meanwhile are left alone: they run already.
   */
  resume(turns: readonly Turn[]): void {
    for (const turn of turns) {
      if (this.#takenAtStart?.has(turn.question.id)) continue;
      this.#channels.run(turn.question.channelId, () => this.#answer({ turn, isKept: true, isResumed: true }));
    }
    this.#takenAtStart = undefined;
  }

  /** What can be shown of the turn besides its record; nothing when it does not run. */
  liveOf(turnId: string): LiveState {
    return this.#running.get(turnId)?.live ?? nothingLive;
  }

  runningIn(channelId: string): Turn | undefined {
    return [...this.#running.values()].find(({ turn }) => turn.question.channelId === channelId)?.turn;
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
    this.#isClosing = true;
    const timer = setTimeout(() => {
      this.#suspension.abort('suspend');
      for (const writer of this.#writers) writer.stop();
    }, graceMs);
    await this.#channels.idle();
    clearTimeout(timer);
    this.#requests.close();
  }

  async #answer({ turn, isKept, isResumed = false, acknowledged }: Taken): Promise<void> {
    // What waited in the queue when the process began to end stays in the record.
    if (this.#suspension.signal.aborted || (this.#isClosing && isKept)) return;
    const { agent, log } = this.#options;
    const { question } = turn;
    const delivery = readDelivery(turn);
    let ran = Promise.resolve();
    const save = async () => {
      if (!isKept) return;
      await agent
        .saveDelivery(turn)
        .catch((error: unknown) => log.warn('delivery-not-saved', { turnId: question.id, error }));
    };
    const running: RunningTurn = { turn, stop: new AbortController(), live: nothingLive };
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
    void writer.ended.then((end) => {
      // Nobody would read the answer.
      if (end === 'gone') running.stop.abort('stop' satisfies StopReason);
    });
    try {
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
    }
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
