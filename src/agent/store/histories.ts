/** The histories of all channels: read and written whole, one record each. */
import { recordVersion, type Turn } from '../turn.ts';
import {
  type HistoryNotes,
  isOlder,
  type ReadHistory,
  readHistory,
  withoutAuthor,
  writeHistory,
} from './history-record.ts';
import type { Records } from './records.ts';
import type { SetAside } from './set-aside.ts';

const noHistory: ReadHistory = { turns: [], notes: {}, newer: [], odd: [] };

export class Histories {
  readonly #records: Records;
  readonly #setAside: SetAside;
  readonly #ttlMs: number | undefined;
  /** By channel, what of its history only a newer version can read, when it was read last. */
  readonly #newer = new Map<string, ReadHistory['newer']>();
  readonly #readings = new Map<string, Promise<ReadHistory>>();

  /** @param ttlMs How long a turn is given out. Undefined: for ever. */
  constructor(records: Records, setAside: SetAside, ttlMs: number | undefined) {
    this.#records = records;
    this.#setAside = setAside;
    this.#ttlMs = ttlMs;
  }

  async turns(channelId: string): Promise<Turn[]> {
    const { turns } = await this.read(channelId);
    const ttlMs = this.#ttlMs;
    return turns.filter((turn) => ttlMs === undefined || !isOlder(turn, Date.now() - ttlMs));
  }

  async notes(channelId: string): Promise<HistoryNotes> {
    const { notes } = await this.read(channelId);
    // A summary is as old as the oldest turn in it.
    if (this.#ttlMs === undefined || (notes.summarySince ?? 0) >= Date.now() - this.#ttlMs) return notes;
    return notes.tokens === undefined ? {} : { tokens: notes.tokens };
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
    const text = writeHistory(turns, notes, this.#newer.get(channelId));
    // Who reads from now on must not be given what stood there before.
    this.#readings.delete(channelId);
    await this.#records.write(channelId, text);
  }

  /** Some of the conversations at a time, in any order. */
  conversations(): AsyncIterable<readonly string[]> {
    return this.#records.keys();
  }

  /** Takes that author's turns out of a conversation. @returns whether there were any. */
  async forgetAuthor(conversation: string, authorId: string): Promise<boolean> {
    let isShortened = false;
    this.#readings.delete(conversation);
    this.#newer.delete(conversation);
    await this.#records.replace(conversation, (text) => {
      const shortened = withoutAuthor(text, authorId);
      isShortened = shortened !== text;
      return shortened;
    });
    return isShortened;
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
