/** The turns that wait for those before them in their conversation: who has how many, and which of them a moderator has dropped. */
import { conversationOf, type Turn } from '../../agent/turn.ts';
import { ChannelQueue } from './channel-queue.ts';

/** A turn on its way through the queue. */
export interface QueuedTurn {
  readonly turn: Turn;
  /** Set when somebody has emptied the queue. */
  isDropped?: true;
}

export class TurnQueue<Queued extends QueuedTurn> {
  readonly #channels = new ChannelQueue();
  readonly #waiting = new Set<Queued>();
  readonly #begin: (queued: Queued) => Promise<void>;

  /** @param begin Called when the turn's time has come; the next of its conversation waits for it. Must not reject. */
  constructor(begin: (queued: Queued) => Promise<void>) {
    this.#begin = begin;
  }

  add(queued: Queued): void {
    const { question } = queued.turn;
    this.#channels.run(conversationOf(question), this.#wait(queued), question.authorId);
  }

  /** Before everything that came until the queue is released. */
  addFirst(queued: Queued): void {
    const { question } = queued.turn;
    this.#channels.runFirst(conversationOf(question), this.#wait(queued), question.authorId);
  }

  /** Runs `task` after all that waits in the conversation now. `task` must not reject. */
  run(conversation: string, task: () => Promise<void>): void {
    this.#channels.run(conversation, task);
  }

  /** Lets everything that was held begin. */
  release(): void {
    this.#channels.release();
  }

  /** How many questions of the member wait in the channel. */
  countOf(authorId: string, channelId: string): number {
    return this.#waitingIn(channelId).filter(({ turn }) => turn.question.authorId === authorId).length;
  }

  /** In all channels. */
  get count(): number {
    return this.#waiting.size;
  }

  countIn(channelId: string): number {
    return this.#waitingIn(channelId).length;
  }

  /** The turns that wait in the channel and are not dropped. */
  waitingIn(channelId: string): Turn[] {
    return this.#waitingIn(channelId).map(({ turn }) => turn);
  }

  /** They still come to their turn, as dropped. @returns how many. */
  drop(channelId: string): number {
    const waiting = this.#waitingIn(channelId);
    for (const queued of waiting) queued.isDropped = true;
    return waiting.length;
  }

  /** Resolves when every channel is idle. */
  async idle(): Promise<void> {
    await this.#channels.idle();
  }

  #wait(queued: Queued): () => Promise<void> {
    this.#waiting.add(queued);
    return async () => {
      this.#waiting.delete(queued);
      await this.#begin(queued);
    };
  }

  #waitingIn(channelId: string): Queued[] {
    return [...this.#waiting].filter(({ turn, isDropped }) => turn.question.channelId === channelId && !isDropped);
  }
}
