/** Opens the turn store that STORE_URL names. Each kind of store is loaded only when it is used. */
import { AppError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import type { Backend } from './backend.ts';
import { createTurnStore } from './keyv-turn-store.ts';
import type { TurnStore } from './turn-store.ts';

export interface TurnStoreOptions {
  readonly log: Logger;
  /** Parts this program's records from those of others in the same Redis or PostgreSQL database: letters, digits and `_`. Default: `jupan`. */
  readonly namespace?: string;
}

/**
 * Opens the store and writes to it once, so that a wrong address shows at the start and not at the first question.
 * @param storeUrl `sqlite://PATH` (relative to the current folder, or absolute: `sqlite:///abs/path`), `redis(s)://…`, `postgres(ql)://…` or `memory://`.
 * @throws {AppError} `store-unusable` within 3 s; its message is one sentence for the operator, with no secret in it.
 */
export async function openTurnStore(
  storeUrl: string,
  { log, namespace = 'jupan' }: TurnStoreOptions,
): Promise<TurnStore> {
  let store: TurnStore | undefined;
  try {
    store = createTurnStore(await openBackend(storeUrl, namespace, log), log, namespace);
    await store.remember('store-opened-at', Date.now());
    return store;
  } catch (error) {
    await store?.close();
    throw new AppError(
      'store-unusable',
      `${toAddress(storeUrl)} cannot be used as the store (${toReason(error)}): ${toAdvice(storeUrl)}`,
      { cause: error },
    );
  }
}

async function openBackend(storeUrl: string, namespace: string, log: Logger): Promise<Backend> {
  const address = toAddress(storeUrl);
  switch (schemeOf(storeUrl)) {
    case 'sqlite':
      return (await import('./sqlite.ts')).openSqlite(storeUrl.slice('sqlite://'.length));
    case 'redis':
    case 'rediss':
      return (await import('./redis.ts')).openRedis(storeUrl, address, log);
    case 'postgres':
    case 'postgresql':
      return (await import('./postgres.ts')).openPostgres(storeUrl, address, namespace, log);
    case 'memory':
      return (await import('./memory.ts')).openMemory();
    default:
      throw new Error('unknown kind of store');
  }
}

function schemeOf(storeUrl: string): string {
  return storeUrl.slice(0, Math.max(storeUrl.indexOf('://'), 0));
}

/** The address without user and password. */
function toAddress(storeUrl: string): string {
  const scheme = schemeOf(storeUrl);
  if (scheme === 'sqlite' || scheme === 'memory' || !URL.canParse(storeUrl)) return storeUrl;
  const { host, pathname } = new URL(storeUrl);
  return `${scheme}://${host}${pathname}`;
}

/** What the place itself said; of a connection that several addresses refused, the code is all there is. */
function toReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AppError && error.cause !== undefined) return toReason(error.cause);
  if (error.message !== '') return error.message.split('\n')[0] ?? '';
  return 'code' in error ? String(error.code) : error.name;
}

function toAdvice(storeUrl: string): string {
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
