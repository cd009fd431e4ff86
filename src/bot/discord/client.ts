/** The discord.js client: what it is told of, what it keeps, and how its requests go out. Everything else is done by who uses it. */
import type { SimpleShardingStrategy, WebSocketManager } from '@discordjs/ws';
import {
  type CacheFactory,
  Client,
  DefaultRestOptions,
  Events,
  GatewayIntentBits,
  type Message,
  Options,
  Partials,
  type RESTOptions,
  Routes,
} from 'discord.js';
import type { DiscordConfig } from '../../config/types.ts';
import type { Logger } from '../../log.ts';
import type { RequestQueue } from '../channel/request-queue.ts';
import { keepPacked } from './channels/keep-packed.ts';
import { KeptChannels } from './channels/kept-channels.ts';
import { HangingUpStrategy } from './gateway/hanging-up.ts';
import type { InvalidRequests } from './invalid-requests.ts';
import { isIntentRefused } from './message-content.ts';
import type { RequestsUnderWay } from './requests-under-way.ts';
import { noteThreadParents } from './settings/thread-parents.ts';

/** A guild that is unavailable at the start must not hold up the commands of all others: they have 3 s. */
const waitForGuildsMs = 2_000;
/** Those of discord.js: given some of them, it wants all. */
const gatewayDefaults = { version: 10, large_threshold: 50 };
/** In each guild, and over all. The bot itself is one more: what it may do depends on its roles. */
const cachedAuthors = 20;

/** What Discord tells and nobody here asks for. Guilds and roles stay; channels and threads are kept packed. */
const unusedManagers = [
  ...['ApplicationCommandManager', 'ApplicationEmojiManager', 'AutoModerationRuleManager', 'BaseGuildEmojiManager'],
  ...['EntitlementManager', 'GuildBanManager', 'GuildEmojiManager', 'GuildInviteManager'],
  ...['GuildScheduledEventManager', 'GuildSoundboardSoundManager', 'GuildStickerManager'],
  ...['PresenceManager', 'ReactionManager', 'ReactionUserManager', 'StageInstanceManager'],
  ...['SubscriptionManager', 'ThreadMemberManager', 'VoiceStateManager'],
  // The threads of a channel: they are found among all channels.
  ...['GuildForumThreadManager', 'GuildTextThreadManager', 'ThreadManager'],
];

const channelManagers = new Set(['ChannelManager', 'GuildChannelManager']);

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
  /** Told of what is written. Default: nobody is. */
  readonly underWay?: RequestsUnderWay;
  /** Lets those requests go that nobody has planned, and is told when Discord takes none. Default: they go at once. */
  readonly requests?: Pick<RequestQueue, 'admit' | 'block'>;
  /** Set where the shard comes from another process and goes to another. */
  readonly movable?: Movable | undefined;
  /** How many channels of servers are not packed at a time. Default: that of {@link KeptChannels}. */
  readonly mostUnpacked?: number;
  readonly log: Logger;
}

export interface Movable {
  /** How the shard is connected. */
  readonly build: (manager: WebSocketManager, client: Client) => SimpleShardingStrategy;
  /** What `GET /gateway/bot` is answered with. */
  readonly gatewayAnswer: () => Promise<Response>;
}

export function createClient(options: ClientOptions): Client {
  const { discord, readsContent = false, onRead = () => {}, movable, mostUnpacked, log } = options;
  const kept = new KeptChannels({ log, ...(mostUnpacked === undefined ? {} : { mostUnpacked }) });
  const onlyRead = {
    maxSize: 0,
    keepOverLimit(message: Message) {
      onRead(message);
      return false;
    },
  };
  const client: Client = new Client({
    ...(discord.shards === undefined ? {} : { shards: [...discord.shards.ids], shardCount: discord.shards.count }),
    intents: wantedIntents(readsContent),
    // Without them, the first message of a DM is dropped, and edits and deletions of messages are, too: none is cached.
    partials: [Partials.Channel, Partials.Message],
    waitGuildTimeout: waitForGuildsMs,
    allowedMentions: { parse: [], repliedUser: false },
    makeCache: sharingEmpty(
      kept,
      Options.cacheWithLimits({
        ...Object.fromEntries(unusedManagers.map((name) => [name, 0])),
        ...Object.fromEntries(messageManagers.map((name) => [name, onlyRead])),
        // The authors of the moment, read while their message is being told. Everybody who ever wrote would be too many.
        GuildMemberManager: { maxSize: cachedAuthors, keepOverLimit: ({ id, client }) => id === client.user.id },
        UserManager: { maxSize: cachedAuthors, keepOverLimit: ({ id, client }) => id === client.user.id },
      }),
    ),
    rest: {
      api: discord.apiUrl,
      // Tries again and waits in the order of the request queue, not in discord.js's own.
      retries: 0,
      globalRequestsPerSecond: Number.POSITIVE_INFINITY,
      rejectOnRateLimit: ({ method, route }) =>
        method.toUpperCase() !== 'GET' && /\/(messages|typing|webhooks)/.test(route),
      makeRequest: (url, init) => request(url, init, options),
    },
    ws: {
      ...gatewayDefaults,
      buildStrategy: (manager) => movable?.build(manager, client) ?? new HangingUpStrategy(manager),
    },
  });
  keepPacked(client, kept);
  noteThreadParents(client);
  return client;
}

