/**
 * Questions whose turn has not started: until then, what their authors do to the message still counts. Also knows which
 * of them are in no record yet, so that nobody takes them for seen.
 */
import type { Question } from '../../agent/turn.ts';
import type { Language } from './texts/catalogue.ts';

/** What a message asks. `text` is empty when it asks nothing but addresses the bot. */
export interface AskedQuestion extends Pick<Question, 'quotes' | 'attachments'> {
  readonly text: string;
  readonly language: Language;
  /** The platform did not tell the text: `text` is empty. */
  readonly isUnreadable?: true;
}

/** `deleted` the message is gone or asks nothing any more; `gone` its channel is; else the question in its new form. */
export type Change = 'deleted' | 'gone' | AskedQuestion;

export interface Pending {
  readonly channelId: string;
  readonly guildId: string | undefined;
  /** When it was asked, if it could be found again in its channel. */
  readonly askedAt: number | undefined;
}

interface Entry extends Pending {
  isStored: boolean;
  change?: Change;
}

/** Of each: changes of which Discord told before it told of the message, and questions of which it may tell once more. */
const mostRemembered = 1000;

export class PendingQuestions {
  readonly #entries = new Map<string, Entry>();
  readonly #earlyChanges = new Map<string, Change>();
  readonly #begun = new Set<string>();

  /** @returns false when it is pending, or was a moment ago: told twice. */
  add(id: string, pending: Pending): boolean {
    if (this.#entries.has(id) || this.#begun.has(id)) return false;
    const change = this.#earlyChanges.get(id);
    this.#entries.set(id, { ...pending, isStored: false, ...(change === undefined ? {} : { change }) });
    return true;
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  stored(id: string): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined) entry.isStored = true;
  }

  /** When the oldest question was asked that a later process would have to find in its channel. */
  get oldestUnstored(): number | undefined {
    const times = [...this.#entries.values()].flatMap(({ isStored, askedAt }) => (isStored ? [] : (askedAt ?? [])));
    return times.length === 0 ? undefined : times.reduce((oldest, time) => Math.min(oldest, time));
  }

  /** Whether one is in no record yet, whether or not it could be found in its channel. */
  get hasUnstored(): boolean {
    return this.#entries.values().some(({ isStored }) => !isStored);
  }

  changeOf(id: string): Change | undefined {
    return this.#entries.get(id)?.change;
  }

  /** Its turn starts, or it will have none. @returns what became of it meanwhile; undefined: nothing. */
  remove(id: string): Change | undefined {
    const change = this.changeOf(id);
    this.#entries.delete(id);
    this.#begun.add(id);
    forgetOldest(this.#begun);
    return change;
  }

  change(id: string, change: Change): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined) {
      if (entry.change !== 'gone') entry.change = change;
      return;
    }
    this.#earlyChanges.delete(id);
    this.#earlyChanges.set(id, change);
    forgetOldest(this.#earlyChanges);
  }

  /** The places for which `isGone` is true are out of reach for good. */
  leave(isGone: (place: Pending) => boolean): void {
    for (const entry of this.#entries.values()) if (isGone(entry)) entry.change = 'gone';
  }
}

function forgetOldest(remembered: Map<string, unknown> | Set<string>): void {
  const [oldest] = remembered.keys();
  if (oldest !== undefined && remembered.size > mostRemembered) remembered.delete(oldest);
}
