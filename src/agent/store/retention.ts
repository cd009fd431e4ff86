/**
 * Deletes what is too old to be retained and what nobody will ask for again: old turns of every channel, records that were set
 * aside, files without a turn. One record at a time, so that it costs no memory and nobody waits for it. Several processes
 * may do it at once.
 */
import { setImmediate as nextMoment } from 'node:timers/promises';
import { conversationOfFileKey, turnOfFileKey } from './file-key.ts';
import { withoutOld } from './history-record.ts';
import type { Records } from './records.ts';
import { dayOf } from './settled-turn.ts';

export interface Sweep {
  readonly turns: Records;
  readonly histories: Records;
  readonly settled: Records;
  readonly accounts: Records;
  readonly files: Records;
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

/** Resolves when all was looked at, or soon after the signal aborted. Rejects when the store fails; the rest is for the next time. */
export async function sweep({
  turns,
  histories,
  settled,
  accounts,
  files,
  unreadable,
  ttlMs,
  signal,
}: Sweep): Promise<SweepCounts> {
  const counts: SweepCounts = { histories: 0, settled: 0, accounts: 0, unreadable: 0, files: 0 };

  /** @param end Only keys before it. Default: all. */
  async function each(records: Records, look: (key: string) => Promise<void>, end?: string): Promise<void> {
    for await (const page of records.keys('', end)) {
      for (const key of page) {
        if (signal.aborted) return;
        await look(key);
        // Between two records, whoever has a question comes first.
        await nextMoment();
      }
    }
  }

  // Their names begin with a day, or with a month, which comes after its days.
  const oldestDay = dayOf(Date.now() - settledDays * dayMs);
  await each(
    settled,
    async (key) => {
      await settled.remove(key);
      counts.settled += 1;
    },
    oldestDay,
  );
  await each(
    accounts,
    async (key) => {
      await accounts.remove(key);
      counts.accounts += 1;
    },
    oldestDay,
  );
  const oldest = ttlMs === undefined ? undefined : Date.now() - ttlMs;
  if (oldest !== undefined)
    await each(histories, async (channelId) => {
      if (await shorten(histories, channelId, oldest)) counts.histories += 1;
    });
  // After the histories: a picture goes with the turn that it came with.
  await each(files, async (key) => {
    const turnId = turnOfFileKey(key);
    // What another version may have named otherwise is not this one's to delete.
    if (turnId === undefined || (await turns.has(turnId)) || (await isInHistory(key, histories))) return;
    await files.remove(key);
    counts.files += 1;
  });
  if (oldest === undefined) return counts;
  await each(unreadable, async (key) => {
    if (setAsideAt(key) >= oldest && newestIn((await unreadable.read(key))?.text ?? '') >= oldest) return;
    await unreadable.remove(key);
    counts.unreadable += 1;
  });
  return counts;
}

/** @returns whether there was anything so old. */
async function shorten(histories: Records, channelId: string, oldest: number): Promise<boolean> {
  let isShortened = false;
  const isReplaced = await histories.replace(channelId, (text) => {
    const shortened = withoutOld(text, oldest);
    isShortened = shortened !== text;
    return shortened;
  });
  return isShortened && isReplaced;
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
