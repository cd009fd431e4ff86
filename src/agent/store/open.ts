/** Opens the turn store that STORE_URL names. Each kind of store is loaded only when it is used. */
import { AppError, ConfigError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { pause, withRetries } from '../../waiting.ts';
import type { Backend } from './backend.ts';
import { createTurnStore, kinds } from './keyv-turn-store.ts';
import type { Lease } from './lease.ts';
import type { Share } from './lease-record.ts';
import { Records } from './records.ts';
import { Sealing } from './seal-all.ts';
import { type OpenedSeal, openedAtKey, openSeal } from './seal-record.ts';
import type { ShardLease } from './shard-lease.ts';
import { createSharedValues, type SharedValues } from './shared-values.ts';
import { StoreLease } from './store-lease.ts';
import { isShared, schemeOf } from './store-scheme.ts';
import { Sweeps } from './sweeps.ts';
import type { TurnStore } from './turn-store.ts';
import { isLocked } from './write-group.ts';

export interface OpenTurnStoreOptions {
  readonly log: Logger;
  /** Parts this program's records from those of others in the same Redis or PostgreSQL database: letters, digits and `_`. Default: `jupan`. */
  readonly namespace?: string;
  /** What values are encrypted with. Default: they are not. */
  readonly storeKey?: string | undefined;
  /** Turns that are older are not retained. Default: for ever. */
  readonly ttlDays?: number | undefined;
}

/** A store as the program that opened it holds it. */
export interface OpenedStore extends TurnStore {
  /**
   * Resolves once no other process answers with this store, or with this share of it. From then on nothing is written
   * when another process may have taken over. Given back when the store is closed. To be called once, before anything else.
   */
  takeLease(share: Share | undefined, signal: AbortSignal): Promise<Lease>;
  /** As {@link takeLease}, for one of any number of equal processes: which of the `count` shards are its own changes with the others. */
  joinShards(count: number, signal: AbortSignal): Promise<ShardLease>;
  /** What all processes on the store count and await together. */
  readonly shared: SharedValues;
}

const waitForLockMs = 5_000;
const lockRetryMs = 100;
/** The questions that wait at the start come first. */
const sweepAfterMs = 3_000;
const lookForSweepEveryMs = 15 * 60_000;
const dayMs = 24 * 60 * 60_000;
const notEncrypted =
  'Whoever can reach this server can read conversations, and write approvals of tool calls. Set STORE_KEY to keep them out.';

/**
 * Opens the store and writes to it once, so that a wrong address shows at the start and not at the first question.
 * @param storeUrl `sqlite://PATH` (relative to the current folder, or absolute: `sqlite:///abs/path`), `redis(s)://…`, `postgres(ql)://…` or `memory://`.
 * @throws {ConfigError} within 3 s, or 7 s where others keep the file locked, with no secret in it: naming STORE_URL, or STORE_KEY when the store was written with another key, or with one at all.
 */
export async function openTurnStore(storeUrl: string, options: OpenTurnStoreOptions): Promise<OpenedStore> {
  try {
    return await openStore(storeUrl, options);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const advice = `${toAddress(storeUrl)} cannot be used as the store (${toReason(error)}): ${toAdvice(storeUrl, error)}`;
    throw new ConfigError([{ variable: 'STORE_URL', advice }], { cause: error });
  }
}

async function openStore(
  storeUrl: string,
  { log, namespace = 'jupan', storeKey, ttlDays }: OpenTurnStoreOptions,
): Promise<OpenedStore> {
  const backend = await openBackend(storeUrl, namespace, log);
  try {
    const { seal, isWhole } = await openValues(backend, namespace, storeKey);
    const lease = new StoreLease(backend, { namespace, isSealing: storeKey !== undefined, log });
    const mayWrite = () => lease.confirm();
    if (storeKey === undefined && isShared(storeUrl))
      log.warn('store-not-encrypted', { store: backend.address, note: notEncrypted });
    const sealing = isWhole ? undefined : new Sealing(backend, { namespace, seal, log, kinds, mayWrite });
    const store = createTurnStore(backend, log, namespace, {
      seal,
      mayWrite,
      fence: () => lease.fence,
      ttlMs: ttlDays === undefined ? undefined : ttlDays * dayMs,
      prepare: (signal) => sealing?.whole(signal) ?? Promise.resolve(),
      onClose: () => lease.release(),
    });
    const shared = createSharedValues(backend, namespace);
    void sweepNowAndThen(new Sweeps(store, shared, ttlDays !== undefined), lease, log);
    return Object.assign(store, {
      takeLease: (share: Share | undefined, signal: AbortSignal) => lease.take(share, signal),
      joinShards: (count: number, signal: AbortSignal) => lease.join(count, signal),
      shared,
    });
  } catch (error) {
    await backend.close();
    throw error;
  }
}

/** Makes sure of the seal and writes once. Waits a while for others who write, such as a process that is just ending or a copy being made. */
async function openValues(backend: Backend, namespace: string, storeKey: string | undefined): Promise<OpenedSeal> {
  const open = async () => {
    const opened = await openSeal(backend, namespace, storeKey);
    const values = new Records('value', backend, `${namespace}:value:`, { seal: opened.seal });
    await values.write(openedAtKey, String(Date.now()));
    return opened;
  };
  return await withRetries(open, {
    signal: AbortSignal.timeout(waitForLockMs),
    firstMs: lockRetryMs,
    longestMs: lockRetryMs,
    isFinal: (error) => !isLocked(error),
  });
}

/** Every few hours, by one of those who may write; soon after the start where it is time. Never rejects. */
async function sweepNowAndThen(sweeps: Sweeps, lease: StoreLease, log: Logger): Promise<void> {
  const { closing } = lease;
  for (let waitMs = sweepAfterMs; ; waitMs = lookForSweepEveryMs) {
    await pause(waitMs, closing);
    await lease.had();
    if (closing.aborted) return;
    await sweeps.sweepWhenDue().catch((error: unknown) => {
      // The store was closed.
      if (error instanceof Error && error.name === 'AbortError') return;
      log.warn('store-sweep-fail', { error });
    });
  }
}

/** @throws {Error} when the place cannot be used. */
export async function openBackend(storeUrl: string, namespace: string, log: Logger): Promise<Backend> {
  const address = toAddress(storeUrl);
  switch (schemeOf(storeUrl)) {
    case 'sqlite':
      return (await import('./sqlite.ts')).openSqlite(storeUrl.slice('sqlite://'.length), log);
    case 'redis':
    case 'rediss':
      return (await import('./redis.ts')).openRedis(storeUrl, address, namespace, log);
    case 'postgres':
    case 'postgresql':
      return (await import('./postgres.ts')).openPostgres(storeUrl, address, namespace, log);
    case 'memory':
      return (await import('./memory.ts')).openMemory();
    default:
      throw new Error('unknown kind of store');
  }
}

/** The address without user and password. */
export function toAddress(storeUrl: string): string {
  const scheme = schemeOf(storeUrl);
  if (scheme === 'sqlite' || scheme === 'memory' || !URL.canParse(storeUrl)) return storeUrl;
  const { host, pathname } = new URL(storeUrl);
  return `${scheme}://${host}${pathname}`;
}

/** What the place itself said; of a connection that several addresses refused, the code is all there is. */
export function toReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AppError && error.cause !== undefined) return toReason(error.cause);
  if (error.message !== '') return error.message.split('\n')[0] ?? '';
  return 'code' in error ? String(error.code) : error.name;
}

function toAdvice(storeUrl: string, error: unknown): string {
  if (isLocked(error)) return 'another program keeps it locked. End that program, or give STORE_URL another path.';
  switch (schemeOf(storeUrl)) {
    case 'sqlite':
      return 'give STORE_URL the path of a new file, or of an earlier store, in a folder that may be written to.';
    case 'redis':
    case 'rediss':
      return 'start that Redis server or correct the address, user and password in STORE_URL.';
    case 'postgres':
    case 'postgresql':
      return 'start that PostgreSQL server or correct the address, user, password and database in STORE_URL.';
    default:
      return 'STORE_URL takes sqlite://PATH, redis://HOST:PORT, postgres://USER:PASSWORD@HOST/DATABASE or memory://.';
  }
}
