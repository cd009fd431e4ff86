/** How much of a channel's past is sent to the model, and how long it stays in the store. */
import type { Settings } from './settings.ts';

export interface HistoryConfig {
  readonly maxTokens: number;
  /** How many of a conversation's newest pictures are shown again with later questions. */
  readonly pictures: number;
  /** Whether what is cut off stays as a summary, which costs a request to the model. */
  readonly isSummarised: boolean;
  /** Undefined: for ever. */
  readonly ttlDays: number | undefined;
}

export function readHistory(settings: Settings): HistoryConfig {
  return {
    maxTokens: settings.integer('HISTORY_MAX_TOKENS', 100, 10_000_000) ?? 24_000,
    pictures: settings.integer('HISTORY_IMAGES', 0, 50) ?? 0,
    isSummarised: settings.isOn('HISTORY_SUMMARY') ?? false,
    ttlDays: settings.number('HISTORY_TTL_DAYS', 0.001, 36_500),
  };
}
