/**
 * The border where records come in and go out: older versions are brought up to this one, and what a newer or broken program
 * wrote is told apart. One rule for both ways, so that nothing is written that could not be read back. By hand, because it
 * runs on every question and a schema library is slower.
 */
import { AppError } from '../../errors.ts';
import { isRecord } from '../../json.ts';
import {
  failureCodes,
  type JsonValue,
  leftOutReasons,
  type ModelStep,
  recordVersion,
  type Turn,
  type Usage,
} from '../turn.ts';
import { isQuestion } from './question-record.ts';
import { type Fields, hasNumbers, hasTexts, isListOf, isOptional, isText, isTrue } from './stored-fields.ts';

/**
 * The turn as this version writes it, whichever version wrote it; undefined for what is none. What a step cost is left out
 * where it is not in numbers: it is no loss.
 */
export function readTurn(value: unknown): Turn | undefined {
  const turn = isRecord(value) ? toCurrent(value) : value;
  if (!isTurn(turn)) return undefined;
  const isCounted = turn.steps.every(({ usage }) => usage === undefined || isUsage(usage));
  const counted = isCounted ? turn : { ...turn, steps: turn.steps.map(withSoundUsage) };
  const ids = counted.steps.flatMap(({ calls }) => calls.map(({ id }) => id));
  return new Set(ids).size === ids.length ? counted : { ...counted, steps: withIdsApart(counted.steps) };
}

/** Calls of two steps that have one id get others: a model server may refuse the conversation because of it. */
function withIdsApart(steps: readonly ModelStep[]): ModelStep[] {
  const taken = new Set<string>();
  return steps.map((step, index) => {
    const renamed = new Map<string, string>();
    for (const { id } of step.calls) {
      let own = id;
      for (let count = index; taken.has(own); count += 1) own = `${id}_${count}`;
      taken.add(own);
      renamed.set(id, own);
    }
    const rename = <Of extends { readonly callId: string }>(of: Of): Of => ({
      ...of,
      callId: renamed.get(of.callId) ?? of.callId,
    });
    const { approvals, tasks } = step;
    return {
      ...step,
      calls: step.calls.map((call) => ({ ...call, id: renamed.get(call.id) ?? call.id })),
      results: step.results.map(rename),
      ...(approvals === undefined ? {} : { approvals: approvals.map(rename) }),
      ...(tasks === undefined ? {} : { tasks: tasks.map(rename) }),
    };
  });
}

/** What a version that is to come has written, as far as this one knows it. */
export interface NewerRecord {
  readonly version: number;
  readonly delivery?: JsonValue;
}

/** Whether a version that is to come has written it: it is left for that one. */
export function isOfNewerVersion(value: unknown): value is NewerRecord {
  return isRecord(value) && typeof value.version === 'number' && value.version > recordVersion;
}

/** The turn as it is stored. @throws {AppError} `store-failed` when it could not be read back. */
export function writeTurn(turn: Turn): string {
  return JSON.stringify(toReadable(turn));
}

/** The turn as it would be read back. @throws {AppError} `store-failed` when it could not be. */
export function toReadable(turn: Turn): Turn {
  const readable = readTurn(turn);
  if (readable !== undefined) return readable;
  throw new AppError('store-failed', `The turn ${turn.question?.id} was not stored: it could not be read back.`);
}

function withSoundUsage({ usage, ...step }: ModelStep): ModelStep {
  return isUsage(usage) ? { ...step, usage } : step;
}

/** The text of a stored turn without what people have said about its calls. A text that is none is left as it is. */
export function withoutDecisions(text: string): string {
  const turn = readTurn(parseJson(text));
  if (turn === undefined) return text;
  const steps = turn.steps.map(({ approvals, ...step }) =>
    approvals === undefined
      ? step
      : { ...step, approvals: approvals.map(({ decision: _, by: __, votes: ___, ...approval }) => approval) },
  );
  return JSON.stringify({ ...turn, steps });
}

