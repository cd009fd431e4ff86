/** Routes about the bot itself, its application, its gateway and its direct messages. */

import { toApiChannel } from '../payload/channels.ts';
import { featuresOf, toApiUser } from '../payload/guilds.ts';
import { fieldsOf, type JsonObject } from '../payload/json.ts';
import { cannotSendToUser, unknownUser } from '../rest/api-error.ts';
import type { Route } from '../rest/router.ts';
import { openDm } from '../world/channels.ts';
import { guildPermissions } from '../world/permissions.ts';
import type { Channel, World } from '../world/state.ts';

/** Where the gateway is, and how often a bot may start a session there. */
export interface GatewayAddress {
  readonly url: () => string;
  /** As Discord tells it. */
  readonly sessionStartLimit: () => JsonObject;
  /** What one shard may serve. */
  readonly guildsPerShard: number;
  readonly recommendedShards: number;
}

export function generalRoutes(world: World, gateway: GatewayAddress): Route[] {
  return [
    {
      method: 'GET',
      pattern: '/gateway',
      needsToken: false,
      handle: () => ({ status: 200, body: { url: gateway.url() } }),
    },
    {
      method: 'GET',
      pattern: '/gateway/bot',
      needsToken: true,
      handle: () => ({ status: 200, body: toGatewayForBot(gateway, ownGuilds(world)) }),
    },
    {
      method: 'GET',
      pattern: '/users/@me',
      needsToken: true,
      handle: () => ({ status: 200, body: toOwnAccount(world) }),
    },
    {
      method: 'GET',
      pattern: '/users/@me/guilds',
      needsToken: true,
      handle: ({ query }) => ({ status: 200, body: toOwnGuilds(world, query) }),
    },
    {
      method: 'POST',
      pattern: '/users/@me/channels',
      needsToken: true,
      bodySchema: 'CreatePrivateChannelRequestSchema',
      handle: ({ body }) => ({ status: 200, body: toApiChannel(openDmFor(world, body), world) }),
    },
    {
      method: 'GET',
      pattern: '/applications/@me',
      needsToken: true,
      handle: () => ({ status: 200, body: toApiApplication(world) }),
    },
  ];
}

function toGatewayForBot(gateway: GatewayAddress, guilds: number): JsonObject {
  return {
    url: gateway.url(),
    shards: Math.max(gateway.recommendedShards, Math.ceil(guilds / gateway.guildsPerShard)),
    session_start_limit: gateway.sessionStartLimit(),
  };
}

function ownGuilds(world: World): number {
  return [...world.guilds.values()].filter(({ hasBot }) => hasBot).length;
}

/** At most 200 at a time, by their ids. Source: https://docs.discord.com/developers/resources/user#get-current-user-guilds */
function toOwnGuilds(world: World, query: URLSearchParams): JsonObject[] {
  const after = BigInt(query.get('after') ?? '0');
  const most = Math.min(200, Number(query.get('limit') ?? '200'));
  return [...world.guilds.values()]
    .filter(({ id, hasBot }) => hasBot && BigInt(id) > after)
    .sort((one, other) => (BigInt(one.id) < BigInt(other.id) ? -1 : 1))
    .slice(0, most)
    .map((guild) => ({
      id: guild.id,
      name: guild.name,
      icon: null,
      banner: null,
      owner: guild.ownerId === world.bot.id,
      permissions: String(guildPermissions(guild, world.bot)),
      features: featuresOf(guild),
    }));
}

function toOwnAccount(world: World): JsonObject {
  return { ...toApiUser(world.bot), mfa_enabled: false, locale: 'en-US', verified: true, email: null };
}

function openDmFor(world: World, body: unknown): Channel {
  const user = world.users.get(String(fieldsOf(body).recipient_id));
  if (user === undefined) throw unknownUser();
  if (user.isBot) throw cannotSendToUser();
  return openDm(world, user);
}

function toApiApplication(world: World): JsonObject {
  const flags = world.mayReadContent ? 1 << 19 : 0;
  return {
    id: world.applicationId,
    name: world.bot.name,
    icon: null,
    description: '',
    type: null,
    flags,
    flags_new: String(flags),
    bot: toApiUser(world.bot),
    bot_public: world.isPublic,
    bot_require_code_grant: false,
    verify_key: world.endpoint.publicKey,
    redirect_uris: [],
    interactions_endpoint_url: world.endpoint.url ?? null,
    role_connections_verification_url: null,
    owner: toApiUser(world.owner),
    approximate_guild_count: ownGuilds(world),
    approximate_user_install_count: 0,
    approximate_user_authorization_count: 0,
    explicit_content_filter: 0,
    team: null,
    eligible_oauth2_scopes: [],
    integration_types_config: { '0': {}, ...(world.allowsUserInstall && { '1': {} }) },
    tags: [],
  };
}
