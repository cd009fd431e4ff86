/**
 * What the bot is refused in a channel, and with which code. Losing a permission happens to good bots too: none of these
 * refusals counts as the bot's fault, but for what no permission would allow.
 */

import {
  cannotReply,
  cannotSendInForum,
  missingAccess,
  missingPermissions,
  serviceUnavailable,
  threadArchived,
  threadLocked,
  unknownChannel,
  wrongChannelType,
} from '../rest/api-error.ts';
import { may, mayReadText, sendingPermission } from '../world/permissions.ts';
import type { Channel, World } from '../world/state.ts';

/** The channel, if the bot may see it. */
export function findChannel(world: World, id: string): Channel {
  const channel = world.channels.get(id);
  if (channel === undefined) throw world.lostChannelIds.has(id) ? missingAccess() : unknownChannel();
  if (channel.guild?.isUnavailable === true) throw serviceUnavailable();
  if (!may(channel, world.bot, 'ViewChannel')) throw missingAccess();
  return channel;
}

/** The channel, if it has messages that the bot may see. */
export function findText(world: World, id: string): Channel {
  const channel = findChannel(world, id);
  if (!mayReadText(channel, world.bot)) throw missingAccess();
  return channel;
}

/** For what looks at messages. */
export function requireMessages({ kind }: Channel): void {
  if (kind === 'forum') throw wrongChannelType();
}

/** Without this permission a list of messages is empty, which is no refusal. */
export function mayReadHistory(world: World, channel: Channel): boolean {
  return may(channel, world.bot, 'ReadMessageHistory');
}

/** For what writes something new there, typing included. */
export function requireWriting(world: World, channel: Channel): void {
  if (channel.kind === 'forum') throw cannotSendInForum();
  if (!may(channel, world.bot, sendingPermission(channel))) throw missingPermissions();
  if (channel.isLocked && !may(channel, world.bot, 'ManageThreads'))
    throw channel.isArchived ? threadArchived() : threadLocked();
}

/** For what changes a message that stands there: it does not open an archived thread. */
export function requireOpen(world: World, channel: Channel): void {
  if (channel.isArchived) throw threadArchived();
  if (channel.isLocked && !may(channel, world.bot, 'ManageThreads')) throw threadLocked();
}

/** For what a message brings along. */
export function requireParts(
  world: World,
  channel: Channel,
  parts: { readonly hasFiles: boolean; readonly hasEmbeds: boolean; readonly isReply: boolean },
): void {
  if (parts.hasFiles && !may(channel, world.bot, 'AttachFiles')) throw missingPermissions();
  if (parts.hasEmbeds && !may(channel, world.bot, 'EmbedLinks')) throw missingPermissions();
  if (parts.isReply && !mayReadHistory(world, channel)) throw cannotReply();
}
