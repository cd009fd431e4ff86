/**
 * Looks at the store beside a bot that may be using it: takes no lease, makes nothing, and writes one value that is read back
 * and removed at once. For the doctor and the set-up.
 */
import { randomUUID } from 'node:crypto';
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ConfigError } from '../../errors.ts';
import { silentLogger } from '../../log.ts';
import { answerTimeoutMs, type Backend, type PlaceCondition } from './backend.ts';
import { within } from './deadline.ts';
import { isAlive, leaseKeyOf, readHolders } from './lease-record.ts';
import { openBackend, toAddress, toReason } from './open.ts';
import { inspectSeal } from './seal-record.ts';
import { filesOpenToOthers, freeBytesAt } from './sqlite-files.ts';

export interface StoreState {
  /** Without user and password. */
  readonly address: string;
  /** False: there is none yet, and the first start makes it. */
  readonly isThere: boolean;
  /** Undefined where there is none yet. */
  readonly seal: 'plain' | 'sealed' | 'to-be-sealed' | undefined;
  /** A process answers with it right now. */
  readonly isHeld: boolean;
  readonly condition: PlaceCondition;
  /** Of an SQLite store: its files that others on this machine may read or write. */
  readonly openFiles: readonly string[];
  /** For one value: written, read back and removed. Undefined where there is no store yet. */
  readonly probeMs: number | undefined;
}

/** - `full` no room; `read-only` it may be read and not written; `key` STORE_KEY is not the one; `unusable` anything else. */
export type StoreFailure = 'full' | 'read-only' | 'key' | 'unusable';

export type StoreInspection =
  | { readonly type: 'usable'; readonly state: StoreState }
  | { readonly type: 'unusable'; readonly address: string; readonly failure: StoreFailure; readonly reason: string };

const namespace = 'jupan';
/** Less, and not even the files beside an SQLite store can be made. */
const leastBytes = 256 * 1024;

/** Never rejects. */
export async function inspectStore(storeUrl: string, storeKey: string | undefined): Promise<StoreInspection> {
  try {
    return { type: 'usable', state: await look(storeUrl, storeKey) };
  } catch (error) {
    const [problem] = error instanceof ConfigError ? error.problems : [];
    const reason = problem?.advice ?? toReason(error);
    const failure = problem === undefined ? toFailure(reason) : 'key';
    return { type: 'unusable', address: toAddress(storeUrl), failure, reason };
  }
}

function toFailure(reason: string): StoreFailure {
  if (/disk is full|ENOSPC|EDQUOT|EFBIG|OOM command/i.test(reason)) return 'full';
  return /readonly|read-only|EROFS|EACCES|READONLY/i.test(reason) ? 'read-only' : 'unusable';
}

async function look(storeUrl: string, storeKey: string | undefined): Promise<StoreState> {
  const address = toAddress(storeUrl);
  const file = storeUrl.startsWith('sqlite://') ? resolve(storeUrl.slice('sqlite://'.length)) : undefined;
  const disk = file === undefined ? undefined : freeBytesAt(nearest(file));
  if (disk !== undefined && disk < leastBytes) throw new Error('database or disk is full');
  if (file !== undefined) requireWriting(file);
  // Before it is opened: what SQLite makes beside the file has the same mode.
  const openFiles = file === undefined ? [] : filesOpenToOthers(file);
  const backend = await openAsItIs(storeUrl, file);
  if (backend === undefined) {
    const condition: PlaceCondition = {
      loses: file === undefined ? 'nothing' : 'moments',
      isEvicting: false,
      freeBytes: disk,
    };
    return { address, isThere: false, seal: undefined, isHeld: false, condition, openFiles, probeMs: undefined };
  }
  try {
    const seal = await inspectSeal(backend, namespace, storeKey);
    const [isHeld, condition] = [await isHeldNow(backend), await inTime(backend, backend.condition())];
    return { address, isThere: true, seal, isHeld, condition, openFiles, probeMs: await probe(backend) };
  } finally {
    await backend.close();
  }
}

/** Undefined where there is no store yet. */
async function openAsItIs(storeUrl: string, file: string | undefined): Promise<Backend | undefined> {
  if (file !== undefined) return (await import('./sqlite.ts')).openSqliteAsItIs(file);
  if (/^postgres/.test(storeUrl)) {
    const { isThere, mayBeMade } = await (await import('./postgres.ts')).findTable(storeUrl, namespace);
    if (!isThere && !mayBeMade) throw new Error('permission denied for schema public: READONLY');
    if (!isThere) return undefined;
  }
  return await openBackend(storeUrl, namespace, silentLogger);
}

/** SQLite says so only when something is written, and a new store is not. @throws {Error} as the system says it. */
function requireWriting(file: string): void {
  const place = nearest(file);
  accessSync(place, constants.R_OK | constants.W_OK);
  // Files beside it are made and removed all the time.
  if (place === file) accessSync(dirname(file), constants.W_OK);
}

/** The file, or of the folders on the way to it the last one that is there. */
function nearest(path: string): string {
  return existsSync(path) ? path : nearest(dirname(path));
}

async function isHeldNow(backend: Backend): Promise<boolean> {
  const text = await inTime(backend, backend.get(leaseKeyOf(namespace)));
  if (text === undefined) return false;
  const now = await inTime(backend, backend.now());
  return readHolders(text).holders.some((holder) => isAlive(holder, now));
}

async function probe(backend: Backend): Promise<number> {
  // Not a kind of record that anybody lists.
  const key = `${namespace}:probe:${randomUUID()}`;
  const startedAt = performance.now();
  await inTime(backend, backend.set(key, key));
  try {
    if ((await inTime(backend, backend.get(key))) !== key) throw new Error('What was written could not be read back.');
  } finally {
    await inTime(backend, backend.delete(key));
  }
  return Math.round(performance.now() - startedAt);
}

function inTime<Value>(backend: Backend, call: Promise<Value>): Promise<Value> {
  return within(answerTimeoutMs, call, () => backend.reset());
}
