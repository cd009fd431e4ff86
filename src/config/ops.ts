/** The operator's port: whether the bot can be asked how it is, and where. */
import type { Settings } from './settings.ts';

export interface OpsConfig {
  readonly host: string;
  /** Undefined: nobody listens. */
  readonly port: number | undefined;
}

export function readOps(settings: Settings): OpsConfig {
  return {
    host: settings.text('OPS_HOST') ?? '127.0.0.1',
    port: settings.integer('OPS_PORT', 1, 65_535),
  };
}
