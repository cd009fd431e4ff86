/** Guilds with their channels, threads, roles and the bot's own membership, as gateway events. */

import { GatewayDispatchEvents as events, GatewayIntentBits } from 'discord-api-types/v10';
import type { SimulatedUser } from '../face/user.ts';
import { toGatewayChannel, toThreadMember } from '../payload/channels.ts';
import { toApiGuild, toApiMemberPart, toApiRole, toApiUser } from '../payload/guilds.ts';
import type { JsonObject } from '../payload/json.ts';
import { channelsOf } from '../world/channels.ts';
import { may } from '../world/permissions.ts';
import type { Channel, Guild, Role, World } from '../world/state.ts';
import { type Dispatch, once } from './dispatch.ts';

const intent = GatewayIntentBits.Guilds;

export function toGuildCreate(world: World, guild: Guild): Dispatch {
  return {
    name: events.GuildCreate,
    intent,
    guildId: guild.id,
    data: once(() => {
      const channels = channelsOf(world, guild.id);
      return {
        ...toApiGuild(guild),
        joined_at: new Date(guild.joinedAt).toISOString(),
        large: false,
        unavailable: false,
        member_count: world.users.size,
        // Without the privileged intents a bot is told of no member but itself.
        members: [toMember(guild, world.bot)],
        channels: channels.filter(({ kind }) => kind !== 'thread').map((channel) => toGatewayChannel(channel, world)),
        threads: activeThreads(world, channels).map((thread) => toGatewayChannel(thread, world)),
        voice_states: [],
        presences: [],
        stage_instances: [],
        guild_scheduled_events: [],
        soundboard_sounds: [],
      };
    }),
  };
}

/** Undefined for what no bot is told of. */
export function toChannelDispatch(world: World, channel: Channel, change: 'create' | 'update' | 'delete') {
  const { guild } = channel;
  // Discord tells bots of direct messages themselves, never of their channels, and of no thread that they cannot see.
  if (guild === undefined || !guild.hasBot) return undefined;
  if (channel.kind === 'thread') return toThreadDispatch(world, guild, channel, change);
  const names = { create: events.ChannelCreate, update: events.ChannelUpdate, delete: events.ChannelDelete };
  return { name: names[change], intent, guildId: guild.id, data: once(() => toGatewayChannel(channel, world)) };
}

function toThreadDispatch(world: World, guild: Guild, thread: Channel, change: 'create' | 'update' | 'delete') {
  if (!may(thread, world.bot, 'ViewChannel')) return undefined;
  const names = { create: events.ThreadCreate, update: events.ThreadUpdate, delete: events.ThreadDelete };
  return {
    name: names[change],
    intent,
    guildId: guild.id,
    data: once((): JsonObject => {
      const payload = toGatewayChannel(thread, world);
      if (change === 'create') return { ...payload, newly_created: true };
      if (change === 'update') return payload;
      return { id: thread.id, guild_id: guild.id, parent_id: thread.parent?.id, type: payload.type };
    }),
  };
}

/** The threads of a channel that the bot has come to see. */
export function toThreadsSync(world: World, parent: Channel): Dispatch | undefined {
  const { guild } = parent;
  if (guild === undefined) return undefined;
  return {
    name: events.ThreadListSync,
    intent,
    guildId: guild.id,
    data: once(() => {
      const threads = activeThreads(world, channelsOf(world, guild.id)).filter((thread) => thread.parent === parent);
      return {
        guild_id: guild.id,
        channel_ids: [parent.id],
        threads: threads.map((thread) => toGatewayChannel(thread, world)),
        members: ownMemberships(world, threads),
      };
    }),
  };
}

/** Bots are told of their own comings and goings alone. */
export function toThreadMembers(
  world: World,
  { channel: thread, user, isMember }: { channel: Channel; user: SimulatedUser; isMember: boolean },
): Dispatch | undefined {
  const { guild } = thread;
  if (guild === undefined || !guild.hasBot || user.id !== world.bot.id) return undefined;
  return {
    name: events.ThreadMembersUpdate,
    intent,
    guildId: guild.id,
    data: once(() => ({
      id: thread.id,
      guild_id: guild.id,
      member_count: thread.memberIds.size,
      ...(isMember
        ? { added_members: [{ ...toThreadMember(thread, user.id), member: toMember(guild, user), presence: null }] }
        : { removed_member_ids: [user.id] }),
    })),
  };
}

export function toRoleDispatch(guild: Guild, role: Role, isNew: boolean): Dispatch {
  return {
    name: isNew ? events.GuildRoleCreate : events.GuildRoleUpdate,
    intent,
    guildId: guild.id,
    data: once(() => ({
      guild_id: guild.id,
      role: toApiRole(role, [...guild.roles.keys()].indexOf(role.id)),
    })),
  };
}

/** Without the privileged intent for members a bot is told of no member but itself. */
export function toMemberDispatch(world: World, guild: Guild, user: SimulatedUser): Dispatch | undefined {
  if (user.id !== world.bot.id || !guild.hasBot) return undefined;
  return {
    name: events.GuildMemberUpdate,
    intent,
    guildId: guild.id,
    data: once(() => ({ guild_id: guild.id, ...toMember(guild, user) })),
  };
}

/** The bot's own place in each of the threads that it is in. */
export function ownMemberships(world: World, threads: readonly Channel[]): JsonObject[] {
  return threads
    .filter(({ memberIds }) => memberIds.has(world.bot.id))
    .map((thread) => toThreadMember(thread, world.bot.id));
}

/** Those that the bot may see; archived ones are not told of. */
export function activeThreads(world: World, channels: readonly Channel[]): Channel[] {
  return channels.filter(
    (channel) => channel.kind === 'thread' && !channel.isArchived && may(channel, world.bot, 'ViewChannel'),
  );
}

function toMember(guild: Guild, user: SimulatedUser): JsonObject {
  return { ...toApiMemberPart(guild, user), user: toApiUser(user) };
}
