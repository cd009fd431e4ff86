/**
 * This process's part in a bot that any number of equal processes share: which shards are its own, by the one record of who
 * answers with the store. A shard is one process's at a time, since each changes the record in one step; and a process that
 * cannot renew its entry says nothing before another may have its shards.
 */
import type { Lease } from './lease.ts';
import type { LeaseHolder, LeaseTimes, Sharing } from './lease-holder.ts';
import type { Holder } from './lease-record.ts';
import { type Member, toClaim, toLeave } from './shard-plan.ts';

/** A killed process's shards are elsewhere within 10 s. */
export const sharingTimes: LeaseTimes = { leaseMs: 8_000, marginMs: 2_000, renewEveryMs: 750 };

/** Told what becomes of shards. Neither call may throw; what they begin is not awaited. */
export interface ShardListener {
  /** From now on this process serves it. */
  claimed(shardId: number): void;
  /** Another is to have it: this process ends what it does there, and then calls {@link ShardLease.giveBack}. */
  leave(shardId: number): void;
}

export interface ShardLease extends Lease {
  /** Of all shards of the bot. */
  readonly count: number;
  /** Whether nobody else can have this process's shards at this moment. */
  readonly isHeld: boolean;
  /** To be called once; tells of the shards that are there already, too. */
  listen(listener: ShardListener): void;
  /** Nothing is done or written any more for the shard. Resolves when it may be another's. Never rejects. */
  giveBack(shardId: number): Promise<void>;
  /** Something stands in the shard that this version cannot read. */
  cannotRead(shardId: number): void;
  /** False: it leaves all shards, one by one as they are given back, and takes none until it is able again. */
  setAble(isAble: boolean): void;
}

/** What this process's entry says, and what it is to say next. */
export class ShardSharing implements Sharing {
  readonly count: number;
  readonly #records: number;
  readonly #given = new Set<number>();
  readonly #unread = new Set<number>();
  #ids: readonly number[] = [];
  #leaving: readonly number[] = [];
  #isAble = true;
  #listener: ShardListener | undefined;

  constructor({ count, records }: { readonly count: number; readonly records: number }) {
    this.count = count;
    this.#records = records;
  }

  next(others: readonly Holder[]): ReturnType<Sharing['next']> {
    const members = others.flatMap(({ share, member }) => (member === undefined ? [] : { ids: share.ids, ...member }));
    const ids = this.#ids.filter((id) => !this.#given.has(id));
    const before = this.#toMember(
      ids,
      this.#leaving.filter((id) => ids.includes(id)),
    );
    // What it has only just given back it takes as everybody else does: once the record says that it is free.
    const claimed = toClaim(before, members, this.count).filter((id) => !this.#given.has(id));
    const leaving = claimed.length > 0 ? [] : toLeave(before, members, this.count);
    const { ids: all, ...member } = this.#toMember(
      [...ids, ...claimed].sort((one, other) => one - other),
      [...before.leaving, ...leaving],
    );
    return { share: { ids: all, count: this.count }, member };
  }

  taken({ share, member }: Parameters<Sharing['taken']>[0]): void {
    const claimed = share.ids.filter((id) => !this.#ids.includes(id));
    const leaving = member.leaving.filter((id) => !this.#leaving.includes(id));
    for (const id of this.#ids) if (!share.ids.includes(id)) this.#given.delete(id);
    for (const id of claimed) this.#unread.delete(id);
    this.#ids = share.ids;
    this.#leaving = member.leaving;
    for (const id of claimed) this.#listener?.claimed(id);
    for (const id of leaving) this.#listener?.leave(id);
  }

  listen(listener: ShardListener): void {
    this.#listener = listener;
    for (const id of this.#ids) listener.claimed(id);
    for (const id of this.#leaving) listener.leave(id);
  }

  giveBack(shardId: number): void {
    this.#given.add(shardId);
  }

  cannotRead(shardId: number): void {
    this.#unread.add(shardId);
  }

  setAble(isAble: boolean): void {
    this.#isAble = isAble;
  }

  #toMember(ids: readonly number[], leaving: readonly number[]): Member {
    const unread = ids.filter((id) => this.#unread.has(id));
    return { records: this.#records, ids, leaving, unread, isClosing: !this.#isAble };
  }
}

export function createShardLease(holder: LeaseHolder, sharing: ShardSharing): ShardLease {
  /** The loop that renews it does so again when the store could not be asked. */
  const soon = () => void holder.renew().catch(() => undefined);
  return {
    count: sharing.count,
    get isHeld() {
      return holder.isHeld;
    },
    get hasWaited() {
      return holder.hasWaited;
    },
    lost: holder.lost,
    get fence() {
      return holder.fence;
    },
    confirm: () => holder.confirm(),
    untilConfirmed: (signal) => holder.untilConfirmed(signal),
    release: () => holder.release(),
    listen: (listener) => sharing.listen(listener),
    async giveBack(shardId) {
      sharing.giveBack(shardId);
      await holder.renew().catch(() => undefined); // As above.
    },
    cannotRead: (shardId) => sharing.cannotRead(shardId),
    setAble(isAble) {
      sharing.setAble(isAble);
      soon();
    },
  };
}
