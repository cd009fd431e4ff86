/**
 * The log of decisions in the store: an entry a record, under its number. Several processes may append at once: an entry is made
 * only where there is none, so whoever comes second goes on behind it, and there is one chain.
 */
import type { Decision } from '../decision.ts';
import { hashOf } from '../decision.ts';
import {
  type ChainHead,
  type DecisionEntry,
  emptyChain,
  readEntry,
  readHead,
  writeEntry,
  writeHead,
} from './decision-chain.ts';
import type { Records } from './records.ts';

/** Digits of a number in a key, so that keys are in the order of the entries. */
const digits = 12;
const headKey = 'head';

/**
 * What is found of an entry that is not as it was written: `missing`; `unreadable`, not written with the secret of the store;
 * `altered`, another text than the one that was hashed; `unlinked`, whole, but not the one that was written after the entry before.
 */
export type EntryProblem = 'missing' | 'unreadable' | 'altered' | 'unlinked';

export type CheckedEntry =
  | { readonly number: number; readonly entry: DecisionEntry; readonly hash: string; readonly problem?: EntryProblem }
  | { readonly number: number; readonly problem: EntryProblem };

export class DecisionLog {
  readonly #records: Records;
  /** As far as this process knows. */
  #known: ChainHead | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(records: Records) {
    this.#records = records;
  }

  /** Resolves with the head once the decision stands in the chain. Those of this process in the order called. */
  append(decision: Decision): Promise<ChainHead> {
    const appended = this.#last.then(() => this.#append(decision));
    this.#last = appended.catch(() => undefined); // Its own caller is told.
    return appended;
  }

  /** Every entry in its order, and what is wrong with it. */
  async *check(): AsyncGenerator<CheckedEntry> {
    const noted = await this.#notedHead();
    let last = noted?.number ?? 0;
    for await (const page of this.#records.keys())
      for (const key of page) if (/^\d+$/.test(key)) last = Math.max(last, Number(key));
    let before: string | undefined = emptyChain.hash;
    for (let number = 1; number <= last; number += 1) {
      const checked = await this.#check(number, before);
      yield checked;
      // After what cannot be read, nobody knows what came before the next.
      before = 'hash' in checked ? checked.hash : undefined;
    }
  }

  async #check(number: number, before: string | undefined): Promise<CheckedEntry> {
    const record = await this.#records.read(toKey(number));
    if (record === undefined) return { number, problem: 'missing' };
    if (record.text === undefined) return { number, problem: 'unreadable' };
    const read = readEntry(record.text);
    if (read === undefined) return { number, problem: 'altered' };
    const isLinked = read.entry.number === number && (before === undefined || read.entry.previous === before);
    return isLinked ? { number, ...read } : { number, ...read, problem: 'unlinked' };
  }

  async #append(decision: Decision): Promise<ChainHead> {
    for (let head = this.#known ?? (await this.#notedHead()) ?? emptyChain; ; ) {
      const { text, head: next } = writeEntry(head, decision, Date.now());
      if (await this.#records.create(toKey(next.number), text)) {
        this.#known = next;
        await this.#note(next);
        return next;
      }
      head = await this.#headAt(next.number);
    }
  }

  /** That of an entry that somebody else has made. One that cannot be read stays in the chain, and the check tells of it. */
  async #headAt(number: number): Promise<ChainHead> {
    const record = await this.#records.read(toKey(number));
    const read = record?.text === undefined ? undefined : readEntry(record.text);
    return { number, hash: read?.hash ?? hashOf(record?.stored ?? '') };
  }

  async #notedHead(): Promise<ChainHead | undefined> {
    const text = (await this.#records.read(headKey))?.text;
    return text === undefined ? undefined : readHead(text);
  }

  /** So that what is cut off at the end is missed, and nobody has to look for the end. The entry counts without it. */
  async #note(head: ChainHead): Promise<void> {
    await this.#records.change(headKey, (text) => {
      const noted = text === undefined ? undefined : readHead(text);
      return noted !== undefined && noted.number >= head.number ? (text ?? '') : writeHead(head);
    });
  }
}

function toKey(number: number): string {
  return String(number).padStart(digits, '0');
}
