/** What shall go wrong with the next requests. */

import type { RestFault } from '../face/request.ts';

export interface Faults {
  add(fault: RestFault): void;
  clear(): void;
  /** The effect that strikes this request, which uses it up. */
  take(request: { method: string; path: string; route: string | undefined }): RestFault['effect'] | undefined;
}

export function createFaults(): Faults {
  let waiting: { readonly fault: RestFault; skipsLeft: number; timesLeft: number }[] = [];
  return {
    add(fault) {
      waiting.push({ fault, skipsLeft: fault.skip ?? 0, timesLeft: fault.times ?? 1 });
    },
    clear() {
      waiting = [];
    },
    take(request) {
      const entry = waiting.find(({ fault }) => strikes(fault, request));
      if (entry === undefined) return undefined;
      if (entry.skipsLeft > 0) {
        entry.skipsLeft -= 1;
        return undefined;
      }
      entry.timesLeft -= 1;
      if (entry.timesLeft <= 0) waiting = waiting.filter((other) => other !== entry);
      return entry.fault.effect;
    },
  };
}

function strikes(fault: RestFault, request: { method: string; path: string; route: string | undefined }): boolean {
  if (fault.method !== undefined && fault.method !== request.method) return false;
  if (fault.route === undefined) return true;
  // `search` does not depend on where a global pattern stopped the last time, as `test` would.
  return typeof fault.route === 'string' ? fault.route === request.route : request.path.search(fault.route) >= 0;
}
