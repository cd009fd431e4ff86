/**
 * One process answers with a store, or one for each share of it: a second one would answer everything twice. Who it is stands
 * in one record with a time until which it counts; it is renewed, and changed only by {@link Backend.replace}.
 */
import { AppError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { withRetries } from '../../waiting.ts';
import type { Backend } from './backend.ts';
import type { Lease } from './lease.ts';
import { LeaseHolder, retryMs } from './lease-holder.ts';
import { everything, leaseKeyOf, type Share } from './lease-record.ts';

export interface LeaseOptions {
  readonly namespace: string;
  /** Undefined: all there is. */
  readonly share: Share | undefined;
  /** Whether this process seals what it writes. */
  readonly isSealing: boolean;
  readonly log: Logger;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/** Resolves once this process is the one. Waits for another that is, and says so once. Rejects with the signal's reason alone. */
export async function takeLease(backend: Backend, options: LeaseOptions): Promise<Lease> {
  const { namespace, share = everything, isSealing, log, signal } = options;
  const holder = new LeaseHolder(backend, log, { key: leaseKeyOf(namespace), share, isSealing });
  const attempt = async () => {
    const isFirst = !holder.hasWaited;
    const other = await holder.claim();
    if (other === undefined) return;
    if (isFirst) {
      const note = 'Another Jupan is answering with this store. This one waits until that one has ended.';
      log.warn('store-in-use', { store: backend.address, note, processId: other.pid, share: other.share });
    }
    throw new AppError('lease-held', 'Another process has the lease.');
  };
  const onRetry = (error: unknown, retryInMs: number) => {
    if (!isHeld(error)) log.warn('store-lease-fail', { error, retryInMs });
  };
  try {
    await withRetries(attempt, { signal, firstMs: retryMs, longestMs: retryMs, onRetry });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
  if (signal.aborted) {
    await holder.release();
    signal.throwIfAborted();
  }
  if (holder.hasWaited) log.info('store-taken-over', { store: backend.address });
  void holder.renewUntilOver();
  return holder;
}

function isHeld(error: unknown): boolean {
  return error instanceof AppError && error.code === 'lease-held';
}
