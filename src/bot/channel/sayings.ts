/** Single lines to members. They cost no model call and leave no record: the nonce alone keeps them single. */
import type { Logger } from '../../log.ts';
import type { Place } from './place.ts';
import { PostedMessages } from './posted-messages.ts';
import type { RequestQueue } from './request-queue.ts';
import { Writer } from './writer.ts';

export interface SayingsOptions {
  readonly queue: RequestQueue;
  readonly log: Logger;
  readonly onUnauthorized: () => void;
}

export class Sayings {
  readonly #options: SayingsOptions;
  readonly #writers = new Set<Writer>();
  #isStopped = false;

  constructor(options: SayingsOptions) {
    this.#options = options;
  }

  /** Replies to the question with the line. Resolves when it stands, or cannot. Never rejects. */
  async say(place: Place, questionId: string, content: string): Promise<void> {
    if (this.#isStopped) return;
    const writer = new Writer({
      ...this.#options,
      place,
      turnId: questionId,
      posted: new PostedMessages(),
      isResumed: false,
      standIns: { answer: content, files: content },
      readFile: async () => undefined,
    });
    this.#writers.add(writer);
    await writer.finish([{ key: 'h0', content, stage: 'final', isReply: true }]);
    this.#writers.delete(writer);
  }

  /** Sends nothing more. */
  stop(): void {
    this.#isStopped = true;
    for (const writer of this.#writers) writer.stop();
  }
}
