/**
 * The limits of a bot that is several processes: how many requests it may make a second, how many turns may run, how often it was
 * refused. They are shared through one record that each process changes in one step, some times a second while it has something to
 * send. Not once a request: what is granted is used without asking, and what is used is reported with the next question.
 */
import { randomUUID } from 'node:crypto';
import type { Logger } from '../../../log.ts';
import { resolvesWithin } from '../../../waiting.ts';
import { MemberRate } from '../member-rate.ts';
import { priority } from '../request-queue.ts';
import type { ChangeShared } from './change-shared.ts';
import type { Gate, LimitUser, Room } from './gate.ts';
import { type Allowance, type Demand, enter, leave, type Report, stockOf } from './limits-record.ts';
import { apartMs, type LimitName, shareOf } from './portions.ts';
import { SharedRate } from './shared-rate.ts';

/** Who counts refusals. */
export interface RefusalCounter {
  /** How many came since it was last told of all. */
  readonly unshared: number;
  /** All of the bot, the oldest first, `reported` of this process's among them. */
  share(slices: Allowance['refusals'], reported: number): void;
}

export interface SharedLimitsOptions {
  readonly change: ChangeShared;
  /** Infinite: somebody else sees to it. */
  readonly requestsPerSecond: number;
  /** Undefined: any number. */
  readonly turnsAtOnce: number | undefined;
  /** Of one member. Undefined: any number. */
  readonly questionsPerMinute: number | undefined;
  readonly log: Logger;
}

const recordKey = 'limits';
/** Between two reports, in ms: while something waits, here or for what is to be given back; while there is something to give back; and otherwise. */
const pace = { waiting: 40, busy: 150, idle: 750 } as const;
const leaveWithinMs = 500;

export class SharedLimits {
  readonly requests: Gate | undefined;
  readonly turns: Gate | undefined;
  readonly rate: SharedRate | undefined;
  readonly #options: SharedLimitsOptions;
  readonly #id = randomUUID();
  readonly #gates = new Map<LimitName, SharedGate>();
  #refusals: RefusalCounter | undefined;
  /** On the clock of `performance.now()`. */
  #blockedUntil = 0;
  #heardAt = performance.now();
  #reportedAt = Number.NEGATIVE_INFINITY;
  /** Before anybody was heard of: not alone. */
  #members = 2;
  #isReporting = false;
  /** Nobody has been heard of yet, or could be any more. */
  #isApart = true;
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #isClosed = false;

