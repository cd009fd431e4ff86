/** The requests that came in: the newest, and of their bodies those that are no burden. */

import type { LoggedRequest } from '../face/request.ts';

/** The JSON of a message is 30 times smaller. */
const mostBodyBytes = 256 * 1024;

export class RequestLog {
  readonly #most: number;
  readonly #requests: LoggedRequest[] = [];

  /** @param most Retained. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Oldest first; the same array all the time. */
  get all(): readonly LoggedRequest[] {
    return this.#requests;
  }

  /** @param bodyBytes the length of what the body was read from. */
  add({ body, ...request }: LoggedRequest, bodyBytes: number): void {
    const isLight = body !== undefined && bodyBytes <= mostBodyBytes;
    this.#requests.push(isLight ? { ...request, body } : request);
    // Cut in blocks, so that the rest is not moved for each request.
    if (this.#requests.length > this.#most * 1.1) this.#requests.splice(0, this.#requests.length - this.#most);
  }
}
