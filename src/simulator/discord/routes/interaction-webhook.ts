/** The webhook of an interaction: what the bot says after its first answer, for 15 minutes. */

import type { Interactions } from '../actors/interactions.ts';
import type { JsonObject } from '../payload/json.ts';
import { toApiMessage } from '../payload/message-payload.ts';
import {
  invalidWebhookToken,
  tooManyFollowUps,
  tooManyWebhookMessages,
  unknownChannel,
  unknownMessage,
  unknownWebhook,
} from '../rest/api-error.ts';
import type { Route, RouteRequest } from '../rest/router.ts';
import { deleteMessage } from '../world/posting.ts';
import type { Interaction, Message, World } from '../world/state.ts';
import { editAnswer, postAnswer } from './interaction-posting.ts';

const webhook = '/webhooks/{application.id}/{interaction.token}';
/** Of an application that a user installed for themselves alone: …/interactions/receiving-and-responding#create-followup-message */
const mostFollowUps = 5;

export function interactionWebhookRoutes(world: World, interactions: Interactions): Route[] {
  return [
    {
      method: 'POST',
      pattern: webhook,
      needsToken: false,
      bucket: 'follow-up',
      bodySchema: 'IncomingWebhookRequestPartialSchema',
      handle: (request) => ({ status: 200, body: followUp(world, find(world, interactions, request), request) }),
    },
    ...[`${webhook}/messages/@original`, `${webhook}/messages/{message.id}`].flatMap((pattern) =>
      messageRoutes(world, interactions, pattern),
    ),
  ];
}

function messageRoutes(world: World, interactions: Interactions, pattern: string): Route[] {
  return [
    {
      method: 'GET',
      pattern,
      needsToken: false,
      handle(request) {
        const interaction = find(world, interactions, request);
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
        const interaction = find(world, interactions, request);
        const edited = editAnswer(world, interaction, findMessage(interaction, request), request);
        return { status: 200, body: toApiMessage(world, interaction.channel, edited) };
      },
    },
    {
      method: 'DELETE',
      pattern,
      needsToken: false,
      handle(request) {
        const interaction = find(world, interactions, request);
        deleteMessage(world, interaction.channel, findMessage(interaction, request));
        return { status: 204 };
      },
    },
  ];
}

function find(world: World, interactions: Interactions, request: RouteRequest): Interaction {
  const interaction = interactions.find(request.parameter('interaction.token'));
  const isOurs = request.parameter('application.id') === world.applicationId;
  if (interaction === undefined || !isOurs) throw unknownWebhook();
  if (interaction === 'expired') throw invalidWebhookToken();
  const isAnswered = interaction.state === 'deferred' || interaction.state === 'answered';
  if (!isAnswered || interaction.typedOption !== undefined) throw unknownWebhook();
  if (!world.channels.has(interaction.channel.id)) throw unknownChannel();
  return interaction;
}

function findMessage(interaction: Interaction, request: RouteRequest): Message {
  const id = request.parameter('message.id') || interaction.originalId;
  const message = id === undefined ? undefined : interaction.channel.log.get(id);
  const isOurs = message?.wire.interaction === interaction || message?.id === interaction.pressedMessageId;
  if (message === undefined || !isOurs) throw unknownMessage();
  return message;
}

function followUp(world: World, interaction: Interaction, request: RouteRequest): JsonObject {
  const { channel, originalId, isUserInstalled } = interaction;
  if (isUserInstalled && interaction.followUps >= mostFollowUps) throw tooManyFollowUps();
  const waitMs = world.webhookMessages.take(channel.id);
  if (waitMs > 0) throw tooManyWebhookMessages(waitMs);
  const original = originalId === undefined ? undefined : channel.log.get(originalId);
  // The first follow-up does not stand below "thinking…" but takes its place.
  const message =
    interaction.state === 'deferred' && original !== undefined
      ? editAnswer(world, interaction, original, request)
      : postAnswer(world, interaction, request, original);
  interaction.followUps += 1;
  return toApiMessage(world, channel, message);
}
