/** Asks Discord about its gateway on behalf of all shards of the process, before any of them has a client. */
import { DefaultRestOptions, REST, Routes } from 'discord.js';
import type { DiscordConfig } from '../../../config/types.ts';
import type { Logger } from '../../../log.ts';
import { resolvesWithin, withRetries } from '../../../waiting.ts';
import { isTokenRefused, tokenRefused } from '../token.ts';
import { type GatewayInformation, readGatewayInformation } from './gateway-information.ts';

/** How old an answer may be. */
const freshMs = 30_000;
/** Whoever does not is out of reach. */
const answersWithinMs = 5_000;
const retries = { firstMs: 500, longestMs: 30_000 };

export class GatewayDoor {
  readonly #rest: REST;
  readonly #log: Logger;
  #asked: { readonly at: number; readonly information: Promise<GatewayInformation> } | undefined;

  constructor({ token, apiUrl: api }: Pick<DiscordConfig, 'token' | 'apiUrl'>, log: Logger) {
    this.#rest = new REST({ ...DefaultRestOptions, api, retries: 0 }).setToken(token);
    this.#log = log;
  }

  /** Waits for a Discord that cannot be reached. @throws {ConfigError} naming DISCORD_TOKEN when Discord refuses it. */
  async wait(signal: AbortSignal): Promise<GatewayInformation> {
    const onRetry = (error: unknown, retryInMs: number) => this.#log.warn('discord-unreachable', { error, retryInMs });
    try {
      return await withRetries(() => this.ask(), { ...retries, signal, isFinal: isTokenRefused, onRetry });
    } catch (error) {
      throw isTokenRefused(error) ? tokenRefused(error) : error;
    }
  }

  /** What Discord says, or said a moment ago. Rejects as discord.js does. */
  ask(): Promise<GatewayInformation> {
    if (this.#asked !== undefined && performance.now() - this.#asked.at < freshMs) return this.#asked.information;
    const information = this.#rest.get(Routes.gatewayBot()).then(readGatewayInformation);
    const asked = { at: performance.now(), information };
    this.#asked = asked;
    information.catch(() => {
      if (this.#asked === asked) this.#asked = undefined;
    });
    return information;
  }

  /** Whether Discord can be reached now. Never rejects. */
  async isOpen(): Promise<boolean> {
    this.#asked = undefined;
    return await resolvesWithin(this.ask(), answersWithinMs).catch(() => false);
  }

  /** Lets go of the timers behind it. */
  close(): void {
    this.#rest.clearHashSweeper();
    this.#rest.clearHandlerSweeper();
  }
}
