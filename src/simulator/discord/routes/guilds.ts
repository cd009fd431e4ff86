/** Routes by which the bot looks at the guilds that it is in. */

import { activeThreads, ownMemberships } from '../gateway/guild-dispatches.ts';
import { toApiChannel } from '../payload/channels.ts';
import { toApiGuild, toApiMemberPart, toApiUser } from '../payload/guilds.ts';
import { unknownGuild, unknownMember } from '../rest/api-error.ts';
import type { Route, RouteRequest } from '../rest/router.ts';
import { channelsOf } from '../world/channels.ts';
import { may } from '../world/permissions.ts';
import type { Guild, World } from '../world/state.ts';

export function guildRoutes(world: World): Route[] {
  const guildOf = (request: RouteRequest) => findGuild(world, request.parameter('guild.id'));
  return [
    {
      method: 'GET',
      pattern: '/guilds/{guild.id}',
      needsToken: true,
      handle: (request) => ({ status: 200, body: toApiGuild(guildOf(request)) }),
    },
    {
      method: 'GET',
      pattern: '/guilds/{guild.id}/channels',
      needsToken: true,
      handle(request) {
        const channels = channelsOf(world, guildOf(request).id);
        // What the bot cannot see is left out here, and only here: the gateway tells of it without its name.
        const seen = channels.filter((channel) => may(channel, world.bot, 'ViewChannel'));
        return {
          status: 200,
          body: seen.filter(({ kind }) => kind !== 'thread').map((channel) => toApiChannel(channel, world)),
        };
      },
    },
    {
      // One member by id, for which no privileged intent is needed.
      method: 'GET',
      pattern: '/guilds/{guild.id}/members/{user.id}',
      needsToken: true,
      handle(request) {
        const user = world.users.get(request.parameter('user.id'));
        if (user === undefined) throw unknownMember();
        return { status: 200, body: { ...toApiMemberPart(guildOf(request), user), user: toApiUser(user) } };
      },
    },
    {
      method: 'GET',
      pattern: '/guilds/{guild.id}/threads/active',
      needsToken: true,
      handle(request) {
        const threads = activeThreads(world, channelsOf(world, guildOf(request).id));
        const bodies = threads.map((thread) => toApiChannel(thread, world));
        return {
          status: 200,
          body: { threads: bodies, members: ownMemberships(world, threads), has_more: false },
        };
      },
    },
  ];
}

function findGuild(world: World, id: string): Guild {
  const guild = world.guilds.get(id);
  if (guild === undefined || !guild.hasBot) throw unknownGuild();
  return guild;
}
