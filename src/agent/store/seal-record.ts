/**
 * The record that stands beside sealed values: what their secret is made with, and a proof that only the right secret opens. The
 * proof says, too, whether every value is sealed: nobody without the secret can say so, or take it back by a word of his own.
 */
import { randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { ConfigError } from '../../errors.ts';
import { isRecord } from '../../json.ts';
import { answerTimeoutMs, type Backend } from './backend.ts';
import { within } from './deadline.ts';
import { formatOf, noSeal, type Seal, SecretSeal } from './seal.ts';

interface SealRecord {
  /** The first version bound no value to its key. */
  readonly version: 1 | 2;
  /** Base64. */
  readonly salt: string;
  /** Sealed: one of {@link proofs}. */
  readonly proof: string;
}

/** `begun`: there may be values that were written before there was a secret, or by the first version. `whole`: there are none. */
const proofs = { firstVersion: 'jupan', begun: 'begun', whole: 'whole' } as const;

export type OpenedSeal =
  | { readonly seal: Seal; readonly isWhole: true }
  /** All values are to be sealed before any is read. */
  | { readonly seal: SecretSeal; readonly isWhole: false };

/** Written at every start, so that it shows whether there ever was a secret. */
export const openedAtKey = 'store-opened-at';

/**
 * The seal of the store, made sure of before any value is read or written.
 * @param storeKey The operator's secret; undefined when there is none.
 * @throws {ConfigError} naming STORE_KEY when the store was written with another one, or with one at all.
 */
export async function openSeal(backend: Backend, namespace: string, storeKey: string | undefined): Promise<OpenedSeal> {
  const recordKey = recordKeyOf(namespace);
  const text = await inTime(backend, backend.get(recordKey));
  if (text === undefined && (await isSealed(backend, namespace))) throw refusal(isLost);
  if (storeKey === undefined) {
    if (text !== undefined) throw refusal(isMissing);
    return { seal: noSeal, isWhole: true };
  }
  const record = text === undefined ? undefined : readRecord(text);
  const salt = record === undefined ? randomBytes(16) : Buffer.from(record.salt, 'base64');
  const seal = new SecretSeal(await deriveSecret(storeKey, salt));
  if (record?.version === 2) {
    const proof = seal.open(recordKey, record.proof);
    if (proof === proofs.whole) return { seal, isWhole: true };
    if (proof === proofs.begun) return { seal, isWhole: false };
    throw refusal(isAnother);
  }
  if (record !== undefined && seal.openUnbound(record.proof) !== proofs.firstVersion) throw refusal(isAnother);
  const begun = toText(recordKey, seal, salt.toString('base64'), proofs.begun);
  if (await inTime(backend, backend.replace(recordKey, text, begun))) return { seal, isWhole: false };
  // Another process has begun in the same moment, with a salt of its own.
  return openSeal(backend, namespace, storeKey);
}

/**
 * What {@link openSeal} will find, found without writing anything. `to-be-sealed`: what is there is encrypted at the next start.
 * @throws {ConfigError} as that does.
 */
export async function inspectSeal(
  backend: Backend,
  namespace: string,
  storeKey: string | undefined,
): Promise<'plain' | 'sealed' | 'to-be-sealed'> {
  const text = await inTime(backend, backend.get(recordKeyOf(namespace)));
  if (text === undefined && storeKey !== undefined && !(await isSealed(backend, namespace))) return 'to-be-sealed';
  const record = text === undefined || storeKey === undefined ? undefined : readRecord(text);
  if (record?.version === 1 && storeKey !== undefined) {
    const seal = new SecretSeal(await deriveSecret(storeKey, Buffer.from(record.salt, 'base64')));
    if (seal.openUnbound(record.proof) === proofs.firstVersion) return 'to-be-sealed';
    throw refusal(isAnother);
  }
  // Of the second version, it only reads.
  const { isWhole } = await openSeal(backend, namespace, storeKey);
  return storeKey === undefined ? 'plain' : isWhole ? 'sealed' : 'to-be-sealed';
}

/** Puts down that every value is sealed: from the next start on, no other is taken. */
export async function markWhole(backend: Backend, namespace: string, seal: SecretSeal): Promise<void> {
  const recordKey = recordKeyOf(namespace);
  const text = (await inTime(backend, backend.get(recordKey))) ?? '';
  const whole = toText(recordKey, seal, readRecord(text).salt, proofs.whole);
  // Where it is refused, another process has put down the same.
  await inTime(backend, backend.replace(recordKey, text, whole));
}

/** Making a secret of STORE_KEY takes its time, too; that is not the store's. */
function inTime<Value>(backend: Backend, call: Promise<Value>): Promise<Value> {
  return within(answerTimeoutMs, call, () => backend.reset());
}

function recordKeyOf(namespace: string): string {
  return `${namespace}:encryption`;
}

async function isSealed(backend: Backend, namespace: string): Promise<boolean> {
  const opened = await inTime(backend, backend.get(`${namespace}:value:${openedAtKey}`));
  return opened !== undefined && formatOf(opened) !== 'plain';
}

/** Slow on purpose, some 50 ms: a secret made by a person may be guessed at. */
function deriveSecret(storeKey: string, salt: Buffer): Promise<Buffer> {
  return promisify<string, Buffer, number, { N: number }, Buffer>(scrypt)(storeKey, salt, 32, { N: 2 ** 14 });
}

function toText(recordKey: string, seal: Seal, salt: string, proof: string): string {
  const record: SealRecord = { version: 2, salt, proof: seal.close(recordKey, proof) };
  return JSON.stringify(record);
}

function readRecord(text: string): SealRecord {
  const record = parse(text);
  const { version, salt, proof } = isRecord(record) ? record : {};
  if ((version !== 1 && version !== 2) || typeof salt !== 'string' || typeof proof !== 'string')
    throw refusal(isDamaged);
  return { version, salt, proof };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isMissing = 'is missing, and the store is encrypted: give the secret that it was written with.';
const isAnother =
  'is not the secret that the store was written with. Give that one, or let STORE_URL name a new store.';
const isDamaged =
  'cannot be used: what the store holds about its encryption is damaged or of a later version of Jupan.';
const isLost =
  'cannot be used: the store is encrypted, and what it held about that is gone. Bring it back from a backup, or let STORE_URL name a new store.';

function refusal(advice: string): ConfigError {
  return new ConfigError([{ variable: 'STORE_KEY', advice }]);
}
