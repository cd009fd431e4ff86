/** What users, guilds, roles and members look like on the wire. */

import type { SimulatedUser } from '../face/user.ts';
import { rolesOf } from '../world/permissions.ts';
import type { Guild, Role } from '../world/state.ts';
import type { JsonObject } from './json.ts';

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
export function toApiMemberPart(guild: Guild, user: SimulatedUser): JsonObject {
  const until = guild.timeouts.get(user.id);
  return {
    roles: rolesOf(guild, user).flatMap(({ id }) => (id === guild.id ? [] : id)),
    nick: null,
    avatar: null,
    banner: null,
    joined_at: new Date(guild.joinedAt).toISOString(),
    premium_since: null,
    communication_disabled_until: until === undefined ? null : new Date(until).toISOString(),
    deaf: false,
    mute: false,
    pending: false,
    flags: 0,
  };
}

/** A guild as REST answers it, without channels and members. */
export function toApiGuild(guild: Guild): JsonObject {
  return {
    id: guild.id,
    name: guild.name,
    icon: null,
    description: null,
    home_header: null,
    splash: null,
    discovery_splash: null,
    banner: null,
    features: featuresOf(guild),
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
    // `@everyone` is at the bottom.
    roles: [...guild.roles.values()].map(toApiRole),
    incidents_data: null,
    hub_type: null,
  };
}

/** Only a Community guild can choose its language. */
export function featuresOf({ locale }: Guild): readonly string[] {
  return locale === 'en-US' ? [] : ['COMMUNITY'];
}

export function toApiRole(role: Role, position: number): JsonObject {
  return {
    id: role.id,
    name: role.name,
    permissions: String(role.permissions),
    position,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    managed: role.botId !== undefined,
    mentionable: role.isMentionable,
    icon: null,
    unicode_emoji: null,
    flags: 0,
    ...(role.botId !== undefined && { tags: { bot_id: role.botId } }),
  };
}
