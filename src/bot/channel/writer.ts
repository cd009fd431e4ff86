/**
 * The reconciler: makes the place show what the presenter says should stand there. It creates what is missing, in order,
 * and edits what differs; it sends the newest state only, whatever came between. One writer a turn.
 */
import { isProvisional, Pace } from './pace.ts';
import { failureOf } from './place.ts';
import { causeOf, Poster, type PosterOptions } from './poster.ts';
import {
  type Priority,
  priority,
  type RequestLimit,
  type RequestQueue,
  type RequestSource,
  type WantedRequest,
} from './request-queue.ts';
import type { ShownMessage, Stage } from './shown-message.ts';

/** `shown` everything stands; `gone` the place is out of reach for good; `stopped` the process ends before that. */
export type WriterEnd = 'shown' | 'gone' | 'stopped';

export interface WriterOptions extends PosterOptions {
  readonly queue: RequestQueue;
  /** The bot is not accepted any more: nothing can be written by this process. */
  readonly onUnauthorized: () => void;
}

type RequestKind = 'create' | 'edit' | 'remove' | 'type';

export class Writer implements RequestSource {
  readonly #options: WriterOptions;
  readonly #poster: Poster;
  readonly #pace = new Pace();
  readonly #ended = Promise.withResolvers<WriterEnd>();
  #messages: readonly ShownMessage[] = [];
  #isComplete = false;
  #isAtWork = true;
  #isCreating = false;
  #hasEnded = false;
  /** Whether the member has seen that the question was taken. */
  #hasGivenSign: boolean;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#poster = new Poster(options);
    this.#hasGivenSign = this.#poster.hasPosted;
  }

  /** Resolves when nothing more will be sent, whyever. */
  get ended(): Promise<WriterEnd> {
    return this.#ended.promise;
  }

  /** Makes these the messages that should stand. The turn goes on: typing is shown as well, unless it only waits. */
  show(messages: readonly ShownMessage[], isAtWork = true): void {
    if (this.#hasEnded) return;
    this.#isAtWork = isAtWork;
    this.#messages = messages;
    this.#pace.shows(messages.some(({ stage }) => isProvisional(stage)));
    this.#options.queue.wake(this);
  }

  /** Makes these the last messages. @returns how it ended, once everything stands or cannot. */
  finish(messages: readonly ShownMessage[]): Promise<WriterEnd> {
    if (this.#hasEnded) return this.#ended.promise;
    this.#isComplete = true;
    this.#messages = messages;
    this.#pace.shows(false);
    if (this.#isDone()) this.#end('shown');
    else this.#options.queue.wake(this);
    return this.#ended.promise;
  }

  /** The place is out of reach for good. */
  leave(): void {
    if (this.#hasEnded) return;
    this.#options.log.warn('channel-gone', { turnId: this.#options.turnId });
    this.#end('gone');
  }

  /** Sends nothing more. */
  stop(): void {
    this.#end('stopped');
  }

  wanted(): readonly WantedRequest[] {
    if (this.#hasEnded) return [];
    const messages = this.#poster.replaced(this.#messages);
    const create = this.#wantedCreate(messages);
    const removal = create === undefined ? this.#wantedRemoval() : undefined;
    const requests = [create, this.#wantedEdit(messages), removal, this.#wantedTyping(create)];
    return requests.filter((request) => request !== undefined);
  }

  /** Messages are created strictly in order, so one that an answer has to wait for is as urgent as the answer. */
  #wantedCreate(messages: readonly ShownMessage[]): WantedRequest | undefined {
    const index = messages.findIndex((message) => this.#poster.isMissing(message));
    const message = messages[index];
    if (message === undefined) return undefined;
    const urgency = messages
      .slice(index)
      .reduce((least, { stage }) => Math.min(least, createPriority[stage]), Infinity);
    const isSign = !this.#hasGivenSign && !isProvisional(message.stage);
    const at = this.#pace.messageAt(message.stage, false);
    const lane = this.#poster.isWrittenOver(message) ? 'edit' : 'create';
    return this.#request('create', isSign ? priority.sign : toPriority(urgency), at, () => this.#create(message), lane);
  }

  #wantedEdit(messages: readonly ShownMessage[]): WantedRequest | undefined {
    const [message] = messages
      .filter((candidate) => this.#poster.differs(candidate))
      .sort((one, other) => createPriority[one.stage] - createPriority[other.stage]);
    if (message === undefined) return undefined;
    const at = this.#pace.messageAt(message.stage, true);
    return this.#request('edit', editPriority[message.stage], at, () => this.#edit(message));
  }

  /**
   * A draft that a crash cut off may have gone further, or elsewhere, than the answer that the turn came to in the end, and an
   * old answer may be longer. What goes stands until everything else does.
   */
  #wantedRemoval(): WantedRequest | undefined {
    // What is being posted is looked for when it stands.
    const key = this.#isComplete && !this.#isCreating ? this.#poster.stale(this.#messages)[0] : undefined;
    if (key === undefined) return undefined;
    return this.#request('remove', priority.edit, this.#pace.at, () => this.#poster.remove(key));
  }

  /** Needless as soon as there is a message to post, which shows more; and while an answer grows: it would stand on after its end. */
  #wantedTyping(create: WantedRequest | undefined): WantedRequest | undefined {
    const { place } = this.#options;
    if (place.type === undefined || !this.#isAtWork || this.#isComplete) return undefined;
    const isAnswering = this.#messages.some(({ stage }) => stage === 'draft' || stage === 'final');
    const isNeedless =
      (create !== undefined && create.priority < priority.draft) || (isAnswering && this.#hasGivenSign);
    if (isNeedless) return undefined;
    const urgency = this.#hasGivenSign ? priority.typing : priority.sign;
    return this.#request('type', urgency, this.#pace.typingAt, async () => {
      this.#hasGivenSign = true;
      this.#pace.types();
      await place.type?.().finally(() => this.#pace.typed());
    });
  }

  #request(
    kind: RequestKind,
    urgency: Priority,
    notBefore: number,
    send: () => Promise<void>,
    lane = kind,
  ): WantedRequest {
    const { place } = this.#options;
    return {
      lane: `${lane}:${place.lane}`,
      priority: urgency,
      notBefore,
      isCounted: place.isCounted,
      send: () => this.#send(kind, send),
    };
  }

  async #send(kind: RequestKind, send: () => Promise<void>): Promise<RequestLimit | undefined> {
    if (this.#hasEnded) return undefined;
    this.#isCreating ||= kind === 'create';
    let limit: RequestLimit | undefined;
    try {
      await send();
      if (kind !== 'type') this.#pace.succeeded();
    } catch (error) {
      limit = this.#failed(kind, error);
    } finally {
      if (kind === 'create') this.#isCreating = false;
    }
    if (this.#isComplete && this.#isDone()) this.#end('shown');
    return limit;
  }

  async #create(message: ShownMessage): Promise<void> {
    const { place, posted } = this.#options;
    // The turn may have ended otherwise meanwhile, or the process ends.
    const isWanted = () =>
      !this.#hasEnded && this.#poster.replaced(this.#messages).some(({ key }) => key === message.key);
    if (!(await this.#poster.create(message, isWanted))) return;
    this.#hasGivenSign = true;
    this.#pace.posted(message.stage);
    this.#isCreating = false;
    // The last message needs no record of its own where a create tried again posts nothing twice: the turn is settled next.
    if (place.find !== undefined || !this.#isComplete || !this.#isDone()) void posted.store('after');
  }

  async #edit(message: ShownMessage): Promise<void> {
    this.#pace.sent(message.stage);
    await this.#poster.edit(message);
  }

  #failed(kind: RequestKind, error: unknown): RequestLimit | undefined {
    const failure = failureOf(error);
    const { log, turnId, onUnauthorized } = this.#options;
    if (failure.type === 'limited') return failure;
    if (failure.type === 'unauthorized') {
      onUnauthorized();
      this.#end('stopped');
    } else if (kind === 'type') {
      log.debug('typing-failed', { turnId, failure: failure.type });
    } else if (failure.type === 'unclear') {
      // However long: an answer that is taken late is better than none.
      const retries = this.#pace.failed();
      log.warn('message-retry', { turnId, kind, retries, error: causeOf(error) });
    } else if (failure.type !== 'moved') {
      log.warn('channel-gone', { turnId, failure: failure.type, error: causeOf(error) });
      this.#end('gone');
    }
    return undefined;
  }

  #isDone(): boolean {
    // What is being posted may have to go again.
    if (this.#isCreating) return false;
    const messages = this.#poster.replaced(this.#messages);
    const isOpen = messages.some((message) => this.#poster.isMissing(message) || this.#poster.differs(message));
    return !isOpen && this.#poster.stale(messages).length === 0;
  }

  #end(end: WriterEnd): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#options.queue.remove(this);
    this.#ended.resolve(end);
  }
}

/** Smaller is more urgent. A draft is less so than a notice: it comes again, whole. */
const createPriority: Readonly<Record<Stage, Priority>> = {
  final: priority.final,
  text: priority.notice,
  notice: priority.notice,
  progress: priority.notice,
  draft: priority.draft,
};
const editPriority: Readonly<Record<Stage, Priority>> = {
  final: priority.final,
  text: priority.edit,
  notice: priority.edit,
  progress: priority.draft,
  draft: priority.draft,
};

function toPriority(urgency: number): Priority {
  return urgency <= priority.final ? priority.final : urgency <= priority.notice ? priority.notice : priority.draft;
}
