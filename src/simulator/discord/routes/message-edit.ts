/** Changes a message of the bot as a request says, by whichever route it came. */

import type { SimulatedAttachment } from '../face/message.ts';
import { tooManyOldEdits } from '../rest/api-error.ts';
import type { RouteRequest } from '../rest/router.ts';
import type { AllowedMentions } from '../world/mentions.ts';
import { editMessage } from '../world/posting.ts';
import type { Channel, Message, World } from '../world/state.ts';
import { type MessageBody, readMessageBody, requireContent, storeFiles } from './message-body.ts';
import { requireAcceptable } from './moderation.ts';

interface EditOptions {
  /** Whether it fills a deferred response. Default false. */
  readonly endsThinking?: boolean;
  /** What the text mentions if the request does not say. Default everything. */
  readonly allowedByDefault?: AllowedMentions;
}

export function applyEdit(
  world: World,
  channel: Channel,
  message: Message,
  { body, files }: Pick<RouteRequest, 'body' | 'files'>,
  { endsThinking = false, allowedByDefault }: EditOptions = {},
): Message {
  const changes = readMessageBody(body);
  requireAcceptable(world, channel, changes.content);
  const waitMs = world.oldEdits.take(channel.id, message.createdAt);
  if (waitMs > 0) throw tooManyOldEdits(waitMs);
  const attachments = attachmentsAfter(message, changes, storeFiles(world, channel, changes, files));
  const result = {
    content: changes.content ?? message.content,
    embeds: changes.embeds ?? message.wire.embeds,
    components: changes.components ?? message.components,
    flags: changes.flags | message.wire.flags,
  };
  requireContent(
    { ...changes, ...result },
    attachments.map((attachment) => ({ ...attachment, index: 0 })),
  );
  const allowedMentions = changes.allowedMentions ?? allowedByDefault;
  return editMessage(world, channel, message, { ...changes, attachments, allowedMentions, endsThinking });
}

function attachmentsAfter(
  message: Message,
  changes: MessageBody,
  added: readonly SimulatedAttachment[],
): SimulatedAttachment[] {
  const listed = changes.attachments?.map(({ id }) => String(id));
  const kept = message.attachments.filter(({ id }) => listed === undefined || listed.includes(id));
  return [...kept, ...added];
}
