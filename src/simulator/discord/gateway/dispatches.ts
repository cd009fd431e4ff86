/** What happens in the world as gateway events. */

import { GatewayDispatchEvents, GatewayIntentBits } from 'discord-api-types/v10';
import type { SimulatedUser } from '../face/user.ts';
import { toApiMemberPart, toApiUser } from '../payload/guilds.ts';
import { toGatewayMessage } from '../payload/message-payload.ts';
import { mayReadText } from '../world/permissions.ts';
import type { Channel, Guild, Interaction, Message, World, WorldEvent } from '../world/state.ts';
import { type Dispatch, guildPart, once } from './dispatch.ts';
import {
  toChannelDispatch,
  toGuildCreate,
  toMemberDispatch,
  toRoleDispatch,
  toThreadMembers,
  toThreadsSync,
} from './guild-dispatches.ts';

/** Undefined for what the gateway keeps to itself, and for what happens where the bot cannot look. */
export function toDispatch(world: World, event: WorldEvent): Dispatch | undefined {
  switch (event.type) {
    case 'message-create':
    case 'message-update':
      return mayHear(world, event.channel)
        ? toMessageDispatch(world, event.channel, event.message, event.type === 'message-create')
        : undefined;
    case 'message-delete':
      return mayHear(world, event.channel) ? toDeletion(event.channel, event.messageId) : undefined;
    case 'typing':
      return mayHear(world, event.channel) ? toTyping(event.channel, event.user) : undefined;
    case 'channel-create':
      return toChannelDispatch(world, event.channel, 'create');
    case 'channel-update':
      return toChannelDispatch(world, event.channel, 'update');
    case 'channel-delete':
      return toChannelDispatch(world, event.channel, 'delete');
    case 'threads-sync':
      return toThreadsSync(world, event.channel);
    case 'thread-members':
      return toThreadMembers(world, event);
    case 'guild-create':
      return event.guild.hasBot ? toGuildCreate(world, event.guild) : undefined;
    case 'guild-delete':
      return event.guild.hasBot ? toGuildDelete(event.guild) : undefined;
    case 'role-create':
    case 'role-update':
      return event.guild.hasBot ? toRoleDispatch(event.guild, event.role, event.type === 'role-create') : undefined;
    case 'member-update':
      return toMemberDispatch(world, event.guild, event.user);
    case 'interaction-create':
      // Either the gateway tells of it, or the application's own endpoint is.
      return world.endpoint.url === undefined ? toInteractionDispatch(event.interaction) : undefined;
    case 'commands-update':
    case 'dialog-open':
    case 'interaction-end':
      return undefined;
    default:
      return event satisfies never;
  }
}

function mayHear(world: World, channel: Channel): boolean {
  return mayReadText(channel, world.bot);
}

function toMessageDispatch(world: World, channel: Channel, message: Message, isNew: boolean): Dispatch {
  const isDirect = channel.kind === 'dm' || message.isEphemeral === true;
  return {
    name: isNew ? GatewayDispatchEvents.MessageCreate : GatewayDispatchEvents.MessageUpdate,
    intent: isDirect ? GatewayIntentBits.DirectMessages : GatewayIntentBits.GuildMessages,
    guildId: isDirect ? undefined : channel.guild?.id,
    data: onceEach((mayReadContent) =>
      toGatewayMessage(world, channel, message, { includesNonce: isNew, mayReadContent }),
    ),
  };
}

function toDeletion(channel: Channel, messageId: string): Dispatch {
  return {
    name: GatewayDispatchEvents.MessageDelete,
    ...addressOf(channel, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages),
    data: once(() => ({ id: messageId, channel_id: channel.id, ...guildPart(channel) })),
  };
}

function toTyping(channel: Channel, user: SimulatedUser): Dispatch {
  const timestamp = Math.floor(Date.now() / 1000);
  const { guild } = channel;
  return {
    name: GatewayDispatchEvents.TypingStart,
    ...addressOf(channel, GatewayIntentBits.GuildMessageTyping, GatewayIntentBits.DirectMessageTyping),
    data: once(() => ({
      channel_id: channel.id,
      user_id: user.id,
      timestamp,
      ...guildPart(channel),
      ...(guild !== undefined && { member: { ...toApiMemberPart(guild, user), user: toApiUser(user) } }),
    })),
  };
}

function toGuildDelete(guild: Guild): Dispatch {
  return {
    name: GatewayDispatchEvents.GuildDelete,
    intent: GatewayIntentBits.Guilds,
    guildId: guild.id,
    // Without `unavailable` the bot was removed.
    data: once(() => ({ id: guild.id, ...(guild.isUnavailable && { unavailable: true }) })),
  };
}

function toInteractionDispatch({ channel, payload }: Interaction): Dispatch {
  return {
    name: GatewayDispatchEvents.InteractionCreate,
    intent: 0,
    guildId: channel.guild?.id,
    data: once(() => payload),
  };
}

function addressOf(channel: Channel, guildIntent: number, directIntent: number): Pick<Dispatch, 'intent' | 'guildId'> {
  return channel.guild === undefined ? { intent: directIntent } : { intent: guildIntent, guildId: channel.guild.id };
}

function onceEach(make: (mayReadContent: boolean) => unknown): (mayReadContent: boolean) => string {
  const readable = once(() => make(true));
  const withheld = once(() => make(false));
  return (mayReadContent) => (mayReadContent ? readable() : withheld());
}
