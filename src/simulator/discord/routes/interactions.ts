/** Routes by which the bot answers commands and buttons: the callback, then the webhook of the interaction. */

import { InteractionType } from 'discord-api-types/v10';
import { requireDialog } from '../actors/dialog.ts';
import type { Interactions } from '../actors/interactions.ts';
import { fieldsOf, type JsonObject } from '../payload/json.ts';
import { toApiMessage } from '../payload/message-payload.ts';
import {
  alreadyAcknowledged,
  invalidForm,
  unknownChannel,
  unknownInteraction,
  unknownMessage,
  unknownWebhook,
} from '../rest/api-error.ts';
import type { Route, RouteAnswer, RouteRequest } from '../rest/router.ts';
import { deleteMessage, messageFlags, postMessage } from '../world/posting.ts';
import type { Interaction, Message, World } from '../world/state.ts';
import { readMessageBody, requireContent, storeFiles } from './message-body.ts';
import { applyEdit } from './message-edit.ts';

/** The types of interaction response that this simulator has. */
const callbackTypes = { message: 4, deferredMessage: 5, deferredUpdate: 6, update: 7, modal: 9 } as const;

const callbackSchemas: ReadonlyMap<unknown, string> = new Map([
  [callbackTypes.message, 'CreateMessageInteractionCallbackRequestSchema'],
  [callbackTypes.deferredMessage, 'CreateMessageInteractionCallbackRequestSchema'],
  [callbackTypes.deferredUpdate, 'UpdateMessageInteractionCallbackRequestSchema'],
  [callbackTypes.update, 'UpdateMessageInteractionCallbackRequestSchema'],
  [callbackTypes.modal, 'ModalInteractionCallbackRequestSchema'],
]);

const webhook = '/webhooks/{application.id}/{interaction.token}';

export function interactionRoutes(world: World, interactions: Interactions): Route[] {
  const interactionOf = (request: RouteRequest) => {
    const interaction = interactions.find(request.parameter('interaction.token'));
    const isOurs = request.parameter('application.id') === world.applicationId;
    if (interaction === undefined || !isOurs || !isAcknowledged(interaction)) throw unknownWebhook();
    if (!world.channels.has(interaction.channel.id)) throw unknownChannel();
    return interaction;
  };
  const messageRoutes = [`${webhook}/messages/@original`, `${webhook}/messages/{message.id}`].flatMap(
    (pattern): Route[] => [
      {
        method: 'GET',
        pattern,
        needsToken: false,
        handle(request) {
          const interaction = interactionOf(request);
          return { status: 200, body: toApiMessage(world, interaction.channel, findMessage(interaction, request)) };
        },
      },
      {
        method: 'PATCH',
        pattern,
        needsToken: false,
        bucket: 'edit',
        bodySchema: 'IncomingWebhookUpdateForInteractionCallbackRequestPartialSchema',
        handle(request) {
          const interaction = interactionOf(request);
          const message = findMessage(interaction, request);
          return { status: 200, body: edit(world, interaction, message, request) };
        },
      },
      {
        method: 'DELETE',
        pattern,
        needsToken: false,
        handle(request) {
          const interaction = interactionOf(request);
          deleteMessage(world, interaction.channel, findMessage(interaction, request));
          return { status: 204 };
        },
      },
    ],
  );
  return [
    {
      method: 'POST',
      pattern: '/interactions/{interaction.id}/{interaction.token}/callback',
      needsToken: false,
      bodySchema: (body) => callbackSchemas.get(fieldsOf(body).type),
      handle: (request) => acknowledge(world, request),
    },
    {
      method: 'POST',
      pattern: webhook,
      needsToken: false,
      bucket: 'create',
      bodySchema: 'IncomingWebhookRequestPartialSchema',
      handle: (request) => ({ status: 200, body: followUp(world, interactionOf(request), request) }),
    },
    ...messageRoutes,
  ];
}

function isAcknowledged({ state }: Interaction): boolean {
  return state === 'deferred' || state === 'answered';
}

function findMessage(interaction: Interaction, request: RouteRequest): Message {
  const id = request.parameter('message.id') || interaction.originalId;
  const message = id === undefined ? undefined : interaction.channel.log.get(id);
  const isOurs = message?.wire.interaction === interaction || message?.id === interaction.pressedMessageId;
  if (message === undefined || !isOurs) throw unknownMessage();
  return message;
}

