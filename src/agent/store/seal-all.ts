/**
 * Seals what was written before there was a secret, or by the first version, once: from then on nothing else is taken for
 * true. Until it has ended, nobody reads the store.
 */
import { AppError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { answerTimeoutMs, type Backend } from './backend.ts';
import { within } from './deadline.ts';
import { isAlive, leaseKeyOf, readHolders } from './lease-record.ts';
import { formatOf, type SecretSeal } from './seal.ts';
import { markWhole } from './seal-record.ts';
import { withoutDecisions } from './turn-record.ts';

export interface SealingOptions {
  readonly namespace: string;
  readonly seal: SecretSeal;
  readonly log: Logger;
  /** Of records, as in `NAMESPACE:KIND:KEY`. */
  readonly kinds: readonly string[];
  /** Awaited before every write. Rejects when this process must not write any more. */
  readonly mayWrite: () => Promise<void>;
}

type Format = 'plain' | 'unbound';

/** How often a value may have been written by somebody else in between. */
const mostRivals = 20;
const takenNote =
  'What was there without STORE_KEY was taken as it was, once. If it was encrypted before, somebody has been at the store.';
const othersNote =
  'Another Jupan answers with this store that has no STORE_KEY or is of an earlier version. Start it again with the key: until then, this one waits.';

export class Sealing {
  readonly #backend: Backend;
  readonly #options: SealingOptions;
  #running: Promise<void> | undefined;
  #hasSaidOthers = false;

  constructor(backend: Backend, options: SealingOptions) {
    this.#backend = backend;
    this.#options = options;
  }

  /** Resolves once every value is sealed. Rejects when the store fails or the signal aborts; called again, it goes on. */
  whole(signal: AbortSignal): Promise<void> {
    this.#running ??= this.#sealAll(signal).catch((error: unknown) => {
      this.#running = undefined;
      throw error;
    });
    return this.#running;
  }

  async #sealAll(signal: AbortSignal): Promise<void> {
    const { namespace, seal, log, kinds } = this.#options;
    await this.#refuseBesideOthers();
    const counts: Record<Format, number> = { plain: 0, unbound: 0 };
    for (const kind of kinds) {
      for await (const page of this.#backend.keys(`${namespace}:${kind}:`)) {
        for (const key of page) {
          signal.throwIfAborted();
          const format = await this.#sealOne(kind, key);
          if (format !== undefined) counts[format] += 1;
        }
      }
    }
    await markWhole(this.#backend, namespace, seal);
    if (counts.plain > 0) log.warn('store-encrypted', { ...counts, note: takenNote });
    else if (counts.unbound > 0) log.info('store-encrypted', counts);
  }

  /**
   * Whoever goes on writing unsealed values would have them refused afterwards, and could not read the sealed ones.
   * @throws {AppError} when another process that does so answers with the store, for a share of its own.
   */
  async #refuseBesideOthers(): Promise<void> {
    const { namespace, log } = this.#options;
    const [text, now] = await this.#inTime(
      Promise.all([this.#backend.get(leaseKeyOf(namespace)), this.#backend.now()]),
    );
    const holders = text === undefined ? [] : readHolders(text).holders;
    const other = holders.find((holder) => holder.isSealing !== true && isAlive(holder, now));
    if (other === undefined) return;
    const { pid: processId, share } = other;
    if (!this.#hasSaidOthers)
      log.warn('store-not-sealed', { store: this.#backend.address, note: othersNote, processId, share });
    this.#hasSaidOthers = true;
    throw new AppError('store-failed', 'Another process writes values that are not sealed.');
  }

  /** @returns what it was before; undefined when there was nothing to do, or it cannot be opened and is left for whoever reads it. */
  async #sealOne(kind: string, key: string): Promise<Format | undefined> {
    const { seal, mayWrite } = this.#options;
    for (let rivals = 0; rivals < mostRivals; rivals += 1) {
      const stored = await this.#inTime(this.#backend.get(key));
      const format = stored === undefined ? 'bound' : formatOf(stored);
      if (stored === undefined || format === 'bound') return undefined;
      const text = format === 'plain' ? toTrusted(kind, stored) : seal.openUnbound(stored);
      if (text === undefined) return undefined;
      await mayWrite();
      if (await this.#inTime(this.#backend.replace(key, stored, seal.close(key, text)))) return format;
    }
    throw new AppError('store-failed', `A value of the store ${this.#backend.address} changes all the time.`);
  }

  #inTime<Value>(call: Promise<Value>): Promise<Value> {
    return within(answerTimeoutMs, call, () => this.#backend.reset());
  }
}

/** Anybody may have written it: as far as it says that somebody approved a call, it is not believed. */
function toTrusted(kind: string, text: string): string {
  if (kind === 'grant') return 'null';
  return kind === 'turn' ? withoutDecisions(text) : text;
}
