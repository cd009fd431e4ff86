/** What a bot whose shards come and go needs of whoever says which are its own: a port, so that this room knows no store. */

export interface ShardClaims {
  /** Of all shards of the bot. */
  readonly count: number;
  /** Whether no other process can have this one's shards at this moment. */
  readonly isHeld: boolean;
  /** Resolves once that is so. Rejects when another has taken over, or the signal aborts. */
  untilConfirmed(signal: AbortSignal): Promise<void>;
  /** Tells of the shards that come, and of those that another process is to have. */
  listen(listener: { claimed(shardId: number): void; leave(shardId: number): void }): void;
  /** Nothing is done for the shard any more: it may be another's. Never rejects. */
  giveBack(shardId: number): Promise<void>;
  /** Something of the shard can only be read by a newer version. */
  cannotRead(shardId: number): void;
  /** False: it leaves all, one by one as they are given back, and takes none until it is able again. */
  setAble(isAble: boolean): void;
}

/**
 * Turns that all processes of a bot take together.
 * @returns in how many ms this one's turn is, when nobody else's is within `everyMs`. Rejects when the store cannot be asked.
 */
export type TakeTurn = (name: string, everyMs: number) => Promise<number>;
