/** How processes that share shards come to terms by the record in each kind of place. Their leases are short here, and no less strict. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Backend } from '../../../src/agent/store/backend.ts';
import { LeaseHolder } from '../../../src/agent/store/lease-holder.ts';
import { leaseKeyOf, readHolders } from '../../../src/agent/store/lease-record.ts';
import { openBackend, openTurnStore } from '../../../src/agent/store/open.ts';
import { createShardLease, type ShardLease, ShardSharing } from '../../../src/agent/store/shard-lease.ts';
import { joinShards } from '../../../src/agent/store/take-lease.ts';
import { createLogger, silentLogger } from '../../../src/log.ts';
import { pause } from '../../../src/waiting.ts';
import { namespace, type Place, placeKinds } from './places.ts';
import { SteppedBackend } from './stepped-backend.ts';

const times = { leaseMs: 1_600, marginMs: 400, renewEveryMs: 100 };
const forever = new AbortController().signal;
const key = leaseKeyOf(namespace);
const waiting = { timeout: 20_000, interval: 20 };

interface Sharer {
  readonly lease: ShardLease;
  readonly serves: Set<number>;
  isLost: boolean;
}

interface JoinOptions {
  readonly count?: number;
  readonly onClaim?: () => void;
}

/** Gives back at once what another is to have. @param onClaim Called when it may serve one more. */
function listenTo(lease: ShardLease, onClaim: () => void = () => {}): Sharer {
  const sharer: Sharer = { lease, serves: new Set(), isLost: false };
  lease.lost.catch(() => {
    sharer.isLost = true;
  });
  lease.listen({
    claimed: (id) => {
      onClaim();
      sharer.serves.add(id);
    },
    leave: (id) => {
      sharer.serves.delete(id);
      void lease.giveBack(id);
    },
  });
  return sharer;
}

const sizes = (sharers: readonly Sharer[]) => sharers.map(({ serves }) => serves.size).sort();
const all = (sharers: readonly Sharer[]) => sharers.flatMap(({ serves }) => [...serves]).sort((a, b) => a - b);

