/**
 * What stands before Discord's API: an address that makes too many invalid requests is shut out for a while, with a fixed
 * answer that says nothing of when to come back: …/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans and
 * discord-api-docs issue 5810.
 */

import type { Answer } from './answer.ts';

export interface EdgeOptions {
  /** Invalid requests of one window that shut the address out. */
  readonly mostInvalid: number;
  readonly windowMs: number;
}

const shutOut: Answer = {
  status: 429,
  body: {
    message: 'You are being blocked from accessing our API temporarily due to exceeding our rate limits frequently.',
    code: 0,
  },
};

export class Edge {
  readonly #options: EdgeOptions;
  #windowEndsAt = 0;
  #invalid = 0;
  #shutUntil = 0;

  constructor(options: EdgeOptions) {
    this.#options = options;
  }

  /** Invalid requests of the window that is running. */
  get invalid(): number {
    return performance.now() < this.#windowEndsAt ? this.#invalid : 0;
  }

  shutOut(forMs: number): void {
    this.#shutUntil = performance.now() + forMs;
  }

  /** The answer in place of any other while the address is shut out. */
  answerInstead(): Answer | undefined {
    return performance.now() < this.#shutUntil ? shutOut : undefined;
  }

  /** Counts what was answered. A 429 for a limit that is shared with others does not count. */
  note({ status, headers }: Answer): void {
    const isShared = headers?.['x-ratelimit-scope'] === 'shared';
    if (status !== 401 && status !== 403 && (status !== 429 || isShared)) return;
    const now = performance.now();
    if (now >= this.#windowEndsAt) {
      this.#windowEndsAt = now + this.#options.windowMs;
      this.#invalid = 0;
    }
    this.#invalid += 1;
    if (this.#invalid >= this.#options.mostInvalid) this.shutOut(this.#windowEndsAt - now);
  }
}
