/** Which terminal works on a turn: several may be open at once, on one machine or, with a database, on many. */
import { hostname } from 'node:os';
import type { JsonValue, Turn } from '../agent/turn.ts';
import { isRecord } from '../json.ts';

/** Of another machine nothing can be asked: a turn of so long ago has nobody left who waits for it there. */
const oldMs = 3_600_000;

/** Stored with a turn that this terminal takes. */
export const ownClaim: JsonValue = { processId: process.pid, host: hostname() };

/** Whether another terminal that may still be open works on the turn. */
export function isClaimedByAnother({ delivery, question }: Turn): boolean {
  if (!isRecord(delivery)) return false;
  const { processId, host = hostname() } = delivery;
  if (host !== hostname()) return Date.now() - question.askedAt < oldMs;
  return typeof processId === 'number' && processId !== process.pid && isRunning(processId);
}

function isRunning(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    // No such process: its work is free to take.
    return false;
  }
}
