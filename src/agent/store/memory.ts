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
    entries: async (prefix) => new Map([...texts].filter(([key]) => key.startsWith(prefix))),
    reset() {},
    async close() {
      texts.clear();
    },
  };
}
