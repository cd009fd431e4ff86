/** What the bot writes in answer to an interaction, by the callback or by the webhook. */

import { missingAccess, threadArchived } from '../rest/api-error.ts';
import type { RouteRequest } from '../rest/router.ts';
import { may } from '../world/permissions.ts';
import { messageFlags, postMessage } from '../world/posting.ts';
import type { Interaction, Message, World } from '../world/state.ts';
import { readMessageBody, requireContent, storeFiles } from './message-body.ts';
import { applyEdit } from './message-edit.ts';
import { requireAcceptable } from './moderation.ts';

/**
 * Answers need no permission in the channel, not even to attach files (change log of 2022-06-29). Only a thread that was
 * locked meanwhile refuses them, in its own ways: discord-api-docs issue 6884.
 */
export function requireUnlocked(world: World, { channel, isUserInstalled }: Interaction): void {
  if (!channel.isArchived || !channel.isLocked || may(channel, world.bot, 'ManageThreads')) return;
  throw isUserInstalled ? missingAccess() : threadArchived();
}

export function postAnswer(
  world: World,
  interaction: Interaction,
  { body, files }: Pick<RouteRequest, 'body' | 'files'>,
  repliesTo?: Message,
): Message {
  requireUnlocked(world, interaction);
  const read = readMessageBody(body);
  requireContent(read, files);
  requireAcceptable(world, interaction.channel, read.content);
  return postMessage(world, interaction.channel, {
    ...originOf(world, interaction, repliesTo),
    content: read.content ?? '',
    flags: read.flags | forcedFlags(interaction),
    allowedMentions: read.allowedMentions ?? usersAlone,
    embeds: read.embeds ?? [],
    components: read.components ?? [],
    attachments: storeFiles(world, interaction.channel, read, files),
  });
}

/** «Thinking…», in the place of the answer that comes later. */
export function postThinking(world: World, interaction: Interaction, body: unknown): Message {
  requireUnlocked(world, interaction);
  const { flags } = readMessageBody(body);
  return postMessage(world, interaction.channel, {
    ...originOf(world, interaction),
    content: '',
    flags: (flags & messageFlags.ephemeral) | messageFlags.loading | forcedFlags(interaction),
  });
}

export function editAnswer(
  world: World,
  interaction: Interaction,
  message: Message,
  request: Pick<RouteRequest, 'body' | 'files'>,
): Message {
  requireUnlocked(world, interaction);
  const endsThinking = message.interaction?.isThinking === true;
  const edited = applyEdit(world, interaction.channel, message, request, {
    endsThinking,
    allowedByDefault: usersAlone,
  });
  if (endsThinking) interaction.state = 'answered';
  return edited;
}

/** What an answer mentions that does not say: https://docs.discord.com/developers/resources/message#allowed-mentions-object */
const usersAlone = { parse: ['users'], users: [], roles: [], repliedUser: false };

/** Where an admin took Use External Apps from the members, only the one who asked sees the answer. */
function forcedFlags({ isUserInstalled, channel, user }: Interaction): number {
  const isQuiet = isUserInstalled && channel.guild !== undefined && !may(channel, user, 'UseExternalApps');
  return isQuiet ? messageFlags.ephemeral : 0;
}

function originOf(world: World, interaction: Interaction, repliesTo?: Message) {
  return {
    author: world.bot,
    webhookId: world.applicationId,
    interaction,
    repliesTo,
    // 20: the answer to a slash command.
    ...(repliesTo === undefined && interaction.pressedMessageId === undefined && { type: 20 as const }),
  };
}
