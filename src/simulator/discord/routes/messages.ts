/** Routes of the messages of a channel. */

import { toApiChannel } from '../payload/channels.ts';
import { fieldsOf, type JsonObject } from '../payload/json.ts';
import { toApiMessage } from '../payload/message-payload.ts';
import {
  invalidForm,
  missingAccess,
  missingPermissions,
  notTheAuthor,
  threadExists,
  unknownMessage,
  wrongChannelType,
} from '../rest/api-error.ts';
import type { Route, RouteRequest } from '../rest/router.ts';
import { addThread, setThread } from '../world/channels.ts';
import { may } from '../world/permissions.ts';
import { deleteMessage, messageFlags, postMessage } from '../world/posting.ts';
import type { Channel, Message, World } from '../world/state.ts';
import { findText, mayReadHistory, requireMessages, requireOpen, requireParts, requireWriting } from './access.ts';
import { type MessageBody, readMessageBody, requireContent, storeFiles } from './message-body.ts';
import { applyEdit } from './message-edit.ts';
import { requireAcceptable } from './moderation.ts';
import type { SentNonces } from './sent-nonces.ts';

const messages = '/channels/{channel.id}/messages';
const oneMessage = `${messages}/{message.id}`;

export function messageRoutes(world: World, sentNonces: SentNonces): Route[] {
  return [
    {
      method: 'GET',
      pattern: messages,
      needsToken: true,
      handle: (request) => ({ status: 200, body: list(world, request) }),
    },
    {
      method: 'POST',
      pattern: messages,
      needsToken: true,
      bucket: 'create',
      bodySchema: 'MessageCreateRequestSchema',
      handle: (request) => ({ status: 200, body: create(world, request, sentNonces) }),
    },
    {
      method: 'GET',
      pattern: oneMessage,
      needsToken: true,
      handle(request) {
        const [channel, message] = find(world, request);
        if (!mayReadHistory(world, channel)) throw missingAccess();
        return { status: 200, body: toApiMessage(world, channel, message) };
      },
    },
    {
      method: 'PATCH',
      pattern: oneMessage,
      needsToken: true,
      bucket: 'edit',
      bodySchema: 'MessageEditRequestPartialSchema',
      handle: (request) => ({ status: 200, body: edit(world, request) }),
    },
    {
      method: 'POST',
      pattern: `${oneMessage}/threads`,
      needsToken: true,
      bodySchema: 'CreateTextThreadWithMessageRequestSchema',
      handle: (request) => ({ status: 201, body: startThread(world, request) }),
    },
    {
      method: 'DELETE',
      pattern: oneMessage,
      needsToken: true,
      handle(request) {
        remove(world, request);
        return { status: 204 };
      },
    },
  ];
}

function find(world: World, request: RouteRequest): [channel: Channel, message: Message] {
  const channel = findText(world, request.parameter('channel.id'));
  const message = channel.log.get(request.parameter('message.id'));
  // What only one member sees is no part of the channel.
  if (message === undefined || message.isEphemeral === true) throw unknownMessage();
  return [channel, message];
}

/** Source: https://docs.discord.com/developers/resources/channel#start-thread-from-message */
function startThread(world: World, request: RouteRequest): JsonObject {
  const [channel, message] = find(world, request);
  if (!may(channel, world.bot, 'CreatePublicThreads')) throw missingPermissions();
  if (channel.kind !== 'text') throw wrongChannelType();
  if (world.channels.has(message.id)) throw threadExists();
  const thread = addThread(world, channel, String(fieldsOf(request.body).name), {
    id: message.id,
    owner: world.bot,
    members: [world.bot],
  });
  return toApiChannel(thread, world);
}

function list(world: World, request: RouteRequest): JsonObject[] {
  const channel = findText(world, request.parameter('channel.id'));
  requireMessages(channel);
  const { query } = request;
  const limit = Number(query.get('limit') ?? 50);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw invalidForm('limit', 'NUMBER_TYPE_MAX', 'int value should be between 1 and 100.');
  }
  if (!mayReadHistory(world, channel)) return [];
  const [before, after, around] = ['before', 'after', 'around'].map((name) => query.get(name) ?? undefined);
  const page = channel.log.page({
    limit,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    ...(around !== undefined && { around }),
  });
  return page.filter((message) => message.isEphemeral !== true).map((message) => toApiMessage(world, channel, message));
}

function create(world: World, request: RouteRequest, sentNonces: SentNonces): JsonObject {
  const channel = findText(world, request.parameter('channel.id'));
  requireWriting(world, channel);
  const body = readMessageBody(request.body);
  requireContent(body, request.files);
  requireParts(world, channel, toParts(body, request));
  requireAcceptable(world, channel, body.content);
  if (body.nonce !== undefined && body.enforcesNonce) {
    const first = sentNonces.find(body.nonce);
    if (first !== undefined) return toApiMessage(world, first.channel, first.message, { includesNonce: true });
  }
  const repliesTo = findReplied(channel, body);
  setThread(world, channel, { isArchived: false });
  const message = postMessage(world, channel, {
    author: world.bot,
    content: body.content ?? '',
    // Only answers to commands can be for one member alone.
    flags: body.flags & ~messageFlags.ephemeral,
    repliesTo,
    allowedMentions: body.allowedMentions,
    embeds: body.embeds ?? [],
    components: body.components ?? [],
    attachments: storeFiles(world, channel, body, request.files),
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

function edit(world: World, request: RouteRequest): JsonObject {
  const [channel, message] = find(world, request);
  if (message.author.id !== world.bot.id) throw notTheAuthor();
  requireOpen(world, channel);
  requireParts(world, channel, { ...toParts(readMessageBody(request.body), request), isReply: false });
  return toApiMessage(world, channel, applyEdit(world, channel, message, request));
}

function toParts({ embeds = [], reference }: MessageBody, { files }: RouteRequest) {
  return { hasFiles: files.length > 0, hasEmbeds: embeds.length > 0, isReply: reference !== undefined };
}

/** In an archived thread messages can be deleted, unless it is locked as well. */
function remove(world: World, request: RouteRequest): void {
  const [channel, message] = find(world, request);
  if (channel.isArchived && channel.isLocked) requireOpen(world, channel);
  const isOwn = message.author.id === world.bot.id;
  if (!isOwn && !may(channel, world.bot, 'ManageMessages')) throw missingPermissions();
  deleteMessage(world, channel, message);
}
