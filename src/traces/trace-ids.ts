/**
 * Ids that are made of the turn's own. Whichever process sends a turn, and however often, it is the same trace with the same
 * spans. Nothing of what they are made of can be read from them.
 */
import { createHash } from 'node:crypto';

/** 16 bytes in hex. */
export function traceIdOf(turnId: string): string {
  return digest('trace', turnId).slice(0, 32);
}

/** 8 bytes in hex. @param spanId Of the span, within its turn. */
export function spanIdOf(turnId: string, spanId: string): string {
  return digest('span', turnId, spanId).slice(0, 16);
}

/** Tells conversations apart without saying whose they are: ids of people can be part of their names. */
export function conversationIdOf(conversation: string): string {
  return digest('conversation', conversation).slice(0, 32);
}

function digest(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
