/**
 * The log of decisions as a chain: every entry holds the hash of the one before, so that none can be changed, left out or put
 * in between without all later ones being other ones. Pure.
 */
import { isRecord } from '../../json.ts';
import { type Decision, decisionKinds, hashOf } from '../decision.ts';
import { parseJson } from './turn-record.ts';

/** Where a chain ends: what must still be there later. */
export interface ChainHead {
  /** From 1; 0 of an empty chain. */
  readonly number: number;
  readonly hash: string;
}

export interface DecisionEntry extends Decision {
  readonly number: number;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  /** Hash of the entry before; that of nothing for the first. */
  readonly previous: string;
}

export const emptyChain: ChainHead = { number: 0, hash: hashOf('') };

export interface WrittenEntry {
  /** Its hash in the first line, and what is hashed in the second. */
  readonly text: string;
  readonly head: ChainHead;
}

export function writeEntry(after: ChainHead, decision: Decision, at: number): WrittenEntry {
  const number = after.number + 1;
  const body = JSON.stringify({ number, at, previous: after.hash, ...decision });
  const hash = hashOf(body);
  return { text: `${hash}\n${body}`, head: { number, hash } };
}

export interface ReadEntry {
  readonly entry: DecisionEntry;
  readonly hash: string;
}

/** Undefined for what is none, or not what it was when it was written. */
export function readEntry(text: string): ReadEntry | undefined {
  const end = text.indexOf('\n');
  const [hash, body] = [text.slice(0, end), text.slice(end + 1)];
  if (end < 0 || hashOf(body) !== hash) return undefined;
  const entry = parseJson(body);
  return isEntry(entry) ? { entry, hash } : undefined;
}

function isEntry(value: unknown): value is DecisionEntry {
  return (
    isRecord(value) &&
    Number.isInteger(value.number) &&
    Number.isFinite(value.at) &&
    typeof value.previous === 'string' &&
    decisionKinds.some((kind) => kind === value.what) &&
    Array.isArray(value.by) &&
    value.by.every((id) => typeof id === 'string') &&
    typeof value.server === 'string' &&
    typeof value.tool === 'string'
  );
}

/** As people note it: `NUMBER:HASH`. */
export function writeHead({ number, hash }: ChainHead): string {
  return `${number}:${hash}`;
}

/** Undefined for what is none. */
export function readHead(text: string): ChainHead | undefined {
  const [, number, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text.trim()) ?? [];
  return number === undefined || hash === undefined ? undefined : { number: Number(number), hash };
}
