/** A guild in the hands of its admins: roles, permissions and time-outs. */

import type { SimulatedGuild } from '../face/guild.ts';
import { addRole, denyInGuild, giveRole, plainRole, setRole, timeOut } from '../world/guilds.ts';
import { toBits, toNames } from '../world/permissions.ts';
import type { Guild, World } from '../world/state.ts';

const defaultTimeOutMs = 60_000;

export function createGuildActor(world: World, guild: Guild): SimulatedGuild {
  return {
    id: guild.id,
    name: guild.name,
    locale: guild.locale,
    botRoleId: guild.botRoleId,
    botRoleMention: `<@&${guild.botRoleId}>`,
    get roles() {
      return [...guild.roles.values()].map(({ id, name, permissions, botId }) => ({
        id,
        name,
        permissions: toNames(permissions),
        isManaged: botId !== undefined,
      }));
    },
    deny: (...permissions) => denyInGuild(world, guild, toBits(permissions)),
    allow(...permissions) {
      const granted = guild.roles.get(guild.botRoleId)?.permissions ?? 0n;
      setRole(world, guild, guild.botRoleId, { permissions: granted | toBits(permissions) });
    },
    createRole(name, { permissions = [], botId } = {}) {
      const role = plainRole(world.snowflakes.next(), name, toBits(permissions));
      addRole(world, guild, botId === undefined ? role : { ...role, botId });
      return role.id;
    },
    setRole(roleId, { permissions, isMentionable }) {
      setRole(world, guild, roleId, {
        ...(permissions !== undefined && { permissions: toBits(permissions) }),
        ...(isMentionable !== undefined && { isMentionable }),
      });
    },
    giveRole: (user, roleId) => giveRole(world, guild, user, roleId, true),
    takeRole: (user, roleId) => giveRole(world, guild, user, roleId, false),
    timeOut: (user, forMs = defaultTimeOutMs) => timeOut(world, guild, user, forMs),
  };
}
