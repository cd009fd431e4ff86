/** The histories of all channels: read and written whole, one record each. */
import { AppError } from '../../errors.ts';
import { isOfAuthorAlone, recordVersion, type Turn } from '../turn.ts';
import type { ExpiryIndex } from './expiry-index.ts';
import {
  type Forgotten,
  forgottenIn,
  type HistoryNotes,
  isOlder,
  isSummaryOlder,
  oldestOf,
  type ReadHistory,
  readHistory,
  withoutForgotten,
  withoutSummary,
  writeHistory,
} from './history-record.ts';
import type { Records, StoredRecord } from './records.ts';
import { type SetAside, toAuthorText } from './set-aside.ts';
import type { HistoryChange } from './turn-store.ts';

/** Two processes seldom change one history in the same moment. */
const mostTries = 20;
const noHistory: ReadHistory = { turns: [], notes: {}, newer: [], odd: [] };

export class Histories {
  readonly #records: Records;
  readonly #setAside: SetAside;
  readonly #expiry: ExpiryIndex;
  readonly #ttlMs: number | undefined;
  /** By channel, what of its history only a newer version can read, when it was read last. */
  readonly #newer = new Map<string, ReadHistory['newer']>();
  readonly #readings = new Map<string, Promise<ReadHistory>>();

  /** @param ttlMs How long a turn is given out. Undefined: for ever. */
  constructor(records: Records, setAside: SetAside, expiry: ExpiryIndex, ttlMs: number | undefined) {
    this.#records = records;
    this.#setAside = setAside;
    this.#expiry = expiry;
    this.#ttlMs = ttlMs;
  }

  async turns(channelId: string): Promise<Turn[]> {
    return this.#inTime((await this.read(channelId)).turns);
  }

  async notes(channelId: string): Promise<HistoryNotes> {
    return this.#notesInTime((await this.read(channelId)).notes);
  }

