/** The border where stored records come in: told apart from what an older, newer or broken program wrote. */
import { failureCodes, type ModelStep, type Question, type Turn, type Usage } from '../turn.ts';

/** A channel's history as stored. */
export interface HistoryRecord {
  readonly version: 1;
  readonly turns: readonly Turn[];
}

export function isTurn(value: unknown): value is Turn {
  return (
    isObject(value) &&
    value.version === 1 &&
    isQuestion(value.question) &&
    isListOf(value.warnings, (warning) => warning === 'no-tools') &&
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
    isListOf(
      value.results,
      (result) => isObject(result) && hasTexts(result, ['callId', 'text']) && isBoolean(result.ok),
    ) &&
    (value.usage === undefined || isUsage(value.usage))
  );
}

function isUsage(value: unknown): value is Usage {
  return (
    isObject(value) &&
    [value.promptTokens, value.cachedTokens, value.outputTokens].every((count) => typeof count === 'number')
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
