/** A store that ends with the process: for tests and for trying things out. */
import { type Backend, endOf, type Fence, fencedOut, type PlaceCondition } from './backend.ts';

export function openMemory(): Backend {
  return new MemoryBackend();
}

class MemoryBackend implements Backend {
  readonly address = 'memory://';
  readonly #texts = new Map<string, string>();

  async get(key: string): Promise<string | undefined> {
    return this.#texts.get(key);
  }

  async set(key: string, text: string, fence?: Fence): Promise<void> {
    this.#mind(fence);
    this.#texts.set(key, text);
  }

  async delete(key: string, fence?: Fence): Promise<void> {
    this.#mind(fence);
    this.#texts.delete(key);
  }

  async replace(key: string, before: string | undefined, after: string | undefined, fence?: Fence): Promise<boolean> {
    this.#mind(fence);
    if (this.#texts.get(key) !== before) return false;
    if (after === undefined) this.#texts.delete(key);
    else this.#texts.set(key, after);
    return true;
  }

  async entries(prefix: string): Promise<ReadonlyMap<string, string>> {
    return new Map([...this.#texts].filter(([key]) => key.startsWith(prefix)));
  }

  async *keys(prefix: string, end = endOf(prefix)): AsyncGenerator<string[]> {
    yield [...this.#texts.keys()].filter((key) => key.startsWith(prefix) && key < end);
  }

  async now(): Promise<number> {
    return Date.now();
  }

  async condition(): Promise<PlaceCondition> {
    return { loses: 'everything', isEvicting: false, freeBytes: undefined };
  }

  async scrub(): Promise<void> {}

  reset(): void {}

  async close(): Promise<void> {
    this.#texts.clear();
  }

  #mind(fence: Fence | undefined): void {
    if (fence !== undefined && Date.now() >= fence.until) throw new Error(fencedOut);
  }
}
