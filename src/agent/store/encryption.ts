/**
 * Encryption at rest: keyv hands every value through here. Keys stay readable, so ids of channels and turns do. Whoever can
 * write to the store can still delete values or put one in the place of another.
 */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { ConfigError } from '../../errors.ts';
import type { Backend } from './backend.ts';

/** What keyv wants of an encryption. */
export interface Encryption {
  encrypt(text: string): string;
  decrypt(text: string): string;
}

/** Begins every encrypted value. Values without it were written before there was a key: JSON and base64 know no such beginning. */
const mark = 'aes-256-gcm:';
const nonceBytes = 12;
const tagBytes = 16;
const proof = 'jupan';

/** Kept beside the values: what the key is made with, and a value that only the right key opens. */
interface KeyRecord {
  readonly version: 1;
  readonly salt: string;
  readonly proof: string;
}

/**
 * The encryption of the store, made sure of before any value is read or written.
 * @param storeKey The operator's secret; undefined when there is none.
 * @throws {ConfigError} naming STORE_KEY when the store was written with another one, or with one at all.
 */
export async function openEncryption(
  backend: Backend,
  namespace: string,
  storeKey: string | undefined,
): Promise<Encryption> {
  const recordKey = `${namespace}:encryption`;
  const kept = await backend.get(recordKey);
  if (storeKey === undefined) {
    if (kept !== undefined)
      throw refusal('is missing, and the store is encrypted: give the secret that it was written with.');
    return noEncryption;
  }
  if (kept === undefined) {
    const salt = randomBytes(16);
    const encryption = withKey(await deriveKey(storeKey, salt));
    const record: KeyRecord = { version: 1, salt: salt.toString('base64'), proof: encryption.encrypt(proof) };
    if (await backend.replace(recordKey, undefined, JSON.stringify(record))) return encryption;
    // Another process has begun with a salt of its own in the same moment.
    return openEncryption(backend, namespace, storeKey);
  }
  const { salt, proof: sealed } = readKeyRecord(kept);
  const encryption = withKey(await deriveKey(storeKey, Buffer.from(salt, 'base64')));
  if (encryption.decrypt(sealed) !== proof)
    throw refusal(
      'is not the secret that the store was written with. Give that one, or let STORE_URL name a new store.',
    );
  return encryption;
}

/** An encrypted value that no key opens: it is damaged. */
export function isEncrypted(text: string): boolean {
  return text.startsWith(mark);
}

/** Another process has begun to encrypt, after this one made sure that nobody does: better no answer than a wrong one. */
export const noEncryption: Encryption = {
  encrypt: (text) => text,
  decrypt(text) {
    if (isEncrypted(text)) throw new Error('The value is encrypted, and STORE_KEY is not set.');
    return text;
  },
};

function withKey(key: Buffer): Encryption {
  return {
    encrypt(text) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const sealed = [cipher.update(text, 'utf8'), cipher.final()];
      return mark + Buffer.concat([nonce, cipher.getAuthTag(), ...sealed]).toString('base64');
    },
    /** What is damaged is given back as it is: no JSON, so it is set aside like every other record that cannot be read. */
    decrypt(text) {
      if (!isEncrypted(text)) return text;
      const bytes = Buffer.from(text.slice(mark.length), 'base64');
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes));
        decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
        const opened = decipher.update(bytes.subarray(nonceBytes + tagBytes));
        return Buffer.concat([opened, decipher.final()]).toString('utf8');
      } catch {
        return text;
      }
    },
  };
}

/** Slow on purpose, some 50 ms: a secret made by a person may be guessed at. */
function deriveKey(storeKey: string, salt: Buffer): Promise<Buffer> {
  return promisify<string, Buffer, number, { N: number }, Buffer>(scrypt)(storeKey, salt, 32, { N: 2 ** 14 });
}

function readKeyRecord(text: string): KeyRecord {
  try {
    // Checked below.
    const record = JSON.parse(text) as Partial<KeyRecord> | null;
    if (record?.version === 1 && typeof record.salt === 'string' && typeof record.proof === 'string')
      return { version: 1, salt: record.salt, proof: record.proof };
  } catch {
    // Said below.
  }
  throw refusal('cannot be used: what the store keeps about its encryption is damaged or of a later version of Jupan.');
}

function refusal(advice: string): ConfigError {
  return new ConfigError([{ variable: 'STORE_KEY', advice }]);
}
