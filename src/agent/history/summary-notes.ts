/** The notes on the summary of what a history has lost: how old it is, and whose words may be in it. */
import { oldestOf } from '../store/history-record.ts';
import type { HistoryNotes } from '../store/turn-store.ts';
import type { Turn } from '../turn.ts';

/** Of more people it is not noted who they are: then it goes with the first who wants to be forgotten. */
const mostAuthors = 1_000;

/** @param notes With the summary before, which the new one takes the place of. */
export function summaryNotes(notes: HistoryNotes, lost: readonly Turn[], summary: string): HistoryNotes {
  const { summaryOf: _, ...others } = notes;
  const summarySince = oldestOf(lost, notes) ?? Date.now();
  const summaryOf = authorsOf(notes, lost);
  return { ...others, summary, summarySince, ...(summaryOf === undefined ? {} : { summaryOf }) };
}

/** Undefined: anybody. */
function authorsOf(notes: HistoryNotes, lost: readonly Turn[]): Readonly<Record<string, number>> | undefined {
  const before = notes.summary === undefined ? {} : notes.summaryOf;
  if (before === undefined) return undefined;
  const authors = new Map(Object.entries(before));
  for (const { question } of lost)
    authors.set(question.authorId, Math.min(question.askedAt, authors.get(question.authorId) ?? question.askedAt));
  return authors.size > mostAuthors ? undefined : Object.fromEntries(authors);
}
