/** The discord.js client: what it is told of, what it keeps, and how its requests go out. Everything else is done by who uses it. */
import { Client, DefaultRestOptions, Events, GatewayIntentBits, Options, Partials } from 'discord.js';
import type { DiscordConfig } from '../../config/types.ts';
import type { Logger } from '../../log.ts';

/** A guild that is unavailable at the start must not hold up the commands of all others: they have 3 s. */
const waitForGuildsMs = 2_000;
const cachedMembers = 200;

/** @param beforePost Awaited before every message that is written; with the signals that end the wait besides its own. */
export function createClient(
  discord: DiscordConfig,
  beforePost: (signals: readonly AbortSignal[]) => Promise<void>,
): Client {
  return new Client({
    ...(discord.shards === undefined ? {} : { shards: [...discord.shards.ids], shardCount: discord.shards.count }),
    // None of these is privileged: mentions and DMs carry their text without the Message Content intent.
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages],
    // Without them, the first message of a DM is dropped, and edits and deletions of messages are, too: none is cached.
    partials: [Partials.Channel, Partials.Message],
    waitGuildTimeout: waitForGuildsMs,
    allowedMentions: { parse: [], repliedUser: false },
    makeCache: Options.cacheWithLimits({
      ...Options.DefaultMakeCacheSettings,
      MessageManager: 0,
      ReactionManager: 0,
      PresenceManager: 0,
      VoiceStateManager: 0,
      // The authors of the moment: their names in this guild. Everybody who ever wrote would be too many.
      GuildMemberManager: cachedMembers,
      UserManager: { maxSize: cachedMembers, keepOverLimit: (user) => user.id === user.client.user.id },
    }),
    rest: {
      api: discord.apiUrl,
      // Tries again and waits in the order of the request queue, not in discord.js's own.
      retries: 0,
      globalRequestsPerSecond: Number.POSITIVE_INFINITY,
      rejectOnRateLimit: ({ method, route }) =>
        method.toUpperCase() !== 'GET' && /\/(messages|typing|webhooks)/.test(route),
      makeRequest: async (url, init) => {
        if (init.method !== 'GET' && /\/(messages|webhooks)/.test(url))
          await beforePost(init.signal ? [init.signal] : []);
        return DefaultRestOptions.makeRequest(url, init);
      },
    },
  });
}

/** What happens to the connection, for the operator. */
export function logGateway(client: Client, log: Logger): void {
  client.on(Events.Error, (error) => log.warn('discord-error', { error }));
  client.on(Events.ShardError, (error, shardId) => log.warn('gateway-error', { shardId, error }));
  client.on(Events.ShardReconnecting, (shardId) => log.info('gateway-reconnecting', { shardId }));
  client.on(Events.ShardResume, (shardId, replayed) => log.info('gateway-resumed', { shardId, replayed }));
  client.on(Events.ShardDisconnect, ({ code }, shardId) => log.error('gateway-closed', { shardId, code }));
}
