/**
 * Takes questions and answers them: the turn runs in its channel's queue while its writer shows it. The same road for a
 * question just asked, one missed while the bot was away, and a turn that an earlier process left unfinished.
 */
import type { REST } from 'discord.js';
import type { Agent } from '../agent/agent.ts';
import type { Question, Turn } from '../agent/turn.ts';
import type { Logger } from '../log.ts';
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

export class Answering {
  readonly #options: AnsweringOptions;
  readonly #requests = new RequestQueue();
  readonly #channels = new ChannelQueue();
  readonly #suspension = new AbortController();
  readonly #writers = new Set<Writer>();
  #isClosing = false;

  constructor(options: AnsweringOptions) {
    this.#options = options;
  }

  /** Takes a question that was asked, once: one that was taken before is left alone. Never rejects. */
  async take(question: Question, delivery: Omit<Delivery, 'posted'>): Promise<void> {
    if (this.#isClosing) return;
    const { agent, log } = this.#options;
    const kept = toJson({ ...delivery, posted: {} });
    try {
      const turn = await agent.accept(question, kept);
      if (turn !== undefined) this.resume(turn);
    } catch (error) {
      log.error('question-not-taken', { turnId: question.id, channelId: question.channelId, error });
      const failed: Turn = {
        version: 1,
        question,
        warnings: [],
        steps: [],
        end: { type: 'failed', code: 'store-failed' },
        delivery: kept,
      };
      this.#channels.run(question.channelId, () => this.#answer(failed, false));
    }
  }

  /** Answers an empty question. Costs no model call and leaves no record: the nonce alone keeps it single. */
  help(channelId: string, questionId: string, content: string): void {
    if (this.#isClosing) return;
    this.#channels.run(channelId, async () => {
      const { rest, log, onUnauthorized } = this.#options;
      const place = channelPlace(rest, channelId, questionId);
      const writer = new Writer({
        place,
        queue: this.#requests,
        log,
        turnId: questionId,
        onUnauthorized,
        onPosted: () => undefined,
      });
      this.#writers.add(writer);
      await writer.finish([{ key: 'h0', content, stage: 'final', isReply: true }]);
      this.#writers.delete(writer);
    });
  }

  /** Goes on with a turn in its channel's queue, from wherever its record is. */
  resume(turn: Turn): void {
    this.#channels.run(turn.question.channelId, () => this.#answer(turn, true));
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

  async #answer(turn: Turn, isKept: boolean): Promise<void> {
    // What waited in the queue when the process began to end stays in the record.
    if (this.#suspension.signal.aborted || (this.#isClosing && isKept)) return;
    const { agent, log } = this.#options;
    const { question } = turn;
    const delivery = readDelivery(turn);
    const gone = new AbortController();
    const writer = new Writer({
      place: this.#placeOf(turn, delivery),
      queue: this.#requests,
      log,
      turnId: question.id,
      posted: delivery.posted,
      onUnauthorized: this.#options.onUnauthorized,
      onPosted: (posted, isLast) => {
        turn.delivery = toJson({ ...delivery, posted });
        // The last message needs no record of its own: the turn is settled right after it.
        if (isKept && !isLast)
          agent
            .saveDelivery(turn)
            .catch((error: unknown) => log.warn('delivery-not-saved', { turnId: question.id, error }));
      },
    });
    const shown = (draft?: string) =>
      present(turn, { language: delivery.language, draft, quotedQuestion: delivery.interaction && question.text });
    let draftTimer: NodeJS.Timeout | undefined;
    let latestDraft: string | undefined;
    const refresh = (draft?: string) => {
      latestDraft = draft;
      if (draft !== undefined) {
        draftTimer ??= setTimeout(refreshDraft, draftRefreshMs);
        return;
      }
      clearTimeout(draftTimer);
      draftTimer = undefined;
      writer.show(shown());
    };
    const refreshDraft = () => {
      draftTimer = undefined;
      writer.show(shown(latestDraft));
    };

    this.#writers.add(writer);
    void writer.ended.then((end) => {
      // Nobody would read the answer.
      if (end === 'gone') gone.abort('stop');
    });
    try {
      if (turn.end === undefined) {
        refresh();
        await agent.run(turn, { signal: AbortSignal.any([this.#suspension.signal, gone.signal]), onChange: refresh });
      }
      if (turn.end === undefined) return;
      clearTimeout(draftTimer);
      const end = await writer.finish(shown());
      if (end === 'gone' || end === 'shown') await (isKept ? agent.settle(turn) : undefined);
      log.debug('turn-shown', { turnId: question.id, channelId: question.channelId, end });
    } catch (error) {
      log.error('turn-not-shown', { turnId: question.id, channelId: question.channelId, error });
    } finally {
      clearTimeout(draftTimer);
      writer.stop();
      this.#writers.delete(writer);
    }
  }

  #placeOf({ question }: Turn, { interaction }: Delivery): Place {
    const { rest } = this.#options;
    if (interaction === undefined) return channelPlace(rest, question.channelId, question.id);
    return interactionPlace(rest, { ...interaction, channelId: question.channelId, interactionId: question.id });
  }
}
