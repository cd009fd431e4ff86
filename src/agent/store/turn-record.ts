/**
 * The border where stored records come in: older versions are brought up to this one, and what a newer or broken program
 * wrote is told apart. By hand, because it runs on every question and a schema library is slower.
 */
import { failureCodes, type Turn } from '../turn.ts';

/** What is known of a history besides its turns. A program that knows nothing of it loses nothing but the work. */
export interface HistoryNotes {
  /** What each turn takes of a prompt, by the turn's id, as far as it was counted. */
  readonly tokens?: Readonly<Record<string, number>>;
  /** Of the turns that are not kept any more. */
  readonly summary?: string;
  /** When the oldest question in it was asked, in ms since 1970 UTC. */
  readonly summarySince?: number;
}

/** A channel's history as stored. */
export interface HistoryRecord {
  readonly version: 2;
  readonly turns: readonly Turn[];
  readonly notes?: HistoryNotes;
}

type Fields = Readonly<Record<string, unknown>>;

/** The turn as this version writes it, whichever version wrote it; undefined for what is none. */
export function readTurn(value: unknown): Turn | undefined {
  const turn = isObject(value) && value.version === 1 ? fromVersion1(value) : value;
  return isTurn(turn) ? turn : undefined;
}

/** Version 1 knew one warning, as a bare word. */
function fromVersion1(turn: Fields): Fields {
  const warnings = Array.isArray(turn.warnings) ? turn.warnings : [];
  return { ...turn, version: 2, warnings: warnings.map((type: unknown) => ({ type, afterSteps: 0 })) };
}

/** True of a history whose version is known: the first differed in its turns alone. They are told apart one by one. */
export function isHistory(value: unknown): value is { readonly version: 1 | 2; readonly turns: readonly unknown[] } {
  return isObject(value) && (value.version === 1 || value.version === 2) && Array.isArray(value.turns);
}

function isTurn(value: unknown): value is Turn {
  return (
    isObject(value) &&
    value.version === 2 &&
    isQuestion(value.question) &&
    isListOf(value.warnings, isWarning) &&
    isListOf(value.steps, isModelStep) &&
    isOptional(value.end, isTurnEnd) &&
    value.delivery !== undefined
  );
}

/** As far as it can be read: it is no loss to count or summarise again. */
export function readNotes(value: unknown): HistoryNotes {
  const notes = isObject(value) && isObject(value.notes) ? value.notes : {};
  const { tokens, summary, summarySince } = notes;
  return {
    ...(isCounts(tokens) ? { tokens } : {}),
    ...(typeof summary === 'string' ? { summary } : {}),
    ...(typeof summarySince === 'number' ? { summarySince } : {}),
  };
}

function isCounts(value: unknown): value is Readonly<Record<string, number>> {
  return isObject(value) && Object.values(value).every((count) => typeof count === 'number');
}

function isQuestion(value: unknown): boolean {
  return (
    isObject(value) &&
    hasTexts(value, 'id', 'channelId', 'authorId', 'authorName', 'text') &&
    hasNumbers(value, 'askedAt')
  );
}

function isWarning(value: unknown): boolean {
  if (!isObject(value) || !hasNumbers(value, 'afterSteps')) return false;
  if (value.type === 'model-wait') return hasNumbers(value, 'waitMs', 'until');
  return value.type === 'no-tools' || value.type === 'store-wait';
}

function isModelStep(value: unknown): boolean {
  return (
    isObject(value) &&
    hasTexts(value, 'text') &&
    isListOf(value.calls, isCall) &&
    isListOf(value.results, isResult) &&
    isOptional(value.approvals, (approvals) => isListOf(approvals, isApproval)) &&
    isOptional(value.usage, isUsage)
  );
}

function isCall(value: unknown): boolean {
  return isObject(value) && hasTexts(value, 'id', 'name', 'arguments');
}

function isResult(value: unknown): boolean {
  return (
    isObject(value) &&
    hasTexts(value, 'callId', 'text') &&
    typeof value.ok === 'boolean' &&
    isOptional(value.files, (files) => isListOf(files, isFile))
  );
}

function isFile(value: unknown): boolean {
  return isObject(value) && hasTexts(value, 'key', 'name', 'mimeType') && hasNumbers(value, 'bytes');
}

function isApproval(value: unknown): boolean {
  return (
    isObject(value) &&
    hasTexts(value, 'callId') &&
    hasNumbers(value, 'until') &&
    isOptional(value.decision, (decision) => decision === 'approved' || decision === 'denied') &&
    isOptional(value.by, (by) => typeof by === 'string') &&
    isOptional(value.notAsker, (notAsker) => notAsker === true) &&
    isOptional(value.isStarted, (isStarted) => isStarted === true)
  );
}

function isUsage(value: unknown): boolean {
  return (
    isObject(value) &&
    hasNumbers(value, 'promptTokens', 'cachedTokens', 'outputTokens') &&
    isOptional(value.costUsd, (cost) => typeof cost === 'number')
  );
}

function isTurnEnd(value: unknown): boolean {
  if (!isObject(value)) return false;
  return value.type === 'answered' || (value.type === 'failed' && failureCodes.some((code) => code === value.code));
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function isOptional(value: unknown, isIt: (value: unknown) => boolean): boolean {
  return value === undefined || isIt(value);
}

function hasTexts(value: Fields, ...names: readonly string[]): boolean {
  return names.every((name) => typeof value[name] === 'string');
}

function hasNumbers(value: Fields, ...names: readonly string[]): boolean {
  return names.every((name) => typeof value[name] === 'number');
}
