/** What users, guilds, roles, members and channels look like on the wire. */

import { ChannelType, PermissionFlagsBits, ThreadAutoArchiveDuration } from 'discord-api-types/v10';
import type { SimulatedUser } from '../face/user.ts';
import { timestampOf } from '../world/snowflakes.ts';
import type { Channel, Guild, World } from '../world/state.ts';
import type { JsonObject } from './json.ts';

/** What everybody in these small worlds may do: what members usually may. */
export const memberPermissions = '2248473465835073';

const manageMessages = PermissionFlagsBits.ManageMessages;

export function permissionsOf({ isModerator }: SimulatedUser): string {
  const everybody = BigInt(memberPermissions);
  return String(isModerator ? everybody | manageMessages : everybody & ~manageMessages);
}

const channelTypes = {
  text: ChannelType.GuildText,
  thread: ChannelType.PublicThread,
  dm: ChannelType.DM,
} as const;

export function toApiUser(user: SimulatedUser): JsonObject {
  return {
    id: user.id,
    username: user.name,
    discriminator: '0',
    global_name: user.isBot ? null : user.displayName,
    avatar: null,
    public_flags: 0,
    flags: 0,
    primary_guild: null,
    ...(user.isBot && { bot: true }),
  };
}

/** A member as inside a message: without the user. */
export function toApiMemberPart(guild: Guild, user: SimulatedUser, world: World): JsonObject {
  return {
    roles: user.id === world.bot.id ? [guild.botRoleId] : user.roleIds,
    nick: null,
    avatar: null,
    banner: null,
    joined_at: new Date(guild.joinedAt).toISOString(),
    premium_since: null,
    communication_disabled_until: null,
    deaf: false,
    mute: false,
    pending: false,
    flags: 0,
  };
}

export function toApiChannel(channel: Channel, world: World): JsonObject {
  const last_message_id = channel.lastMessageId ?? null;
  if (channel.kind === 'dm' || channel.guild === undefined) {
    const recipients = channel.recipient === undefined ? [] : [toApiUser(channel.recipient)];
    return { id: channel.id, type: ChannelType.DM, flags: 0, last_message_id, recipients };
  }
  if (channel.kind === 'thread') {
    return {
      id: channel.id,
      type: ChannelType.PublicThread,
      flags: 0,
      last_message_id,
      guild_id: channel.guild.id,
      name: channel.name,
      parent_id: channel.parentId ?? null,
      rate_limit_per_user: 0,
      owner_id: world.owner.id,
      thread_metadata: {
        archived: false,
        archive_timestamp: new Date(timestampOf(channel.id)).toISOString(),
        auto_archive_duration: ThreadAutoArchiveDuration.OneDay,
        locked: false,
        create_timestamp: new Date(timestampOf(channel.id)).toISOString(),
      },
      message_count: channel.log.size,
      total_message_sent: channel.log.size,
      member_count: 1,
      applied_tags: [],
    };
  }
  return {
    id: channel.id,
    type: ChannelType.GuildText,
    flags: 0,
    last_message_id,
    guild_id: channel.guild.id,
    name: channel.name,
    parent_id: null,
    position: channel.position,
    rate_limit_per_user: 0,
    topic: null,
    nsfw: false,
    permission_overwrites: [],
  };
}

export function toChannelType(channel: Channel): (typeof channelTypes)[keyof typeof channelTypes] {
  return channelTypes[channel.kind];
}

/** A guild as REST answers it, without channels and members. */
export function toApiGuild(guild: Guild, world: World): JsonObject {
  return {
    id: guild.id,
    name: guild.name,
    icon: null,
    description: null,
    home_header: null,
    splash: null,
    discovery_splash: null,
    banner: null,
    features: [],
    owner_id: guild.ownerId,
    application_id: null,
    region: 'deprecated',
    afk_channel_id: null,
    afk_timeout: 300,
    system_channel_id: null,
    system_channel_flags: 0,
    widget_enabled: false,
    widget_channel_id: null,
    verification_level: 0,
    default_message_notifications: 1,
    explicit_content_filter: 0,
    mfa_level: 0,
    nsfw_level: 0,
    nsfw: false,
    premium_tier: 0,
    premium_subscription_count: 0,
    premium_progress_bar_enabled: false,
    max_presences: null,
    max_members: 25_000_000,
    max_video_channel_users: 25,
    max_stage_video_channel_users: 50,
    vanity_url_code: null,
    preferred_locale: guild.locale,
    rules_channel_id: null,
    public_updates_channel_id: null,
    safety_alerts_channel_id: null,
    emojis: [],
    stickers: [],
    roles: toApiRoles(guild, world),
    incidents_data: null,
    hub_type: null,
  };
}

export function toApiRoles(guild: Guild, world: World): JsonObject[] {
  const plain = {
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    mentionable: false,
    icon: null,
    unicode_emoji: null,
    permissions: memberPermissions,
    flags: 0,
  };
  return [
    { ...plain, id: guild.id, name: '@everyone', position: 0, managed: false },
    ...[...world.roles].map(([id, name]) => ({ ...plain, id, name, position: 1, managed: false })),
    { ...plain, id: guild.botRoleId, name: world.bot.name, position: 1, managed: true, tags: { bot_id: world.bot.id } },
  ];
}
