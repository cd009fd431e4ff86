/** Whatever the order in which processes that share ask and are answered, are held up, cut off and killed: no shard is ever in two. */
import { setImmediate as turnOfEvents } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import type { Backend } from '../../../src/agent/store/backend.ts';
import { LeaseHolder } from '../../../src/agent/store/lease-holder.ts';
import { openMemory } from '../../../src/agent/store/memory.ts';
import { createShardLease, type ShardLease, ShardSharing, sharingTimes } from '../../../src/agent/store/shard-lease.ts';
import { silentLogger } from '../../../src/log.ts';
import { SteppedBackend } from './stepped-backend.ts';

const count = 5;
const processes = 3;
/** Longer than any lease, any doubt, and any move after it. */
const mostRounds = 50;

/** One of those that share: what it has been told that it serves. */
class Sharer {
  readonly backend: SteppedBackend;
  readonly records: number;
  readonly serves = new Set<number>();
  readonly leaving = new Set<number>();
  readonly #holder: LeaseHolder;
  readonly lease: ShardLease;
  isLost = false;

  constructor(place: Backend, records: number) {
    this.backend = new SteppedBackend(place);
    this.records = records;
    const sharing = new ShardSharing({ count, records });
    const share = { ids: [], count };
    const options = { key: 'lease', share, isSealing: false, times: sharingTimes, sharing };
    this.#holder = new LeaseHolder(this.backend, silentLogger, options);
    this.lease = createShardLease(this.#holder, sharing);
    this.lease.lost.catch(() => {
      this.isLost = true;
    });
    this.lease.listen({ claimed: (id) => this.serves.add(id), leave: (id) => this.leaving.add(id) });
  }

  /** What it may speak and write for at this moment. */
  get speaksFor(): readonly number[] {
    return this.lease.isHeld ? [...this.serves] : [];
  }

  renew(): void {
    this.#holder.renew().catch(() => undefined); // It is renewed again.
  }

  giveBack(): void {
    for (const id of this.leaving) {
      this.serves.delete(id);
      void this.lease.giveBack(id);
    }
    this.leaving.clear();
  }
}

const which = fc.nat(processes - 1);
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ type: fc.constant('answer'), which, calls: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('renew'), which }) },
  // Up to a renewal; up to the time in which one is silent before the others take over; beyond all of it.
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('wait'), ms: fc.constantFrom(1, 750, 1_999, 2_001, 6_000, 8_001) }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('give-back'), which }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('break'), which }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('land') }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('replace'), which, records: fc.integer({ min: 1, max: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('able'), which, isAble: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('cannot-read'), which, shard: fc.nat(count - 1) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

class World {
  readonly #place = openMemory();
  readonly #sharers: Sharer[];
  /** Calls of broken connections, on their way to the store all the same. */
  readonly #stray: (() => Promise<void>)[] = [];
  claims = 0;

  constructor(records: readonly number[]) {
    this.#sharers = records.map((each) => new Sharer(this.#place, each));
  }

  async take(step: Step): Promise<void> {
    if (step.type === 'wait') vi.setSystemTime(Date.now() + step.ms);
    else if (step.type === 'land') await this.#stray.shift()?.();
    else await this.#takeOf(step, this.#sharers[step.which]);
    await turnOfEvents();
    this.expectOneEach();
  }

  async #takeOf(step: Exclude<Step, { type: 'wait' | 'land' }>, sharer: Sharer | undefined): Promise<void> {
    if (sharer === undefined) return;
    if (step.type === 'renew') sharer.renew();
    else if (step.type === 'give-back') sharer.giveBack();
    else if (step.type === 'break') this.#stray.push(...sharer.backend.breakOff());
    else if (step.type === 'able') sharer.lease.setAble(step.isAble);
    else if (step.type === 'cannot-read') sharer.lease.cannotRead(step.shard);
    else if (step.type === 'replace') this.#replace(step.which, step.records);
    else
      for (let calls = 0; calls < step.calls; calls += 1) {
        await sharer.backend.step();
        await turnOfEvents();
        this.expectOneEach();
      }
  }

  /** It was killed, and another comes. */
  #replace(which: number, records: number): void {
    this.#stray.push(...(this.#sharers[which]?.backend.breakOff() ?? []));
    this.#sharers[which] = new Sharer(this.#place, records);
  }

  expectOneEach(): void {
    const all = this.#sharers.flatMap(({ speaksFor }) => speaksFor);
    expect(all).toHaveLength(new Set(all).size);
    this.claims += all.length;
  }

  /** From now on the store answers everybody at once, nobody dies, and whoever was taken for dead is started again. */
  async comeToRest(): Promise<void> {
    for (let round = 0; round < mostRounds; round += 1) {
      for (const [index, { isLost, records }] of this.#sharers.entries()) if (isLost) this.#replace(index, records);
      for (const sharer of this.#sharers) {
        if (round === 0) sharer.lease.setAble(true);
        sharer.giveBack();
        sharer.renew();
        for (let calls = 0; calls < 12 && !sharer.backend.isIdle; calls += 1) {
          await sharer.backend.step();
          await turnOfEvents();
          this.expectOneEach();
        }
      }
      vi.setSystemTime(Date.now() + sharingTimes.renewEveryMs);
    }
  }

  expectAllServed(): void {
    for (const sharer of this.#sharers) sharer.renew();
    const shares = this.#sharers.map(({ serves }) => serves.size);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBe(count);
    if (new Set(this.#sharers.map(({ records }) => records)).size > 1) return;
    expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
  }

  close(): void {
    for (const { backend } of this.#sharers) backend.breakOff();
  }
}

afterEach(() => vi.useRealTimers());

test('no shard is in two processes, and in the end each is in one', { timeout: 120_000 }, async () => {
  let claims = 0;
  const records = fc.array(fc.integer({ min: 1, max: 2 }), { minLength: processes, maxLength: processes });
  const steps = fc.array(step, { minLength: 20, maxLength: 120, size: 'max' });
  await fc.assert(
    fc.asyncProperty(records, steps, async (versions, taken) => {
      vi.useFakeTimers({ toFake: ['Date'] });
      const world = new World(versions);
      for (const each of taken) await world.take(each);
      claims += world.claims;
      await world.comeToRest();
      world.expectAllServed();
      world.close();
    }),
    { numRuns: 30 },
  );
  expect(claims).toBeGreaterThan(0);
});
