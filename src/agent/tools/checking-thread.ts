/** One run of the checking thread (`schema-worker.ts`): started, asked one thing after another, and ended when it is late. */
import { Worker } from 'node:worker_threads';
import { resolvesWithin } from '../../waiting.ts';
import type { CheckRequest, WorkerMessage } from './schema-worker.ts';

/** `undecided`: it was late or broke down, and is of no use any more. */
export type CheckOutcome = { readonly type: 'undecided' } | Extract<WorkerMessage, { readonly type: 'checked' }>;

/** A busy machine may take its time to start a thread; this time is not the schema's fault. */
const startMs = 10_000;
/** How often a check that goes on is looked after, and how long it may go on on a machine that is busy with something else. */
const lookMs = 200;
const longestMs = 10_000;
/** In MB: a schema that wants more is not decided. */
const mostMemory = 128;

export class CheckingThread {
  readonly #worker: Worker;
  readonly #started = Promise.withResolvers<boolean>();
  #answered: (outcome: CheckOutcome) => void = () => {};

  constructor() {
    // Nothing of the environment is any business of a schema.
    this.#worker = new Worker(new URL('./schema-worker.ts', import.meta.url), {
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: mostMemory },
    });
    // A check that is waited for keeps the process alive by its deadline; nothing else does.
    this.#worker.unref();
    this.#worker.on('message', (message: WorkerMessage) => {
      if (message.type === 'ready') this.#started.resolve(true);
      else this.#answered(message);
    });
    const broken = () => {
      this.#started.resolve(false);
      this.#answered({ type: 'undecided' });
    };
    this.#worker.on('error', broken);
    this.#worker.on('exit', broken);
  }

  /** Whether it can be asked. */
  async isStarted(): Promise<boolean> {
    const { promise } = this.#started;
    return (await resolvesWithin(promise, startMs)) && (await promise);
  }

  /**
   * Once it is started, one at a time.
   * @param deadlineMs For the whole check: compiling the schema and holding the value against it. Of the process's own time,
   * so that a machine that is busy with something else makes nothing undecided.
   */
  async check(request: CheckRequest, deadlineMs: number): Promise<CheckOutcome> {
    const { promise, resolve } = Promise.withResolvers<CheckOutcome>();
    this.#answered = resolve;
    const before = process.cpuUsage();
    this.#worker.postMessage(request);
    for (let waitedMs = 0; waitedMs < longestMs; waitedMs += lookMs) {
      if (await resolvesWithin(promise, lookMs)) return await promise;
      const { user, system } = process.cpuUsage(before);
      if ((user + system) / 1_000 > deadlineMs) break;
    }
    return { type: 'undecided' };
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
