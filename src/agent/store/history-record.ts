/** A channel's history as it is stored: its ended turns, and what is known of them besides. */
import { isRecord } from '../../json.ts';
import { recordVersion, type Turn } from '../turn.ts';

import { isOfNewerVersion, type NewerRecord, parseJson, readTurn, toReadable } from './turn-record.ts';

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
  readonly version: typeof recordVersion;
  readonly turns: readonly (Turn | NewerRecord)[];
  readonly notes?: HistoryNotes;
}

export interface ReadHistory {
  readonly turns: readonly Turn[];
  readonly notes: HistoryNotes;
  /** Among its turns, those of newer versions: whoever writes the history writes them along. */
  readonly newer: readonly NewerRecord[];
  /** Among its turns, those that no version can read. */
  readonly odd: readonly unknown[];
}

/** Undefined when the whole of it cannot be read. */
export function readHistory(text: string): ReadHistory | undefined {
  const history = parseJson(text);
  if (!isHistory(history)) return undefined;
  const read = history.turns.map((stored) => ({ stored, turn: readTurn(stored) }));
  const unread = read.filter(({ turn }) => turn === undefined).map(({ stored }) => stored);
  return {
    turns: read.flatMap(({ turn }) => turn ?? []),
    notes: readNotes(history.notes),
    newer: unread.filter(isOfNewerVersion),
    odd: unread.filter((stored) => !isOfNewerVersion(stored)),
  };
}

/**
 * @param newer As they were read: they stay where they were asked.
 * @throws {AppError} `store-failed` when a turn could not be read back.
 */
export function writeHistory(
  turns: readonly Turn[],
  notes: HistoryNotes | undefined,
  newer: readonly NewerRecord[] = [],
): string {
  const readable = turns.map(toReadable);
  const record: HistoryRecord = {
    version: recordVersion,
    turns:
      newer.length === 0 ? readable : [...newer, ...readable].sort((one, other) => askedAtOf(one) - askedAtOf(other)),
    ...(notes === undefined ? {} : { notes }),
  };
  return JSON.stringify(record);
}

function askedAtOf(turn: unknown): number {
  const { askedAt } = Object(Object(turn).question);
  return typeof askedAt === 'number' ? askedAt : 0;
}

interface StoredHistory {
  readonly version: number;
  readonly turns: readonly unknown[];
  readonly notes?: unknown;
}

/** Of whatever version: they differ in their turns alone, which are told apart one by one. */
function isHistory(value: unknown): value is StoredHistory {
  return (
    isRecord(value) && Number.isSafeInteger(value.version) && Number(value.version) > 0 && Array.isArray(value.turns)
  );
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
