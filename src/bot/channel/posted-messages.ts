/** What of a turn stands in the channel, and what may stand without our knowing. Stored with the turn, so that a later process knows it too. */
import { hash } from 'node:crypto';
import type { ShownMessage } from './shown-message.ts';

/**
 * What a message is good for once its turn is over: a new one is written over one of its kind. `any` is for everything but
 * files, which no edit can make of a text, nor a text of them.
 */
export const messageKinds = ['notice', 'text', 'reply', 'file', 'any'] as const;
export type MessageKind = (typeof messageKinds)[number];

/** A message of the turn that stands in the channel: its id, and a fingerprint of what it was last given. */
export interface PostedMessage {
  /** Empty for a message that was about to be posted: nobody knows whether it stands. */
  readonly id: string;
  /** Empty where that is not known. */
  readonly shown: string;
  /** Absent: not known, as in records of an earlier version. */
  readonly kind?: MessageKind;
}

/**
 * By {@link ShownMessage.key}, in the order they were posted. The messages of a turn that this one replaces come first, under
 * their {@link toOldKey}; those that were written over stand under their new key, too. Plain data.
 */
export type PostedRecord = Readonly<Record<string, PostedMessage>>;

/**
 * Stores the record with the turn. Never rejects.
 * @param when `before` something is posted, which waits until it is stored; `after` that, as soon as may be.
 */
export type StorePosted = (posted: PostedRecord, when: 'before' | 'after') => Promise<void>;

type Content = Pick<ShownMessage, 'content' | 'buttons'>;

export class PostedMessages {
  readonly #standing = new Map<string, PostedMessage>();
  /** By a try whose outcome is not known: fingerprints by key. */
  readonly #unsure = new Map<string, string>();
  readonly #store: StorePosted | undefined;

  /** @param store Absent: what is posted needs no record. */
  constructor(record: PostedRecord = {}, store?: StorePosted) {
    this.#store = store;
    for (const [key, message] of Object.entries(record)) {
      if (message.id === '') this.#unsure.set(key, message.shown);
      else this.#standing.set(key, message);
    }
  }

  /** Nothing of this turn stands yet. */
  get isEmpty(): boolean {
    return this.#own.length === 0;
  }

  has(key: string): boolean {
    return this.#standing.has(key);
  }

  idOf(key: string): string | undefined {
    return this.#standing.get(key)?.id;
  }

  get ids(): ReadonlySet<string> {
    return new Set([...this.#standing.values()].map(({ id }) => id));
  }

  /** Those that stand or may stand. */
  get keys(): readonly string[] {
    return [...this.#standing.keys(), ...this.#unsure.keys()];
  }

  /** What stands of this turn alone. */
  get record(): PostedRecord {
    return Object.fromEntries(this.#own);
  }

  /** It stands and says something else. */
  differs(message: ShownMessage): boolean {
    const standing = this.#standing.get(message.key);
    return standing !== undefined && standing.shown !== fingerprint(message);
  }

  /** It is about to be posted. Resolves once that is stored. */
  async begin({ key, content }: ShownMessage): Promise<void> {
    this.#unsure.set(key, fingerprint({ content }));
    await this.store('before');
  }

  /** It was not posted, for certain. */
  giveUp(key: string): void {
    this.#unsure.delete(key);
  }

  /** It stands. @param isAsIs Whether it says what it should. */
  stand(message: ShownMessage, id: string, isAsIs = true): void {
    const { key } = message;
    this.#unsure.delete(key);
    // An old message stays what it was taken for.
    const known = isOldKey(key) ? this.#standing.get(key)?.kind : kindOf(message);
    this.#standing.set(key, { id, shown: isAsIs ? fingerprint(message) : '', ...(known && { kind: known }) });
  }

  /** It stands no more, nor may it. */
  remove(key: string): void {
    this.#standing.delete(key);
    this.#unsure.delete(key);
  }

  /**
   * The old message that this one is to be written over, by its key: the next of its kind. Undefined where there is none, and
   * once something new was posted: that stands below all of them, and so must what follows.
   */
  oldFor(message: ShownMessage): string | undefined {
    const old = [...this.#standing].filter(([key]) => isOldKey(key));
    const oldIds = new Set(old.map(([, { id }]) => id));
    const used = new Set(this.#own.map(([, { id }]) => id));
    if (this.#unsure.size > 0 || [...used].some((id) => !oldIds.has(id))) return undefined;
    const last = old.findLastIndex(([, { id }]) => used.has(id));
    return old.slice(last + 1).find(([, { kind }]) => isFit(kind, message))?.[0];
  }

  /** It says just that already. */
  says(key: string, message: ShownMessage): boolean {
    return this.#standing.get(key)?.shown === fingerprint(message);
  }

  /** An old message is about to be changed or written over. Resolves once it is stored that nobody knows what it says. */
  async changesOld(key: string): Promise<void> {
    const old = this.#standing.get(key);
    if (old === undefined || !isOldKey(key)) return;
    this.#standing.set(key, { ...old, shown: '' });
    await this.store('before');
  }

  /** Whether a text is what an unclear try for this key would have left. */
  mayHaveSaid(key: string, content: string): boolean {
    return this.#unsure.get(key) === fingerprint({ content });
  }

  /** Stores what stands now. */
  async store(when: 'before' | 'after'): Promise<void> {
    if (this.#store === undefined) return;
    const unsure = [...this.#unsure].map(([key, shown]) => [key, { id: '', shown }] as const);
    await this.#store(Object.fromEntries([...this.#standing, ...unsure]), when);
  }

  get #own(): (readonly [string, PostedMessage])[] {
    return [...this.#standing].filter(([key]) => !isOldKey(key));
  }
}

/** The key of a message of the turn that this one replaces. */
export function toOldKey(key: string): string {
  return `~${key}`;
}

function isOldKey(key: string): boolean {
  return key.startsWith('~');
}

/**
 * What is remembered of a turn's messages, as what another turn may write over.
 * @param use `by-kind` each goes over the next of its kind; `in-order` over the next, whatever it is: where none is a reply, or
 *   only some can be reached; `none` all stand until the new ones do, and go then.
 */
export function toOldRecord(posted: PostedRecord, use: 'by-kind' | 'in-order' | 'none'): PostedRecord {
  const old = Object.entries(posted).filter(([key, { id }]) => id !== '' && !isOldKey(key));
  return Object.fromEntries(
    old.map(([key, { kind, ...message }]) => {
      const isAny = use === 'in-order' && kind !== undefined && kind !== 'file';
      const usable = use === 'none' || kind === undefined ? {} : { kind: isAny ? ('any' as const) : kind };
      return [toOldKey(key), { ...message, ...usable }];
    }),
  );
}

function isFit(kind: MessageKind | undefined, message: ShownMessage): boolean {
  return message.files === undefined && (kind === 'any' || kind === kindOf(message));
}

function kindOf({ files, isReply, stage }: ShownMessage): MessageKind {
  if (files !== undefined) return 'file';
  if (isReply) return 'reply';
  return stage === 'notice' || stage === 'progress' ? 'notice' : 'text';
}

/** Of all that an edit can change. Platforms take away space around a message. */
export function fingerprint({ content, buttons }: Content): string {
  const pressable = buttons === undefined ? '' : `\0${JSON.stringify(buttons)}`;
  return hash('sha256', `${content.trim()}${pressable}`, 'base64').slice(0, 12);
}
