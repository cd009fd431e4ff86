/** Messages are written, changed and deleted, by members and by the bot alike. */

import { ApplicationCommandType, MessageType } from 'discord-api-types/v10';
import type { SimulatedAttachment, SimulatedSnapshot } from '../face/message.ts';
import type { SimulatedUser } from '../face/user.ts';
import { fieldsOf } from '../payload/json.ts';
import { setMember } from './channels.ts';
import { type AllowedMentions, resolveMentions } from './mentions.ts';
import type { Channel, Interaction, Message, World } from './state.ts';

/** Discord's `MessageFlags` that mean something here. */
export const messageFlags = {
  suppressEmbeds: 1 << 2,
  ephemeral: 1 << 6,
  loading: 1 << 7,
  hasSnapshot: 1 << 14,
  componentsV2: 1 << 15,
} as const;

export interface Draft {
  readonly author: SimulatedUser;
  readonly content: string;
  readonly type?: MessageType;
  readonly flags?: number;
  readonly repliesTo?: Message | undefined;
  /** What it sends on. */
  readonly forwarded?: Message | undefined;
  readonly allowedMentions?: AllowedMentions | undefined;
  readonly embeds?: readonly unknown[];
  readonly components?: readonly unknown[];
  readonly attachments?: readonly SimulatedAttachment[];
  readonly nonce?: string | undefined;
  readonly webhookId?: string | undefined;
  readonly interaction?: Interaction | undefined;
}

/** What an edit changes; what is left out stays. */
export interface Changes {
  readonly content?: string | undefined;
  readonly allowedMentions?: AllowedMentions | undefined;
  readonly embeds?: readonly unknown[] | undefined;
  readonly components?: readonly unknown[] | undefined;
  readonly attachments?: readonly SimulatedAttachment[] | undefined;
  /** Of all flags, an edit changes whether embeds are shown, and makes a message one of components of the second kind. */
  readonly suppressesEmbeds?: boolean | undefined;
  readonly flags?: number;
  /** Ends the thinking state of a deferred response. */
  readonly endsThinking?: boolean;
}

export function postMessage(world: World, channel: Channel, draft: Draft): Message {
  const { author, interaction, repliesTo, forwarded, flags = 0 } = draft;
  const mentions = resolveMentions(world, channel, {
    author,
    content: draft.content,
    repliedTo: whomReplyMentions(repliesTo),
    allowed: draft.allowedMentions,
  });
  const defaultType = repliesTo === undefined ? MessageType.Default : MessageType.Reply;
  const message: Message = {
    id: world.snowflakes.next(),
    channelId: channel.id,
    author,
    content: draft.content,
    createdAt: Date.now(),
    revisions: [draft.content],
    ...(repliesTo !== undefined && { repliesTo: repliesTo.id }),
    ...(forwarded !== undefined && { forwarded: toSnapshot(forwarded) }),
    pings: mentions.pings,
    attachments: draft.attachments ?? [],
    components: draft.components ?? [],
    ...((flags & messageFlags.ephemeral) !== 0 && { isEphemeral: true }),
    ...(draft.nonce !== undefined && { nonce: draft.nonce }),
    ...(interaction !== undefined && {
      interaction: {
        id: interaction.id,
        user: interaction.user,
        command: interaction.name,
        isFromMenu: isFromMenu(interaction),
        isThinking: (flags & messageFlags.loading) !== 0,
        ...(interaction.pressedMessageId !== undefined && { pressedMessageId: interaction.pressedMessageId }),
      },
    }),
    wire: {
      type: draft.type ?? defaultType,
      flags: forwarded === undefined ? flags : flags | messageFlags.hasSnapshot,
      embeds: draft.embeds ?? [],
      mentions: mentions.users,
      mentionedRoleIds: mentions.roleIds,
      mentionsEveryone: mentions.everyone,
      ...(draft.webhookId !== undefined && { webhookId: draft.webhookId }),
      ...(interaction !== undefined && { interaction }),
      ...(forwarded !== undefined && { forwarded }),
    },
  };
  // Whoever writes in a thread is in it from then on.
  if (channel.kind === 'thread' && draft.webhookId === undefined) setMember(world, channel, author, true);
  channel.log.put(message);
  if (!message.isEphemeral) channel.lastMessageId = message.id;
  world.events.emit({ type: 'message-create', channel, message });
  return message;
}

function isFromMenu({ payload, openedBy }: Interaction): boolean {
  const { data } = (openedBy ?? { payload }).payload;
  return fieldsOf(data).type === ApplicationCommandType.Message;
}

function toSnapshot({ content, createdAt, attachments, wire }: Message): SimulatedSnapshot {
  return wire.forwarded === undefined ? { content, createdAt, attachments } : toSnapshot(wire.forwarded);
}

/** What came by a webhook, as every answer to an interaction does, pings nobody when it is replied to: discord-api-docs issue 5395. */
function whomReplyMentions(replied: Message | undefined): SimulatedUser | undefined {
  return replied?.wire.webhookId === undefined ? replied?.author : undefined;
}

export function editMessage(world: World, channel: Channel, message: Message, changes: Changes): Message {
  const { author, wire } = message;
  const isRewritten = changes.content !== undefined;
  const content = changes.content ?? message.content;
  const replied = message.repliesTo === undefined ? undefined : channel.log.get(message.repliesTo);
  const repliedTo = whomReplyMentions(replied);
  const mentions = resolveMentions(world, channel, { author, content, repliedTo, allowed: changes.allowedMentions });
  const earlierRevisions = changes.endsThinking === true ? [] : message.revisions;
  const edited: Message = {
    ...message,
    content,
    // Filling a deferred response is no edit in the eyes of members.
    ...(changes.endsThinking !== true && { editedAt: Date.now() }),
    revisions: isRewritten ? [...earlierRevisions, content] : message.revisions,
    pings: isRewritten ? mentions.pings : message.pings,
    attachments: changes.attachments ?? message.attachments,
    components: changes.components ?? message.components,
    ...(message.interaction !== undefined && {
      interaction: {
        ...message.interaction,
        isThinking: changes.endsThinking === true ? false : message.interaction.isThinking,
      },
    }),
    wire: {
      ...wire,
      flags: flagsAfter(wire.flags, changes),
      embeds: changes.embeds ?? wire.embeds,
      ...(isRewritten && {
        mentions: mentions.users,
        mentionedRoleIds: mentions.roleIds,
        mentionsEveryone: mentions.everyone,
      }),
    },
  };
  channel.log.put(edited);
  world.events.emit({ type: 'message-update', channel, message: edited });
  return edited;
}

function flagsAfter(before: number, { endsThinking, suppressesEmbeds, flags: given = 0 }: Changes): number {
  const kept = endsThinking === true ? before & ~messageFlags.loading : before;
  const flags = kept | (given & messageFlags.componentsV2);
  if (suppressesEmbeds === undefined) return flags;
  return suppressesEmbeds ? flags | messageFlags.suppressEmbeds : flags & ~messageFlags.suppressEmbeds;
}

export function deleteMessage(world: World, channel: Channel, message: Message): void {
  channel.log.remove(message.id);
  world.events.emit({ type: 'message-delete', channel, messageId: message.id });
}
