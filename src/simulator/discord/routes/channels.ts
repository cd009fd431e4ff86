/** Routes of channels and their messages. */

import type { SimulatedAttachment } from '../face/message.ts';
import { fieldsOf, type JsonObject } from '../payload/json.ts';
import { toApiMessage } from '../payload/message-payload.ts';
import { toApiChannel } from '../payload/payloads.ts';
import {
  invalidForm,
  missingAccess,
  missingPermissions,
  notTheAuthor,
  serviceUnavailable,
  threadArchived,
  unknownChannel,
  unknownMessage,
} from '../rest/api-error.ts';
import type { Route, RouteRequest } from '../rest/router.ts';
import { deleteMessage, editMessage, messageFlags, postMessage } from '../world/posting.ts';
import type { Channel, Message, World } from '../world/state.ts';
import { type MessageBody, readMessageBody, requireContent, storeFiles } from './message-body.ts';
import type { SentNonces } from './sent-nonces.ts';

const messages = '/channels/{channel.id}/messages';
const oneMessage = `${messages}/{message.id}`;

export function channelRoutes(world: World, sentNonces: SentNonces): Route[] {
  const channelOf = (request: RouteRequest) => findChannel(world, request.parameter('channel.id'));
  /** For what changes something there. */
  const writableOf = (request: RouteRequest) => {
    const channel = channelOf(request);
    // Losing a permission happens to good bots too.
    if (channel.restriction === 'no-writing') throw missingPermissions({ isProblem: false });
    if (channel.restriction === 'locked') throw threadArchived();
    return channel;
  };
  /** For what changes something that stands there: it does not open an archived thread. */
  const openOf = (request: RouteRequest) => {
    const channel = channelOf(request);
    if (channel.restriction === 'locked' || channel.restriction === 'archived') throw threadArchived();
    return channel;
  };
  const reopened = (channel: Channel) => {
    if (channel.restriction === 'archived') channel.restriction = undefined;
    return channel;
  };
  const messageOf = (channel: Channel, request: RouteRequest) => findMessage(channel, request.parameter('message.id'));
  return [
    {
      method: 'GET',
      pattern: '/channels/{channel.id}',
      needsToken: true,
      handle: (request) => ({ status: 200, body: toApiChannel(channelOf(request), world) }),
    },
    {
      // The one change that is needed: opening an archived thread.
      method: 'PATCH',
      pattern: '/channels/{channel.id}',
      needsToken: true,
      bodySchema: 'UpdateThreadRequestPartialSchema',
      handle(request) {
        const channel = writableOf(request);
        if (fieldsOf(request.body).archived !== false) throw missingPermissions();
        return { status: 200, body: toApiChannel(reopened(channel), world) };
      },
    },
    {
      method: 'POST',
      pattern: '/channels/{channel.id}/typing',
      needsToken: true,
      bucket: 'typing',
      handle(request) {
        world.events.emit({ type: 'typing', channel: writableOf(request), user: world.bot });
        return { status: 204 };
      },
    },
    {
      method: 'GET',
      pattern: messages,
      needsToken: true,
      handle: (request) => ({ status: 200, body: listMessages(world, channelOf(request), request.query) }),
    },
    {
      method: 'POST',
      pattern: messages,
      needsToken: true,
      bucket: 'create',
      bodySchema: 'MessageCreateRequestSchema',
      handle: (request) => ({ status: 200, body: create(world, reopened(writableOf(request)), request, sentNonces) }),
    },
    {
      method: 'GET',
      pattern: oneMessage,
      needsToken: true,
      handle(request) {
        const channel = channelOf(request);
        return { status: 200, body: toApiMessage(world, channel, messageOf(channel, request)) };
      },
    },
    {
      method: 'PATCH',
      pattern: oneMessage,
      needsToken: true,
      bucket: 'edit',
      bodySchema: 'MessageEditRequestPartialSchema',
      handle(request) {
        const channel = openOf(request);
        const message = messageOf(channel, request);
        if (message.author.id !== world.bot.id) throw notTheAuthor();
        return { status: 200, body: toApiMessage(world, channel, applyEdit(world, channel, message, request)) };
      },
    },
    {
      method: 'DELETE',
      pattern: oneMessage,
      needsToken: true,
      handle(request) {
        const channel = openOf(request);
        const message = messageOf(channel, request);
        // Deleting what others wrote needs Manage Messages, which the bot is not granted here.
        if (message.author.id !== world.bot.id) throw missingPermissions();
        deleteMessage(world, channel, message);
        return { status: 204 };
      },
    },
  ];
}

