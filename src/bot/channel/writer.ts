/**
 * The reconciler: makes the channel show what the presenter says should stand there. It creates what is missing, in
 * order, and edits what differs; it sends the newest state only, whatever came between. One writer a turn.
 */
import type { FileReference } from '../../agent/turn.ts';
import type { Logger } from '../../log.ts';
import { FilesGoneError, type RequestFailure, toRequestFailure } from '../discord/failures.ts';
import type { AttachedFile, Place, StandingMessage } from '../discord/place.ts';
import { PostedMessages, type PostedRecord } from './posted-messages.ts';
import type { ShownMessage } from './presenter.ts';
import {
  type Priority,
  priority,
  RateLimitedError,
  type RequestQueue,
  type RequestSource,
  type WantedRequest,
} from './request-queue.ts';

/** `shown` everything stands; `gone` the channel is out of reach for good; `stopped` the process ends before that. */
export type WriterEnd = 'shown' | 'gone' | 'stopped';

export interface WriterOptions {
  readonly place: Place;
  readonly queue: RequestQueue;
  readonly log: Logger;
  readonly turnId: string;
  /** What stands already, from an earlier process. */
  readonly posted?: PostedRecord;
  /** Whether an earlier process worked on this turn: it may have posted what it did not record. */
  readonly isResumed?: boolean;
  /** Stands in place of an answer that Discord does not take. */
  readonly refusedText: string;
  /** Stands in place of files that Discord does not take, or that are not there any more. */
  readonly filesRefusedText: string;
  /** The bytes of a file; undefined when it is not there any more. */
  readonly readFile: (file: FileReference) => Promise<Uint8Array | undefined>;
  /** Called before a message is created, with all that stands and this one without an id. It is created once that is kept. */
  readonly onPosting: (posted: PostedRecord) => Promise<void>;
  /** Called after every create with all that stands. `isLast`: nothing is missing any more. */
  readonly onPosted: (posted: PostedRecord, isLast: boolean) => void;
  /** The bot token is not accepted any more: nothing can be written by this process. */
  readonly onUnauthorized: () => void;
}

type RequestKind = 'create' | 'edit' | 'remove' | 'type';

/** An answer that is whole within this time is posted once, without growing. */
const draftGraceMs = 500;
/** Between two edits of a growing answer: 4 in 5 s, which leaves one of a channel's 5 for what must not wait. */
const draftIntervalMs = 1250;
/** Discord shows typing for 10 s. */
const typingIntervalMs = 8000;
/** A message ends the typing that is shown; it is asked for again when the turn is not over soon after. */
const typingAfterMessageMs = 500;
const firstRetryMs = 250;
const longestRetryMs = 15_000;

