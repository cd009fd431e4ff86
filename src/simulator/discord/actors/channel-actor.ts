/** A channel in the hands of its members, who write, use commands and wait for what the bot does, and of its admins. */

import { MessageType } from 'discord-api-types/v10';
import type { SayOptions, SimulatedChannel } from '../face/channel.ts';
import type { SimulatedGuild } from '../face/guild.ts';
import type { SimulatedMessage } from '../face/message.ts';
import type { SimulatedUser } from '../face/user.ts';
import { storeMemberFiles } from '../world/attachments.ts';
import { addThread, setForBot, setMember, setOverwrite, setThread } from '../world/channels.ts';
import { toBits } from '../world/permissions.ts';
import { deleteMessage, editMessage, postMessage } from '../world/posting.ts';
import type { Channel, Message, World } from '../world/state.ts';
import { awaitChoices } from './choices.ts';
import { toDialog } from './dialog.ts';
import type { Interactions } from './interactions.ts';
import { waitForChange } from './wait.ts';

/** What a member with every privilege can write at once. */
const maxMemberContentLength = 4000;

interface Around {
  readonly guild?: SimulatedGuild;
  readonly toActor: (channel: Channel) => SimulatedChannel;
}

export function createChannelActor(
  world: World,
  interactions: Interactions,
  channel: Channel,
  { guild, toActor }: Around,
): SimulatedChannel {
  const actor: SimulatedChannel = {
    id: channel.id,
    name: channel.name,
    kind: channel.kind,
    ...(guild !== undefined && { guild }),
    ...(channel.parent !== undefined && { parentId: channel.parent.id }),
    get messages() {
      return channel.log.all;
    },
    get isArchived() {
      return channel.isArchived;
    },
    get isLocked() {
      return channel.isLocked;
    },
    ...deedsOfMembers(world, interactions, channel),
    ...deedsOfAdmins(world, channel),
    waitFor: (look, options) =>
      waitForChange({
        look: () => look(actor),
        observe: (listener) => observeChannel(world, channel, listener),
        describe: () => `nothing to be found in ${channel.name}:\n${actor.transcript()}`,
        ...options,
      }),
    transcript: () => channel.log.all.map(toLine).join('\n'),
    startThread: (name, options) => toActor(addThread(world, channel, name, options)),
  };
  return actor;
}

function deedsOfMembers(world: World, interactions: Interactions, channel: Channel) {
  const find = (messageId: string) => findMessage(channel, messageId);
  return {
    says: (user, content, options = {}) => say(world, channel, user, content, options),
    forwards: (user, message) => forward(world, channel, user, message),
    // Async, so that what a member's client would not even send rejects instead of throwing.
    asks: async (user, command, options) => interactions.use(channel, user, command, options).id,
    completes: (user, command, option, typed, given = {}) =>
      awaitChoices(world, () => interactions.complete(channel, user, command, { option, typed, given })),
    uses: async (user, messageId, command) => interactions.useOn(channel, user, find(messageId), command).id,
    presses: async (user, messageId, customId) => interactions.press(channel, user, find(messageId), customId).id,
    selects: async (user, messageId, customId, values) =>
      interactions.select(channel, user, find(messageId), { customId, values }).id,
    submits: async (user, pressId, values) => interactions.submit(channel, user, pressId, values).id,
    dialogOf(pressId) {
      const dialog = world.interactionsById.get(pressId)?.dialog;
      return dialog === undefined ? undefined : toDialog(dialog);
    },
    edits(messageId, content) {
      editMessage(world, channel, find(messageId), { content });
    },
    deletes: (messageId) => deleteMessage(world, channel, find(messageId)),
  } satisfies Partial<SimulatedChannel>;
}

function deedsOfAdmins(world: World, channel: Channel) {
  return {
    deny: (...permissions) => setForBot(world, channel, 'deny', toBits(permissions)),
    allow: (...permissions) => setForBot(world, channel, 'allow', toBits(permissions)),
    overwrite: (target, { allow = [], deny = [] }) =>
      setOverwrite(world, channel, target, { allow: toBits(allow), deny: toBits(deny) }),
    setThread: (changes) => setThread(world, channel, changes),
    addMember: (user) => setMember(world, channel, user, true),
    removeMember: (user) => setMember(world, channel, user, false),
  } satisfies Partial<SimulatedChannel>;
}

function findMessage(channel: Channel, messageId: string): Message {
  const message = channel.log.get(messageId);
  if (message === undefined) throw new Error(`There is no message ${messageId} in ${channel.name}.`);
  return message;
}

function observeChannel(world: World, channel: Channel, listener: () => void): () => void {
  return world.events.observe((event) => {
    const place = 'interaction' in event ? event.interaction : event;
    if ('channel' in place && place.channel === channel) listener();
  });
}

function say(
  world: World,
  channel: Channel,
  author: SimulatedUser,
  content: string,
  { repliesTo, files = [], embeds = [], pingsRepliedTo = true, isWebhook = false, isSystem = false }: SayOptions,
): SimulatedMessage {
  requireThere(world, channel);
  if (content.length > maxMemberContentLength) {
    throw new RangeError(`A member writes at most ${maxMemberContentLength} characters, not ${content.length}.`);
  }
  const replied = repliesTo === undefined ? undefined : channel.log.get(repliesTo);
  if (repliesTo !== undefined && replied === undefined) {
    throw new Error(`There is no message ${repliesTo} in ${channel.name} to reply to.`);
  }
  setThread(world, channel, { isArchived: false });
  return postMessage(world, channel, {
    author,
    content,
    attachments: storeMemberFiles(world, channel, files),
    embeds: embeds.map((embed) => ({ type: 'rich', ...embed })),
    repliesTo: replied,
    ...(isSystem && { type: MessageType.ThreadCreated }),
    ...(isWebhook && { webhookId: author.id }),
    ...(!pingsRepliedTo && {
      allowedMentions: { parse: ['users', 'roles', 'everyone'], users: [], roles: [], repliedUser: false },
    }),
  });
}

function forward(
  world: World,
  channel: Channel,
  author: SimulatedUser,
  { id, channelId }: SimulatedMessage,
): SimulatedMessage {
  requireThere(world, channel);
  const message = world.channels.get(channelId)?.log.get(id);
  if (message === undefined) throw new Error(`There is no message ${id} to send on.`);
  setThread(world, channel, { isArchived: false });
  return postMessage(world, channel, { author, content: '', forwarded: message });
}

function requireThere(world: World, channel: Channel): void {
  if (world.channels.get(channel.id) !== channel) throw new Error(`The channel ${channel.name} is gone.`);
}

function toLine(message: Message): string {
  const arrow = message.repliesTo === undefined ? '' : ' ↩';
  const text = message.interaction?.isThinking === true ? '(thinking)' : message.content;
  return `${message.author.displayName}${arrow}: ${text}`;
}
