/** The record of who answers with a store: one entry for each process, none beside another that shares a shard with it. */
import type { ShardConfig } from '../../config/types.ts';
import { hostIdentity, isRunning } from './this-host.ts';

export interface Holder {
  readonly id: string;
  readonly shards: ShardConfig;
  readonly host: string;
  readonly pid: number;
  /** Milliseconds since 1970 UTC by the clock of the store. */
  readonly until: number;
}

/** Of different numbers of shards, nobody can say which guilds they share. */
export function doOverlap(one: ShardConfig, other: ShardConfig): boolean {
  return one.count !== other.count || one.ids.some((id) => other.ids.includes(id));
}

/** A process of this machine that was killed is not waited for. */
export function isAlive({ until, host, pid }: Holder, now: number): boolean {
  return until > now && (host !== hostIdentity || isRunning(pid));
}

export function toText(holders: readonly Holder[]): string {
  return JSON.stringify({ version: 1, holders });
}

/** None for what cannot be read: it could be renewed by nobody. */
export function readHolders(text: string | undefined): readonly Holder[] {
  try {
    // Written by this program alone.
    const record = JSON.parse(text ?? '{}') as { readonly holders?: readonly Holder[] } | null;
    return record?.holders ?? [];
  } catch {
    return [];
  }
}
