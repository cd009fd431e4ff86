/**
 * One process answers with a store, or one for each set of shards: a second one would answer everything twice. Who it is
 * stands in one record with a time until which it counts; it is renewed, and changed only by {@link Backend.replace}.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ShardConfig } from '../../config/types.ts';
import { AppError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { answerTimeoutMs, type Backend } from './backend.ts';
import { within } from './deadline.ts';
import { doOverlap, type Holder, isAlive, readHolders, toText } from './lease-record.ts';
import { createStopwatch } from './stopwatch.ts';
import { hostIdentity } from './this-host.ts';

export interface Lease {
  /** Whether another process had it when this one came. */
  readonly hasWaited: boolean;
  /**
   * Resolves while no other process can have taken over.
   * @throws {AppError} `lease-lost` when one has, for good; whatever the store says when it cannot be asked.
   */
  confirm(): Promise<void>;
  /** As {@link confirm}, but waits for a store that cannot be asked. */
  untilConfirmed(signal: AbortSignal): Promise<void>;
  /** Rejects with {@link AppError} `lease-lost` when another process has taken over. Never resolves. */
  readonly lost: Promise<never>;
  /** Lets the next one in. Never rejects. */
  release(): Promise<void>;
}

export interface LeaseOptions {
  readonly namespace: string;
  /** Undefined: all there is. */
  readonly shards: ShardConfig | undefined;
  readonly log: Logger;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

export const leaseMs = 15_000;
/** For what lies between the store's answer and what is done upon it. */
const marginMs = 3_000;
const renewEveryMs = 4_000;
const retryMs = 1_000;
/** How long to go on when the store can be read and says that nobody else came, but cannot be written to. */
const readOnlyMs = 2_000;
const mostRivals = 20;

/** Resolves once this process is the one. Waits for another that is, and says so once. */
export async function takeLease(backend: Backend, { namespace, shards, log, signal }: LeaseOptions): Promise<Lease> {
  const holder = new LeaseHolder(backend, `${namespace}:lease`, shards ?? { ids: [0], count: 1 }, log);
  for (;;) {
    try {
      const other = await holder.claim();
      if (other === undefined) break;
      if (holder.waitedFor === undefined) {
        const note = 'Another Jupan is answering with this store. This one waits until that one has ended.';
        log.warn('store-in-use', { store: backend.address, note, processId: other.pid, shards: other.shards });
      }
      holder.waitedFor = other;
    } catch (error) {
      log.warn('store-lease-fail', { error, retryInMs: retryMs });
    }
    await sleep(retryMs, undefined, { signal });
  }
  if (signal.aborted) {
    await holder.release();
    signal.throwIfAborted();
  }
  if (holder.hasWaited) log.info('store-taken-over', { store: backend.address });
  holder.keep();
  return holder;
}

class LeaseHolder implements Lease {
  readonly #backend: Backend;
  readonly #log: Logger;
  readonly #key: string;
  readonly #me: Omit<Holder, 'until'>;
  readonly #lost = Promise.withResolvers<never>();
  readonly lost = this.#lost.promise;
  /** Who had it when this one came, as last seen. */
  waitedFor: Holder | undefined;
  #sinceRecordMissed: (() => number) | undefined;
  /** Undefined: never held. */
  #sinceConfirmed: (() => number) | undefined;
  #confirmedForMs = 0;
  #end: AppError | undefined;
  #renewal: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isInDoubt = false;

  constructor(backend: Backend, key: string, shards: ShardConfig, log: Logger) {
    this.#backend = backend;
    this.#log = log;
    this.#key = key;
    this.#me = { id: randomUUID(), shards, host: hostIdentity, pid: process.pid };
    this.lost.catch(() => undefined); // Nobody has to listen.
  }

  get hasWaited(): boolean {
    return this.waitedFor !== undefined;
  }

