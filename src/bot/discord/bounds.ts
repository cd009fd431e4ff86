/** What Discord lets the bot do as a whole, and what of it is this process's. */
import type { DiscordConfig } from '../../config/types.ts';
import type { BotBounds } from '../channel/answering-share.ts';
import { wholeGate } from '../channel/limits/gate.ts';
import type { SharedLimits } from '../channel/limits/shared-limits.ts';

/** @param shared Undefined: this process is the bot. */
export function toBounds(
  { requestsPerSecond }: Pick<DiscordConfig, 'requestsPerSecond'>,
  shared?: SharedLimits,
): BotBounds {
  return {
    requests: shared?.requests ?? wholeGate(requestsPerSecond),
    turns: shared?.turns,
    rate: shared?.rate,
    onBlocked: (ms) => shared?.block(ms),
  };
}