/** What is never kept has one cache for all managers of its kind: every guild and channel has some of its own. */
function sharingEmpty(kept: KeptChannels, make: CacheFactory): CacheFactory {
  const empty = new Map<string, ReturnType<CacheFactory>>();
  const isEmpty = new Set([...unusedManagers, ...messageManagers]);
  return (manager, ...rest) => {
    if (channelManagers.has(manager.name)) return kept.createCache();
    if (!isEmpty.has(manager.name)) return make(manager, ...rest);
    const made = empty.get(manager.name) ?? make(manager, ...rest);
    empty.set(manager.name, made);
    return made;
  };
}

type MakeRequest = RESTOptions['makeRequest'];

/** Those that Discord does not count among the bot's requests. Source: https://discord.com/developers/docs/topics/rate-limits#global-rate-limit */
const uncounted = /\/(webhooks|interactions)\//;

async function request(url: string, init: Parameters<MakeRequest>[1], options: ClientOptions): ReturnType<MakeRequest> {
  const { movable, requests, invalidRequests } = options;
  if (movable !== undefined && url.endsWith(Routes.gatewayBot())) return await movable.gatewayAnswer();
  const make = () => makeRequest(url, init, options);
  const signal = AbortSignal.any(init.signal ? [init.signal] : []);
  // First of all: meanwhile it takes nobody's place.
  if (invalidRequests.waitMs(url) > 0) await invalidRequests.mayAsk(url, signal);
  return requests === undefined || uncounted.test(url) ? await make() : await requests.admit(make, signal);
}

async function makeRequest(
  url: string,
  init: Parameters<MakeRequest>[1],
  { beforePost, requests, invalidRequests, underWay, movable, log }: ClientOptions,
): ReturnType<MakeRequest> {
  const signals = init.signal ? [init.signal] : [];
  const isRead = init.method === 'GET';
  // Nothing may come between this and the request: it says who may write now.
  if (!isRead && (movable !== undefined || /\/(messages|webhooks)/.test(url))) await beforePost(signals);
  const made = DefaultRestOptions.makeRequest(url, init);
  const answer = await (isRead || underWay === undefined ? made : underWay.track(made));
  log.debug('discord-request', { method: init.method, status: answer.status });
  invalidRequests.note(url, answer);
  // What was only to be read, discord.js asks for again by itself: nobody else would learn of the limit.
  const blockedMs = globalLimitOf(answer);
  if (blockedMs !== undefined) requests?.block(blockedMs);
  return answer;
}

/** Where a proxy says it in another way, and where it says more than Discord ever does. */
const [usualBlockMs, longestBlockMs] = [1_000, 60 * 60_000];

/**
 * For how long Discord takes no request at all; undefined when it says nothing of that.
 * Source: https://discord.com/developers/docs/topics/rate-limits#header-format-rate-limit-header-examples
 */
function globalLimitOf({ status, headers }: Awaited<ReturnType<MakeRequest>>): number | undefined {
  if (status !== 429 || headers.get('x-ratelimit-global') === null) return undefined;
  const seconds = headers.get('retry-after') ?? '';
  return /^\d+(\.\d+)?$/.test(seconds) ? Math.min(Number(seconds) * 1_000, longestBlockMs) : usualBlockMs;
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
