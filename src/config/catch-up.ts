/** What happens to questions that were asked while no process was listening. */
import type { Settings } from './settings.ts';

export interface CatchUpConfig {
  readonly maxAgeMs: number;
  readonly maxQuestions: number;
  /** What happens to those that are older: nothing, or a short note. */
  readonly tooOld: 'ignore' | 'note';
}

export function readCatchUp(settings: Settings): CatchUpConfig {
  return {
    maxAgeMs: (settings.integer('CATCH_UP_MINUTES', 0, 10_080) ?? 60) * 60_000,
    maxQuestions: settings.integer('CATCH_UP_QUESTIONS', 0, 100_000) ?? 200,
    tooOld: settings.oneOf('CATCH_UP_TOO_OLD', ['ignore', 'note']) ?? 'ignore',
  };
}
