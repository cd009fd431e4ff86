/** A channel's history as it is stored: its ended turns, and what is known of them besides. */
import { isRecord } from '../../json.ts';
import type { Turn } from '../turn.ts';
import { parseJson, readTurn, toReadable } from './turn-record.ts';

/** What is known of a history besides its turns. A program that knows nothing of it loses nothing but the work. */
export interface HistoryNotes {
  /** What each turn takes of a prompt, by the turn's id, as far as it was counted. */
  readonly tokens?: Readonly<Record<string, number>>;
  /** Of the turns that were dropped. */
  readonly summary?: string;
  /** When the oldest question in it was asked, in ms since 1970 UTC. */
  readonly summarySince?: number;
}

interface HistoryRecord {
  readonly version: 4;
  readonly turns: readonly Turn[];
  readonly notes?: HistoryNotes;
}

export interface ReadHistory {
  readonly turns: readonly Turn[];
  readonly notes: HistoryNotes;
  /** Among its turns, those that this version cannot read. */
  readonly odd: readonly unknown[];
}

/** Undefined when the whole of it cannot be read. */
export function readHistory(text: string): ReadHistory | undefined {
  const history = parseJson(text);
  if (!isHistory(history)) return undefined;
  const read = history.turns.map((stored) => ({ stored, turn: readTurn(stored) }));
  return {
    turns: read.flatMap(({ turn }) => turn ?? []),
    notes: readNotes(history.notes),
    odd: read.flatMap(({ stored, turn }) => (turn === undefined ? [stored] : [])),
  };
}

/** @throws {AppError} `store-failed` when a turn could not be read back. */
export function writeHistory(turns: readonly Turn[], notes: HistoryNotes | undefined): string {
  const record: HistoryRecord = {
    version: 4,
    turns: turns.map(toReadable),
    ...(notes === undefined ? {} : { notes }),
  };
  return JSON.stringify(record);
}

interface StoredHistory {
  readonly version: 1 | 2 | 3 | 4;
  readonly turns: readonly unknown[];
  readonly notes?: unknown;
}

/** True of a history whose version is known: they differ in their turns alone, which are told apart one by one. */
function isHistory(value: unknown): value is StoredHistory {
  return isRecord(value) && [1, 2, 3, 4].some((known) => known === value.version) && Array.isArray(value.turns);
}

/** As far as they can be read: it is no loss to count or summarise again. */
function readNotes(value: unknown): HistoryNotes {
  const { tokens, summary, summarySince } = isRecord(value) ? value : {};
  return {
    ...(isCounts(tokens) ? { tokens } : {}),
    ...(typeof summary === 'string' ? { summary } : {}),
    ...(typeof summarySince === 'number' ? { summarySince } : {}),
  };
}

function isCounts(value: unknown): value is Readonly<Record<string, number>> {
  return isRecord(value) && Object.values(value).every(Number.isFinite);
}

/**
 * The text of a stored history without the turns that were asked before that time; undefined when nothing is left. One that
 * cannot be read is left alone: whoever reads it sets it aside.
 * @param oldest Milliseconds since 1970 UTC.
 */
export function withoutOld(text: string, oldest: number): string | undefined {
  const history = parseJson(text);
  if (!isHistory(history)) return text;
  const turns = history.turns.filter((turn) => !isOlder(turn, oldest));
  if (turns.length === history.turns.length) return text;
  // What else the record holds was made of the turns that go.
  return turns.length === 0 ? undefined : JSON.stringify({ version: history.version, turns });
}

/** Whether the question was asked before that time. */
export function isOlder(turn: unknown, oldest: number): boolean {
  const { question } = Object(turn);
  return Object(question).askedAt < oldest;
}

/**
 * The text of a stored history without the turns of that author; undefined when nothing is left. One that cannot be read is left
 * alone, as in {@link withoutOld}.
 */
export function withoutAuthor(text: string, authorId: string): string | undefined {
  const history = parseJson(text);
  if (!isHistory(history)) return text;
  const turns = history.turns.filter((turn) => Object(Object(turn).question).authorId !== authorId);
  if (turns.length === history.turns.length) return text;
  // A summary may tell of what was asked in them.
  return turns.length === 0 ? undefined : JSON.stringify({ version: history.version, turns });
}
