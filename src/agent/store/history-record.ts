/** A channel's history as it is stored: its ended turns, and what is known of them besides. */
import { isRecord } from '../../json.ts';
import { recordVersion, type Turn } from '../turn.ts';
import { isTime } from './stored-fields.ts';
import { isOfNewerVersion, type NewerRecord, parseJson, readTurn, toReadable } from './turn-record.ts';

/** What is known of a history besides its turns. A program that knows nothing of it loses nothing but the work. */
export interface HistoryNotes {
  /** What each turn takes of a prompt, by the turn's id, as far as it was counted. */
  readonly tokens?: Readonly<Record<string, number>>;
  /** Of the turns that were dropped. */
  readonly summary?: string;
  /** When the oldest question in it was asked, in ms since 1970 UTC. */
  readonly summarySince?: number;
  /** When those who asked what is in it asked the first of it, in ms since 1970 UTC, by their ids. Absent: anybody may have, as where an earlier version made it. */
  readonly summaryOf?: Readonly<Record<string, number>>;
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
  const { tokens, summary, summarySince, summaryOf } = isRecord(value) ? value : {};
  return {
    ...(isCounts(tokens) ? { tokens } : {}),
    ...(typeof summary === 'string' ? { summary } : {}),
    ...(isTime(summarySince) ? { summarySince } : {}),
    ...(isCounts(summaryOf) ? { summaryOf } : {}),
  };
}

function isCounts(value: unknown): value is Readonly<Record<string, number>> {
  return isRecord(value) && Object.values(value).every(Number.isFinite);
}

/** Of the same turns. */
export function withoutSummary({ tokens }: HistoryNotes): HistoryNotes {
  return tokens === undefined ? {} : { tokens };
}

/** Whether the oldest question in the summary was asked before that time. @param oldest Milliseconds since 1970 UTC. */
export function isSummaryOlder({ summarySince = 0 }: HistoryNotes, oldest: number): boolean {
  return summarySince < oldest;
}

/** The text of a stored history without what was asked before that time, in ms since 1970 UTC; undefined when nothing is left. */
export function withoutOlder(text: string, oldest: number): string | undefined {
  return without(
    text,
    (turn) => isOlder(turn, oldest),
    (notes) => isSummaryOlder(notes, oldest),
  );
}

/** What somebody asked, who wants it forgotten. */
export interface Forgotten {
  readonly authorId: string;
  /** Milliseconds since 1970 UTC: what was asked later stays. */
  readonly until: number;
}

/** The text of a stored history without that, nor a summary that may be of it; undefined when nothing is left. */
export function withoutForgotten(text: string, forgotten: readonly Forgotten[]): string | undefined {
  const isGone = isOneOf(forgotten);
  return without(text, isGone, (notes) => forgotten.some((one) => isSummaryForgotten(notes, one) !== 'no'));
}

/** What a stored history holds of it: the ids of turns, and whether its summary is known to be of it. */
export function forgottenIn(
  text: string,
  forgotten: readonly Forgotten[],
): { readonly turnIds: string[]; readonly isInSummary: boolean } {
  const history = parseJson(text);
  if (!isHistory(history)) return { turnIds: [], isInSummary: false };
  const notes = readNotes(history.notes);
  return {
    turnIds: history.turns.filter(isOneOf(forgotten)).map((turn) => String(Object(Object(turn).question).id)),
    isInSummary: forgotten.some((one) => isSummaryForgotten(notes, one) === 'yes'),
  };
}

/** Whether a turn of whatever version is among it: where it does not say when it was asked, it is old enough. */
export function isOneOf(forgotten: readonly Forgotten[]): (turn: unknown) => boolean {
  const untilOf = new Map(forgotten.map(({ authorId, until }) => [authorId, until]));
  return (turn) => {
    const { authorId, askedAt } = Object(Object(turn).question);
    const until = untilOf.get(authorId);
    return until !== undefined && !(askedAt > until);
  };
}

function isSummaryForgotten(
  { summarySince = 0, summaryOf }: HistoryNotes,
  { authorId, until }: Forgotten,
): 'yes' | 'perhaps' | 'no' {
  if (summaryOf === undefined) return summarySince > until ? 'no' : 'perhaps';
  const first = summaryOf[authorId];
  return first === undefined || first > until ? 'no' : 'yes';
}

/** One that cannot be read is left alone: whoever reads it sets it aside. */
function without(
  text: string,
  isGone: (turn: unknown) => boolean,
  isSummaryGone: (notes: HistoryNotes) => boolean,
): string | undefined {
  const history = parseJson(text);
  if (!isHistory(history)) return text;
  const turns = history.turns.filter((turn) => !isGone(turn));
  const before = readNotes(history.notes);
  const notes = before.summary !== undefined && isSummaryGone(before) ? withoutSummary(before) : before;
  if (turns.length === history.turns.length && notes === before) return text;
  if (turns.length === 0 && notes.summary === undefined) return undefined;
  // What the turns take of a prompt is counted again.
  const { tokens, ...left } = notes;
  return JSON.stringify({ version: history.version, turns, notes: left });
}

/** When the oldest question of a stored history was asked, as {@link oldestOf}. */
export function oldestIn(text: string): number | undefined {
  const history = parseJson(text);
  return isHistory(history) ? oldestOf(history.turns, readNotes(history.notes)) : undefined;
}

/** When the oldest of the turns, or in the summary, was asked, in ms since 1970 UTC, as far as they say so; undefined when there are none. */
export function oldestOf(turns: readonly unknown[], { summarySince }: HistoryNotes = {}): number | undefined {
  const times = [...turns.map((turn) => Object(Object(turn).question).askedAt), summarySince].filter(isTime);
  return times.length === 0 ? undefined : times.reduce((oldest, time) => Math.min(oldest, time));
}

/** Whether the question was asked before that time. @param oldest Milliseconds since 1970 UTC. */
export function isOlder(turn: unknown, oldest: number): boolean {
  return Object(Object(turn).question).askedAt < oldest;
}
