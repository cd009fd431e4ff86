/** The border where stored records come in: told apart from what an older, newer or broken program wrote. */
import { failureCodes, type ModelStep, type Question, type Turn, type Usage } from '../turn.ts';

/** A channel's history as stored. */
export interface HistoryRecord {
  readonly version: 1;
  readonly turns: readonly Turn[];
}

/** The turn as this version writes it, whichever version wrote it; undefined for what is none. */
export function readTurn(value: unknown): Turn | undefined {
  const turn = isObject(value) && value.version === 1 ? fromVersion1(value) : value;
  return isTurn(turn) ? turn : undefined;
}

/** Version 1 knew one warning, as a bare word. */
function fromVersion1(turn: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const warnings = Array.isArray(turn.warnings) ? turn.warnings : [];
  return { ...turn, version: 2, warnings: warnings.map((type: unknown) => ({ type, afterSteps: 0 })) };
}

function isTurn(value: unknown): value is Turn {
  return (
    isObject(value) &&
    value.version === 2 &&
    isQuestion(value.question) &&
    isListOf(value.warnings, isWarning) &&
    isListOf(value.steps, isModelStep) &&
    (value.end === undefined || isTurnEnd(value.end)) &&
    value.delivery !== undefined
  );
}

/** True of a history whose version is known. Its turns are told apart one by one. */
export function isHistory(value: unknown): value is { readonly turns: readonly unknown[] } {
  return isObject(value) && value.version === 1 && Array.isArray(value.turns);
}

function isQuestion(value: unknown): value is Question {
  return (
    isObject(value) &&
    hasTexts(value, ['id', 'channelId', 'authorId', 'authorName', 'text']) &&
    typeof value.askedAt === 'number'
  );
}

function isModelStep(value: unknown): value is ModelStep {
  return (
    isObject(value) &&
    hasTexts(value, ['text']) &&
    isListOf(value.calls, (call) => isObject(call) && hasTexts(call, ['id', 'name', 'arguments'])) &&
    isListOf(value.results, isResult) &&
    (value.approvals === undefined || isListOf(value.approvals, isApproval)) &&
    (value.usage === undefined || isUsage(value.usage))
  );
}

function isResult(value: unknown): boolean {
  return (
    isObject(value) &&
    hasTexts(value, ['callId', 'text']) &&
    isBoolean(value.ok) &&
    (value.files === undefined || isListOf(value.files, isFile))
  );
}

function isFile(value: unknown): boolean {
  return isObject(value) && hasTexts(value, ['key', 'name', 'mimeType']) && typeof value.bytes === 'number';
}

function isApproval(value: unknown): boolean {
  return (
    isObject(value) &&
    hasTexts(value, ['callId']) &&
    typeof value.until === 'number' &&
    [undefined, 'approved', 'denied'].some((decision) => decision === value.decision) &&
    (value.by === undefined || typeof value.by === 'string') &&
    (value.isStarted === undefined || value.isStarted === true)
  );
}

function isWarning(value: unknown): boolean {
  if (!isObject(value) || typeof value.afterSteps !== 'number') return false;
  if (value.type === 'model-wait') return typeof value.waitMs === 'number' && typeof value.until === 'number';
  return value.type === 'no-tools' || value.type === 'store-wait';
}

function isUsage(value: unknown): value is Usage {
  return (
    isObject(value) &&
    [value.promptTokens, value.cachedTokens, value.outputTokens, value.costUsd ?? 0].every(
      (count) => typeof count === 'number',
    )
  );
}

function isTurnEnd(value: unknown): boolean {
  if (!isObject(value)) return false;
  return value.type === 'answered' || (value.type === 'failed' && failureCodes.some((code) => code === value.code));
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function hasTexts(value: Readonly<Record<string, unknown>>, names: readonly string[]): boolean {
  return names.every((name) => typeof value[name] === 'string');
}
