/** What shall go wrong with the next requests. */

import type { RestFault } from '../face/request.ts';

/** A request as a fault may ask for it. */
export interface FaultTarget {
  readonly method: string;
  readonly path: string;
  readonly route: string | undefined;
}

export class Faults {
  #waiting: { readonly fault: RestFault; skipsLeft: number; timesLeft: number }[] = [];

  add(fault: RestFault): void {
    this.#waiting.push({ fault, skipsLeft: fault.skip ?? 0, timesLeft: fault.times ?? 1 });
  }

  clear(): void {
    this.#waiting = [];
  }

  /** The effect that strikes this request, which uses it up. */
  take(request: FaultTarget): RestFault['effect'] | undefined {
    const entry = this.#waiting.find(({ fault }) => strikes(fault, request));
    if (entry === undefined) return undefined;
    if (entry.skipsLeft > 0) {
      entry.skipsLeft -= 1;
      return undefined;
    }
    entry.timesLeft -= 1;
    if (entry.timesLeft <= 0) this.#waiting = this.#waiting.filter((other) => other !== entry);
    return entry.fault.effect;
  }
}

function strikes(fault: RestFault, request: FaultTarget): boolean {
  if (fault.method !== undefined && fault.method !== request.method) return false;
  if (fault.route === undefined) return true;
  // `search` does not depend on where a global pattern stopped the last time, as `test` would.
  return typeof fault.route === 'string' ? fault.route === request.route : request.path.search(fault.route) >= 0;
}
