/** The callback by which the bot answers commands, buttons and dialogs within 3 s. */

import { InteractionType } from 'discord-api-types/v10';
import { toChoices } from '../actors/choices.ts';
import { requireDialog } from '../actors/dialog.ts';
import { fieldsOf, type JsonObject } from '../payload/json.ts';
import { toApiMessage } from '../payload/message-payload.ts';
import { alreadyAcknowledged, invalidForm, unknownInteraction } from '../rest/api-error.ts';
import type { Route, RouteAnswer, RouteRequest } from '../rest/router.ts';
import type { Interaction, Message, World } from '../world/state.ts';
import { postAnswer, postThinking, requireUnlocked } from './interaction-posting.ts';
import { applyEdit } from './message-edit.ts';

/** The types of interaction response that this simulator has. */
const callbackTypes = { message: 4, deferredMessage: 5, deferredUpdate: 6, update: 7, choices: 8, modal: 9 } as const;

const callbackSchemas: ReadonlyMap<unknown, string> = new Map([
  [callbackTypes.message, 'CreateMessageInteractionCallbackRequestSchema'],
  [callbackTypes.deferredMessage, 'CreateMessageInteractionCallbackRequestSchema'],
  [callbackTypes.deferredUpdate, 'UpdateMessageInteractionCallbackRequestSchema'],
  [callbackTypes.update, 'UpdateMessageInteractionCallbackRequestSchema'],
  [callbackTypes.choices, 'ApplicationCommandAutocompleteCallbackRequestSchema'],
  [callbackTypes.modal, 'ModalInteractionCallbackRequestSchema'],
]);

export function interactionRoutes(world: World): Route[] {
  return [
    {
      method: 'POST',
      pattern: '/interactions/{interaction.id}/{interaction.token}/callback',
      needsToken: false,
      bodySchema: (body) => callbackSchemas.get(fieldsOf(body).type),
      handle: (request) => acknowledge(world, request),
    },
  ];
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
  // Suggestions are all that somebody who still types can be shown, and nobody else is shown any.
  if ((type === callbackTypes.choices) !== (interaction.typedOption !== undefined))
    throw invalidForm(
      'type',
      'INTERACTION_RESPONSE_TYPE_INVALID',
      'Suggestions are for autocomplete, and for nothing else.',
    );
  switch (type) {
    case callbackTypes.message: {
      const message = postAnswer(world, interaction, request);
      interaction.state = 'answered';
      interaction.originalId = message.id;
      return message;
    }
    case callbackTypes.deferredMessage: {
      const message = postThinking(world, interaction, request.body);
      interaction.state = 'deferred';
      interaction.originalId = message.id;
      return message;
    }
    case callbackTypes.deferredUpdate:
    case callbackTypes.update:
      return update(world, interaction, type === callbackTypes.update ? request : undefined);
    case callbackTypes.choices:
      interaction.choices = toChoices(fieldsOf(request.body).choices);
      interaction.state = 'answered';
      return undefined;
    case callbackTypes.modal:
      openDialog(world, interaction, request.body);
      return undefined;
    default:
      throw invalidForm('type', 'BASE_TYPE_CHOICES', 'This simulator takes the response types 4 to 9.');
  }
}

/** @param request how the pressed message changes; undefined for a mere acknowledgement. */
function update(
  world: World,
  interaction: Interaction,
  request: Pick<RouteRequest, 'body' | 'files'> | undefined,
): Message {
  const { channel, pressedMessageId } = interaction;
  const pressed = pressedMessageId === undefined ? undefined : channel.log.get(pressedMessageId);
  if (pressed === undefined) throw invalidForm('type', 'INTERACTION_RESPONSE_TYPE_INVALID', 'Only for components.');
  if (request !== undefined) requireUnlocked(world, interaction);
  // What is refused acknowledges nothing.
  const message = request === undefined ? pressed : applyEdit(world, channel, pressed, request);
  interaction.state = 'answered';
  interaction.originalId = message.id;
  return message;
}

function openDialog(world: World, interaction: Interaction, body: unknown): void {
  // A dialog cannot open another one.
  if (interaction.dialogId !== undefined)
    throw invalidForm('type', 'INTERACTION_RESPONSE_TYPE_INVALID', 'Not for the submit of a modal.');
  interaction.dialog = requireDialog(body);
  interaction.state = 'answered';
  world.events.emit({ type: 'dialog-open', interaction });
}

function toCallbackResponse(
  world: World,
  interaction: Interaction,
  type: unknown,
  message: Message | undefined,
): JsonObject {
  const { channel } = interaction;
  return {
    interaction: {
      id: interaction.id,
      type: typeOf(interaction),
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

function typeOf({ dialogId, pressedMessageId, typedOption }: Interaction): InteractionType {
  if (dialogId !== undefined) return InteractionType.ModalSubmit;
  if (typedOption !== undefined) return InteractionType.ApplicationCommandAutocomplete;
  return pressedMessageId === undefined ? InteractionType.ApplicationCommand : InteractionType.MessageComponent;
}
