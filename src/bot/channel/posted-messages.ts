/** What of a turn stands in the channel, and what may stand without our knowing. Stored with the turn, so that a later process knows it too. */
import { hash } from 'node:crypto';
import type { ShownMessage } from './shown-message.ts';

/** A message of the turn that stands in the channel: its id, and a fingerprint of what it was last given. */
export interface PostedMessage {
  /** Empty for a message that was about to be posted: nobody knows whether it stands. */
  readonly id: string;
  readonly shown: string;
}

/** By {@link ShownMessage.key}. Plain data. */
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

  get isEmpty(): boolean {
    return this.#standing.size === 0;
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

  /** It stands, and says this. */
  stand(key: string, id: string, shown: Content): void {
    this.#unsure.delete(key);
    this.#standing.set(key, { id, shown: fingerprint(shown) });
  }

  /** It stands no more, nor may it. */
  remove(key: string): void {
    this.#standing.delete(key);
    this.#unsure.delete(key);
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
}

/** Of all that an edit can change. Platforms take away space around a message. */
export function fingerprint({ content, buttons }: Content): string {
  const pressable = buttons === undefined ? '' : `\0${JSON.stringify(buttons)}`;
  return hash('sha256', `${content.trim()}${pressable}`, 'base64').slice(0, 12);
}
