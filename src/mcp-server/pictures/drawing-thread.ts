/** A thread that draws one picture after another, each in so much time at most: it does nothing but what it is asked, and is ended by whoever asks. */
import { Worker } from 'node:worker_threads';
import { resolvesWithin } from '../../waiting.ts';
import type { WorkerMessage } from './drawing-worker.ts';
import type { PictureRequest } from './request.ts';

/** `late`: it took too long. `broken`: the thread could not be started, or ended. After both it is of no further use. */
export type DrawingOutcome =
  | Exclude<WorkerMessage, { readonly type: 'ready' }>
  | { readonly type: 'late' }
  | { readonly type: 'broken'; readonly error: unknown };

/** How often a picture that is not ready is looked after. */
const lookMs = 100;
/** In MB, for everything but fonts and pixels: a picture that wants more is not drawn. */
const mostMemory = 128;

export class DrawingThread {
  readonly #worker: Worker;
  readonly #started = Promise.withResolvers<boolean>();
  #error: unknown;
  #answered: (outcome: DrawingOutcome) => void = () => {};

  constructor() {
    // Nothing of the environment is any business of a picture.
    this.#worker = new Worker(new URL('./drawing-worker.ts', import.meta.url), {
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: mostMemory },
    });
    // A picture that is waited for keeps the process alive by its deadline; nothing else does.
    this.#worker.unref();
    this.#worker.on('message', (message: WorkerMessage) => {
      if (message.type === 'ready') this.#started.resolve(true);
      else this.#answered(message);
    });
    this.#worker.on('error', (error) => {
      this.#error = error;
    });
    this.#worker.on('exit', () => {
      this.#started.resolve(false);
      this.#answered({ type: 'broken', error: this.#error });
    });
  }

  /**
   * One picture at a time.
   * @param workMs For the picture, of the thread's own time, so that a machine that is busy with something else makes no
   * picture late; starting the thread does not count.
   * @param longestMs For everything.
   */
  async draw(request: PictureRequest, workMs: number, longestMs: number): Promise<DrawingOutcome> {
    const until = performance.now() + longestMs;
    const { promise, resolve } = Promise.withResolvers<DrawingOutcome>();
    this.#answered = resolve;
    const isThere = (await resolvesWithin(this.#started.promise, longestMs)) && (await this.#started.promise);
    if (!isThere) return { type: 'broken', error: this.#error ?? new Error('The thread did not start in time.') };
    const before = await this.#workedMs(until);
    this.#worker.postMessage(request);
    while (performance.now() < until) {
      if (await resolvesWithin(promise, lookMs)) return await promise;
      if ((await this.#workedMs(until)) - before > workMs) break;
    }
    return { type: 'late' };
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  /** Processor time of the thread so far. Zero where it cannot be told: then the clock on the wall decides. */
  async #workedMs(until: number): Promise<number> {
    try {
      const usage = this.#worker.cpuUsage();
      if (!(await resolvesWithin(usage, Math.max(0, until - performance.now())))) return 0;
      const { user, system } = await usage;
      return (user + system) / 1_000;
    } catch {
      // The thread has just ended, which is told by its `exit`.
      return 0;
    }
  }
}
