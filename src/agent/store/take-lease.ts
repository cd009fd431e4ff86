/**
 * One process answers with a store, or one for each share of it: a second one would answer everything twice. Who it is stands
 * in one record with a time until which it counts; it is renewed, and changed only by {@link Backend.replace}.
 */
import { AppError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { withRetries } from '../../waiting.ts';
import { recordVersion } from '../turn.ts';
import type { Backend } from './backend.ts';
import type { Lease } from './lease.ts';
import { LeaseHolder, retryMs } from './lease-holder.ts';
import { everything, isAlive, leaseKeyOf, readHolders, type Share } from './lease-record.ts';
import { createShardLease, type ShardLease, ShardSharing, sharingTimes } from './shard-lease.ts';

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

const countNote =
  'The others keep the number of shards that they began with: it changes when all of them have been stopped.';

/** Resolves once this process is the one. Waits for another that is, and says so once. Rejects with the signal's reason alone. */
export async function takeLease(backend: Backend, options: LeaseOptions): Promise<Lease> {
  const { namespace, share = everything, isSealing, log } = options;
  const holder = new LeaseHolder(backend, log, { key: leaseKeyOf(namespace), share, isSealing });
  await hold(holder, backend, options);
  return holder;
}

/** Resolves once this process is one of those that share, with any shards or none. Waits for others that do not share, as {@link takeLease}. */
export async function joinShards(
  backend: Backend,
  options: Omit<LeaseOptions, 'share'> & { readonly count: number },
): Promise<ShardLease> {
  const { namespace, isSealing, log } = options;
  const key = leaseKeyOf(namespace);
  const count = (await withRetries(() => countOfOthers(backend, key), waiting(options.signal))) ?? options.count;
  if (count !== options.count) log.warn('shard-count-kept', { count, recommended: options.count, note: countNote });
  const sharing = new ShardSharing({ count, records: recordVersion });
  const holder = new LeaseHolder(backend, log, {
    key,
    share: { ids: [], count },
    isSealing,
    times: sharingTimes,
    sharing,
  });
  await hold(holder, backend, options);
  return createShardLease(holder, sharing);
}

/** Of those that share now: Discord may recommend another number by now, but guilds would be on two shards at once. */
async function countOfOthers(backend: Backend, key: string): Promise<number | undefined> {
  const [text, now] = await Promise.all([backend.get(key), backend.now()]);
  const { holders } = text === undefined ? { holders: [] } : readHolders(text);
  return holders.find((holder) => holder.member !== undefined && isAlive(holder, now))?.share.count;
}

function waiting(signal: AbortSignal) {
  return { signal, firstMs: retryMs, longestMs: retryMs };
}

async function hold(
  holder: LeaseHolder,
  backend: Backend,
  { log, signal }: Pick<LeaseOptions, 'log' | 'signal'>,
): Promise<void> {
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
    await withRetries(attempt, { ...waiting(signal), onRetry });
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
}

function isHeld(error: unknown): boolean {
  return error instanceof AppError && error.code === 'lease-held';
}