  constructor(options: SharedLimitsOptions) {
    this.#options = options;
    const { requestsPerSecond, turnsAtOnce, questionsPerMinute, change } = options;
    const create = (name: LimitName, limit: number, more: Pick<Demand, 'lowFrom' | 'hasStock'>) => {
      const gate = new SharedGate({ limit, ...more, soon: (ms) => this.#soon(ms) });
      this.#gates.set(name, gate);
      return gate;
    };
    const isPaced = requestsPerSecond !== Number.POSITIVE_INFINITY;
    if (isPaced)
      this.requests = create('requests', requestsPerSecond, { lowFrom: priority.background, hasStock: true });
    if (turnsAtOnce !== undefined) this.turns = create('turns', turnsAtOnce, { hasStock: false });
    if (questionsPerMinute !== undefined) this.rate = new SharedRate(new MemberRate(questionsPerMinute), change);
  }

  /** Reports until it is closed. To be called once. */
  start(): void {
    this.#soon(0);
    this.rate?.start();
  }

  countRefusals(counter: RefusalCounter): void {
    this.#refusals = counter;
  }

  /** The platform takes no request of the bot for so long: the other processes are told. */
  block(ms: number): void {
    this.#blockedUntil = Math.max(this.#blockedUntil, performance.now() + ms);
    this.#soon(0);
  }

  /** Gives back what it has. Never rejects. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const sent = this.#gates.get('requests')?.user?.used() ?? 0;
    const left = this.#options.change(recordKey, (value, now) => ({
      value: leave(value, this.#id, sent, now),
      result: null,
    }));
    const isLeft = resolvesWithin(left, leaveWithinMs).catch(() => undefined); // The others see by the time that it is gone.
    await Promise.all([isLeft, this.rate?.close()]);
  }

  /** Reports in so many ms at the latest. */
  #soon(ms: number): void {
    const at = Math.max(performance.now() + ms, this.#reportedAt + pace.waiting);
    if (this.#isClosed || at >= this.#dueAt) return;
    this.#dueAt = at;
    clearTimeout(this.#timer);
    if (!this.#isReporting) this.#timer = setTimeout(() => void this.#report(), Math.max(0, at - performance.now()));
  }

  /** Never rejects. */
  async #report(): Promise<void> {
    this.#isReporting = true;
    this.#dueAt = Number.POSITIVE_INFINITY;
    this.#reportedAt = performance.now();
    const report = this.#toReport();
    try {
      const allowance = await this.#options.change(recordKey, (value, now) => enter(value, report, now));
      this.#heard(allowance, report);
    } catch (error) {
      this.#missed(error);
    }
    this.#isReporting = false;
    const next = Math.min(this.#dueAt, this.#reportedAt + this.#paceMs());
    this.#dueAt = Number.POSITIVE_INFINITY;
    this.#soon(Math.max(0, next - performance.now()));
    for (const gate of this.#gates.values()) gate.user?.more();
  }

  #toReport(): Report {
    const demands: Partial<Record<LimitName, Demand>> = {};
    for (const [name, gate] of this.#gates) demands[name] = gate.begin(this.#members);
    const blockedMs = Math.max(0, this.#blockedUntil - performance.now());
    return { id: this.#id, demands, blockedMs, refusals: this.#refusals?.unshared ?? 0 };
  }

  #heard({ members, granted, short, blockedMs, refusals }: Allowance, report: Report): void {
    this.#heardAt = this.#reportedAt;
    if (this.#isApart || members !== this.#members) this.#options.log.info('limits-shared', { members });
    this.#members = members;
    this.#isApart = false;
    for (const [name, gate] of this.#gates) gate.granted(granted[name] ?? 0, members, short.includes(name));
    this.#refusals?.share(refusals, report.refusals);
    this.#blockedUntil = performance.now() + blockedMs;
    if (blockedMs > 0) this.#gates.get('requests')?.user?.hold?.(blockedMs);
  }

  #missed(error: unknown): void {
    if (!this.#isApart && !this.#isClosed)
      this.#options.log.warn('limits-not-shared', { members: this.#members, error });
    this.#isApart = true;
    // Whoever had more gives it up by then, and whoever can still ask leaves this much free.
    const mayGrow = performance.now() - this.#heardAt > apartMs;
    for (const gate of this.#gates.values()) gate.apart(this.#members, mayGrow);
  }

  #paceMs(): number {
    const gates = [...this.#gates.values()];
    if (this.#isApart) return pace.idle;
    // Alone, nobody waits for what is given back.
    if (this.#members === 1) return pace.idle;
    if (gates.some((gate) => gate.isWanted || gate.isWaitedFor)) return pace.waiting;
    return gates.some((gate) => gate.hasMore) ? pace.busy : pace.idle;
  }
}

interface SharedGateOptions extends Pick<Demand, 'limit' | 'lowFrom' | 'hasStock'> {
  /** Has the next report come in so many ms at the latest. */
  readonly soon: (ms: number) => void;
}

class SharedGate implements Gate {
  readonly #options: SharedGateOptions;
  user: LimitUser | undefined;
  /** Nothing, before anybody was heard of. */
  room: Room = { type: 'granted', count: 0 };
  /** As the record says: what was reported, with what was granted upon it. */
  #owned = 0;
  #reported = 0;
  /** Taken since the report was written, of what was not granted. */
  #takenSince = 0;
  /** Whether others wait for more: nothing is kept at hand then. */
  #isShort = false;

  constructor(options: SharedGateOptions) {
    this.#options = options;
  }

  attach(user: LimitUser): void {
    this.user = user;
  }

  take(): void {
    if (this.room.type !== 'granted') this.#takenSince += 1;
    else {
      this.room = { type: 'granted', count: this.room.count - 1 };
      this.#options.soon(pace.busy);
    }
  }

  ask(): void {
    if (this.room.type === 'granted') this.#options.soon(0);
  }

  get isWanted(): boolean {
    return (this.user?.wants() ?? []).some(({ count }) => count > 0);
  }

  /** Whether others wait for what is to be given back. */
  get isWaitedFor(): boolean {
    return this.#isShort && this.hasMore;
  }

  /** Whether there is something to give back: others may wait for it. */
  get hasMore(): boolean {
    return (this.user?.used() ?? 0) + this.#held < this.#owned;
  }

  /** What is to be reported. But for what is kept at hand, all that was granted and not used is given back with it. */
  begin(members: number): Demand {
    const { limit, lowFrom, hasStock } = this.#options;
    const kept = hasStock && !this.#isShort ? Math.min(this.#held, stockOf(limit, members)) : 0;
    if (this.room.type === 'granted') this.room = { type: 'granted', count: kept };
    this.#takenSince = 0;
    const used = (this.user?.used() ?? 0) + kept;
    this.#reported = used;
    const wants = this.user?.wants() ?? [];
    return { limit, used, kept, wants, hasStock: hasStock && !this.#isShort, ...(lowFrom && { lowFrom }) };
  }

  granted(count: number, members: number, isShort: boolean): void {
    this.#isShort = isShort;
    this.#owned = this.#reported + count;
    const { limit } = this.#options;
    if (members === 1) this.room = { type: 'share', limit };
    else this.room = { type: 'granted', count: Math.max(0, this.#held + count - this.#takenSince) };
  }

  get #held(): number {
    return this.room.type === 'granted' ? this.room.count : 0;
  }

  apart(members: number, mayGrow: boolean): void {
    const share = shareOf(this.#options.limit, members);
    this.room = { type: 'share', limit: mayGrow ? share : Math.min(this.#owned, share) };
  }
}
