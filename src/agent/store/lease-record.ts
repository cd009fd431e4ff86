/** The record of who answers with a store: one entry for each process, none beside another whose share overlaps with its own. */
import { isRecord } from '../../json.ts';
import { hostIdentity, isRunning } from './this-host.ts';

/** Which part of all channels a process serves: those parts of `count` equal ones that `ids` names, from 0. */
export interface Share {
  readonly ids: readonly number[];
  readonly count: number;
}

export const everything: Share = { ids: [0], count: 1 };

/** What the entry of a process says that shares with others by itself, see `shard-plan.ts`. */
export interface Membership {
  readonly records: number;
  readonly leaving: readonly number[];
  readonly unread: readonly number[];
  readonly isClosing: boolean;
}

export interface Holder {
  readonly id: string;
  readonly share: Share;
  readonly host: string;
  readonly pid: number;
  /** Milliseconds since 1970 UTC by the clock of the store. */
  readonly until: number;
  /** Set by those that seal values together with their keys; the first version did not. */
  readonly isSealing?: true;
  /** Set by those that share by themselves; its share may then be empty, and change. */
  readonly member?: Membership;
}

/** Of different counts, nobody can say which channels they have in common. */
export function doOverlap(one: Share, other: Share): boolean {
  return one.count !== other.count || one.ids.some((id) => other.ids.includes(id));
}

/** Whether the two may be there at once: their shares have nothing in common, or they come to terms by themselves. */
export function doConflict(one: Pick<Holder, 'share' | 'member'>, other: Pick<Holder, 'share' | 'member'>): boolean {
  const areMembers = one.member !== undefined && other.member !== undefined && one.share.count === other.share.count;
  return !areMembers && doOverlap(one.share, other.share);
}

/** A process of this machine that was killed is not waited for. */
export function isAlive(holder: Holder, now: number): boolean {
  return holder.until > now && !isKilled(holder);
}

/** Whether it is known to be gone, whatever its time says. */
export function isKilled({ host, pid }: Pick<Holder, 'host' | 'pid'>): boolean {
  return host === hostIdentity && !isRunning(pid);
}

export function leaseKeyOf(namespace: string): string {
  return `${namespace}:lease`;
}

export function toText(holders: readonly Holder[]): string {
  // As the first version named it.
  return JSON.stringify({ version: 1, holders: holders.map(({ share, ...holder }) => ({ ...holder, shards: share })) });
}

/** What cannot be read is nobody: it could be renewed by none. */
export function readHolders(text: string): { readonly holders: readonly Holder[]; readonly isOdd: boolean } {
  const entries = entriesOf(text);
  const holders = entries?.flatMap((entry) => readHolder(entry) ?? []) ?? [];
  return { holders, isOdd: holders.length !== entries?.length };
}

function entriesOf(text: string): readonly unknown[] | undefined {
  try {
    const record: unknown = JSON.parse(text);
    return isRecord(record) && Array.isArray(record.holders) ? record.holders : undefined;
  } catch {
    return undefined;
  }
}

function readHolder(entry: unknown): Holder | undefined {
  if (!isRecord(entry)) return undefined;
  // What a later version says besides stays with it.
  const { id, shards: share, host, pid, until, isSealing, member, ...rest } = entry;
  const isHolder = typeof id === 'string' && typeof host === 'string' && isWhole(pid) && isTime(until);
  if (!isHolder || !isShare(share)) return undefined;
  return {
    ...{ ...rest, id, share, host, pid, until },
    ...(isSealing === true ? { isSealing } : {}),
    ...(isMembership(member) ? { member } : {}),
  };
}

function isMembership(value: unknown): value is Membership {
  return (
    isRecord(value) &&
    isWhole(value.records) &&
    isShards(value.leaving) &&
    isShards(value.unread) &&
    typeof value.isClosing === 'boolean'
  );
}

function isShare(value: unknown): value is Share {
  return isRecord(value) && isWhole(value.count) && isShards(value.ids);
}

function isShards(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isWhole);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isTime(value: unknown): value is number {
  return Number.isFinite(value);
}
