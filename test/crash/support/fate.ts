/** When the bot dies: at a checkpoint counted from the start of a story, at once or some milliseconds later. */
import type { Checkpoint } from './wire.ts';

export interface Death {
  /** The number of the checkpoint, from 1. */
  readonly at: number;
  /** 0: there and then, and what was crossing the wire is lost. */
  readonly afterMs: number;
}

export interface AwaitedDeath {
  /** Resolves with whether it has come: false after {@link cancel}. */
  readonly came: Promise<boolean>;
  cancel(): void;
}

export class Fate {
  readonly #kill: () => void;
  #trail: string[] = [];
  #death: Death | undefined;
  #settle: (hasCome: boolean) => void = () => {};
  #timer: NodeJS.Timeout | undefined;

  constructor(kill: () => void) {
    this.#kill = kill;
  }

  /** Every checkpoint since {@link await}, one line each. */
  get trail(): readonly string[] {
    return this.#trail;
  }

  /** For the wires. */
  readonly pass = ({ request, phase }: Checkpoint): boolean => {
    this.#trail.push(`${request} ${phase}`);
    if (this.#death === undefined || this.#trail.length !== this.#death.at) return true;
    if (this.#death.afterMs > 0) {
      this.#timer = setTimeout(() => this.#die(), this.#death.afterMs);
      return true;
    }
    this.#die();
    return false;
  };

  /** Begins to count. */
  await(death: Death | undefined): AwaitedDeath {
    clearTimeout(this.#timer);
    this.#trail = [];
    this.#death = death;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#settle = resolve;
    return {
      came: promise,
      cancel: () => {
        clearTimeout(this.#timer);
        this.#death = undefined;
        resolve(false);
      },
    };
  }

  #die(): void {
    this.#death = undefined;
    this.#kill();
    this.#trail.push('† killed');
    this.#settle(true);
  }
}
