/**
 * Whether a request comes from Discord: signed with the key of the application, and just now.
 * Source: https://docs.discord.com/developers/interactions/overview#validating-security-request-headers
 */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What Discord says of a request beside its body. */
export interface Signed {
  readonly signature: Buffer;
  /** To the letter, as it is signed. */
  readonly timestamp: string;
}

/** How old, and how early by this machine's clock, a request may be: whoever has recorded one cannot send it later. */
export const freshMs = 60_000;

/** @param hex As Discord gives it out. Undefined where it is no such key. */
export function readPublicKey(hex: unknown): KeyObject | undefined {
  if (typeof hex !== 'string' || !/^[0-9a-f]{64}$/i.test(hex)) return undefined;
  const x = Buffer.from(hex, 'hex').toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

/** Undefined where anything is missing or has another form. */
export function readSigned(headers: IncomingHttpHeaders): Signed | undefined {
  const { 'x-signature-ed25519': signature, 'x-signature-timestamp': timestamp } = headers;
  if (typeof signature !== 'string' || !/^[0-9a-f]{128}$/i.test(signature)) return undefined;
  if (typeof timestamp !== 'string' || !/^\d{1,12}$/.test(timestamp)) return undefined;
  return { signature: Buffer.from(signature, 'hex'), timestamp };
}

export function isSignedBy(key: KeyObject, { signature, timestamp }: Signed, body: Buffer): boolean {
  return verify(null, Buffer.concat([Buffer.from(timestamp), body]), key, signature);
}

/** By how much the clock of this machine is ahead of when the request was signed, in ms; negative: behind. */
export function ageOf({ timestamp }: Signed): number {
  return Date.now() - Number(timestamp) * 1000;
}
