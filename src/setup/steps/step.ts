/** What every step of the wizard is given, and what it adds to. */
import type { Environment } from '../../config/settings.ts';
import type { Console } from '../console.ts';
import type { Changes } from '../env-file.ts';
import type { Trials } from '../trials.ts';
import type { Words } from '../words.ts';

export interface StepContext {
  readonly console: Console;
  readonly words: Words;
  readonly trials: Trials;
  /** What stands in `.env` already. */
  readonly old: Environment;
}

/** What is to be written: for the steps after it, too. */
export type { Changes };
