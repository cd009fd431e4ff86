/** The discord.js client: what it is told of, what it keeps, and how its requests go out. Everything else is done by who uses it. */
import { Client, DefaultRestOptions, Events, GatewayIntentBits, type Message, Options, Partials } from 'discord.js';
import type { DiscordConfig } from '../../config/types.ts';
import type { Logger } from '../../log.ts';
import type { InvalidRequests } from './invalid-requests.ts';
import { isIntentRefused } from './message-content.ts';
import { noteThreadParents } from './settings/thread-parents.ts';

/** A guild that is unavailable at the start must not hold up the commands of all others: they have 3 s. */
const waitForGuildsMs = 2_000;
/** In each guild, and over all. The bot itself is one more: what it may do depends on its roles. */
const cachedAuthors = 20;

/** What Discord tells and nobody here asks for. Guilds, channels, threads, roles and permission overwrites stay. */
const unusedManagers = [
  ...['ApplicationCommandManager', 'ApplicationEmojiManager', 'AutoModerationRuleManager', 'BaseGuildEmojiManager'],
  ...['EntitlementManager', 'GuildBanManager', 'GuildEmojiManager', 'GuildInviteManager'],
  ...['GuildScheduledEventManager', 'GuildSoundboardSoundManager', 'GuildStickerManager'],
  ...['PresenceManager', 'ReactionManager', 'ReactionUserManager', 'StageInstanceManager'],
  ...['SubscriptionManager', 'ThreadMemberManager', 'VoiceStateManager'],
];

/** Messages are not kept either, but told of on their way: some are read along with others. */
const messageManagers = ['DMMessageManager', 'GuildMessageManager', 'MessageManager'];

/** Of these only Message Content is privileged: mentions and DMs carry their text without it. */
export function wantedIntents(readsContent: boolean): GatewayIntentBits[] {
  return [
    ...[GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages],
    ...(readsContent ? [GatewayIntentBits.MessageContent] : []),
  ];
}

export interface ClientOptions {
  readonly discord: Pick<DiscordConfig, 'apiUrl' | 'shards'>;
  /** Whether Discord is asked for what members write without mentioning the bot. Default false. */
  readonly readsContent?: boolean;
  /** Called with every message that is read, before anybody is told of it. Default: nobody. */
  readonly onRead?: (message: Message) => void;
  /** Awaited before every message that is written; with the signals that end the wait besides its own. */
  readonly beforePost: (signals: readonly AbortSignal[]) => Promise<void>;
  readonly invalidRequests: InvalidRequests;
  readonly log: Logger;
}

export function createClient(options: ClientOptions): Client {
  const { discord, readsContent = false, onRead = () => {}, beforePost, invalidRequests, log } = options;
  const onlyRead = {
    maxSize: 0,
    keepOverLimit(message: Message) {
      onRead(message);
      return false;
    },
  };
  const client = new Client({
    ...(discord.shards === undefined ? {} : { shards: [...discord.shards.ids], shardCount: discord.shards.count }),
    intents: wantedIntents(readsContent),
    // Without them, the first message of a DM is dropped, and edits and deletions of messages are, too: none is cached.
    partials: [Partials.Channel, Partials.Message],
    waitGuildTimeout: waitForGuildsMs,
    allowedMentions: { parse: [], repliedUser: false },
    makeCache: Options.cacheWithLimits({
      ...Object.fromEntries(unusedManagers.map((name) => [name, 0])),
      ...Object.fromEntries(messageManagers.map((name) => [name, onlyRead])),
      // The authors of the moment, read while their message is being told. Everybody who ever wrote would be too many.
      GuildMemberManager: { maxSize: cachedAuthors, keepOverLimit: ({ id, client }) => id === client.user.id },
      UserManager: { maxSize: cachedAuthors, keepOverLimit: ({ id, client }) => id === client.user.id },
    }),
    rest: {
      api: discord.apiUrl,
      // Tries again and waits in the order of the request queue, not in discord.js's own.
      retries: 0,
      globalRequestsPerSecond: Number.POSITIVE_INFINITY,
      rejectOnRateLimit: ({ method, route }) =>
        method.toUpperCase() !== 'GET' && /\/(messages|typing|webhooks)/.test(route),
      makeRequest: async (url, init) => {
        const signals = init.signal ? [init.signal] : [];
        if (init.method !== 'GET' && /\/(messages|webhooks)/.test(url)) await beforePost(signals);
        if (invalidRequests.waitMs(url) > 0) await invalidRequests.mayAsk(url, AbortSignal.any(signals));
        const answer = await DefaultRestOptions.makeRequest(url, init);
        log.debug('discord-request', { method: init.method, status: answer.status });
        invalidRequests.note(url, answer);
        return answer;
      },
    },
  });
  noteThreadParents(client);
  return client;
}

/** What happens to the connection, for the operator. */
export function logGateway(client: Client, log: Logger): void {
  client.on(Events.Error, (error) => log.warn('discord-error', { error }));
  client.on(Events.ShardError, (error, shardId) => log.warn('gateway-error', { shardId, error }));
  client.on(Events.ShardReconnecting, (shardId) => log.info('gateway-reconnecting', { shardId }));
  client.on(Events.ShardResume, (shardId, replayed) => log.info('gateway-resumed', { shardId, replayed }));
  client.on(Events.ShardDisconnect, ({ code }, shardId) => {
    // The connection says itself what comes of that.
    if (!isIntentRefused(code)) log.error('gateway-closed', { shardId, code });
  });
}
