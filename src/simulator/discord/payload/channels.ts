/** What channels and threads look like on the wire, and what is left of those that the bot cannot see. */

import {
  ChannelFlags,
  ChannelType,
  OverwriteType,
  PermissionFlagsBits,
  ThreadAutoArchiveDuration,
  ThreadMemberFlags,
} from 'discord-api-types/v10';
import { may } from '../world/permissions.ts';
import { timestampOf } from '../world/snowflakes.ts';
import type { Channel, World } from '../world/state.ts';
import { toApiUser } from './guilds.ts';
import type { JsonObject } from './json.ts';

const channelTypes = {
  text: ChannelType.GuildText,
  voice: ChannelType.GuildVoice,
  forum: ChannelType.GuildForum,
  thread: ChannelType.PublicThread,
  dm: ChannelType.DM,
  group: ChannelType.GroupDM,
} as const;

export function toChannelType(channel: Channel): ChannelType {
  return channel.isPrivate ? ChannelType.PrivateThread : channelTypes[channel.kind];
}

/** As REST answers it, where the bot may see the channel. */
export function toApiChannel(channel: Channel, world: World): JsonObject {
  const common = { id: channel.id, type: toChannelType(channel), flags: 0, last_message_id: lastMessageOf(channel) };
  if (channel.guild === undefined) {
    const recipients = channel.recipients.map(toApiUser);
    if (channel.kind === 'dm') return { ...common, recipients };
    return { ...common, recipients, name: channel.name, icon: null, owner_id: channel.recipients[0]?.id ?? null };
  }
  const inGuild = { ...common, guild_id: channel.guild.id, name: channel.name, rate_limit_per_user: 0 };
  if (channel.kind === 'thread') return { ...inGuild, ...toThreadPart(channel, world) };
  return {
    ...inGuild,
    parent_id: null,
    position: channel.position,
    topic: null,
    nsfw: false,
    permission_overwrites: [...channel.overwrites].map(([id, { type, allow, deny }]) => ({
      id,
      type,
      allow: String(allow),
      deny: String(deny),
    })),
    ...(channel.kind === 'voice' && { bitrate: 64_000, user_limit: 0, rtc_region: null }),
    ...(channel.kind === 'forum' && { available_tags: [], default_reaction_emoji: null, default_sort_order: null }),
  };
}

/**
 * As the gateway tells it. Of a channel that the bot cannot see only the id, the type and the place are true; it is to be
 * told by its flag: https://docs.discord.com/developers/resources/channel#channel-object-obfuscated-channels
 */
export function toGatewayChannel(channel: Channel, world: World): JsonObject {
  const payload = toApiChannel(channel, world);
  const { guild } = channel;
  if (guild === undefined || channel.kind === 'thread' || may(channel, world.bot, 'ViewChannel')) return payload;
  const deny = String(PermissionFlagsBits.ViewChannel);
  return {
    ...payload,
    name: '___hidden___',
    flags: ChannelFlags.ChannelObfuscated,
    last_message_id: null,
    permission_overwrites: [{ id: guild.id, type: OverwriteType.Role, allow: '0', deny }],
  };
}

/** That somebody is in a thread. */
export function toThreadMember(thread: Channel, userId: string): JsonObject {
  const joinedAt = new Date(timestampOf(thread.id)).toISOString();
  return { id: thread.id, user_id: userId, join_timestamp: joinedAt, flags: ThreadMemberFlags.AllMessages };
}

function toThreadPart(thread: Channel, world: World): JsonObject {
  const createdAt = new Date(timestampOf(thread.id)).toISOString();
  return {
    parent_id: thread.parent?.id ?? null,
    owner_id: thread.ownerId ?? world.owner.id,
    thread_metadata: {
      archived: thread.isArchived,
      archive_timestamp: createdAt,
      auto_archive_duration: ThreadAutoArchiveDuration.OneDay,
      locked: thread.isLocked,
      create_timestamp: createdAt,
      ...(thread.isPrivate && { invitable: true }),
    },
    message_count: thread.log.size,
    total_message_sent: thread.log.size,
    member_count: Math.max(1, thread.memberIds.size),
    applied_tags: [],
    ...(thread.memberIds.has(world.bot.id) && { member: toThreadMember(thread, world.bot.id) }),
  };
}

function lastMessageOf({ lastMessageId }: Channel): string | null {
  return lastMessageId ?? null;
}
