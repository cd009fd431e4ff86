/**
 * One kind of record behind keyv: text under a key, each call with an end, writes under one key in the order called.
 * Knows nothing of what the text says.
 */
import { Keyv } from 'keyv';
import { AppError } from '../../errors.ts';
import { answerTimeoutMs, type Backend, type Fence } from './backend.ts';
import { within } from './deadline.ts';
import { noSeal, type Seal } from './seal.ts';

/** Milliseconds for reading a whole kind, which grows with what the store holds. */
const listTimeoutMs = 10_000;

export interface RecordsOptions {
  /** Default: values are stored as they are. */
  readonly seal?: Seal | undefined;
  /** Awaited right before every write. Rejects when this process must not write any more. */
  readonly mayWrite?: (() => Promise<void>) | undefined;
  /** Of every write, once there is one: a process can be frozen between that look and the write. */
  readonly fence?: (() => Fence | undefined) | undefined;
}

/** What stands under a key. */
export interface StoredRecord {
  /** Undefined: it is not what was written here with the secret of the store. */
  readonly text: string | undefined;
  /** As the place holds it. */
  readonly stored: string;
}

/** Every method rejects with an {@link AppError} of code `store-failed`, whose message holds no value. */
export class Records {
  readonly #kind: string;
  readonly #backend: Backend;
  readonly #prefix: string;
  readonly #seal: Seal;
  readonly #mayWrite: () => Promise<void>;
  readonly #fence: () => Fence | undefined;
  readonly #keyv: Keyv<string>;
  /** The last write under each key that is being written. */
  readonly #writes = new Map<string, Promise<unknown>>();

