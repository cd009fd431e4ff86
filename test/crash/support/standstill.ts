/** How long this process, or the bot, could not run although it had something to do: that is the machine's doing, not the bot's. */
import { readFileSync } from 'node:fs';

const lookEveryMs = 100;

export class Standstill implements Disposable {
  readonly #pidOfBot: () => number | undefined;
  readonly #timer: NodeJS.Timeout;
  #lostMs = 0;
  #lookedAt = performance.now();
  #pid: number | undefined;
  #botWaitedMs = 0;

  constructor(pidOfBot: () => number | undefined) {
    this.#pidOfBot = pidOfBot;
    this.#timer = setInterval(() => this.#look(), lookEveryMs);
  }

  /** Since {@link begin}. */
  get lostMs(): number {
    this.#look();
    return this.#lostMs;
  }

  begin(): void {
    this.#look();
    this.#lostMs = 0;
  }

  #look(): void {
    const now = performance.now();
    const ownMs = Math.max(0, now - this.#lookedAt - lookEveryMs);
    this.#lookedAt = now;
    // One delay may be seen twice: in both processes.
    this.#lostMs += Math.max(ownMs, this.#botDelayMs());
  }

  /** What the bot's main thread has waited for a processor since the last look. Only Linux tells. */
  #botDelayMs(): number {
    const pid = this.#pidOfBot();
    const waitedMs = waitedForProcessorMs(pid);
    const delayMs = pid === this.#pid ? waitedMs - this.#botWaitedMs : waitedMs;
    this.#pid = pid;
    this.#botWaitedMs = waitedMs;
    return Math.max(0, delayMs);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

function waitedForProcessorMs(pid: number | undefined): number {
  try {
    const [, waitedNs] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ');
    return Number(waitedNs) / 1e6;
  } catch {
    // It has ended, or this is no Linux.
    return 0;
  }
}
