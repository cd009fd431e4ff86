/** Draws formulas in one picture, on a thread that is started when it is needed and ended when it is not, or when it is late. */
import { BoundedThread, type ThreadOutcome } from '../bounded-thread.ts';
import type { Logger } from '../log.ts';
import type { DrawAnswer, DrawRequest } from './formula-worker.ts';

/** For one picture: processor time, time in all. */
const workMs = 3_000;
const longestMs = 20_000;
/** How long one may wait for those before it. */
const longestWaitMs = 20_000;
const memoryMb = 192;
/** The thread takes some 90 MB. */
const idleMs = 5 * 60_000;

export class FormulaDrawer {
  readonly #log: Logger;
  #thread: BoundedThread<DrawRequest, DrawAnswer> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** @param formulas LaTeX, with no sign around it. @returns a PNG of at most 200 kB; undefined where there is none to be had in time. Never rejects. */
  draw(formulas: readonly string[]): Promise<Uint8Array | undefined> {
    const askedAt = performance.now();
    const drawn = this.#last.then(() => this.#draw(formulas, askedAt));
    this.#last = drawn;
    return drawn;
  }

  /** What is being drawn is given up. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#end();
    await this.#last;
  }

  async #draw(formulas: readonly string[], askedAt: number): Promise<Uint8Array | undefined> {
    if (this.#isClosed) return undefined;
    clearTimeout(this.#idle);
    const isLate = performance.now() - askedAt > longestWaitMs;
    const outcome = isLate ? ({ type: 'late' } as const) : await this.#ask(formulas);
    const png = outcome.type === 'answered' ? outcome.answer.png : undefined;
    if (outcome.type !== 'answered' && !isLate) await this.#end();
    if (png === undefined) this.#tell(outcome, formulas.length);
    if (!this.#isClosed) this.#idle = setTimeout(() => void this.#end(), idleMs).unref();
    return png;
  }

  /** Models make mistakes in LaTeX; everything else is worth a look. */
  #tell(outcome: ThreadOutcome<DrawAnswer>, formulas: number): void {
    if (this.#isClosed) return;
    if (outcome.type === 'answered') this.#log.debug('formulas-not-drawn', { formulas, why: 'refused' });
    else if (outcome.type === 'late') this.#log.warn('formulas-not-drawn', { formulas, why: 'late' });
    else this.#log.warn('formulas-not-drawn', { formulas, why: 'broken', error: outcome.error });
  }

  #ask(formulas: readonly string[]) {
    this.#thread ??= new BoundedThread(new URL('./formula-worker.ts', import.meta.url), { memoryMb });
    return this.#thread.ask(formulas, { workMs, longestMs });
  }

  async #end(): Promise<void> {
    clearTimeout(this.#idle);
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.end();
  }
}