/** Undefined when it is no JSON. Its error is not passed on: it quotes the text. */
export function parseJson(text: string): JsonValue | undefined {
  try {
    // The one thing that JSON.parse can give, which its type does not say.
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

/**
 * Version 1 knew one warning, as a bare word. Version 2 knew no times, nor anything of a question but its text. Version 3 knew no
 * settings, and would go on with a turn without them.
 */
function toCurrent(turn: Fields): Fields {
  if (turn.version === 2 || turn.version === 3) return { ...turn, version: recordVersion };
  if (turn.version !== 1) return turn;
  const warnings = Array.isArray(turn.warnings) ? turn.warnings : [];
  return { ...turn, version: recordVersion, warnings: warnings.map((type: unknown) => ({ type, afterSteps: 0 })) };
}

function isTurn(value: unknown): value is Turn {
  return (
    isRecord(value) &&
    value.version === recordVersion &&
    isQuestion(value.question) &&
    isListOf(value.warnings, isWarning) &&
    isListOf(value.steps, isModelStep) &&
    isOptional(value.files, (files) => isListOf(files, isAttachmentOutcome)) &&
    isOptional(value.replaces, isText) &&
    isOptional(value.end, isTurnEnd) &&
    isOptional(value.endedAt, Number.isFinite) &&
    value.delivery !== undefined
  );
}

function isAttachmentOutcome(value: unknown): boolean {
  if (!isRecord(value) || !Number.isInteger(value.attachment)) return false;
  const isOfPart = isOptional(value.role, (role) => role === 'user' || role === 'assistant');
  if (!isOfPart || !isOptional(value.part, isText)) return false;
  if (value.type === 'image') return isFile(value.file);
  if (value.type === 'text') return isText(value.text) && isOptional(value.isCut, isTrue);
  return value.type === 'left-out' && leftOutReasons.some((reason) => reason === value.reason);
}

function isWarning(value: unknown): boolean {
  if (!isRecord(value) || !hasNumbers(value, 'afterSteps')) return false;
  if (value.type === 'model-wait') return hasNumbers(value, 'waitMs', 'until');
  return value.type === 'no-tools' || value.type === 'store-wait';
}

function isModelStep(value: unknown): boolean {
  return (
    isRecord(value) &&
    hasTexts(value, 'text') &&
    isListOf(value.calls, isCall) &&
    haveOwnIds(value.calls) &&
    isListOf(value.results, isResult) &&
    areOfCalls(value.results, value.calls) &&
    isOptional(value.approvals, (approvals) => isListOf(approvals, isApproval)) &&
    isOptional(value.tasks, (tasks) => isListOf(tasks, isCallTask)) &&
    isOptional(value.askedAt, Number.isFinite) &&
    isOptional(value.answeredAt, Number.isFinite) &&
    isOptional(value.retries, Number.isFinite)
  );
}

function isCall(value: unknown): boolean {
  return isRecord(value) && hasTexts(value, 'id', 'name', 'arguments');
}

/** A model server that is sent two calls of one id refuses the conversation, for as long as the turn is in the history. */
function haveOwnIds(calls: unknown): boolean {
  return Array.isArray(calls) && new Set(calls.map(({ id }) => id)).size === calls.length;
}

/** Each of another call of the step. A model server refuses results of calls that it has not made. */
function areOfCalls(results: unknown, calls: unknown): boolean {
  if (!Array.isArray(results) || !Array.isArray(calls)) return false;
  const open = new Set(calls.map(({ id }) => id));
  return results.every(({ callId }) => open.delete(callId));
}

function isResult(value: unknown): boolean {
  return (
    isRecord(value) &&
    hasTexts(value, 'callId', 'text') &&
    typeof value.ok === 'boolean' &&
    isOptional(value.files, (files) => isListOf(files, isToolFile)) &&
    isOptional(value.found, (names) => isListOf(names, isText)) &&
    isOptional(value.links, (addresses) => isListOf(addresses, isText)) &&
    isOptional(value.server, isText) &&
    isOptional(value.startedAt, Number.isFinite) &&
    isOptional(value.endedAt, Number.isFinite)
  );
}

function isFile(value: unknown): boolean {
  return (
    isRecord(value) &&
    hasTexts(value, 'key', 'name', 'mimeType') &&
    hasNumbers(value, 'bytes') &&
    isOptional(value.description, isText)
  );
}

/** Files of tools go out under names that were made safe as they came in; what members sent may be called anything. */
function isToolFile(value: unknown): boolean {
  return isFile(value) && isRecord(value) && typeof value.name === 'string' && /^[\w.-]{1,100}$/.test(value.name);
}

function isApproval(value: unknown): boolean {
  return (
    isRecord(value) &&
    hasTexts(value, 'callId') &&
    hasNumbers(value, 'until') &&
    isOptional(value.decision, (decision) => decision === 'approved' || decision === 'denied') &&
    isOptional(value.by, isPerson) &&
    isOptional(value.decidedAt, Number.isFinite) &&
    isOptional(value.notAsker, isTrue) &&
    isOptional(value.quorum, Number.isInteger) &&
    isOptional(value.roleIds, (ids) => isListOf(ids, isText)) &&
    [value.server, value.tool, value.toolHash, value.grantId].every((text) => isOptional(text, isText)) &&
    isOptional(value.votes, (votes) => isListOf(votes, isVote)) &&
    isOptional(value.isStarted, isTrue)
  );
}

function isCallTask(value: unknown): boolean {
  return (
    isRecord(value) &&
    hasTexts(value, 'callId', 'server', 'taskId') &&
    hasNumbers(value, 'startedAt', 'until') &&
    isOptional(value.isUnwanted, (isUnwanted) => isUnwanted === true)
  );
}

/** Their id is shown as a mention. */
function isPerson(id: unknown): boolean {
  return typeof id === 'string' && /^\w{1,100}$/.test(id);
}

function isVote(value: unknown): boolean {
  return (
    isRecord(value) &&
    isPerson(value.by) &&
    isOptional(value.standing, (standing) => standing === 'here' || standing === 'asker')
  );
}

function isUsage(value: unknown): value is Usage {
  return (
    isRecord(value) &&
    hasNumbers(value, 'promptTokens', 'cachedTokens', 'outputTokens') &&
    isOptional(value.costUsd, Number.isFinite)
  );
}

function isTurnEnd(value: unknown): boolean {
  if (!isRecord(value)) return false;
  if (value.type === 'answered') return true;
  const isKnown = value.type === 'failed' && failureCodes.some((code) => code === value.code);
  return isKnown && isOptional(value.budget, isSpentBudget);
}

function isSpentBudget(value: unknown): boolean {
  return (
    isRecord(value) &&
    ['bot', 'server', 'channel', 'member', 'role'].some((of) => of === value.of) &&
    (value.per === 'day' || value.per === 'month') &&
    hasTexts(value, 'account') &&
    hasNumbers(value, 'cap', 'until')
  );
}
