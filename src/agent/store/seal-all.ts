/**
 * Seals what was written before there was a secret, or by the first version, once: from then on nothing else is taken for
 * true. Until it has ended, nobody reads the store.
 */
import type { Logger } from '../../log.ts';
import { answerTimeoutMs, type Backend } from './backend.ts';
import { within } from './deadline.ts';
import { formatOf, type SecretSeal } from './seal.ts';
import { markWhole } from './seal-record.ts';
import { withoutDecisions } from './turn-record.ts';

export interface SealAllOptions {
  readonly namespace: string;
  readonly seal: SecretSeal;
  readonly log: Logger;
  /** Of records, as in `NAMESPACE:KIND:KEY`. */
  readonly kinds: readonly string[];
  /** Awaited before every write. Rejects when this process must not write any more. */
  readonly mayWrite: () => Promise<void>;
}

/** How often a value may have been written by somebody else in between. */
const mostRivals = 20;

/** Sealing on behalf of everybody who waits for it. */
export class Sealing {
  readonly #backend: Backend;
  readonly #options: SealAllOptions;
  #all: Promise<void> | undefined;

  constructor(backend: Backend, options: SealAllOptions) {
    this.#backend = backend;
    this.#options = options;
  }

  /** Resolves once every value is sealed. Rejects when the store fails or the signal aborts; called again, it goes on. */
  whole(signal: AbortSignal): Promise<void> {
    this.#all ??= sealAll(this.#backend, this.#options, signal).catch((error: unknown) => {
      this.#all = undefined;
      throw error;
    });
    return this.#all;
  }
}

async function sealAll(backend: Backend, options: SealAllOptions, signal: AbortSignal): Promise<void> {
  const { namespace, seal, log, kinds } = options;
  const counts = { plain: 0, unbound: 0 };
  for (const kind of kinds) {
    for await (const page of backend.keys(`${namespace}:${kind}:`)) {
      for (const key of page) {
        signal.throwIfAborted();
        const format = await sealOne(backend, key, kind, options);
        if (format !== undefined) counts[format] += 1;
      }
    }
  }
  await inTime(backend, markWhole(backend, namespace, seal));
  const note =
    'What was there without STORE_KEY was taken as it was, once. If it was encrypted before, somebody has been at the store.';
  if (counts.plain > 0) log.warn('store-encrypted', { ...counts, note });
  else if (counts.unbound > 0) log.info('store-encrypted', counts);
}

/** @returns what it was before; undefined when there was nothing to do, or it cannot be opened and is left for whoever reads it. */
async function sealOne(
  backend: Backend,
  key: string,
  kind: string,
  { seal, mayWrite }: SealAllOptions,
): Promise<'plain' | 'unbound' | undefined> {
  for (let rivals = 0; rivals < mostRivals; rivals += 1) {
    const stored = await inTime(backend, backend.get(key));
    const format = stored === undefined ? 'bound' : formatOf(stored);
    if (stored === undefined || format === 'bound') return undefined;
    const text = format === 'plain' ? toTrusted(kind, stored) : seal.openUnbound(stored);
    if (text === undefined) return undefined;
    await mayWrite();
    if (await inTime(backend, backend.replace(key, stored, seal.close(key, text)))) return format;
  }
  throw new Error('A value changes all the time.');
}

/** Anybody may have written it: as far as it says that somebody approved a call, it is not believed. */
function toTrusted(kind: string, text: string): string {
  return kind === 'turn' ? withoutDecisions(text) : text;
}

function inTime<Value>(backend: Backend, call: Promise<Value>): Promise<Value> {
  return within(answerTimeoutMs, call, () => backend.reset());
}