export class Writer implements RequestSource {
  readonly #options: WriterOptions;
  readonly #posted: PostedMessages;
  /** Messages Discord will not take, or that were deleted: left as they are. */
  readonly #abandoned = new Set<string>();
  readonly #ended = Promise.withResolvers<WriterEnd>();
  #messages: readonly ShownMessage[] = [];
  #isComplete = false;
  #isAtWork = true;
  #isCreating = false;
  #hasEnded = false;
  #hasTyped = false;
  #typeAt = 0;
  #draftAt: number | undefined;
  #retries = 0;
  #retryAt = 0;
  #mayBePosted: boolean;
  readonly #replacements = new Map<string, string>();

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#posted = new PostedMessages(options.posted);
    this.#mayBePosted = options.isResumed === true;
  }

  /** Resolves when nothing more will be sent, whyever. */
  get ended(): Promise<WriterEnd> {
    return this.#ended.promise;
  }

  /** Makes these the messages that should stand. The turn goes on: typing is shown as well, unless it only waits. */
  show(messages: readonly ShownMessage[], isAtWork = true): void {
    if (this.#hasEnded) return;
    this.#isAtWork = isAtWork;
    this.#messages = this.#replaced(messages);
    if (messages.some(isProvisional)) this.#draftAt ??= performance.now() + draftGraceMs;
    else this.#draftAt = undefined;
    this.#options.queue.wake(this);
  }

  /** Makes these the last messages. @returns how it ended, once everything stands or cannot. */
  finish(messages: readonly ShownMessage[]): Promise<WriterEnd> {
    if (this.#hasEnded) return this.#ended.promise;
    this.#isComplete = true;
    this.#messages = this.#replaced(messages);
    this.#draftAt = undefined;
    if (this.#isDone()) this.#end('shown');
    else this.#options.queue.wake(this);
    return this.#ended.promise;
  }

  /** The channel is out of reach for good. */
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
    const create = this.#wantedCreate();
    const edit = this.#wantedEdit();
    const typing = this.#wantedTyping(create);
    return [create, edit, this.#wantedRemoval(), typing].filter((request) => request !== undefined);
  }

  /** Messages are created strictly in order, so one that an answer has to wait for is as urgent as the answer. */
  #wantedCreate(): WantedRequest | undefined {
    const index = this.#messages.findIndex(({ key }) => !this.#posted.has(key) && !this.#abandoned.has(key));
    const message = this.#messages[index];
    if (message === undefined) return undefined;
    const urgency = Math.min(...this.#messages.slice(index).map(({ stage }) => urgencyOf(stage)));
    return this.#request('create', toPriority(urgency), message, () => this.#create(message));
  }

  #wantedEdit(): WantedRequest | undefined {
    const [message] = this.#messages
      .filter((candidate) => this.#differs(candidate))
      .sort((one, other) => urgencyOf(one.stage) - urgencyOf(other.stage));
    if (message === undefined) return undefined;
    return this.#request('edit', editPriority[message.stage], message, () => this.#edit(message));
  }

  /** A draft that a crash cut off may have gone further, or elsewhere, than the answer that the turn came to in the end. */
  #wantedRemoval(): WantedRequest | undefined {
    // What is being posted is looked for when it stands.
    const key = this.#isComplete && !this.#isCreating ? this.#stale()[0] : undefined;
    if (key === undefined) return undefined;
    return this.#request('remove', priority.edit, undefined, async () => {
      try {
        const id = this.#posted.idOf(key) ?? (await this.#findUnsure(key));
        if (id !== undefined) await this.#options.place.remove(id);
      } catch (error) {
        // What is gone already, or cannot be removed, is no reason to hold the turn open.
        if (['unclear', 'rate-limited', 'unauthorized'].includes(this.#failureOf(error))) throw error;
      }
      this.#posted.remove(key);
    });
  }

  #stale(): string[] {
    const shown = new Set(this.#messages.map(({ key }) => key));
    return this.#posted.keys.filter((key) => !shown.has(key) && !this.#abandoned.has(key));
  }

  /** The id of what an unclear try has left, if it has. */
  async #findUnsure(key: string): Promise<string | undefined> {
    const isIt = (content: string) => this.#posted.mayHaveSaid(key, content);
    return (await this.#options.place.findSaying(this.#posted.ids, isIt))?.id;
  }

  /** Needless as soon as there is a message to post: that shows more than typing does. */
  #wantedTyping(create: WantedRequest | undefined): WantedRequest | undefined {
    const { place } = this.#options;
    const isNeedless = create !== undefined && create.priority < priority.draft;
    if (place.type === undefined || !this.#isAtWork || this.#isComplete || isNeedless) return undefined;
    return this.#request('type', this.#hasTyped ? priority.typing : priority.acknowledge, undefined, async () => {
      this.#hasTyped = true;
      this.#typeAt = performance.now() + typingIntervalMs;
      await place.type?.();
    });
  }

  #request(
    kind: RequestKind,
    urgency: Priority,
    message: ShownMessage | undefined,
    send: () => Promise<void>,
  ): WantedRequest {
    const { place } = this.#options;
    const isPaced = message?.stage === 'draft' || (message?.stage === 'progress' && kind === 'edit');
    const notBefore = kind === 'type' ? this.#typeAt : isPaced ? (this.#draftAt ?? 0) : 0;
    return {
      lane: `${kind}:${place.lane}`,
      priority: urgency,
      notBefore: Math.max(notBefore, this.#retryAt),
      isCounted: place.isCounted,
      send: async () => {
        if (this.#hasEnded) return;
        this.#isCreating ||= kind === 'create';
        try {
          await send();
          if (kind !== 'type') this.#retries = 0;
        } catch (error) {
          this.#fail(kind, message, error);
        } finally {
          if (kind === 'create') this.#isCreating = false;
        }
        if (this.#isComplete && this.#isDone()) this.#end('shown');
      },
    };
  }

  async #create(message: ShownMessage): Promise<void> {
    const { place, onPosting, onPosted } = this.#options;
    const files = await this.#filesOf(message);
    this.#posted.begin(message);
    await onPosting(this.#posted.toRecord());
    // The turn may have ended otherwise meanwhile, or the process ends.
    if (this.#hasEnded || !this.#messages.some(({ key }) => key === message.key)) {
      this.#posted.giveUp(message.key);
      return;
    }
    const standingEarlier = this.#mayBePosted ? await this.#find() : undefined;
    this.#mayBePosted = true;
    let standing: StandingMessage;
    try {
      standing = standingEarlier ?? (await place.create(message, this.#posted.isEmpty, files));
    } catch (error) {
      // Only an unclear failure can have left a message behind.
      this.#mayBePosted = this.#failureOf(error) === 'unclear';
      if (!this.#mayBePosted) this.#posted.giveUp(message.key);
      throw error;
    }
    this.#mayBePosted = false;
    // After an unclear failure or a crash the nonce brings back the first try, which may have said something else.
    const isNewest = standing.content.trim() === message.content.trim();
    this.#posted.stand(message.key, standing.id, isNewest ? message : { content: standing.content });
    this.#typeAt = performance.now() + typingAfterMessageMs;
    this.#paceDraft(message);
    this.#isCreating = false;
    onPosted(this.#posted.toRecord(), this.#isComplete && this.#isDone());
  }

  /** The files that go with it. Those that are gone are left out; one that cannot be read now is tried again. */
  async #filesOf({ files = [] }: ShownMessage): Promise<readonly AttachedFile[]> {
    const read = files.map(async (file) => ({ name: file.name, data: await this.#options.readFile(file) }));
    const there = (await Promise.all(read)).flatMap(({ name, data }) => (data === undefined ? [] : [{ name, data }]));
    if (files.length > 0 && there.length === 0) throw new FilesGoneError();
    return there;
  }

  /** What an earlier try or process has left without our knowing. The first message needs no search: filling it twice is once. */
  async #find(): Promise<StandingMessage | undefined> {
    const { place } = this.#options;
    if (place.find === undefined || this.#posted.isEmpty) return undefined;
    try {
      return await place.find(this.#posted.ids);
    } catch (error) {
      // Where the bot cannot read the channel, posting again is the lesser evil.
      if (this.#failureOf(error) === 'place-gone') return undefined;
      throw error;
    }
  }

  #replaced(messages: readonly ShownMessage[]): readonly ShownMessage[] {
    if (this.#replacements.size === 0) return messages;
    return messages.map((message) => {
      const content = this.#replacements.get(message.key);
      if (content === undefined) return message;
      const { files: _refused, ...rest } = message;
      return { ...rest, content };
    });
  }

  async #edit(message: ShownMessage): Promise<void> {
    const id = this.#posted.idOf(message.key);
    if (id === undefined) return;
    this.#paceDraft(message);
    await this.#options.place.edit(id, message);
    this.#posted.stand(message.key, id, message);
  }

  #paceDraft({ stage }: ShownMessage): void {
    if (stage === 'draft' || stage === 'progress') this.#draftAt = performance.now() + draftIntervalMs;
  }

  #failureOf(error: unknown): RequestFailure | 'rate-limited' {
    try {
      return toRequestFailure(error);
    } catch (limit) {
      if (limit instanceof RateLimitedError) return 'rate-limited';
      throw limit;
    }
  }

  /** @throws {RateLimitedError} for the queue to wait. */
  #fail(kind: RequestKind, message: ShownMessage | undefined, error: unknown): void {
    const failure = toRequestFailure(error);
    const { log, turnId, onUnauthorized } = this.#options;
    if (failure === 'unauthorized') {
      onUnauthorized();
      this.#end('stopped');
    } else if (failure === 'place-gone' || failure === 'token-expired') {
      log.warn('channel-gone', { turnId, failure, error });
      this.#end('gone');
    } else if (kind === 'type') {
      log.debug('typing-failed', { turnId, failure });
    } else if (failure === 'unclear') {
      // However long: an answer that Discord takes late is better than none.
      this.#retries += 1;
      this.#retryAt = performance.now() + Math.min(longestRetryMs, firstRetryMs * 2 ** (this.#retries - 1));
      log.warn('message-retry', { turnId, kind, retries: this.#retries, error });
    } else {
      if (failure === 'refused') log.error('message-refused', { turnId, kind, error });
      if (message === undefined) return;
      const { refusedText, filesRefusedText } = this.#options;
      const isWanted = message.stage === 'final' || message.files !== undefined;
      if (failure === 'refused' && isWanted && !this.#replacements.has(message.key)) {
        this.#replacements.set(message.key, message.files === undefined ? refusedText : filesRefusedText);
        this.#messages = this.#replaced(this.#messages);
      } else this.#abandoned.add(message.key);
    }
  }

  #differs(message: ShownMessage): boolean {
    return !this.#abandoned.has(message.key) && this.#posted.differs(message);
  }

  #isDone(): boolean {
    // What is being posted may have to go again.
    if (this.#isCreating) return false;
    const doStand = this.#messages.every(
      (message) => this.#abandoned.has(message.key) || (this.#posted.has(message.key) && !this.#differs(message)),
    );
    return doStand && this.#stale().length === 0;
  }

  #end(end: WriterEnd): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#options.queue.remove(this);
    this.#ended.resolve(end);
  }
}

/** Smaller is more urgent. A draft is less so than a notice: it comes again, whole. */
function urgencyOf(stage: ShownMessage['stage']): number {
  return createPriority[stage];
}

const createPriority = {
  final: priority.final,
  text: priority.notice,
  notice: priority.notice,
  progress: priority.notice,
  draft: priority.draft,
} as const;
const editPriority = {
  final: priority.final,
  text: priority.edit,
  notice: priority.edit,
  progress: priority.draft,
  draft: priority.draft,
} as const;

/** It changes again soon: that it is shown may wait. */
function isProvisional({ stage }: ShownMessage): boolean {
  return stage === 'draft' || stage === 'progress';
}

function toPriority(urgency: number): Priority {
  return urgency <= priority.final ? priority.final : urgency <= priority.notice ? priority.notice : priority.draft;
}
