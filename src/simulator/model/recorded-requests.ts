/** What a model server was asked, for those who look afterwards or wait for it. */

import type { IncomingHttpHeaders } from 'node:http';
import type { ChatRequest } from './chat-request.ts';

/** One request for a completion, as it stands now. */
export interface RecordedRequest extends ChatRequest {
  readonly headers: IncomingHttpHeaders;
  /** Milliseconds since 1970 UTC. */
  readonly receivedAt: number;
  /** Whether the answer went out whole, cut or refused; false while it is being written. */
  readonly isAnswered: boolean;
  /** Whether the client went away before that. */
  readonly isAborted: boolean;
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** In bytes: requests with pictures are large. */
const mostBytes = 256 * 1024 * 1024;

export class RecordedRequests {
  readonly #most: number;
  /** Of each of the requests, in bytes. */
  readonly #sizes: number[] = [];
  #bytes = 0;
  readonly #requests: Mutable<RecordedRequest>[] = [];
  readonly #watchers = new Set<() => void>();
  #count = 0;

  /** @param most Retained: the newest so many. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Oldest first; the same array all the time. */
  get all(): readonly RecordedRequest[] {
    return this.#requests;
  }

  /**
   * @param bytes Of its body.
   * @returns the record and its number, from 1.
   */
  add(request: ChatRequest, headers: IncomingHttpHeaders, bytes: number): { record: RecordedRequest; number: number } {
    const record = { ...request, headers, receivedAt: Date.now(), isAnswered: false, isAborted: false };
    this.#requests.push(record);
    this.#sizes.push(bytes);
    this.#bytes += bytes;
    while (this.#requests.length > this.#most || (this.#bytes > mostBytes && this.#requests.length > 1)) {
      this.#requests.shift();
      this.#bytes -= this.#sizes.shift() ?? 0;
    }
    this.#count += 1;
    this.#changed();
    return { record, number: this.#count };
  }

  change(record: RecordedRequest, changes: Partial<Pick<RecordedRequest, 'isAnswered' | 'isAborted'>>): void {
    Object.assign(record, changes);
    this.#changed();
  }

  /** Resolves with the first that `look` accepts, now or after any change. Rejects after `timeoutMs` with what `describe` says. */
  async waitFor(
    look: (request: RecordedRequest) => boolean,
    timeoutMs: number,
    describe: () => string,
  ): Promise<RecordedRequest> {
    const { promise, resolve, reject } = Promise.withResolvers<RecordedRequest>();
    const watch = () => {
      const found = this.#requests.find(look);
      if (found !== undefined) resolve(found);
    };
    const fail = () => reject(new Error(`No such request within ${timeoutMs} ms; ${describe()}.`));
    const timer = setTimeout(fail, timeoutMs);
    this.#watchers.add(watch);
    watch();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#watchers.delete(watch);
    }
  }

  #changed(): void {
    for (const watch of this.#watchers) watch();
  }
}
