/**
 * Deletes what is too old to be retained and what nobody will ask for again: old turns of every channel, records that were set
 * aside, files without a turn. One record at a time, so that it costs no memory and nobody waits for it. Several processes
 * may do it at once.
 */
import { setImmediate as nextMoment } from 'node:timers/promises';
import type { ExpiryIndex } from './expiry-index.ts';
import { conversationOfFileKey, turnOfFileKey } from './file-key.ts';
import { oldestIn, withoutOlder } from './history-record.ts';
import type { Records } from './records.ts';
import { dayOf } from './settled-turn.ts';

export interface Sweep {
  /**
   * - `expired`: what has expired, as {@link ExpiryIndex} names it. It costs what there is to delete, however much is retained; of
   *   pictures that are, the names are gone through.
   * - `everything`: each history and each file is looked at besides, for what an earlier version has not entered there and what
   *   a crash has left.
   */
  readonly reach: 'expired' | 'everything';
  readonly turns: Records;
  readonly files: Records;
  readonly histories: Records;
  readonly expiry: ExpiryIndex;
  readonly settled: Records;
  readonly accounts: Records;
  readonly unreadable: Records;
  /** How long turns are retained. Undefined: for ever. */
  readonly ttlMs: number | undefined;
  readonly signal: AbortSignal;
}

/** How long it is kept what became of a turn: two months, so that the month before this one can be looked at whole. */
export const settledDays = 62;
const dayMs = 86_400_000;

/** How much was deleted, for the log. */
export interface SweepCounts {
  histories: number;
  settled: number;
  accounts: number;
  unreadable: number;
  files: number;
}

/** Resolves when all within reach was looked at. Rejects when the store fails, or soon after the signal aborted; the rest is for the next time. */
export async function sweep(options: Sweep): Promise<SweepCounts> {
  const { reach, turns, histories, expiry, settled, accounts, files, unreadable, ttlMs, signal } = options;
  const counts: SweepCounts = { histories: 0, settled: 0, accounts: 0, unreadable: 0, files: 0 };

  async function each<Item>(items: AsyncIterable<Item>, look: (item: Item) => Promise<void>): Promise<void> {
    for await (const item of items) {
      signal.throwIfAborted();
      await look(item);
      // Between two records, whoever has a question comes first.
      await nextMoment();
    }
  }

  // Their names begin with a day, or with a month, which comes after its days.
  const oldestDay = dayOf(Date.now() - settledDays * dayMs);
  await each(keysOf(settled, oldestDay), async (key) => {
    await settled.remove(key);
    counts.settled += 1;
  });
  await each(keysOf(accounts, oldestDay), async (key) => {
    await accounts.remove(key);
    counts.accounts += 1;
  });
  const oldest = ttlMs === undefined ? undefined : Date.now() - ttlMs;
  /** Whose turns may have gone, here or when their channel was asked something. */
  const visited = new Set<string>();
  const done: string[] = [];
  if (oldest !== undefined) {
    await each(expiry.before(oldest), async ({ key, conversation, isWhole }) => {
      visited.add(conversation);
      const found = await shorten(conversation, oldest, options);
      if (found === 'shortened') counts.histories += 1;
      if (found !== 'changed' && isWhole) done.push(key);
    });
    if (reach === 'everything')
      await each(keysOf(histories), async (conversation) => {
        if ((await shorten(conversation, oldest, options)) === 'shortened') counts.histories += 1;
      });
  }
  // After the histories: a picture goes with the turn that it came with.
  await each(keysOf(files), async (key) => {
    const turnId = turnOfFileKey(key);
    const conversation = conversationOfFileKey(key);
    // What another version may have named otherwise is not this one's to delete.
    if (turnId === undefined) return;
    if (reach === 'expired' && conversation !== undefined && !visited.has(conversation)) return;
    if ((await turns.has(turnId)) || (await isInHistory(key, histories))) return;
    await files.remove(key);
    counts.files += 1;
  });
  // Cut off before, all of it is found again.
  for (const key of done) {
    signal.throwIfAborted();
    await expiry.remove(key);
  }
  if (oldest === undefined) return counts;
  await each(keysOf(unreadable), async (key) => {
    if (setAsideAt(key) >= oldest && newestIn((await unreadable.read(key))?.text ?? '') >= oldest) return;
    await unreadable.remove(key);
    counts.unreadable += 1;
  });
  return counts;
}

/** @param end Only keys before it. Default: all. */
async function* keysOf(records: Records, end?: string): AsyncGenerator<string> {
  for await (const page of records.keys('', end)) yield* page;
}

/** What stays is entered, if it was not, before the entry goes by which it was found. @returns `changed` when another process was first. */
async function shorten(
  conversation: string,
  oldest: number,
  { histories, expiry }: Pick<Sweep, 'histories' | 'expiry'>,
): Promise<'unchanged' | 'shortened' | 'changed'> {
  const text = (await histories.read(conversation))?.text;
  if (text === undefined) return 'unchanged';
  const left = withoutOlder(text, oldest);
  const next = left === undefined ? undefined : oldestIn(left);
  if (next !== undefined) await expiry.enter(conversation, next);
  if (left === text) return 'unchanged';
  return (await histories.replace(conversation, (before) => withoutOlder(before, oldest))) ? 'shortened' : 'changed';
}

/** Whether later questions of its conversation are shown the file. A history that cannot be read may name it. */
async function isInHistory(key: string, histories: Records): Promise<boolean> {
  const conversation = conversationOfFileKey(key);
  const record = conversation === undefined ? undefined : await histories.read(conversation);
  return record !== undefined && record.text?.includes(JSON.stringify(key)) !== false;
}

/** Names of records that were set aside end in the time of it. */
function setAsideAt(key: string): number {
  return Number(key.slice(key.lastIndexOf(':') + 1));
}

/** When the newest question of an unreadable text was asked, as far as that can be seen. */
function newestIn(text: string): number {
  const times = [...text.matchAll(/"askedAt":(\d+)/g)].map(([, time]) => Number(time));
  return times.reduce((newest, time) => Math.max(newest, time), times.length === 0 ? Number.POSITIVE_INFINITY : 0);
}
