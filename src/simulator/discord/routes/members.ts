/** Who is in a guild, as the bot may ask without any privileged intent. */

import { toApiMemberPart, toApiUser } from '../payload/payloads.ts';
import { unknownGuild, unknownMember } from '../rest/api-error.ts';
import type { Route } from '../rest/router.ts';
import type { World } from '../world/state.ts';

export function memberRoutes(world: World): Route[] {
  return [
    {
      method: 'GET',
      pattern: '/guilds/{guild.id}/members/{user.id}',
      needsToken: true,
      handle(request) {
        const guild = world.guilds.get(request.parameter('guild.id'));
        if (guild === undefined) throw unknownGuild();
        const user = world.users.get(request.parameter('user.id'));
        if (user === undefined) throw unknownMember();
        return { status: 200, body: { ...toApiMemberPart(guild, user, world), user: toApiUser(user) } };
      },
    },
  ];
}
