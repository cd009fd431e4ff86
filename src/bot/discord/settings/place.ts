/** Where on Discord settings are looked for. */
import type { Client, Interaction, Message } from 'discord.js';
import { threadParentOf } from './thread-parents.ts';

export interface SettingsPlace {
  /** Undefined in a direct message: there are only a person's own. */
  readonly guildId: string | undefined;
  /** The channel and, of a thread, the one that it hangs under. */
  readonly channelIds: readonly string[];
  /** The one whose settings hold: of a thread, the channel that it hangs under. */
  readonly channelId: string;
  readonly userId: string;
}

/** Reads the message at once: its channel may be gone later. */
export function placeOfMessage({ client, channelId, guildId, author }: Message): SettingsPlace {
  return toPlace(client, { channelId, guildId, userId: author.id });
}

/** @param userId Whose own settings hold. */
export function placeOfInteraction(
  { client, channelId, guildId, user }: Interaction,
  userId: string = user.id,
): SettingsPlace {
  return toPlace(client, { channelId: channelId ?? '', guildId, userId });
}

function toPlace(
  client: Client,
  { channelId, guildId, userId }: { channelId: string; guildId: string | null; userId: string },
): SettingsPlace {
  const channel = client.channels.cache.get(channelId);
  const known = channel?.isThread() === true ? channel.parentId : undefined;
  const parentId = known ?? (channel === undefined ? threadParentOf(client, channelId) : undefined);
  return {
    guildId: guildId ?? undefined,
    channelIds: parentId === undefined ? [channelId] : [channelId, parentId],
    channelId: parentId ?? channelId,
    userId,
  };
}
