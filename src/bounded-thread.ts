/** A thread that does one thing after another, each in so much time at most. What comes from outside holds up nobody but it, and it is given up then. */
import { Worker } from 'node:worker_threads';
import { resolvesWithin } from './waiting.ts';

/** What the thread says first. Everything after it is an answer. */
export const threadReady = 'ready';

/** `late`: it took too long. `broken`: the thread could not be started, or has ended. After both it is of no further use. */
export type ThreadOutcome<Answer> =
  | { readonly type: 'answered'; readonly answer: Answer }
  | { readonly type: 'late' }
  | { readonly type: 'broken'; readonly error: unknown };

export interface ThreadBounds {
  /** Processor time for one answer. The thread's own, so that a machine that is busy with something else makes nothing late. */
  readonly workMs: number;
  /** For everything, the start of the thread included. */
  readonly longestMs: number;
}

/** How often an answer that does not come is looked after. */
const lookMs = 100;

export class BoundedThread<Request, Answer> {
  readonly #worker: Worker;
  readonly #started = Promise.withResolvers<boolean>();
  #error: unknown;
  #answered: (outcome: ThreadOutcome<Answer>) => void = () => {};

  /** @param memoryMb For what JavaScript keeps: more ends the thread. */
  constructor(file: URL, { memoryMb }: { readonly memoryMb: number }) {
    // Nothing of the environment is any business of the thread.
    this.#worker = new Worker(file, { env: {}, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: memoryMb } });
    // An answer that is waited for keeps the process alive by its deadline; nothing else does.
    this.#worker.unref();
    this.#worker.on('message', (message: Answer | typeof threadReady) => {
      if (message === threadReady) this.#started.resolve(true);
      else this.#answered({ type: 'answered', answer: message });
    });
    this.#worker.on('error', (error) => {
      this.#error = error;
    });
    this.#worker.on('exit', () => {
      this.#started.resolve(false);
      this.#answered({ type: 'broken', error: this.#error });
    });
  }

  /** Whether it can be asked: waits until that is known, and so long at most. */
  async isStarted(withinMs: number): Promise<boolean> {
    const { promise } = this.#started;
    return (await resolvesWithin(promise, withinMs)) && (await promise);
  }

  /** One thing at a time. Never rejects. */
  async ask(request: Request, { workMs, longestMs }: ThreadBounds): Promise<ThreadOutcome<Answer>> {
    const until = performance.now() + longestMs;
    const { promise, resolve } = Promise.withResolvers<ThreadOutcome<Answer>>();
    this.#answered = resolve;
    if (!(await resolvesWithin(this.#started.promise, longestMs))) return { type: 'late' };
    if (!(await this.#started.promise)) return { type: 'broken', error: this.#error };
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

  /** Zero where it cannot be told: then the clock on the wall decides. */
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
