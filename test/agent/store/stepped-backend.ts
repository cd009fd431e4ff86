/** A way to a place whose calls are carried out when they are told to, one by one, so that every order of them can be tried. */
import type { Backend, Fence, PlaceCondition } from '../../../src/agent/store/backend.ts';

interface Call {
  /** At the place. Resolves when whoever called has been told. */
  readonly carryOut: () => Promise<void>;
  /** The connection broke: nobody can say whether it was carried out. */
  readonly fail: () => void;
}

export class SteppedBackend implements Backend {
  readonly address = 'stepped://';
  readonly #place: Backend;
  #calls: Call[] = [];

  constructor(place: Backend) {
    this.#place = place;
  }

  get isIdle(): boolean {
    return this.#calls.length === 0;
  }

  /** Carries the oldest call out. */
  async step(): Promise<void> {
    await this.#calls.shift()?.carryOut();
  }

  /** All calls that wait fail. @returns how each is carried out after all, unknown to whoever called. */
  breakOff(): (() => Promise<void>)[] {
    const calls = this.#calls;
    this.#calls = [];
    for (const { fail } of calls) fail();
    return calls.map(({ carryOut }) => carryOut);
  }

  get(key: string): Promise<string | undefined> {
    return this.#whenTold(() => this.#place.get(key));
  }

  replace(key: string, before: string | undefined, after: string | undefined, fence?: Fence): Promise<boolean> {
    return this.#whenTold(() => this.#place.replace(key, before, after, fence));
  }

  now(): Promise<number> {
    return this.#whenTold(() => this.#place.now());
  }

  set(key: string, text: string, fence?: Fence): Promise<void> {
    return this.#whenTold(() => this.#place.set(key, text, fence));
  }

  delete(key: string, fence?: Fence): Promise<void> {
    return this.#whenTold(() => this.#place.delete(key, fence));
  }

  entries(prefix: string): Promise<ReadonlyMap<string, string>> {
    return this.#whenTold(() => this.#place.entries(prefix));
  }

  keys(prefix: string): AsyncIterable<readonly string[]> {
    return this.#place.keys(prefix);
  }

  condition(): Promise<PlaceCondition> {
    return this.#place.condition();
  }

  scrub(): Promise<void> {
    return this.#place.scrub();
  }

  reset(): void {
    this.breakOff();
  }

  async close(): Promise<void> {
    this.breakOff();
  }

  #whenTold<Result>(act: () => Promise<Result>): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const carryOut = () => act().then(resolve, reject);
    this.#calls.push({ carryOut, fail: () => reject(new Error('The connection broke.')) });
    return promise;
  }
}
