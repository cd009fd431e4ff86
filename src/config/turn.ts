/** The bounds of a turn that an operator may set. */
import type { Settings } from './settings.ts';

export interface TurnConfig {
  readonly stepsPerTurn: number;
  readonly callsPerTurn: number;
  /** How often the same call may be made in steps that follow each other. */
  readonly sameCalls: number;
  readonly turnMs: number;
  /** What tools may take of every prompt, in tokens; where there are more, the model searches them. */
  readonly toolTokens: number;
  readonly streamIdleMs: number;
  /** How long a turn waits for a model server that says when it will take requests again. */
  readonly modelWaitMs: number;
}

export function readTurn(settings: Settings): TurnConfig {
  return {
    stepsPerTurn: settings.integer('TURN_MAX_STEPS', 1, 100) ?? 10,
    callsPerTurn: settings.integer('TURN_MAX_CALLS', 1, 1000) ?? 32,
    sameCalls: settings.integer('TURN_MAX_SAME_CALLS', 1, 100) ?? 2,
    turnMs: (settings.integer('TURN_MAX_SECONDS', 1, 86_400) ?? 300) * 1000,
    toolTokens: settings.integer('TOOLS_MAX_TOKENS', 500, 1_000_000) ?? 16_000,
    streamIdleMs: (settings.integer('MODEL_IDLE_SECONDS', 1, 3600) ?? 60) * 1000,
    modelWaitMs: (settings.integer('MODEL_WAIT_SECONDS', 0, 86_400) ?? 600) * 1000,
  };
}
