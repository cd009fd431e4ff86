/** A store that ends with the process: for tests and for trying things out. */
import type { Backend } from './backend.ts';

export function openMemory(): Backend {
  const texts = new Map<string, string>();
  return {
    address: 'memory://',
    get: async (key) => texts.get(key),
    async set(key, text) {
      texts.set(key, text);
    },
    async delete(key) {
      texts.delete(key);
    },
    async replace(key, before, after) {
      if (texts.get(key) !== before) return false;
      if (after === undefined) texts.delete(key);
      else texts.set(key, after);
      return true;
    },
    entries: async (prefix) => new Map([...texts].filter(([key]) => key.startsWith(prefix))),
    async *keys(prefix) {
      yield [...texts.keys()].filter((key) => key.startsWith(prefix));
    },
    now: async () => Date.now(),
    async scrub() {},
    reset() {},
    async close() {
      texts.clear();
    },
  };
}
