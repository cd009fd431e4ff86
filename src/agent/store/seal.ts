/**
 * How values are protected in the store: encrypted, and bound to the key that they stand under, so that nobody who can write
 * to the store can make a value up or put one in the place of another. Keys stay readable, so ids of channels and turns do.
 * What a seal cannot tell: that a value is gone, or that it is an older one of the same key.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

export interface Seal {
  /** The value as the store holds it. @param key The whole key that it stands under. */
  close(key: string, text: string): string;
  /**
   * @returns undefined when this is no value that was stored under this key with this secret.
   * @throws {Error} when nobody here can tell: the value is encrypted, and there is no secret.
   */
  open(key: string, stored: string): string | undefined;
}

/** As it is: without a secret there is nothing to hold a value against. */
export const noSeal: Seal = {
  close: (_key, text) => text,
  open(_key, stored) {
    // Another process has begun to encrypt after this one made sure that nobody does: better no answer than a wrong one.
    if (formatOf(stored) !== 'plain') throw new Error('The value is encrypted, and STORE_KEY is not set.');
    return stored;
  },
};

/** Begins every encrypted value: JSON and base64 know no such beginning. The number after it begins every bound one. */
const mark = 'aes-256-gcm:';
const boundMark = `${mark}2:`;
const nonceBytes = 12;
const tagBytes = 16;

/** `plain` was written without a secret, `unbound` by the first version, which did not bind values to their keys. */
export function formatOf(stored: string): 'plain' | 'unbound' | 'bound' {
  if (stored.startsWith(boundMark)) return 'bound';
  return stored.startsWith(mark) ? 'unbound' : 'plain';
}

export class SecretSeal implements Seal {
  readonly #secret: Buffer;

  /** @param secret 32 bytes. */
  constructor(secret: Buffer) {
    this.#secret = secret;
  }

  close(key: string, text: string): string {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#secret, nonce).setAAD(Buffer.from(key));
    const sealed = [cipher.update(text, 'utf8'), cipher.final()];
    return boundMark + Buffer.concat([nonce, cipher.getAuthTag(), ...sealed]).toString('base64');
  }

  open(key: string, stored: string): string | undefined {
    return formatOf(stored) === 'bound' ? this.#open(stored.slice(boundMark.length), Buffer.from(key)) : undefined;
  }

  /** The text of an `unbound` value: it may have stood under another key. Undefined when it is none. */
  openUnbound(stored: string): string | undefined {
    return formatOf(stored) === 'unbound' ? this.#open(stored.slice(mark.length), undefined) : undefined;
  }

  #open(base64: string, boundTo: Buffer | undefined): string | undefined {
    const bytes = Buffer.from(base64, 'base64');
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#secret, bytes.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      });
      if (boundTo !== undefined) decipher.setAAD(boundTo);
      decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
      const opened = decipher.update(bytes.subarray(nonceBytes + tagBytes));
      return Buffer.concat([opened, decipher.final()]).toString('utf8');
    } catch {
      // Damaged, made with another secret, or moved from another key: there is no telling which.
      return undefined;
    }
  }
}