  /** @returns whoever is in the way, or undefined when the lease is had. */
  claim(): Promise<Holder | undefined> {
    return within(answerTimeoutMs, this.#claim(), () => this.#backend.reset());
  }

  async #claim(): Promise<Holder | undefined> {
    for (let rivals = 0; rivals < mostRivals; rivals += 1) {
      const stopwatch = createStopwatch();
      const [text, now] = await Promise.all([this.#backend.get(this.#key), this.#backend.now()]);
      const holders = readHolders(text);
      const isLost = text === undefined && this.#sinceConfirmed === undefined;
      if (isLost && this.waitedFor !== undefined) {
        // Whoever gives it back leaves a record without itself. That there is none does not say that the other has ended.
        this.#sinceRecordMissed ??= stopwatch;
        if (this.#sinceRecordMissed() < leaseMs) return this.waitedFor;
      } else this.#sinceRecordMissed = undefined;
      const isMine = holders.some(({ id }) => id === this.#me.id);
      // No record at all is a store that has lost it. A record without this process is another's that took over.
      if (this.#sinceConfirmed !== undefined && text !== undefined && !isMine) return this.#lose();
      const overlapping = holders.filter(({ id, shards }) => id !== this.#me.id && doOverlap(shards, this.#me.shards));
      const other = isMine ? undefined : overlapping.find((holder) => isAlive(holder, now));
      if (other !== undefined) return other;
      const elsewhere = holders.filter((holder) => holder.id !== this.#me.id && !overlapping.includes(holder));
      const next = [...elsewhere, { ...this.#me, until: now + leaseMs }];
      let isTaken: boolean;
      try {
        isTaken = await this.#backend.replace(this.#key, text, toText(next));
      } catch (error) {
        if (!isMine) throw error;
        this.#confirm(stopwatch, readOnlyMs);
        return undefined;
      }
      if (isTaken) {
        this.#confirm(stopwatch, leaseMs - marginMs);
        return undefined;
      }
    }
    throw new AppError('store-failed', `The lease of ${this.#backend.address} changes all the time.`);
  }

  /** Renews the lease from now on: soon again when that failed. */
  keep(waitMs = renewEveryMs): void {
    this.#timer = setTimeout(async () => {
      try {
        await this.#renew();
        if (this.#isInDoubt) this.#log.info('store-lease-renewed');
        this.#isInDoubt = false;
        this.keep(this.#confirmedForMs === readOnlyMs ? retryMs : renewEveryMs);
      } catch (error) {
        if (this.#end !== undefined) return;
        if (!this.#isInDoubt && !this.#isConfirmed()) {
          const note = 'Another Jupan may be answering with this store: nothing is posted until it can be asked again.';
          this.#log.warn('store-lease-in-doubt', { note, error });
          this.#isInDoubt = true;
        }
        this.keep(retryMs);
      }
    }, waitMs).unref();
  }

  async confirm(): Promise<void> {
    if (this.#end !== undefined) throw this.#end;
    if (!this.#isConfirmed()) await this.#renew();
  }

  async untilConfirmed(signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        return await this.confirm();
      } catch (error) {
        if (this.#end !== undefined || signal.aborted) throw error;
        await sleep(retryMs, undefined, { signal });
      }
    }
  }

  async release(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#end !== undefined) return;
    this.#end = new AppError('lease-lost', 'The lease was given back.');
    await this.#renewal?.catch(() => undefined); // Its own caller was told.
    try {
      await within(answerTimeoutMs, this.#leave(), () => this.#backend.reset());
    } catch {
      // It runs out by itself.
    }
  }

  async #leave(): Promise<void> {
    for (let rivals = 0; rivals < mostRivals; rivals += 1) {
      const text = await this.#backend.get(this.#key);
      if (text === undefined) return;
      const holders = readHolders(text).filter(({ id }) => id !== this.#me.id);
      if (await this.#backend.replace(this.#key, text, toText(holders))) return;
    }
  }

  #isConfirmed(): boolean {
    return this.#sinceConfirmed !== undefined && this.#sinceConfirmed() < this.#confirmedForMs;
  }

  #confirm(stopwatch: () => number, forMs: number): void {
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
    if (this.#end !== undefined) throw this.#end;
  }

  #lose(): never {
    clearTimeout(this.#timer);
    this.#end = new AppError(
      'lease-lost',
      'Another Jupan has taken over this store, because this process was held up.',
    );
    this.#lost.reject(this.#end);
    throw this.#end;
  }
}
