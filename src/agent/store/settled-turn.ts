/** What is kept of a turn when it is settled, besides its place in the history: who asked where, what it cost, and what stands of it. No text. */
import { isRecord } from '../../json.ts';
import { addUsage, type FailureCode, failureCodes, type JsonValue, type Turn, type Usage } from '../turn.ts';
import { parseJson } from './turn-record.ts';

export interface SettledTurn {
  readonly version: 1;
  readonly turnId: string;
  readonly channelId: string;
  readonly authorId: string;
  /** The community of the channel. Absent: none. */
  readonly guildId?: string;
  /** Milliseconds since 1970 UTC. */
  readonly askedAt: number;
  readonly outcome: 'answered' | FailureCode;
  /** Of all requests to the model. Absent: no server counted. */
  readonly usage?: Usage;
  /** What the front end wants to know of it later. */
  readonly delivery: JsonValue;
}

/** Keys begin with the day of the question, so that a day can be listed and an old one deleted. */
export function settledKey({ id, askedAt }: { readonly id: string; readonly askedAt: number }): string {
  return `${dayOf(askedAt)}:${id}`;
}

/** In UTC, as `YYYY-MM-DD`. @param time Milliseconds since 1970 UTC. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

export function toSettledTurn({ question, steps, end }: Turn, delivery: JsonValue): SettledTurn {
  const { id: turnId, channelId, authorId, guildId, askedAt } = question;
  const usage = steps.reduce<Usage | undefined>((sum, step) => addUsage(sum, step.usage), undefined);
  return {
    version: 1,
    turnId,
    channelId,
    authorId,
    ...(guildId === undefined ? {} : { guildId }),
    askedAt,
    outcome: end?.type === 'failed' ? end.code : 'answered',
    ...(usage === undefined ? {} : { usage }),
    delivery,
  };
}

/** Undefined for what is none: it is no loss to anybody but whoever counts. */
export function readSettledTurn(text: string | undefined): SettledTurn | undefined {
  const value = text === undefined ? undefined : parseJson(text);
  return isSettledTurn(value) ? value : undefined;
}

function isSettledTurn(value: unknown): value is SettledTurn {
  if (!isRecord(value) || value.version !== 1 || value.delivery === undefined) return false;
  const { turnId, channelId, authorId, guildId, askedAt, outcome, usage } = value;
  const isCounted = (counted: unknown) =>
    isRecord(counted) &&
    [counted.promptTokens, counted.cachedTokens, counted.outputTokens, counted.costUsd ?? 0].every(Number.isFinite);
  return (
    [turnId, channelId, authorId, guildId ?? ''].every((text) => typeof text === 'string') &&
    Number.isFinite(askedAt) &&
    (outcome === 'answered' || failureCodes.some((code) => code === outcome)) &&
    (usage === undefined || isCounted(usage))
  );
}
