/**
 * Looks at the bot from outside, over REST alone: a second log-in would take the events from a bot that runs. Changes
 * nothing. For the doctor and the set-up.
 */
import { Client, DefaultRestOptions, DiscordAPIError, type Guild, Routes } from 'discord.js';
import type { DiscordConfig } from '../../../config/types.ts';
import { isRecord } from '../../../json.ts';
import { readEndpointUrl } from '../own-application.ts';
import { isTokenRefused } from '../token.ts';
import { type CommandsState, compareCommands } from './commands-state.ts';
import { type GuildState, toGuildState } from './guild-state.ts';

export interface Application {
  readonly id: string;
  readonly name: string;
  /** Whether anybody may add it to a server. */
  readonly isPublic: boolean;
  /** Whether the developer portal lets people install it for themselves. */
  readonly allowsUserInstall: boolean;
  /** What the developer portal has switched on, as the bits of `ApplicationFlags`. */
  readonly flags: number;
  /** Where Discord posts commands and presses. Undefined: it tells them over the gateway. */
  readonly endpointUrl: string | undefined;
}

export interface GuildName {
  readonly id: string;
  readonly name: string;
}

/** How many times the bot may still log in, and into how many shards Discord wants it cut. */
export interface LogIns {
  readonly left: number;
  readonly inAll: number;
  readonly shards: number;
}

/** `token`: Discord refuses it. `unreachable`: no answer, or none of Discord's. `refused`: an answer that says no. */
export type InspectionFailure = 'token' | 'unreachable' | 'refused';

/** Why Discord could not be looked at. The message holds no secret. */
export class InspectionError extends Error {
  readonly type: InspectionFailure;

  constructor(type: InspectionFailure, message: string, options: ErrorOptions) {
    super(message, options);
    this.type = type;
  }
}

/** A bot that runs has its share of the 50 requests a second that both are allowed. */
const requestsPerSecond = 15;
const requestTimeoutMs = 10_000;
const guildsAtATime = 200;

/** Every method rejects with an {@link InspectionError}, or with the reason of the signal once that aborts. */
export class DiscordInspection {
  readonly #client: Client;
  readonly #signal: AbortSignal;
  #clockAheadMs: number | undefined;

  constructor({ token, apiUrl }: Pick<DiscordConfig, 'token' | 'apiUrl'>, signal: AbortSignal) {
    this.#signal = signal;
    this.#client = new Client({
      intents: [],
      rest: {
        api: apiUrl,
        retries: 1,
        timeout: requestTimeoutMs,
        globalRequestsPerSecond: requestsPerSecond,
        makeRequest: async (url, init) => {
          const sentAt = Date.now();
          const signals = init.signal ? [init.signal, signal] : [signal];
          const answer = await DefaultRestOptions.makeRequest(url, { ...init, signal: AbortSignal.any(signals) });
          this.#noteDate(answer.headers.get('date'), sentAt);
          return answer;
        },
      },
    });
    this.#client.rest.setToken(token);
  }

  /** By how much this machine's clock is ahead of Discord's, in ms; negative: behind. Undefined until Discord has answered. Exact to a second. */
  get clockAheadMs(): number | undefined {
    return this.#clockAheadMs;
  }

  async application(): Promise<Application> {
    const answer = await this.#ask(() => this.#client.rest.get(Routes.currentApplication()));
    const application = isRecord(answer) ? answer : {};
    const { id, name, bot_public: isPublic, flags, integration_types_config: types } = application;
    return {
      id: String(id),
      name: String(name),
      isPublic: isPublic === true,
      allowsUserInstall: isRecord(types) && '1' in types,
      flags: typeof flags === 'number' ? flags : 0,
      endpointUrl: readEndpointUrl(application),
    };
  }

  async logIns(): Promise<LogIns> {
    const answer = await this.#ask(() => this.#client.rest.get(Routes.gatewayBot()));
    const { shards, session_start_limit: limit } = isRecord(answer) ? answer : {};
    const { total, remaining } = isRecord(limit) ? limit : {};
    return { left: Number(remaining ?? 0), inAll: Number(total ?? 0), shards: Number(shards ?? 1) };
  }

  /** What Discord has of this version's commands. @param options.userInstall Whether they are wanted everywhere. */
  async commands(applicationId: string, { userInstall }: { readonly userInstall: boolean }): Promise<CommandsState> {
    const answer = await this.#ask(() => this.#client.rest.get(Routes.applicationCommands(applicationId)));
    return compareCommands(Array.isArray(answer) ? answer : [], userInstall);
  }

  /** The servers that the bot is in, oldest first. */
  async guilds(): Promise<GuildName[]> {
    const found: GuildName[] = [];
    for (let count = guildsAtATime; count === guildsAtATime; ) {
      const after = found.at(-1)?.id;
      const page = await this.#ask(() =>
        this.#client.guilds.fetch({ limit: guildsAtATime, ...(after === undefined ? {} : { after }) }),
      );
      found.push(...page.map(({ id, name }) => ({ id, name })));
      count = page.size;
    }
    return found;
  }

  /** What the bot may do in each channel that Discord shows it. */
  async guild(guildId: string, botId: string): Promise<GuildState> {
    return await this.#ask(async () => {
      const guild: Guild = await this.#client.guilds.fetch({ guild: guildId, force: true });
      const bot = await guild.members.fetch({ user: botId, force: true });
      const channels = await guild.channels.fetch();
      this.#client.guilds.cache.delete(guildId);
      return toGuildState(guild, bot, [...channels.values()]);
    });
  }

  async botId(): Promise<string> {
    const answer = await this.#ask(() => this.#client.rest.get(Routes.user()));
    return isRecord(answer) ? String(answer.id) : '';
  }

  async close(): Promise<void> {
    await this.#client.destroy();
  }

  async #ask<Answer>(request: () => Promise<Answer>): Promise<Answer> {
    try {
      this.#signal.throwIfAborted();
      return await request();
    } catch (error) {
      this.#signal.throwIfAborted();
      throw toInspectionError(error);
    }
  }

  #noteDate(date: string | null, sentAt: number): void {
    const theirs = Date.parse(date ?? '');
    if (Number.isNaN(theirs)) return;
    // The header leaves out fractions of a second: half of one is the likeliest.
    this.#clockAheadMs = (sentAt + Date.now()) / 2 - (theirs + 500);
  }
}

function toInspectionError(error: unknown): InspectionError {
  const isRefused = isTokenRefused(error) || (error instanceof Error && error.message.startsWith('Expected token'));
  if (isRefused) return new InspectionError('token', 'Discord refuses the token.', { cause: error });
  if (error instanceof DiscordAPIError && error.status < 500)
    return new InspectionError('refused', `${error.status} ${error.message.split('\n')[0]}`, { cause: error });
  return new InspectionError('unreachable', reasonOf(error), { cause: error });
}

/** Of a connection that several addresses refused, the code is all there is. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer';
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return `no answer in ${requestTimeoutMs / 1000} s`;
  const { cause } = error;
  const deepest = cause instanceof Error ? cause : error;
  return 'code' in deepest && typeof deepest.code === 'string' ? deepest.code : deepest.message;
}
