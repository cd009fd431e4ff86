/** One child process that is there for as long as this one wants it: started again when it ends, and never left behind. */
import type { ChildProcess } from 'node:child_process';
import { pause, resolvesWithin } from './waiting.ts';

export interface SupervisedProcessOptions {
  /** Starts the process: at first, and again whenever it has ended. */
  readonly launch: () => ChildProcess | Promise<ChildProcess>;
  /** Asks the process to end. */
  readonly stop: (child: ChildProcess) => void;
  /** Told when it ended without being asked to, before the wait. */
  readonly onEnd: (end: ProcessEnd, restartInMs: number) => void;
  /** Whether it was started with `detached`, as the leader of a group: everything in the group then ends with it. Default: false. */
  readonly isGroup?: boolean;
  /** How long it may take to end when asked to, in ms. Then it is killed. */
  readonly stopWithinMs: number;
  /** Before it is started again, in ms: twice as long each time. */
  readonly firstRestartMs: number;
  readonly longestRestartMs: number;
  /** Having run for so long, in ms, it counts as healthy: the next wait is the first one again. Default: 30 s. */
  readonly healthyAfterMs?: number;
}

/** One of code and signal is set, or `error` where it could not be started at all. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error?: unknown;
}

export class SupervisedProcess {
  readonly #options: SupervisedProcessOptions;
  readonly #closing = new AbortController();
  #child: ChildProcess | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: SupervisedProcessOptions) {
    this.#options = options;
  }

  start(): void {
    process.once('exit', this.#kill);
    this.#running = this.#keepRunning();
  }

  /** Asks the process to end, kills it when it does not, and starts it no more. Resolves when it is gone. */
  async close(): Promise<void> {
    this.#closing.abort();
    if (this.#child !== undefined) this.#options.stop(this.#child);
    if (!(await resolvesWithin(this.#running, this.#options.stopWithinMs))) {
      this.#kill();
      await this.#running;
    }
    process.off('exit', this.#kill);
  }

  async #keepRunning(): Promise<void> {
    const { firstRestartMs, longestRestartMs, healthyAfterMs = 30_000, onEnd } = this.#options;
    const { signal } = this.#closing;
    for (let restartMs = firstRestartMs; !signal.aborted; restartMs = Math.min(longestRestartMs, restartMs * 2)) {
      const startedAt = performance.now();
      const end = await this.#runOnce();
      if (signal.aborted) return;
      if (performance.now() - startedAt >= healthyAfterMs) restartMs = firstRestartMs;
      onEnd(end, restartMs);
      await pause(restartMs, signal);
    }
  }

  async #runOnce(): Promise<ProcessEnd> {
    try {
      const child = await this.#options.launch();
      this.#child = child;
      const ended = untilEnded(child);
      // It was asked for before the end was, and came after.
      if (this.#closing.signal.aborted) this.#options.stop(child);
      return await ended;
    } catch (error) {
      return { code: null, signal: null, error };
    } finally {
      if (this.#options.isGroup === true) this.#kill();
      this.#child = undefined;
    }
  }

  /** An arrow function, since it listens for the end of this process: that end must not leave the child behind. */
  readonly #kill = (): void => {
    if (this.#child?.pid === undefined) return;
    if (this.#options.isGroup !== true) {
      this.#child.kill('SIGKILL');
      return;
    }
    try {
      process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // Nobody of the group is left: that is what was wanted.
    }
  };
}

function untilEnded(child: ChildProcess): Promise<ProcessEnd> {
  const { promise, resolve } = Promise.withResolvers<ProcessEnd>();
  child.once('exit', (code, signal) => resolve({ code, signal }));
  // Later errors are of messages and signals that came too late: the process goes on, or its end is told as well.
  child.on('error', (error) => {
    if (child.pid === undefined) resolve({ code: null, signal: null, error });
  });
  return promise;
}
