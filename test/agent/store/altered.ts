/** A backend that does some things in another way. */
import type { Backend } from '../../../src/agent/store/backend.ts';

export function altered(backend: Backend, change: Partial<Backend>): Backend {
  return {
    address: backend.address,
    get: (key) => backend.get(key),
    set: (key, text) => backend.set(key, text),
    delete: (key) => backend.delete(key),
    replace: (key, before, after) => backend.replace(key, before, after),
    entries: (prefix) => backend.entries(prefix),
    keys: (prefix, end) => backend.keys(prefix, end),
    now: () => backend.now(),
    condition: () => backend.condition(),
    scrub: () => backend.scrub(),
    reset: () => backend.reset(),
    close: () => backend.close(),
    ...change,
  };
}
