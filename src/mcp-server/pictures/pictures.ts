/**
 * Has pictures drawn, one at a time, on a thread that starts with the first of them. A picture that takes too long costs
 * itself and the thread, and nobody else anything.
 */
import { performance } from 'node:perf_hooks';
import { BoundedThread } from '../../bounded-thread.ts';
import type { Logger } from '../../log.ts';
import { CalculatorError } from '../arithmetic/calculator-error.ts';
import type { DrawingAnswer } from './drawing-worker.ts';
import type { Picture, PictureRequest } from './request.ts';

interface Waiting {
  readonly request: PictureRequest;
  readonly signal: AbortSignal;
  readonly until: number;
  readonly resolve: (picture: Picture) => void;
  readonly reject: (reason: unknown) => void;
}

/** For one picture, of processor time. */
const workMs = 1_000;
/** From the request to the answer, however many wait and however busy the machine is: the HTTP host waits 10 s. */
const longestMs = 9_000;
/** More are refused at once. */
const mostWaiting = 20;
/** A thread that nobody has needed for so long is ended: it takes some 100 MB. */
const idleMs = 60_000;
/** For everything but fonts and pixels: a picture that wants more is not drawn. */
const memoryMb = 128;

const tooLong = 'This takes too long to draw: draw less at once.';
const tooMany = 'Too many pictures are being drawn at the moment: try again in a few seconds.';
const notNow = 'No pictures can be drawn at the moment.';

export class Pictures {
  readonly #log: Logger;
  readonly #queue: Waiting[] = [];
  #thread: BoundedThread<PictureRequest, DrawingAnswer> | undefined;
  #isWorking = false;
  #isClosed = false;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** @throws {CalculatorError} that says why there is no picture. An abort takes a request back that waits. */
  async draw(request: PictureRequest, signal: AbortSignal): Promise<Picture> {
    if (this.#isClosed) throw new CalculatorError(notNow);
    if (this.#queue.length >= mostWaiting) throw new CalculatorError(tooMany);
    const { promise, resolve, reject } = Promise.withResolvers<Picture>();
    this.#queue.push({ request, signal, until: performance.now() + longestMs, resolve, reject });
    if (!this.#isWorking) void this.#work();
    return await promise;
  }

  /** What waits is refused; the thread ends. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#idleTimer);
    for (const { reject } of this.#queue.splice(0)) reject(new CalculatorError(notNow));
    await this.#endThread();
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    clearTimeout(this.#idleTimer);
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      await this.#drawNext(next).then(next.resolve, next.reject);
    }
    this.#isWorking = false;
    if (!this.#isClosed) this.#idleTimer = setTimeout(() => void this.#endThread(), idleMs).unref();
  }

  async #drawNext({ request, signal, until }: Waiting): Promise<Picture> {
    signal.throwIfAborted();
    const leftMs = until - performance.now();
    // What has waited so long would not be ready in time.
    if (leftMs < workMs) throw new CalculatorError(tooMany);
    this.#thread ??= new BoundedThread(new URL('./drawing-worker.ts', import.meta.url), { memoryMb });
    const outcome = await this.#thread.ask(request, { workMs, longestMs: leftMs });
    if (outcome.type === 'answered') {
      const { answer } = outcome;
      if (answer.type === 'drawn') return answer.picture;
      throw new CalculatorError(answer.reason);
    }
    await this.#endThread();
    if (outcome.type === 'late') {
      this.#log.warn('picture-too-slow', { kind: request.type });
      throw new CalculatorError(tooLong);
    }
    if (!this.#isClosed) this.#log.error('picture-failed', { kind: request.type, error: outcome.error });
    throw new CalculatorError(notNow);
  }

  async #endThread(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.end();
  }
}
