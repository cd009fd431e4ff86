/** What a client knows of a channel and its guild, as far as anything can come of it. */
import type { Client, Guild, GuildBasedChannel } from 'discord.js';

/** As plain values. */
export function toKnown(
  client: Client<true>,
  guildId: string,
  channelId: string,
): (object & { readonly channel: object | undefined }) | undefined {
  const guild = client.guilds.cache.get(guildId);
  if (guild === undefined) return undefined;
  const channel = guild.channels.cache.get(channelId);
  return { ...toKnownGuild(guild), channel: channel === undefined ? undefined : toKnownChannel(channel) };
}

function toKnownGuild(guild: Guild): object {
  const { name, available, preferredLocale, ownerId, roles, members } = guild;
  return {
    name,
    available,
    preferredLocale,
    ownerId,
    roles: roles.cache.map((role) => [role.id, role.name, role.permissions.bitfield, role.position]),
    own: members.me?.roles.cache.map(({ id }) => id).sort(),
  };
}

function toKnownChannel(channel: GuildBasedChannel): object {
  const { id, type, name, guildId, parentId, flags, guild, client } = channel;
  const { me } = guild.members;
  return {
    ...{ id, type, name, guildId, parentId, flags: flags.bitfield },
    isSameById: client.channels.cache.get(id) === channel,
    parent: channel.parent?.name,
    own: me === null ? undefined : channel.permissionsFor(me)?.bitfield,
    everybody: channel.permissionsFor(guild.roles.everyone)?.bitfield,
    ...(channel.isThread()
      ? { ownerId: channel.ownerId, archived: channel.archived, locked: channel.locked }
      : {
          position: channel.rawPosition,
          overwrites: channel.permissionOverwrites.cache.map(({ id: of, type: to, allow, deny }) => [
            ...[of, to, allow.bitfield, deny.bitfield],
          ]),
        }),
  };
}