  /** @param prefix Of all keys, unlike that of every other kind in this store. ASCII without `*?[]\`. */
  constructor(kind: string, backend: Backend, prefix: string, { seal = noSeal, mayWrite, fence }: RecordsOptions = {}) {
    this.#kind = kind;
    this.#backend = backend;
    this.#prefix = prefix;
    this.#seal = seal;
    this.#mayWrite = mayWrite ?? (async () => {});
    this.#fence = fence ?? (() => undefined);
    // No error listener, ever: with one, keyv answers a failed read with undefined, which looks like an empty history.
    this.#keyv = new Keyv<string>(toKeyvAdapter(backend, prefix, this.#fence), {
      serialization: plainText,
      checkExpired: false,
    });
  }

  read(key: string): Promise<StoredRecord | undefined> {
    return this.#call('read', key, answerTimeoutMs, async () => {
      const stored = await this.#keyv.get(key);
      return stored === undefined ? undefined : this.#open(key, stored);
    });
  }

  has(key: string): Promise<boolean> {
    return this.#call('read', key, answerTimeoutMs, async () => (await this.#keyv.get(key)) !== undefined);
  }

  /** Every record of this kind whose key starts so, by key, in any order. */
  list(start = ''): Promise<Map<string, StoredRecord>> {
    return this.#call('list', undefined, listTimeoutMs, async () => {
      const found = new Map<string, StoredRecord>();
      for (const [whole, stored] of await this.#backend.entries(this.#prefix + start)) {
        const key = whole.slice(this.#prefix.length);
        found.set(key, this.#open(key, stored));
      }
      return found;
    });
  }

  /**
   * The keys of this kind that start so, some at a time, in any order.
   * @param end Only keys before it, by their bytes. Default: all.
   */
  async *keys(start = '', end?: string): AsyncGenerator<string[]> {
    const wholeEnd = end === undefined ? undefined : this.#prefix + end;
    const pages = this.#backend.keys(this.#prefix + start, wholeEnd)[Symbol.asyncIterator]();
    for (;;) {
      const page = await this.#call('list', undefined, answerTimeoutMs, async () => pages.next());
      if (page.done) return;
      yield page.value.map((key) => key.slice(this.#prefix.length));
    }
  }

  /**
   * Changes a record that other processes may be changing, too.
   * @param change Undefined: nothing is left of it.
   * @returns false when there is none that can be read, or another process was first: nothing was changed.
   */
  replace(key: string, change: (text: string) => string | undefined): Promise<boolean> {
    return this.#call('replace', key, answerTimeoutMs, async () => {
      const whole = this.#prefix + key;
      const before = await this.#backend.get(whole);
      const text = before === undefined ? undefined : this.#seal.open(whole, before);
      if (text === undefined) return false;
      const after = change(text);
      if (after === text) return true;
      const closed = after === undefined ? undefined : this.#seal.close(whole, after);
      return this.#backend.replace(whole, before, closed, this.#fence());
    });
  }

  /**
   * Changes a record, or makes it, until no other process comes between.
   * @param change Given the text that stands, undefined where there is none or none of ours. When it gives undefined, nothing is left.
   */
  async change(key: string, change: (text: string | undefined) => string | undefined): Promise<void> {
    await this.#call('change', key, answerTimeoutMs, async () => {
      const whole = this.#prefix + key;
      await this.#mayWrite();
      for (;;) {
        const before = await this.#backend.get(whole);
        const text = change(before === undefined ? undefined : this.#seal.open(whole, before));
        const after = text === undefined ? undefined : this.#seal.close(whole, text);
        if (before === undefined && after === undefined) return;
        if (await this.#backend.replace(whole, before, after, this.#fence())) return;
      }
    });
  }

  /** Makes a record where there is none. @returns false when there is one: nothing was changed. */
  create(key: string, text: string): Promise<boolean> {
    return this.#call('create', key, answerTimeoutMs, async () => {
      const whole = this.#prefix + key;
      await this.#mayWrite();
      return await this.#backend.replace(whole, undefined, this.#seal.close(whole, text), this.#fence());
    });
  }

  async write(key: string, text: string): Promise<void> {
    await this.#inOrder('write', key, async () => {
      if (!(await this.#keyv.set(key, this.#seal.close(this.#prefix + key, text))))
        throw new Error('keyv did not take the value.');
    });
  }

  async remove(key: string): Promise<void> {
    await this.#inOrder('remove', key, () => this.#keyv.delete(key));
  }

  #open(key: string, stored: string): StoredRecord {
    return { text: this.#seal.open(this.#prefix + key, stored), stored };
  }

  /** A write waits for the one before it, since keyv and connection pools may overtake. Too late, it is not begun at all. */
  #inOrder(action: string, key: string, run: () => Promise<unknown>): Promise<unknown> {
    const before = this.#writes.get(key);
    let isLate = false;
    const work = async () => {
      await before;
      await this.#mayWrite();
      if (isLate) throw new Error('The write before this one did not end in time.');
      await run();
    };
    return this.#call(
      action,
      key,
      answerTimeoutMs,
      () => {
        const written = work();
        const settled = written
          .catch(() => undefined) // Its own caller is told.
          .then(() => {
            if (this.#writes.get(key) === settled) this.#writes.delete(key);
          });
        this.#writes.set(key, settled);
        return written;
      },
      () => {
        isLate = true;
      },
    );
  }

  async #call<Value>(
    action: string,
    key: string | undefined,
    timeoutMs: number,
    run: () => Promise<Value>,
    onLate = () => {},
  ): Promise<Value> {
    try {
      return await within(timeoutMs, run(), () => {
        onLate();
        this.#backend.reset();
      });
    } catch (cause) {
      const what = key === undefined ? `all of kind ${this.#kind}` : `${this.#kind} ${key}`;
      throw new AppError('store-failed', `The store ${this.#backend.address} did not ${action} ${what}.`, { cause });
    }
  }
}

/** What keyv calls of an adapter here. `expires` keeps it from wrapping this one in another; no `on`, so that no event is taken for an error. */
function toKeyvAdapter(backend: Backend, prefix: string, fence: () => Fence | undefined) {
  return {
    capabilities: { expires: true },
    get: (key: string) => backend.get(prefix + key),
    async set(key: string, text: string) {
      await backend.set(prefix + key, text, fence());
      return true;
    },
    async delete(key: string) {
      await backend.delete(prefix + key, fence());
      return true;
    },
  };
}

/** Values are JSON text already: keyv's own serializer would write it a second time and rewrite texts that begin with a colon. */
const plainText = {
  // keyv hands over `{ value }` as unknown; `Keyv<string>` says what the value is.
  stringify: (envelope: unknown) => (envelope as { value: string }).value,
  // Its type lets the caller choose the result; keyv wants `{ value }` back.
  parse: <Envelope>(value: string) => ({ value }) as Envelope,
};
