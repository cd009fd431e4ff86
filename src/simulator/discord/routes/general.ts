/** Routes about the bot itself, its gateway, its guilds and its direct messages. */

import { fieldsOf, type JsonObject } from '../payload/json.ts';
import { toApiChannel, toApiGuild, toApiUser } from '../payload/payloads.ts';
import { cannotSendToUser, unknownGuild, unknownUser } from '../rest/api-error.ts';
import type { Route } from '../rest/router.ts';
import type { Guild, World } from '../world/state.ts';
import { channelsOf, openDm } from '../world/world.ts';

/** Sessions that a bot may start in a day. */
const sessionStarts = 1000;

/** Where the gateway is, and how often a bot has started a session there. */
export interface GatewayAddress {
  readonly url: () => string;
  readonly identifies: () => number;
}

export function generalRoutes(world: World, gateway: GatewayAddress): Route[] {
  const botWithAccount = () => ({
    ...toApiUser(world.bot),
    mfa_enabled: false,
    locale: 'en-US',
    verified: true,
    email: null,
  });
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
      handle: () => ({
        status: 200,
        body: {
          url: gateway.url(),
          shards: 1,
          session_start_limit: {
            total: sessionStarts,
            remaining: Math.max(0, sessionStarts - gateway.identifies()),
            reset_after: 86_400_000,
            max_concurrency: 1,
          },
        },
      }),
    },
    {
      method: 'GET',
      pattern: '/users/@me',
      needsToken: true,
      handle: () => ({ status: 200, body: botWithAccount() }),
    },
    {
      method: 'POST',
      pattern: '/users/@me/channels',
      needsToken: true,
      bodySchema: 'CreatePrivateChannelRequestSchema',
      handle({ body }) {
        const user = world.users.get(String(fieldsOf(body).recipient_id));
        if (user === undefined) throw unknownUser();
        if (user.isBot) throw cannotSendToUser();
        return { status: 200, body: toApiChannel(openDm(world, user), world) };
      },
    },
    {
      method: 'GET',
      pattern: '/applications/@me',
      needsToken: true,
      handle: () => ({ status: 200, body: toApiApplication(world) }),
    },
    {
      method: 'GET',
      pattern: '/guilds/{guild.id}',
      needsToken: true,
      handle: (request) => ({ status: 200, body: toApiGuild(findGuild(world, request.parameter('guild.id')), world) }),
    },
    {
      method: 'GET',
      pattern: '/guilds/{guild.id}/channels',
      needsToken: true,
      handle(request) {
        const channels = channelsOf(world, findGuild(world, request.parameter('guild.id')).id);
        return {
          status: 200,
          body: channels.filter(({ kind }) => kind === 'text').map((channel) => toApiChannel(channel, world)),
        };
      },
    },
    {
      method: 'GET',
      pattern: '/guilds/{guild.id}/threads/active',
      needsToken: true,
      handle(request) {
        const channels = channelsOf(world, findGuild(world, request.parameter('guild.id')).id);
        const threads = channels.filter(({ kind }) => kind === 'thread').map((channel) => toApiChannel(channel, world));
        return { status: 200, body: { threads, members: [], has_more: false } };
      },
    },
  ];
}

function findGuild(world: World, id: string): Guild {
  const guild = world.guilds.get(id);
  if (guild === undefined) throw unknownGuild();
  return guild;
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
    bot_public: true,
    bot_require_code_grant: false,
    verify_key: '0'.repeat(64),
    redirect_uris: [],
    interactions_endpoint_url: null,
    role_connections_verification_url: null,
    owner: toApiUser(world.owner),
    approximate_guild_count: world.guilds.size,
    approximate_user_install_count: 0,
    approximate_user_authorization_count: 0,
    explicit_content_filter: 0,
    team: null,
    eligible_oauth2_scopes: [],
    integration_types_config: { '0': {} },
    tags: [],
  };
}
