/** Whether Discord may post what members command and press here, and where. */
import type { Settings } from './settings.ts';

export interface InteractionsConfig {
  readonly host: string;
  /** Undefined: they come over the gateway. */
  readonly port: number | undefined;
}

export function readInteractions(settings: Settings): InteractionsConfig {
  return {
    host: settings.text('INTERACTIONS_HOST') ?? '127.0.0.1',
    port: settings.integer('INTERACTIONS_PORT', 1, 65_535),
  };
}