function acknowledge(world: World, request: RouteRequest): RouteAnswer {
  const interaction = world.interactionsById.get(request.parameter('interaction.id'));
  if (interaction === undefined || interaction.token !== request.parameter('interaction.token')) {
    throw unknownInteraction('there is no such interaction');
  }
  if (interaction.state === 'late') throw unknownInteraction('the acknowledgement came too late');
  if (interaction.state !== 'waiting') throw alreadyAcknowledged();
  const { type, data } = fieldsOf(request.body);
  const message = respond(world, interaction, type, { body: data ?? {}, files: request.files });
  world.events.emit({ type: 'interaction-end', interaction });
  if (request.query.get('with_response') !== 'true') return { status: 204 };
  return { status: 200, body: toCallbackResponse(world, interaction, type, message) };
}

/** Does what the callback asks for; the message is the one that it made or changed. */
function respond(
  world: World,
  interaction: Interaction,
  type: unknown,
  request: Pick<RouteRequest, 'body' | 'files'>,
): Message | undefined {
  const { channel, pressedMessageId } = interaction;
  const pressed = pressedMessageId === undefined ? undefined : channel.log.get(pressedMessageId);
  switch (type) {
    case callbackTypes.message: {
      const message = post(world, interaction, request);
      interaction.state = 'answered';
      interaction.originalId = message.id;
      return message;
    }
    case callbackTypes.deferredMessage: {
      const { flags } = readMessageBody(request.body);
      const message = postMessage(world, channel, {
        ...originOf(world, interaction),
        content: '',
        flags: (flags & messageFlags.ephemeral) | messageFlags.loading,
      });
      interaction.state = 'deferred';
      interaction.originalId = message.id;
      return message;
    }
    case callbackTypes.deferredUpdate:
    case callbackTypes.update: {
      if (pressed === undefined) throw invalidForm('type', 'INTERACTION_RESPONSE_TYPE_INVALID', 'Only for components.');
      interaction.state = 'answered';
      interaction.originalId = pressed.id;
      return type === callbackTypes.update ? applyEdit(world, channel, pressed, request) : pressed;
    }
    case callbackTypes.modal: {
      // A dialog cannot open another one.
      if (interaction.dialogId !== undefined)
        throw invalidForm('type', 'INTERACTION_RESPONSE_TYPE_INVALID', 'Not for the submit of a modal.');
      interaction.state = 'answered';
      interaction.dialog = requireDialog(request.body);
      world.events.emit({ type: 'dialog-open', interaction });
      return undefined;
    }
    default:
      throw invalidForm('type', 'BASE_TYPE_CHOICES', 'This simulator takes the response types 4, 5, 6, 7 and 9.');
  }
}

function followUp(world: World, interaction: Interaction, request: RouteRequest): JsonObject {
  const { channel, originalId } = interaction;
  const original = originalId === undefined ? undefined : channel.log.get(originalId);
  // The first follow-up does not stand below "thinking…" but takes its place.
  if (interaction.state === 'deferred' && original !== undefined) return edit(world, interaction, original, request);
  return toApiMessage(world, channel, post(world, interaction, request, original));
}

function edit(world: World, interaction: Interaction, message: Message, request: RouteRequest): JsonObject {
  const endsThinking = message.interaction?.isThinking === true;
  const edited = applyEdit(world, interaction.channel, message, request, { endsThinking });
  if (endsThinking) interaction.state = 'answered';
  return toApiMessage(world, interaction.channel, edited);
}

function post(
  world: World,
  interaction: Interaction,
  { body, files }: Pick<RouteRequest, 'body' | 'files'>,
  repliesTo?: Message,
): Message {
  const read = readMessageBody(body);
  requireContent(read, files);
  return postMessage(world, interaction.channel, {
    ...originOf(world, interaction, repliesTo),
    content: read.content ?? '',
    flags: read.flags,
    allowedMentions: read.allowedMentions,
    embeds: read.embeds ?? [],
    components: read.components ?? [],
    attachments: storeFiles(world, read, files),
  });
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

function toCallbackResponse(
  world: World,
  interaction: Interaction,
  type: unknown,
  message: Message | undefined,
): JsonObject {
  const { channel } = interaction;
  const isPressed = interaction.pressedMessageId !== undefined;
  return {
    interaction: {
      id: interaction.id,
      type: isPressed ? InteractionType.MessageComponent : InteractionType.ApplicationCommand,
      channel_id: channel.id,
      ...(channel.guild !== undefined && { guild_id: channel.guild.id }),
      ...(message !== undefined && {
        response_message_id: message.id,
        response_message_loading: message.interaction?.isThinking === true,
        response_message_ephemeral: message.isEphemeral === true,
      }),
    },
    ...(message !== undefined && { resource: { type, message: toApiMessage(world, channel, message) } }),
  };
}
