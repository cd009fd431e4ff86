/**
 * When each shard may identify: all processes of a bot together, since Discord counts them together. So many a day, and in five
 * seconds one for each rest of division by `max_concurrency`. Source: https://docs.discord.com/developers/events/gateway#rate-limiting
 */
import type { Logger } from '../../../log.ts';
import { pause, withRetries } from '../../../waiting.ts';
import type { GatewayInformation } from './gateway-information.ts';
import type { TakeTurn } from './shard-claims.ts';

export interface IdentifyTurnsOptions {
  /** Asks Discord, or says what it said a moment ago. */
  readonly ask: (signal: AbortSignal) => Promise<GatewayInformation>;
  readonly takeTurn: TakeTurn;
  readonly log: Logger;
}

/** Discord's five seconds, and what a request takes more than another to get there. */
const everyMs = 5_250;
const retries = { firstMs: 500, longestMs: 5_000 };

export class IdentifyTurns {
  readonly #options: IdentifyTurnsOptions;

  constructor(options: IdentifyTurnsOptions) {
    this.#options = options;
  }

  /** Resolves when it is the shard's turn. Rejects when the signal aborts. */
  async wait(shardId: number, signal: AbortSignal): Promise<void> {
    const { ask, takeTurn, log } = this.#options;
    const { remaining, resetAfterMs, maxConcurrency } = await withRetries(() => ask(signal), { ...retries, signal });
    if (remaining === 0) {
      log.error('identifies-spent', { shardId, waitMs: resetAfterMs });
      await pause(resetAfterMs, signal);
      signal.throwIfAborted();
    }
    const name = `identify:${shardId % maxConcurrency}`;
    const waitMs = await withRetries(() => takeTurn(name, everyMs), { ...retries, signal });
    await pause(waitMs, signal);
    signal.throwIfAborted();
  }
}
