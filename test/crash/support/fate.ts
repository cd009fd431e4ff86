/** When the bot dies: at a checkpoint counted from the start of a story, at once or some milliseconds later. */
import type { Checkpoint } from './wire.ts';

export interface Death {
  /** The number of the checkpoint, from 1. */
  readonly at: number;
  /** 0: there and then, and what was crossing the wire is lost. */
  readonly afterMs: number;
}

export interface Fate {
  /** For the wires. */
  readonly pass: (checkpoint: Checkpoint) => boolean;
  /** Every checkpoint since {@link await}, one line each. */
  readonly trail: readonly string[];
  /** Begins to count. @returns what resolves when that death has come, or when `cancel` was called. */
  await(death: Death | undefined): { readonly came: Promise<boolean>; cancel(): void };
}

export function createFate(kill: () => void): Fate {
  let trail: string[] = [];
  let death: Death | undefined;
  let settle: (hasCome: boolean) => void = () => {};
  let timer: NodeJS.Timeout | undefined;

  const die = () => {
    death = undefined;
    kill();
    trail.push('† killed');
    settle(true);
  };
  return {
    pass({ request, phase }) {
      trail.push(`${request} ${phase}`);
      if (death === undefined || trail.length !== death.at) return true;
      if (death.afterMs > 0) {
        timer = setTimeout(die, death.afterMs);
        return true;
      }
      die();
      return false;
    },
    get trail() {
      return trail;
    },
    await(next) {
      clearTimeout(timer);
      trail = [];
      death = next;
      const { promise, resolve } = Promise.withResolvers<boolean>();
      settle = resolve;
      return {
        came: promise,
        cancel() {
          clearTimeout(timer);
          death = undefined;
          resolve(false);
        },
      };
    },
  };
}
