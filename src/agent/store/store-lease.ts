/** The lease of an opened store, for programs that take it and for those that do not: a terminal shares its records with nobody. */
import type { Backend, Fence } from './backend.ts';
import type { Lease } from './lease.ts';
import type { Share } from './lease-record.ts';
import type { ShardLease } from './shard-lease.ts';
import { joinShards, type LeaseOptions, takeLease } from './take-lease.ts';

export type StoreLeaseOptions = Pick<LeaseOptions, 'namespace' | 'isSealing' | 'log'>;

export class StoreLease {
  readonly #backend: Backend;
  readonly #options: StoreLeaseOptions;
  readonly #closing = new AbortController();
  #taking: Promise<Lease> | undefined;
  #taken: Lease | undefined;

  constructor(backend: Backend, options: StoreLeaseOptions) {
    this.#backend = backend;
    this.#options = options;
  }

  /** Aborts with {@link release}. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Resolves once no other process has the lease, or a share that overlaps with this one. */
  async take(share: Share | undefined, signal: AbortSignal): Promise<Lease> {
    this.#taking = takeLease(this.#backend, {
      ...this.#options,
      share,
      signal: AbortSignal.any([signal, this.closing]),
    });
    this.#taken = await this.#taking;
    return this.#taken;
  }

  /** Resolves once this process is one of those that share `count` shards by themselves. */
  async join(count: number, signal: AbortSignal): Promise<ShardLease> {
    const either = AbortSignal.any([signal, this.closing]);
    const joining = joinShards(this.#backend, { ...this.#options, count, signal: either });
    this.#taking = joining;
    const taken = await joining;
    this.#taken = taken;
    return taken;
  }

  /** Resolves when the lease was taken, or could not be, or nobody wants it. */
  async had(): Promise<void> {
    await this.#taking?.catch(() => undefined); // Whoever wanted it is told.
  }

  /** Undefined until the lease is had, and where nobody wants it. */
  get fence(): Fence | undefined {
    return this.#taken?.fence;
  }

  /** Resolves while this process may write. */
  async confirm(): Promise<void> {
    await this.#taken?.confirm();
  }

  /** Lets the next one in. Never rejects. */
  async release(): Promise<void> {
    this.#closing.abort();
    await this.#taking?.then((taken) => taken.release()).catch(() => undefined); // Whoever wanted it is told.
  }
}
