/** The bot's log-in to Discord: waits out a Discord that cannot be reached, and tells what no wait can mend. */
import { type Client, Events, GatewayCloseCodes, Routes } from 'discord.js';
import type { DiscordConfig } from '../../config/types.ts';
import { isRecord } from '../../json.ts';
import type { Logger } from '../../log.ts';
import { untilAborted, withRetries } from '../../waiting.ts';
import type { ContentAccess } from './content-access.ts';
import { contentAdvice, isIntentRefused, leaveContentOut, mayReadContent, renewGateway } from './message-content.ts';
import { shardsRefused } from './shards.ts';
import { isTokenRefused, tokenRefused } from './token.ts';

export interface ConnectionOptions {
  readonly client: Client;
  readonly discord: Pick<DiscordConfig, 'token' | 'shards'>;
  readonly content: ContentAccess;
  /** Resolves once this process is the one that answers: it does not log in before. */
  readonly admitted: Promise<unknown>;
  readonly log: Logger;
}

const firstRetryMs = 500;
const longestRetryMs = 30_000;

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #failure = Promise.withResolvers<never>();
  #isLoggedIn = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#failure.promise.catch(() => undefined); // Whoever waits for `failed` is told; nobody has to.
  }

  /** Rejects when the bot cannot go on, such as when its token was reset. Never resolves. */
  get failed(): Promise<never> {
    return this.#failure.promise;
  }

  /** A request was answered with 401: Discord does not take the token any more. */
  refuseToken(): void {
    this.#failure.reject(tokenRefused());
  }

  /**
   * Resolves when Discord has told of the bot's guilds, with the client that then knows who it is.
   * @throws {ConfigError} naming DISCORD_TOKEN or DISCORD_SHARDS when Discord refuses what they hold.
   */
  async logIn(signal: AbortSignal): Promise<Client<true>> {
    const { client, discord, content, admitted } = this.#options;
    // discord.js stays up, deaf, when Discord closes the session for good.
    client.on(Events.ShardDisconnect, ({ code }) => this.#closed(code));
    const ready = new Promise<Client<true>>((resolve) => client.once(Events.ClientReady, resolve));
    client.rest.setToken(discord.token);
    try {
      // Asked before the log-in, because a log-in that fails takes the client down with it.
      const gateway = await this.#whenReachable(signal, () => client.rest.get(Routes.gatewayBot()));
      if (discord.shards === undefined && recommendedShards(gateway) > 1) client.options.shards = 'auto';
      if (content.isGranted && !(await this.#whenReachable(signal, () => mayReadContent(client))))
        this.#leaveContentOut();
      await untilAborted(admitted, signal);
      client.rest.options.retries = 3;
      await untilAborted(Promise.race([this.#logIn(), this.failed]), signal);
      client.rest.options.retries = 0;
    } catch (error) {
      throw isTokenRefused(error) ? tokenRefused(error) : error;
    }
    this.#isLoggedIn = true;
    return await untilAborted(Promise.race([ready, this.failed]), signal);
  }

  async #logIn(): Promise<void> {
    const { client, discord } = this.#options;
    await client.login(discord.token);
  }

  /** Discord has closed a session, and discord.js would not open another. */
  #closed(code: number): void {
    const { content } = this.#options;
    if (this.#isLoggedIn && isIntentRefused(code) && content.isGranted) {
      this.#leaveContentOut();
      this.#logInAnew().catch((error: unknown) => this.#failure.reject(error));
    } else this.#failure.reject(toFailure(code));
  }

  async #logInAnew(): Promise<void> {
    const { client } = this.#options;
    await renewGateway(client);
    await this.#logIn();
  }

  #leaveContentOut(): void {
    const { client, content, log } = this.#options;
    content.refuse();
    leaveContentOut(client);
    log.warn('message-content-refused', { advice: contentAdvice });
  }

  async #whenReachable<Answer>(signal: AbortSignal, ask: () => Promise<Answer>): Promise<Answer> {
    const { log } = this.#options;
    return await withRetries(ask, {
      signal,
      firstMs: firstRetryMs,
      longestMs: longestRetryMs,
      isFinal: isTokenRefused,
      onRetry: (error, retryInMs) => log.warn('discord-unreachable', { error, retryInMs }),
    });
  }
}

/** Above 2,500 guilds, Discord lets no session in that is not one of several. Source: https://discord.com/developers/docs/events/gateway#sharding */
function recommendedShards(gateway: unknown): number {
  return isRecord(gateway) && typeof gateway.shards === 'number' ? gateway.shards : 1;
}

function toFailure(code: number): Error {
  switch (code) {
    case GatewayCloseCodes.AuthenticationFailed:
      return tokenRefused();
    case GatewayCloseCodes.InvalidShard:
    case GatewayCloseCodes.ShardingRequired:
      return shardsRefused(code);
    default:
      return new Error(`Discord closed the gateway session for good (code ${code})`);
  }
}
