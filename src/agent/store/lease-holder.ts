/** This process's hold on the lease: claimed, renewed, confirmed and given back. */
import { randomUUID } from 'node:crypto';
import { AppError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { pause, withRetries } from '../../waiting.ts';
import { answerTimeoutMs, type Backend, type Fence } from './backend.ts';
import { within } from './deadline.ts';
import type { Lease } from './lease.ts';
import { doConflict, type Holder, isAlive, isKilled, readHolders, type Share, toText } from './lease-record.ts';
import { Rivals } from './rivals.ts';
import { createStopwatch } from './stopwatch.ts';
import { hostIdentity } from './this-host.ts';

/** How long a claim counts that is not renewed. */
export const leaseMs = 15_000;

/** In ms. */
export interface LeaseTimes {
  /** How long a claim counts that is not renewed. */
  readonly leaseMs: number;
  /** For what lies between the store's answer and what is done upon it. */
  readonly marginMs: number;
  readonly renewEveryMs: number;
}

const defaultTimes: LeaseTimes = { leaseMs, marginMs: 3_000, renewEveryMs: 4_000 };
/** Between two attempts at a store that gives no answer, or at a lease that another process has. */
export const retryMs = 1_000;
/** How long to go on when the store can be read and says that nobody else came, but cannot be written to. */
const readOnlyMs = 2_000;
/** How often others may change the record in between. */
const mostChanges = 20;

export interface LeaseHolderOptions {
  /** Of the record. */
  readonly key: string;
  readonly share: Share;
  /** Whether values are sealed by whoever has it. */
  readonly isSealing: boolean;
  /** Default: 15 s, renewed every 4 s. */
  readonly times?: LeaseTimes;
  /** Set where the share changes with who else is there. Default: it stays as it is. */
  readonly sharing?: Sharing;
}

/** How a process comes to terms with the others that share. */
export interface Sharing {
  /** What its entry is to be beside the other ones that live. Called before every attempt to write it. */
  next(others: readonly Holder[]): Required<Pick<Holder, 'share' | 'member'>>;
  /** It is what the record says from now on. */
  taken(entry: Required<Pick<Holder, 'share' | 'member'>>): void;
}

/** The record as it was read. */
interface Reading {
  /** Undefined: there is none. */
  readonly text: string | undefined;
  readonly holders: readonly Holder[];
  /** Milliseconds since 1970 UTC by the clock of the store. */
  readonly now: number;
  /** Since the store was asked. */
  readonly stopwatch: () => number;
}

export class LeaseHolder implements Lease {
  readonly #backend: Backend;
  readonly #log: Logger;
  readonly #key: string;
  readonly #me: Omit<Holder, 'until'>;
  readonly #times: LeaseTimes;
  readonly #sharing: Sharing | undefined;
  readonly #rivals: Rivals;
  readonly #lost = Promise.withResolvers<never>();
  readonly lost = this.#lost.promise;
  /** Aborted with an {@link AppError} once the lease is given back or lost. */
  readonly #over = new AbortController();
  /** Who had it when this one came, as last seen. */
  #waitedFor: Holder | undefined;
  #sinceRecordMissed: (() => number) | undefined;
  /** Undefined: never held. */
  #sinceConfirmed: (() => number) | undefined;
  #confirmedForMs = 0;
  /** As the record says, by the clock of the store. */
  #heldUntil = 0;
  /** Since this process last tried to have again what it could not confirm for a while. */
  #sinceDoubt: (() => number) | undefined;
  #renewal: Promise<void> | undefined;
  #isInDoubt = false;
  #hasSaidOdd = false;

  constructor(backend: Backend, log: Logger, options: LeaseHolderOptions) {
    const { key, share, isSealing, times = defaultTimes, sharing } = options;
    this.#backend = backend;
    this.#log = log;
    this.#key = key;
    const me = { id: randomUUID(), share, host: hostIdentity, pid: process.pid };
    this.#me = isSealing ? { ...me, isSealing } : me;
    this.#times = times;
    this.#sharing = sharing;
    this.#rivals = new Rivals(times.leaseMs, log);
    this.lost.catch(() => undefined); // Nobody has to listen.
  }

  get fence(): Fence {
    return { until: this.#heldUntil };
  }

  get hasWaited(): boolean {
    return this.#waitedFor !== undefined;
  }

  /** @returns whoever is in the way, or undefined when the lease is had. */
  async claim(): Promise<Holder | undefined> {
    const other = await within(answerTimeoutMs, this.#claim(), () => this.#backend.reset());
    if (other !== undefined) this.#waitedFor = other;
    return other;
  }

  async #claim(): Promise<Holder | undefined> {
    if (this.#sinceConfirmed !== undefined && !this.#isConfirmed()) this.#doubtMyself();
    for (let changes = 0; changes < mostChanges; changes += 1) {
      const reading = await this.#read();
      const other = this.#inTheWay(reading);
      if (other !== undefined) return other;
      if (await this.#put(reading)) return undefined;
    }
    throw new AppError('store-failed', `The lease of ${this.#backend.address} changes all the time.`);
  }

  async #read(): Promise<Reading> {
    const stopwatch = createStopwatch();
    const [text, now] = await Promise.all([this.#backend.get(this.#key), this.#backend.now()]);
    const { holders, isOdd } = text === undefined ? { holders: [], isOdd: false } : readHolders(text);
    if (isOdd && !this.#hasSaidOdd) {
      this.#hasSaidOdd = true;
      const note = 'What cannot be read of the record of who answers with this store counts for nobody.';
      this.#log.warn('store-lease-unreadable', { store: this.#backend.address, note });
    }
    return { text, holders, now, stopwatch };
  }

  /** @throws {AppError} `lease-lost`, for good. */
  #inTheWay({ text, holders, now, stopwatch }: Reading): Holder | undefined {
    const isMissing = text === undefined && this.#sinceConfirmed === undefined;
    if (isMissing && this.#waitedFor !== undefined) {
      // Whoever gives it back leaves a record without itself. That there is none does not say that the other has ended.
      this.#sinceRecordMissed ??= stopwatch;
      if (this.#sinceRecordMissed() < leaseMs) return this.#waitedFor;
    } else this.#sinceRecordMissed = undefined;
    if (this.#isAmong(holders)) return undefined;
    // No record at all is a store that has lost it. A record without this process is another's that took over.
    if (this.#sinceConfirmed !== undefined && text !== undefined) return this.#lose();
    const me = { ...this.#me, ...this.#sharing?.next([]) };
    const others = holders.filter((holder) => doConflict(holder, me));
    return others.find((holder) => isAlive(holder, now) && !this.#rivals.isStill(holder));
  }

  /** Whether to reckon with it. Whoever could not reach the store itself gives the others time to come back as well. */
  #counts(holder: Holder, now: number): boolean {
    if (isKilled(holder) || this.#rivals.isStill(holder)) return false;
    return holder.until > now || (this.#sinceDoubt !== undefined && this.#sinceDoubt() < this.#times.leaseMs);
  }

  /** @returns false when others have changed the record meanwhile. */
  async #put({ text, holders, now, stopwatch }: Reading): Promise<boolean> {
    const { leaseMs: lastsMs, marginMs } = this.#times;
    const others = holders.filter(({ id }) => id !== this.#me.id);
    const members = this.#sharing === undefined ? [] : others.filter(({ member }) => member !== undefined);
    const living = members.filter((member) => this.#counts(member, now));
    const entry = this.#sharing?.next(living);
    const me = { ...this.#me, ...entry, until: now + lastsMs };
    const elsewhere = others.filter((holder) => !members.includes(holder) && !doConflict(holder, me));
    try {
      if (!(await this.#backend.replace(this.#key, text, toText([...elsewhere, ...living, me])))) return false;
      this.#confirmed(stopwatch, lastsMs - marginMs);
      this.#heldUntil = me.until;
      if (entry !== undefined) this.#sharing?.taken(entry);
    } catch (error) {
      // Whoever shares may be taken for dead by another that can write.
      if (!this.#isAmong(holders) || this.#sharing !== undefined) throw error;
      this.#confirmed(stopwatch, readOnlyMs);
    }
    return true;
  }

  /** The others may have been without the store just as well: how still they were meanwhile says nothing. */
  #doubtMyself(): void {
    this.#sinceDoubt = createStopwatch();
    this.#rivals.startOver();
  }

  #isAmong(holders: readonly Holder[]): boolean {
    return holders.some(({ id }) => id === this.#me.id);
  }

  /** Renews the lease until it is given back or lost: soon again when that failed. Never rejects. */
  async renewUntilOver(): Promise<void> {
    for (let waitMs = this.#times.renewEveryMs; ; waitMs = await this.#renewOrDoubt()) {
      await pause(waitMs, this.#over.signal);
      if (this.#over.signal.aborted) return;
    }
  }

  /** @returns when to renew it next, in ms. */
  async #renewOrDoubt(): Promise<number> {
    try {
      await this.#renew();
      if (this.#isInDoubt) this.#log.info('store-lease-renewed');
      this.#isInDoubt = false;
      return this.#confirmedForMs === readOnlyMs ? retryMs : this.#times.renewEveryMs;
    } catch (error) {
      if (this.#over.signal.aborted || this.#isInDoubt || this.#isConfirmed()) return retryMs;
      const note = 'Another Jupan may be answering with this store: nothing is posted until it can be asked again.';
      this.#log.warn('store-lease-in-doubt', { note, error });
      this.#isInDoubt = true;
      return retryMs;
    }
  }

  async confirm(): Promise<void> {
    this.#over.signal.throwIfAborted();
    if (!this.#isConfirmed()) await this.#renew();
  }

  /** Whether it counts at this moment, by what was last heard from the store. */
  get isHeld(): boolean {
    return !this.#over.signal.aborted && this.#isConfirmed();
  }

  /** Renews it now. Rejects as {@link confirm} does. */
  async renew(): Promise<void> {
    this.#over.signal.throwIfAborted();
    await this.#renew();
  }

  async untilConfirmed(signal: AbortSignal): Promise<void> {
    const isFinal = () => this.#over.signal.aborted;
    await withRetries(() => this.confirm(), { signal, firstMs: retryMs, longestMs: retryMs, isFinal });
  }

  async release(): Promise<void> {
    if (this.#over.signal.aborted) return;
    this.#over.abort(new AppError('lease-lost', 'The lease was given back.'));
    await this.#renewal?.catch(() => undefined); // Its own caller was told.
    try {
      await within(answerTimeoutMs, this.#leave(), () => this.#backend.reset());
    } catch {
      // It runs out by itself.
    }
  }

  async #leave(): Promise<void> {
    for (let changes = 0; changes < mostChanges; changes += 1) {
      const text = await this.#backend.get(this.#key);
      if (text === undefined) return;
      const holders = readHolders(text).holders.filter(({ id }) => id !== this.#me.id);
      if (await this.#backend.replace(this.#key, text, toText(holders))) return;
    }
  }

  #isConfirmed(): boolean {
    return this.#sinceConfirmed !== undefined && this.#sinceConfirmed() < this.#confirmedForMs;
  }

  #confirmed(stopwatch: () => number, forMs: number): void {
    this.#sinceConfirmed = stopwatch;
    this.#confirmedForMs = forMs;
  }

  /** All who wait for it share one attempt. */
  async #renew(): Promise<void> {
    this.#renewal ??= this.claim()
      .then(() => undefined)
      .finally(() => {
        this.#renewal = undefined;
      });
    await this.#renewal;
    this.#over.signal.throwIfAborted();
  }

  #lose(): never {
    const note = 'Another Jupan has taken over this store, because this process was held up.';
    const lost = new AppError('lease-lost', note);
    this.#over.abort(lost);
    this.#lost.reject(lost);
    throw lost;
  }
}
