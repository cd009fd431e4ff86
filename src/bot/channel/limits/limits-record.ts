/** The record by which processes that are one bot share its limits: what each has of them, and what the platform has said to any of them. Pure. */
import type { JsonValue } from '../../../agent/turn.ts';
import { isRecord } from '../../../json.ts';
import type { Want } from './gate.ts';
import {
  deadMs,
  grant,
  isCount,
  isWantedBy,
  type LimitName,
  type Member,
  type Portion,
  readMembers,
  shareOf,
  stillWanted,
} from './portions.ts';

/** Refusals that count against the bot, by the ten seconds in which they came. Times in ms since 1970 UTC. */
export interface RefusalSlice {
  readonly startedAt: number;
  readonly count: number;
}

/** Of one limit, what a process says of itself. */
export interface Demand {
  readonly limit: number;
  /** What is in use, has not ceased to count, or is kept. */
  readonly used: number;
  readonly kept: number;
  readonly wants: readonly Want[];
  readonly lowFrom?: number;
  /** Whether something is to be at hand for what will be wanted. */
  readonly hasStock: boolean;
}

export interface Report {
  readonly id: string;
  readonly demands: Readonly<Partial<Record<LimitName, Demand>>>;
  /** For how long the platform takes no request of the bot, in ms; 0 when it has said nothing. */
  readonly blockedMs: number;
  /** Refusals since the last report. */
  readonly refusals: number;
}

export interface Allowance {
  /** Processes, this one among them. */
  readonly members: number;
  readonly granted: Readonly<Partial<Record<LimitName, number>>>;
  /** Of which limits other processes want more than there is. */
  readonly short: readonly LimitName[];
  /** As the platform has said to any of them. */
  readonly blockedMs: number;
  /** Of all of them, the oldest first; `agoMs` since the slice began. */
  readonly refusals: readonly { readonly agoMs: number; readonly count: number }[];
}

/** How long the platform counts what was sent, with some room. */
const countedMs = 1_100;
export const refusalSliceMs = 10_000;
const refusalWindowMs = 10 * 60_000;
/** No platform holds a bot up for longer by one answer. */
const longestBlockMs = 60 * 60_000;
/** Of a limit, what all processes together keep at hand. */
const stockShare = 0.25;

/** What each of so many processes keeps at hand. */
export function stockOf(limit: number, members: number): number {
  return Math.floor((limit * stockShare) / members);
}

/** Enters the report. */
export function enter(
  stored: JsonValue | undefined,
  report: Report,
  now: number,
): { readonly value: JsonValue; readonly result: Allowance } {
  const record = isRecord(stored) ? stored : {};
  const members = readMembers(record.members, now);
  members.delete(report.id);
  const others = [...members.values()];
  const count = others.length + 1;
  const granted: Partial<Record<LimitName, number>> = {};
  const short: LimitName[] = [];
  const portions: Partial<Record<LimitName, Portion>> = {};
  for (const name of ['requests', 'turns'] as const) {
    const demand = report.demands[name];
    if (demand === undefined) continue;
    const stock = demand.hasStock ? Math.max(0, stockOf(demand.limit, count) - demand.kept) : 0;
    const share = shareOf(demand.limit, count);
    if (isWantedBy(others, name, now)) short.push(name);
    // Alone, it has all; that another may come is seen by its entry, before that one has anything.
    granted[name] =
      count === 1 ? Math.max(0, demand.limit - demand.used) : grant({ ...demand, stock }, name, others, now);
    portions[name] = { owned: demand.used + granted[name], share, wants: stillWanted(demand.wants, granted[name]) };
  }
  members.set(report.id, { at: now, portions });
  const blockedUntil = Math.max(readTime(record.blockedUntil, now), report.blockedMs > 0 ? now + report.blockedMs : 0);
  const refusals = addRefusals(readRefusals(record.refusals, now), report.refusals, now);
  return {
    value: {
      members: Object.fromEntries([...members].map(([id, member]) => [id, toJson(member)])),
      blockedUntil,
      refusals: refusals.map(({ startedAt, count: all }) => [startedAt, all]),
    },
    result: {
      members: count,
      granted,
      short,
      blockedMs: Math.max(0, blockedUntil - now),
      refusals: refusals.map(({ startedAt, count: all }) => ({ agoMs: now - startedAt, count: all })),
    },
  };
}

/**
 * Takes the process out.
 * @param sent Requests of it that the platform still counts: nobody else has their places before it does not.
 */
export function leave(stored: JsonValue | undefined, id: string, sent: number, now: number): JsonValue {
  const record = isRecord(stored) ? stored : {};
  const members = readMembers(record.members, now);
  members.delete(id);
  if (sent > 0)
    members.set(id, { at: now - deadMs + countedMs, portions: { requests: { owned: sent, share: sent, wants: [] } } });
  return {
    members: Object.fromEntries([...members].map(([other, member]) => [other, toJson(member)])),
    blockedUntil: readTime(record.blockedUntil, now),
    refusals: readRefusals(record.refusals, now).map(({ startedAt, count }) => [startedAt, count]),
  };
}

function toJson({ at, portions }: Member): JsonValue {
  const entries = Object.entries(portions).map(([name, { owned, share, wants }]): [string, JsonValue] => [
    name,
    { owned, share, wants: wants.map(({ count }) => count), waitedMs: wants.map(({ waitedMs }) => waitedMs) },
  ]);
  return { at, portions: Object.fromEntries(entries) };
}

function readTime(value: unknown, now: number): number {
  return isCount(value) && value < now + longestBlockMs ? value : 0;
}

function readRefusals(value: unknown, now: number): readonly RefusalSlice[] {
  if (!Array.isArray(value)) return [];
  return value.slice(-(refusalWindowMs / refusalSliceMs + 2)).flatMap((slice: unknown) => {
    if (!Array.isArray(slice)) return [];
    const [startedAt, count] = slice;
    const isSound = isCount(startedAt) && isCount(count) && startedAt <= now;
    return isSound && startedAt + refusalSliceMs + refusalWindowMs > now ? [{ startedAt, count }] : [];
  });
}

function addRefusals(slices: readonly RefusalSlice[], count: number, now: number): readonly RefusalSlice[] {
  if (count === 0) return slices;
  const last = slices.at(-1);
  if (last === undefined || now - last.startedAt >= refusalSliceMs) return [...slices, { startedAt: now, count }];
  return [...slices.slice(0, -1), { startedAt: last.startedAt, count: last.count + count }];
}