  #inTime(turns: readonly Turn[]): Turn[] {
    const ttlMs = this.#ttlMs;
    return turns.filter((turn) => ttlMs === undefined || !isOlder(turn, Date.now() - ttlMs));
  }

  #notesInTime(notes: HistoryNotes): HistoryNotes {
    // A summary is as old as the oldest turn in it.
    const isOld = this.#ttlMs !== undefined && isSummaryOlder(notes, Date.now() - this.#ttlMs);
    return isOld ? withoutSummary(notes) : notes;
  }

  /** However old, and also by the id of the first time that it was asked. Most questions are new: their id is nowhere in the text, which need not be read then. */
  async has(channelId: string, turnId: string): Promise<boolean> {
    const record = await this.#records.read(channelId);
    if (record?.text?.includes(JSON.stringify(turnId)) !== true) return false;
    const { turns, newer } = await this.read(channelId);
    return [...turns, ...newer].some((turn) => {
      const { id, originalId } = Object(Object(turn).question);
      return id === turnId || originalId === turnId;
    });
  }

  /** However old. Whoever asks for one history several times in the same moment has it read once. */
  read(channelId: string): Promise<ReadHistory> {
    const current = this.#readings.get(channelId);
    if (current !== undefined) return current;
    const reading = this.#readNow(channelId).finally(() => {
      if (this.#readings.get(channelId) === reading) this.#readings.delete(channelId);
    });
    this.#readings.set(channelId, reading);
    return reading;
  }

  /** Turns of newer versions that stood there when it was read last stay. @throws {AppError} `store-failed` when a turn could not be read back. */
  async write(channelId: string, turns: readonly Turn[], notes: HistoryNotes | undefined): Promise<void> {
    const newer = this.#newer.get(channelId) ?? [];
    await this.#announce(channelId, [...turns, ...newer], notes);
    const text = writeHistory(turns, notes, newer);
    // Who reads from now on must not be given what stood there before.
    this.#readings.delete(channelId);
    await this.#records.write(channelId, text);
  }

  async #announce(channelId: string, turns: readonly unknown[], notes: HistoryNotes | undefined): Promise<void> {
    const oldest = oldestOf(turns, notes);
    if (this.#ttlMs !== undefined && oldest !== undefined)
      await this.#expiry.announce(channelId, oldest, Date.now() - this.#ttlMs);
  }

  /** Some of the conversations at a time, in any order. */
  conversations(): AsyncIterable<readonly string[]> {
    return this.#records.keys();
  }

  /**
   * Changes a history, if nobody else changes it meanwhile.
   * @param change Undefined: it stays as it is.
   * @returns whether it was changed.
   */
  async rewrite(channelId: string, change: HistoryChange): Promise<boolean> {
    const text = (await this.#records.read(channelId))?.text;
    const history = text === undefined ? undefined : readHistory(text);
    if (text === undefined || history === undefined) return false;
    const changed = change({ turns: this.#inTime(history.turns), notes: this.#notesInTime(history.notes) });
    if (changed === undefined) return false;
    await this.#announce(channelId, [...changed.turns, ...history.newer], changed.notes);
    return await this.#replace(channelId, text, writeHistory(changed.turns, changed.notes, history.newer));
  }

  /**
   * Takes what people want forgotten out of a conversation, and a summary that may be of it.
   * @param before Done first, with the ids of those turns: cut off between the two, it is done again.
   * @returns whether there was anything of theirs, as far as that is known.
   * @throws {AppError} `store-failed` also when other processes are first all the time.
   */
  async forget(
    conversation: string,
    forgotten: readonly Forgotten[],
    before: (turnIds: readonly string[]) => Promise<void>,
  ): Promise<boolean> {
    let hasFound = false;
    for (let tries = 0; tries < mostTries; tries += 1) {
      const record = await this.#records.read(conversation);
      if (record === undefined) return hasFound;
      const { text } = record;
      const left = text === undefined ? undefined : withoutForgotten(text, forgotten);
      if (text === undefined || left === text)
        return (await this.#forgetUnreadable(conversation, record, forgotten)) || hasFound;
      const { turnIds, isInSummary } = forgottenIn(text, forgotten);
      hasFound ||= isInSummary || turnIds.length > 0;
      await before(turnIds);
      if (await this.#replace(conversation, text, left)) return hasFound;
    }
    throw new AppError('store-failed', `Other processes changed the history ${conversation} all the time.`);
  }

  /** The name of a record may say whose it is, whatever it holds; else it is set aside, where it can be searched. */
  async #forgetUnreadable(
    conversation: string,
    record: StoredRecord,
    forgotten: readonly Forgotten[],
  ): Promise<boolean> {
    const isTheirs = forgotten.some(({ authorId }) => isOfAuthorAlone(conversation, authorId));
    const mayBe = forgotten.some(({ authorId }) => record.text?.includes(toAuthorText(authorId)) === true);
    if ((!isTheirs && !mayBe) || (record.text !== undefined && readHistory(record.text) !== undefined)) return false;
    if (!isTheirs) await this.#setAside.copy('history', conversation, record);
    await this.remove(conversation);
    return true;
  }

  /** @returns false where it was changed since it was read: nothing is done. */
  async #replace(conversation: string, read: string, left: string | undefined): Promise<boolean> {
    let isSame = false;
    const isDone = await this.#records.replace(conversation, (stored) => {
      isSame = stored === read;
      return isSame ? left : stored;
    });
    // A reading that began before may still be under way.
    this.#readings.delete(conversation);
    this.#newer.delete(conversation);
    return isDone && isSame;
  }

  async remove(channelId: string): Promise<void> {
    this.#readings.delete(channelId);
    this.#newer.delete(channelId);
    await this.#records.remove(channelId);
  }

  /** What cannot be read is set aside, and the rest is the history: a failed read alone rejects. */
  async #readNow(channelId: string): Promise<ReadHistory> {
    const record = await this.#records.read(channelId);
    if (record === undefined) return noHistory;
    const history = record.text === undefined ? undefined : readHistory(record.text);
    if (history === undefined || history.newer.length === 0) this.#newer.delete(channelId);
    else this.#newer.set(channelId, history.newer);
    if (history === undefined) await this.#setAside.copy('history', channelId, record);
    else if (history.odd.length > 0) {
      const odd = JSON.stringify({ version: recordVersion, turns: history.odd });
      await this.#setAside.copy('history', channelId, { text: odd, stored: odd });
    }
    return history ?? noHistory;
  }
}
