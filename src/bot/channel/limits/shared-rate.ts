/**
 * How many questions a member may ask in a minute, where the bot is several processes. Whether one more is taken is decided at once, by
 * what is known, and nobody waits for a store: each process tells the others what it has taken, and hears of them, every second. So
 * what is asked of several of them within about two seconds may be too many.
 */
import { randomUUID } from 'node:crypto';
import type { JsonValue } from '../../../agent/turn.ts';
import { isRecord } from '../../../json.ts';
import { resolvesWithin } from '../../../waiting.ts';
import { type AskedTimes, type MemberRate, minuteMs } from '../member-rate.ts';
import type { ChangeShared } from './change-shared.ts';
import { isCount } from './portions.ts';

/** Of the shared value. */
export const askedKey = 'asked';
const tellEveryMs = 1_000;
const leaveWithinMs = 500;
/** Of more members, a process tells of those who asked last. */
const mostMembers = 2_000;

/** The shared clock and this process's do not go alike to the millisecond: where they drift apart by more, one was set. */
const clockSlackMs = 500;

export class SharedRate implements Pick<MemberRate, 'waitFor'> {
  readonly #rate: MemberRate;
  readonly #change: ChangeShared;
  readonly #id = randomUUID();
  /** By how much the shared clock is ahead of `performance.now()`, in ms. */
  #ahead = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(rate: MemberRate, change: ChangeShared) {
    this.#rate = rate;
    this.#change = change;
  }

  /** Tells and hears until it is closed. To be called once. */
  start(): void {
    void this.#tell();
  }

  waitFor(memberId: string): number {
    return this.#rate.waitFor(memberId);
  }

  /** Takes out what it has told: nothing of members stays stored. Never rejects. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const left = this.#change(askedKey, (value, now) => enterTaken(value, this.#id, [], now));
    await resolvesWithin(left, leaveWithinMs).catch(() => undefined); // It counts for a minute, and goes with the next that starts.
  }

  /** Never rejects. */
  async #tell(): Promise<void> {
    const at = performance.now();
    const taken = [...this.#rate.asked].slice(-mostMembers);
    try {
      const elsewhere = await this.#change(askedKey, (value, now) =>
        enterTaken(value, this.#id, this.#isClosed ? [] : shift(taken, this.#aheadMs(now - at)), now),
      );
      this.#rate.know(new Map(shift([...elsewhere], -this.#ahead)));
    } catch {
      // It is told the next time. That the store is away, `limits-not-shared` says.
    }
    if (!this.#isClosed) this.#timer = setTimeout(() => void this.#tell(), tellEveryMs);
  }

  /** The same as ever, as long as it is about that: what is told again stays the same. */
  #aheadMs(measuredMs: number): number {
    if (Math.abs(measuredMs - this.#ahead) > clockSlackMs) this.#ahead = measuredMs;
    return this.#ahead;
  }
}

type Taken = readonly (readonly [memberId: string, times: readonly number[]])[];

function shift(taken: Taken, ms: number): Taken {
  return taken.map(([memberId, times]) => [memberId, times.map((time) => Math.round(time + ms))]);
}

/**
 * Enters what a process has taken in the record that all share: `{PROCESS: {MEMBER: [TIME, …]}}`, in ms since 1970 UTC. Told again, it is
 * there once, and the record stays the same text. Pure.
 * @returns with it what others have taken in the last minute, by member.
 */
export function enterTaken(
  stored: JsonValue | undefined,
  id: string,
  taken: Taken,
  now: number,
): { readonly value: JsonValue; readonly result: AskedTimes } {
  const processes = new Map(Object.entries(isRecord(stored) ? stored : {}));
  processes.set(id, Object.fromEntries(taken.map(([memberId, times]) => [memberId, [...times]])));
  const recent = [...processes].map(([process, members]) => [process, readTimes(members, now)] as const);
  const elsewhere = new Map<string, readonly number[]>();
  for (const [process, members] of recent)
    for (const [memberId, times] of process === id ? [] : members)
      elsewhere.set(memberId, [...(elsewhere.get(memberId) ?? []), ...times]);
  const entries = recent.filter(([, members]) => members.size > 0).sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    value: Object.fromEntries(entries.map(([process, members]) => [process, Object.fromEntries(members)])),
    result: elsewhere,
  };
}

/** What is older, or cannot be read, is nothing. */
function readTimes(members: unknown, now: number): Map<string, number[]> {
  // A clock that was set back must not silence anybody for long.
  const isOfMinute = (time: unknown): time is number => isCount(time) && Math.abs(now - time) < minuteMs;
  const read = new Map<string, number[]>();
  for (const [memberId, times] of isRecord(members) ? Object.entries(members) : []) {
    const recent = Array.isArray(times) ? times.filter(isOfMinute) : [];
    if (recent.length > 0) read.set(memberId, recent);
  }
  return read;
}
