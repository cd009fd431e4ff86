/** Channels as tests and the playground see them: members who write, use commands and wait for what the bot does. */

import { MessageType } from 'discord-api-types/v10';
import type { SayOptions, SimulatedChannel } from '../face/channel.ts';
import type { SimulatedMessage } from '../face/message.ts';
import type { SimulatedUser } from '../face/user.ts';
import { deleteMessage, editMessage, postMessage } from '../world/posting.ts';
import type { Channel, Message, World } from '../world/state.ts';
import { addThread } from '../world/world.ts';
import { toDialog } from './dialog.ts';
import type { Interactions } from './interactions.ts';
import { waitForChange } from './wait.ts';

/** What a member with every privilege can write at once. */
const maxMemberContentLength = 4000;

export interface Actors {
  /** The same object for the same channel each time. */
  of(channel: Channel): SimulatedChannel;
}

export function createActors(world: World, interactions: Interactions): Actors {
  const known = new WeakMap<Channel, SimulatedChannel>();
  const actors: Actors = {
    of(channel) {
      let actor = known.get(channel);
      if (actor === undefined) {
        actor = createActor(world, interactions, channel, actors);
        known.set(channel, actor);
      }
      return actor;
    },
  };
  return actors;
}

function createActor(world: World, interactions: Interactions, channel: Channel, actors: Actors): SimulatedChannel {
  function find(messageId: string): Message {
    const message = channel.log.get(messageId);
    if (message === undefined) throw new Error(`There is no message ${messageId} in ${channel.name}.`);
    return message;
  }

  const actor: SimulatedChannel = {
    id: channel.id,
    name: channel.name,
    kind: channel.kind,
    ...(channel.guild !== undefined && { guild: channel.guild }),
    ...(channel.parentId !== undefined && { parentId: channel.parentId }),
    get messages() {
      return channel.log.all;
    },
    says: (user, content, options = {}) => say(world, channel, user, content, options),
    // Async, so that what a member's client would not even send rejects instead of throwing.
    asks: async (user, command, options) => interactions.use(channel, user, command, options).id,
    presses: async (user, messageId, customId) => interactions.press(channel, user, find(messageId), customId).id,
    submits: async (user, pressId, values) => interactions.submit(channel, user, pressId, values).id,
    dialogOf(pressId) {
      const dialog = world.interactionsById.get(pressId)?.dialog;
      return dialog === undefined ? undefined : toDialog(dialog);
    },
    edits(messageId, content) {
      editMessage(world, channel, find(messageId), { content });
    },
    deletes(messageId) {
      deleteMessage(world, channel, find(messageId));
    },
    waitFor: (look, options) =>
      waitForChange({
        look: () => look(actor),
        observe: (listener) =>
          world.events.observe((event) => {
            const place = 'interaction' in event ? event.interaction : event;
            if ('channel' in place && place.channel === channel) listener();
          }),
        describe: () => `nothing to be found in ${channel.name}:\n${actor.transcript()}`,
        ...options,
      }),
    transcript: () => channel.log.all.map(toLine).join('\n'),
    startThread: (name) => actors.of(addThread(world, channel, name)),
  };
  return actor;
}

function say(
  world: World,
  channel: Channel,
  author: SimulatedUser,
  content: string,
  { repliesTo, pingsRepliedTo = true, isWebhook = false, isSystem = false }: SayOptions,
): SimulatedMessage {
  if (world.channels.get(channel.id) !== channel) throw new Error(`The channel ${channel.name} is gone.`);
  if (content.length > maxMemberContentLength) {
    throw new RangeError(`A member writes at most ${maxMemberContentLength} characters, not ${content.length}.`);
  }
  const replied = repliesTo === undefined ? undefined : channel.log.get(repliesTo);
  if (repliesTo !== undefined && replied === undefined) {
    throw new Error(`There is no message ${repliesTo} in ${channel.name} to reply to.`);
  }
  return postMessage(world, channel, {
    author,
    content,
    repliesTo: replied,
    ...(isSystem && { type: MessageType.ThreadCreated }),
    ...(isWebhook && { webhookId: author.id }),
    ...(!pingsRepliedTo && {
      allowedMentions: { parse: ['users', 'roles', 'everyone'], users: [], roles: [], repliedUser: false },
    }),
  });
}

function toLine(message: Message): string {
  const arrow = message.repliesTo === undefined ? '' : ' ↩';
  const text = message.interaction?.isThinking === true ? '(thinking)' : message.content;
  return `${message.author.displayName}${arrow}: ${text}`;
}
