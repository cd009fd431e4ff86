/**
 * When the oldest question of each conversation was asked, by names alone: what has expired is found by it, and a history in which
 * nothing has is not read. Before a turn is in a history, there is an entry of its hour or an earlier one, which does not go before the
 * turn. There may be others, since the oldest turn may be dropped for other reasons: they are found to say nothing.
 */
import type { Records } from './records.ts';

const hourMs = 3_600_000;
/** Its name says all there is to say. */
const nothing = '{}';

/** `HOUR:CONVERSATION` */
type EntryKey = string;

export interface ExpiryEntry {
  readonly key: EntryKey;
  readonly conversation: string;
  /** Every question of the hour was asked before the time in question. */
  readonly isWhole: boolean;
}

export class ExpiryIndex {
  readonly #records: Records;

  constructor(records: Records) {
    this.#records = records;
  }

  /**
   * To be called before the history is written. Resolves once it will be found when something in it has expired.
   * @param oldest When the oldest question in it was asked, in ms since 1970 UTC.
   * @param expired What was asked before that time has expired already: it is entered as if it soon would. Whoever sweeps at this
   *   moment leaves that entry alone, though the history is not there yet.
   */
  async announce(conversation: string, oldest: number, expired: number): Promise<void> {
    await this.enter(conversation, Math.max(oldest, expired + 2 * hourMs));
  }

  /** The same for a history that is there. */
  async enter(conversation: string, oldest: number): Promise<void> {
    await this.#records.create(`${hourOf(oldest)}:${conversation}`, nothing);
  }

  /** Entries of hours that began before that time. @param time Milliseconds since 1970 UTC. */
  async *before(time: number): AsyncGenerator<ExpiryEntry> {
    const hour = hourOf(time);
    for await (const key of this.#keys(hourOf(time + hourMs)))
      yield { key, conversation: conversationOfKey(key), isWhole: key < hour };
  }

  /** Removes the entries of those conversations. */
  async forget(isMeant: (conversation: string) => boolean | Promise<boolean>): Promise<void> {
    for await (const key of this.#keys()) if (await isMeant(conversationOfKey(key))) await this.remove(key);
  }

  async remove(key: EntryKey): Promise<void> {
    await this.#records.remove(key);
  }

  async *#keys(end?: string): AsyncGenerator<EntryKey> {
    for await (const page of this.#records.keys('', end)) yield* page;
  }
}

function conversationOfKey(key: EntryKey): string {
  return key.slice(key.indexOf(':') + 1);
}

/** In UTC, as `YYYY-MM-DDTHH`. @param time Milliseconds since 1970 UTC. */
function hourOf(time: number): string {
  return new Date(time).toISOString().slice(0, 13);
}