for (const kind of placeKinds) {
  const name = kind.missing === undefined ? kind.name : `${kind.name} (skipped: ${kind.missing})`;
  describe.skipIf(kind.missing !== undefined)(`shards that are shared through ${name}`, () => {
    let place: Place;
    let first: Backend;
    const opened: Backend[] = [];
    const leases: ShardLease[] = [];
    /** As another process has it; a memory is one process's. */
    const open = async () => {
      if (kind.name === 'memory') return first;
      const backend = await openBackend(place.storeUrl, namespace, silentLogger);
      opened.push(backend);
      return backend;
    };
    const join = async (backend: Backend, { count = 8, onClaim }: JoinOptions = {}): Promise<Sharer> => {
      const sharing = new ShardSharing({ count, records: 1 });
      const holder = new LeaseHolder(backend, silentLogger, {
        key,
        share: { ids: [], count },
        isSealing: false,
        times,
        sharing,
      });
      await holder.claim();
      void holder.renewUntilOver();
      const lease = createShardLease(holder, sharing);
      leases.push(lease);
      return listenTo(lease, onClaim);
    };
    const put = async (record: string) => first.replace(key, await first.get(key), record);

    beforeAll(async () => {
      place = await kind.prepare();
      // Makes what the place needs, as every program does.
      await (await openTurnStore(place.storeUrl, { log: silentLogger, namespace })).close();
    });
    beforeEach(async () => {
      first = await openBackend(place.storeUrl, namespace, silentLogger);
      opened.push(first);
    });
    afterEach(async () => {
      await Promise.all(leases.splice(0).map((lease) => lease.release()));
      await first.delete(key);
      for (const backend of opened.splice(0)) await backend.close();
    });
    afterAll(() => place.empty());

    test('are spread evenly, also when all come in the same moment, and go on to the others when one ends', async () => {
      const backends = await Promise.all([open(), open(), open()]);
      const sharers = await Promise.all(backends.map((backend) => join(backend)));
      await vi.waitFor(() => expect(sizes(sharers)).toEqual([2, 3, 3]), waiting);
      expect(all(sharers)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      const [leaver, ...others] = sharers;
      leaver?.lease.setAble(false);
      await vi.waitFor(() => expect(sizes(others)).toEqual([4, 4]), waiting);
      expect(all(sharers)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      leaver?.lease.setAble(true);
      await vi.waitFor(() => expect(sizes(sharers)).toEqual([2, 3, 3]), waiting);
      expect(all(sharers)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    });

    test('are those of the others when one is frozen, which knows so before, and ends when it is back', async () => {
      const stepped = new SteppedBackend(await open());
      const sharing = join(stepped);
      // It is answered all the time.
      const answering = setInterval(() => void stepped.step(), 1);
      const frozen = await sharing.finally(() => clearInterval(answering));
      expect(frozen.serves.size).toBe(8);
      // From now on nothing reaches it.
      const wasHeld: boolean[] = [];
      const other = await join(await open(), { onClaim: () => wasHeld.push(frozen.lease.isHeld) });
      await vi.waitFor(() => expect(other.serves.size).toBe(8), waiting);
      expect(new Set(wasHeld)).toEqual(new Set([false]));
      const thawing = setInterval(() => void stepped.step(), 1);
      await vi.waitFor(() => expect(frozen.isLost).toBe(true), waiting).finally(() => clearInterval(thawing));
      expect(frozen.lease.isHeld).toBe(false);
      await expect(frozen.lease.confirm()).rejects.toMatchObject({ code: 'lease-lost' });
      // Started again, it has its share.
      const again = await join(await open());
      await vi.waitFor(() => expect(sizes([other, again])).toEqual([4, 4]), waiting);
      expect(all([other, again])).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    });

    test('stay with all when none could reach the store for longer than a lease lasts, whoever is back first', async () => {
      const ways = [new SteppedBackend(await open()), new SteppedBackend(await open())];
      const answering = new Map(ways.map((way) => [way, setInterval(() => void way.step(), 1)]));
      const goAway = (way: SteppedBackend) => clearInterval(answering.get(way));
      const comeBack = (way: SteppedBackend) =>
        answering.set(
          way,
          setInterval(() => void way.step(), 1),
        );
      onTestFinished(() => ways.forEach(goAway));
      const sharers = await Promise.all(ways.map((way) => join(way)));
      await vi.waitFor(() => expect(sizes(sharers)).toEqual([4, 4]), waiting);
      ways.forEach(goAway);
      await vi.waitFor(() => expect(sharers.map(({ lease }) => lease.isHeld)).toEqual([false, false]), waiting);
      const record = await first.get(key);
      await pause(times.leaseMs, forever);
      const [way, later] = ways;
      if (way !== undefined) comeBack(way);
      await vi.waitFor(async () => expect(await first.get(key)).not.toBe(record), waiting);
      if (later !== undefined) comeBack(later);
      await vi.waitFor(() => expect(sharers.map(({ lease }) => lease.isHeld)).toEqual([true, true]), waiting);
      expect(sharers.map(({ isLost }) => isLost)).toEqual([false, false]);
      expect(sizes(sharers)).toEqual([4, 4]);
    });

    test.each(['[', 'null', '{"version":1,"holders":[null,7,{"id":"x","shards":{"ids":[-1],"count":8}}]}'])(
      'are had where the record cannot be read (%s)',
      async (record) => {
        await put(record);
        const lines: unknown[] = [];
        const log = createLogger({ level: 'warn', stream: { write: (line) => lines.push(JSON.parse(line)) } });
        const lease = await joinShards(await open(), { namespace, isSealing: false, count: 4, log, signal: forever });
        leases.push(lease);
        expect([...listenTo(lease).serves]).toEqual([0, 1, 2, 3]);
        expect(lines).toMatchObject([{ event: 'store-lease-unreadable' }]);
      },
    );

    test('are nobody’s of whom the record says what cannot be read, and stay those of all others', async () => {
      const sound = { id: 'a', host: 'elsewhere', pid: 7, until: (await first.now()) + 60_000 };
      const member = { records: 1, leaving: [], unread: [], isClosing: false };
      const holders = [
        { ...sound, shards: { ids: [0, 1], count: 4 }, member, saidLater: { by: 'a newer version' } },
        { ...sound, id: 'b', until: 'soon', shards: { ids: [2], count: 4 }, member },
      ];
      await put(JSON.stringify({ version: 9, holders }));
      const { serves } = await join(await open(), { count: 4 });
      expect([...serves]).toEqual([2, 3]);
      const left = readHolders((await first.get(key)) ?? '').holders;
      expect(left.find(({ id }) => id === 'a')).toMatchObject({ saidLater: { by: 'a newer version' } });
    });

    test('are told of again when they were given back, and are to be had again before the record says either', async () => {
      const { lease, serves } = await join(await open(), { count: 4 });
      expect(serves.size).toBe(4);
      const [told, left]: [number[], number[]] = [[], []];
      lease.listen({
        claimed: (id) => told.push(id),
        leave: (id) => {
          left.push(id);
          void lease.giveBack(id);
          lease.setAble(true);
        },
      });
      told.length = 0;
      lease.setAble(false);
      await vi.waitFor(() => expect(told.toSorted()).toEqual([0, 1, 2, 3]), waiting);
      expect(left.toSorted()).toEqual([0, 1, 2, 3]);
    });
  });
}
