/** What a message looks like on the wire, and what of it Discord withholds from a bot without the Message Content intent. */

import { InteractionType, MessageReferenceType } from 'discord-api-types/v10';
import type { SimulatedAttachment } from '../face/message.ts';
import type { Channel, Interaction, Message, World } from '../world/state.ts';
import { toChannelType } from './channels.ts';
import { toApiComponents } from './components.ts';
import { toApiMemberPart, toApiUser } from './guilds.ts';
import type { JsonObject } from './json.ts';

/** As REST answers it. `includesNonce` for its own creation only: nobody else is told the nonce. */
export function toApiMessage(
  world: World,
  channel: Channel,
  message: Message,
  options: { readonly includesNonce?: boolean; readonly mayReadContent?: boolean } = {},
): JsonObject {
  const payload = withoutReference(world, channel, message, options.mayReadContent ?? world.mayReadContent);
  const { repliesTo } = message;
  const reference = repliesTo === undefined ? undefined : channel.log.get(repliesTo);
  return {
    ...payload,
    ...(options.includesNonce === true && message.nonce !== undefined && { nonce: message.nonce }),
    ...(repliesTo !== undefined && {
      referenced_message:
        reference === undefined
          ? null
          : withoutReference(world, channel, reference, options.mayReadContent ?? world.mayReadContent),
    }),
  };
}

/** As the gateway tells it: with the guild, the author's membership and the channel's type. */
export function toGatewayMessage(
  world: World,
  channel: Channel,
  message: Message,
  options: { readonly includesNonce: boolean; readonly mayReadContent: boolean },
): JsonObject {
  const payload = { ...toApiMessage(world, channel, message, options), channel_type: toChannelType(channel) };
  const { guild } = channel;
  // Ephemeral messages travel by the bot's direct line, outside the guild.
  if (guild === undefined || message.isEphemeral === true) return payload;
  return {
    ...payload,
    guild_id: guild.id,
    ...(message.wire.webhookId === undefined && { member: toApiMemberPart(guild, message.author) }),
    mentions: message.wire.mentions.map((user) => ({
      ...toApiUser(user),
      member: toApiMemberPart(guild, user),
    })),
  };
}

/** What a command of its menu tells of a message, in full whatever the bot may read else: https://docs.discord.com/developers/events/gateway#message-content-intent */
export function toChosenMessage(world: World, channel: Channel, message: Message): JsonObject {
  return withoutReference(world, channel, message, true);
}

/** Whether the bot is told the text without having the privileged intent. */
function isContentFree(world: World, channel: Channel, message: Message): boolean {
  const { mentions, mentionedRoleIds } = message.wire;
  const { guild } = channel;
  return (
    guild === undefined ||
    message.author.id === world.bot.id ||
    mentions.some((user) => user.id === world.bot.id) ||
    (world.showsTextToBotRole && mentionedRoleIds.includes(guild.botRoleId))
  );
}

function withoutReference(world: World, channel: Channel, message: Message, mayReadContent: boolean): JsonObject {
  const { wire } = message;
  const isReadable = mayReadContent || isContentFree(world, channel, message);
  return {
    id: message.id,
    channel_id: message.channelId,
    type: wire.type,
    author: toApiAuthor(world, message),
    timestamp: new Date(message.createdAt).toISOString(),
    edited_timestamp: message.editedAt === undefined ? null : new Date(message.editedAt).toISOString(),
    flags: wire.flags,
    tts: false,
    pinned: false,
    mention_everyone: wire.mentionsEveryone,
    mentions: wire.mentions.map(toApiUser),
    mention_roles: wire.mentionedRoleIds,
    ...toContent(message, isReadable),
    ...(message.repliesTo !== undefined && {
      message_reference: {
        type: MessageReferenceType.Default,
        channel_id: channel.id,
        message_id: message.repliesTo,
        ...(channel.guild !== undefined && { guild_id: channel.guild.id }),
      },
    }),
    ...(wire.forwarded !== undefined && toForward(channel, wire.forwarded, isReadable)),
    ...(wire.webhookId !== undefined && { webhook_id: wire.webhookId }),
    ...(wire.webhookId === world.applicationId && { application_id: world.applicationId }),
    ...(wire.interaction !== undefined && toInteractionParts(wire.interaction)),
  };
}

/** A forward has no text of its own, and says nothing of who wrote what it sends on. */
function toForward({ guild }: Channel, forwarded: Message, isReadable: boolean): JsonObject {
  const { wire } = forwarded;
  return {
    message_reference: {
      type: MessageReferenceType.Forward,
      channel_id: forwarded.channelId,
      message_id: forwarded.id,
      ...(guild !== undefined && { guild_id: guild.id }),
    },
    message_snapshots: [
      {
        message: {
          type: wire.type,
          timestamp: new Date(forwarded.createdAt).toISOString(),
          edited_timestamp: forwarded.editedAt === undefined ? null : new Date(forwarded.editedAt).toISOString(),
          flags: wire.flags,
          mentions: wire.mentions.map(toApiUser),
          mention_roles: wire.mentionedRoleIds,
          ...toContent(forwarded, isReadable),
        },
      },
    ],
  };
}

/** What is hidden from a bot that may not read what members write. */
function toContent({ content, attachments, components, wire }: Message, isReadable: boolean): JsonObject {
  if (!isReadable) return { content: '', attachments: [], embeds: [], components: [] };
  return {
    content,
    attachments: attachments.map(toApiAttachment),
    embeds: wire.embeds,
    components: toApiComponents(components),
  };
}

/** Whoever writes through a webhook looks like a bot. */
function toApiAuthor(world: World, { author, wire }: Message): JsonObject {
  const isForeignHook = wire.webhookId !== undefined && wire.webhookId !== world.applicationId;
  return toApiUser(isForeignHook ? { ...author, isBot: true } : author);
}

function toInteractionParts({ id, user, name, payload, pressedMessageId, openedBy }: Interaction): JsonObject {
  const metadata = {
    id,
    user: toApiUser(user),
    authorizing_integration_owners: payload.authorizing_integration_owners,
  };
  if (pressedMessageId !== undefined) {
    return {
      interaction_metadata: {
        ...metadata,
        type: InteractionType.MessageComponent,
        interacted_message_id: pressedMessageId,
      },
    };
  }
  if (openedBy !== undefined) {
    const { interaction_metadata: triggering } = toInteractionParts(openedBy);
    return {
      interaction_metadata: {
        ...metadata,
        type: InteractionType.ModalSubmit,
        triggering_interaction_metadata: triggering,
      },
    };
  }
  return {
    interaction: { id, type: InteractionType.ApplicationCommand, name, user: toApiUser(user) },
    interaction_metadata: { ...metadata, type: InteractionType.ApplicationCommand },
  };
}

export function toApiAttachment(attachment: SimulatedAttachment): JsonObject {
  const { url, description } = attachment;
  return {
    id: attachment.id,
    filename: attachment.filename,
    size: attachment.size,
    content_type: attachment.contentType,
    url,
    proxy_url: url,
    ...(description !== undefined && { description }),
  };
}
