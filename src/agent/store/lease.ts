/** The right to answer with a store, as whoever answers sees it. */
import type { Fence } from './backend.ts';

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
  /** What holds for whatever this process writes. */
  readonly fence: Fence;
  /** Rejects with `AppError` `lease-lost` when another process has taken over. Never resolves. */
  readonly lost: Promise<never>;
  /** Lets the next one in. Never rejects. */
  release(): Promise<void>;
}