/** Changes a message of the bot as the body says. */
export function applyEdit(
  world: World,
  channel: Channel,
  message: Message,
  { body, files }: Pick<RouteRequest, 'body' | 'files'>,
  options: { readonly endsThinking?: boolean } = {},
): Message {
  const changes = readMessageBody(body);
  const attachments = attachmentsAfter(message, changes, storeFiles(world, changes, files));
  const result = {
    content: changes.content ?? message.content,
    embeds: changes.embeds ?? message.wire.embeds,
    components: changes.components ?? message.components,
  };
  requireContent(
    { ...changes, ...result },
    attachments.map((attachment) => ({ ...attachment, index: 0 })),
  );
  return editMessage(world, channel, message, { ...changes, attachments, ...options });
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

function findChannel(world: World, id: string): Channel {
  const channel = world.channels.get(id);
  if (channel?.guild?.isUnavailable === true) throw serviceUnavailable();
  if (channel?.restriction === 'no-access') throw missingAccess();
  if (channel !== undefined) return channel;
  throw world.lostChannelIds.has(id) ? missingAccess() : unknownChannel();
}

function findMessage(channel: Channel, id: string): Message {
  const message = channel.log.get(id);
  // What only one member sees is no part of the channel.
  if (message === undefined || message.isEphemeral === true) throw unknownMessage();
  return message;
}

function create(world: World, channel: Channel, request: RouteRequest, sentNonces: SentNonces): JsonObject {
  const body = readMessageBody(request.body);
  requireContent(body, request.files);
  if (body.nonce !== undefined && body.enforcesNonce) {
    const first = sentNonces.find(body.nonce);
    if (first !== undefined) return toApiMessage(world, first.channel, first.message, { includesNonce: true });
  }
  const repliesTo = findReplied(channel, body);
  const message = postMessage(world, channel, {
    author: world.bot,
    content: body.content ?? '',
    // Only answers to commands can be for one member alone.
    flags: body.flags & ~messageFlags.ephemeral,
    repliesTo,
    allowedMentions: body.allowedMentions,
    embeds: body.embeds ?? [],
    components: body.components ?? [],
    attachments: storeFiles(world, body, request.files),
    nonce: body.nonce,
  });
  if (body.nonce !== undefined) sentNonces.add(body.nonce, channel, message);
  return toApiMessage(world, channel, message, { includesNonce: true });
}

function findReplied(channel: Channel, { reference }: MessageBody): Message | undefined {
  if (reference === undefined) return undefined;
  const message =
    reference.channelId === undefined || reference.channelId === channel.id
      ? channel.log.get(reference.messageId)
      : undefined;
  if (message !== undefined || !reference.isNeeded) return message;
  // A member may have deleted the question meanwhile: no fault of the bot.
  throw invalidForm('message_reference', 'REPLIES_UNKNOWN_MESSAGE', 'Unknown message', { isProblem: false });
}

function listMessages(world: World, channel: Channel, query: URLSearchParams): JsonObject[] {
  const limit = Number(query.get('limit') ?? 50);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw invalidForm('limit', 'NUMBER_TYPE_MAX', 'int value should be between 1 and 100.');
  }
  const [before, after, around] = ['before', 'after', 'around'].map((name) => query.get(name) ?? undefined);
  const page = channel.log.page({
    limit,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    ...(around !== undefined && { around }),
  });
  return page.filter((message) => message.isEphemeral !== true).map((message) => toApiMessage(world, channel, message));
}
