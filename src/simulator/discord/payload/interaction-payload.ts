/** What every interaction tells of where it was made and by whom. */

import { InteractionContextType } from 'discord-api-types/v10';
import type { SimulatedUser } from '../face/user.ts';
import { maxFileBytes } from '../limits.ts';
import { directMessagePermissions, hasBot, permissionsIn, permissionsOfAbsentBot } from '../world/permissions.ts';
import type { Channel, World } from '../world/state.ts';
import { toApiChannel } from './channels.ts';
import { featuresOf, toApiMemberPart, toApiUser } from './guilds.ts';
import type { JsonObject } from './json.ts';

export function contextOf({ kind, guild }: Channel): InteractionContextType {
  if (guild !== undefined) return InteractionContextType.Guild;
  return kind === 'dm' ? InteractionContextType.BotDM : InteractionContextType.PrivateChannel;
}

export function toInteractionParts(world: World, channel: Channel, user: SimulatedUser): JsonObject {
  const { guild } = channel;
  const permissions = String(permissionsIn(channel, user));
  const common = {
    application_id: world.applicationId,
    version: 1,
    channel_id: channel.id,
    // Never without its name: interactions tell of channels in full, whatever the bot may see of them.
    channel: { ...toApiChannel(channel, world), permissions },
    locale: user.locale,
    entitlements: [],
    attachment_size_limit: maxFileBytes,
  };
  const isBotThere = hasBot(channel);
  if (guild === undefined) {
    return {
      ...common,
      app_permissions: String(isBotThere ? directMessagePermissions : permissionsOfAbsentBot(channel)),
      user: toApiUser(user),
      context: contextOf(channel),
      authorizing_integration_owners: isBotThere ? { '0': '0' } : { '1': user.id },
    };
  }
  return {
    ...common,
    app_permissions: String(isBotThere ? permissionsIn(channel, world.bot) : permissionsOfAbsentBot(channel)),
    guild_id: guild.id,
    guild: { id: guild.id, locale: guild.locale, features: featuresOf(guild) },
    guild_locale: guild.locale,
    member: { ...toApiMemberPart(guild, user), user: toApiUser(user), permissions },
    context: contextOf(channel),
    authorizing_integration_owners: isBotThere ? { '0': guild.id } : { '1': user.id },
  };
}
