/** What happens in the world as gateway events: name, data, and which sessions are told. */

import { GatewayDispatchEvents, GatewayIntentBits } from 'discord-api-types/v10';
import { toGatewayMessage } from '../payload/message-payload.ts';
import { toApiChannel, toApiGuild, toApiMemberPart, toApiRoles, toApiUser } from '../payload/payloads.ts';
import type { Channel, Guild, World, WorldEvent } from '../world/state.ts';
import { channelsOf } from '../world/world.ts';

/** One event for every session that wants it. */
export interface Dispatch {
  readonly name: string;
  /** The intent that a session must have; 0 for events that all get. */
  readonly intent: number;
  /** Decides the shard; undefined for direct messages. */
  readonly guildId?: string | undefined;
  /** The data as JSON, by whether the session may read what members write. */
  readonly data: (mayReadContent: boolean) => string;
}

/** Undefined for what the gateway keeps to itself. */
export function toDispatch(world: World, event: WorldEvent): Dispatch | undefined {
  switch (event.type) {
    case 'message-create':
    case 'message-update': {
      const { channel, message, type } = event;
      const includesNonce = type === 'message-create';
      const isDirect = channel.kind === 'dm' || message.isEphemeral === true;
      return {
        name: includesNonce ? GatewayDispatchEvents.MessageCreate : GatewayDispatchEvents.MessageUpdate,
        intent: isDirect ? GatewayIntentBits.DirectMessages : GatewayIntentBits.GuildMessages,
        guildId: isDirect ? undefined : channel.guild?.id,
        data: onceEach((mayReadContent) =>
          toGatewayMessage(world, channel, message, { includesNonce, mayReadContent }),
        ),
      };
    }
    case 'message-delete': {
      const { channel, messageId } = event;
      return {
        name: GatewayDispatchEvents.MessageDelete,
        ...addressOf(channel, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages),
        data: once(() => ({ id: messageId, channel_id: channel.id, ...guildPart(channel) })),
      };
    }
    case 'typing': {
      const { channel, user } = event;
      const timestamp = Math.floor(Date.now() / 1000);
      return {
        name: GatewayDispatchEvents.TypingStart,
        ...addressOf(channel, GatewayIntentBits.GuildMessageTyping, GatewayIntentBits.DirectMessageTyping),
        data: once(() => ({
          channel_id: channel.id,
          user_id: user.id,
          timestamp,
          ...guildPart(channel),
          ...(channel.guild !== undefined && {
            member: { ...toApiMemberPart(channel.guild, user, world), user: toApiUser(user) },
          }),
        })),
      };
    }
    case 'channel-create':
    case 'channel-delete':
      return toChannelDispatch(world, event.channel, event.type === 'channel-create');
    case 'guild-create':
      return toGuildCreate(world, event.guild);
    case 'guild-delete':
      return {
        name: GatewayDispatchEvents.GuildDelete,
        intent: GatewayIntentBits.Guilds,
        guildId: event.guild.id,
        // Without `unavailable` the bot was removed.
        data: once(() => ({ id: event.guild.id, ...(event.guild.isUnavailable === true && { unavailable: true }) })),
      };
    case 'role-create':
      return {
        name: GatewayDispatchEvents.GuildRoleCreate,
        intent: GatewayIntentBits.Guilds,
        guildId: event.guild.id,
        data: once(() => ({
          guild_id: event.guild.id,
          role: toApiRoles(event.guild, world).find(({ id }) => id === event.roleId),
        })),
      };
    case 'interaction-create':
      return {
        name: GatewayDispatchEvents.InteractionCreate,
        intent: 0,
        guildId: event.interaction.channel.guild?.id,
        data: once(() => event.interaction.payload),
      };
    case 'commands-update':
    case 'dialog-open':
    case 'interaction-end':
      return undefined;
    default:
      return event satisfies never;
  }
}

export function toGuildCreate(world: World, guild: Guild): Dispatch {
  return {
    name: GatewayDispatchEvents.GuildCreate,
    intent: GatewayIntentBits.Guilds,
    guildId: guild.id,
    data: once(() => {
      const channels = channelsOf(world, guild.id);
      return {
        ...toApiGuild(guild, world),
        joined_at: new Date(guild.joinedAt).toISOString(),
        large: false,
        unavailable: false,
        member_count: world.users.size,
        // Without the privileged intents a bot is told of no member but itself.
        members: [{ ...toApiMemberPart(guild, world.bot, world), user: toApiUser(world.bot) }],
        channels: channels.filter(({ kind }) => kind === 'text').map((channel) => toApiChannel(channel, world)),
        threads: channels.filter(({ kind }) => kind === 'thread').map((channel) => toApiChannel(channel, world)),
        voice_states: [],
        presences: [],
        stage_instances: [],
        guild_scheduled_events: [],
        soundboard_sounds: [],
      };
    }),
  };
}

function toChannelDispatch(world: World, channel: Channel, isNew: boolean): Dispatch | undefined {
  // Discord tells bots of direct messages themselves, never of their channels.
  if (channel.guild === undefined) return undefined;
  const isThread = channel.kind === 'thread';
  const events = GatewayDispatchEvents;
  const createName = isThread ? events.ThreadCreate : events.ChannelCreate;
  const deleteName = isThread ? events.ThreadDelete : events.ChannelDelete;
  return {
    name: isNew ? createName : deleteName,
    intent: GatewayIntentBits.Guilds,
    guildId: channel.guild.id,
    data: once(() => {
      const payload = toApiChannel(channel, world);
      if (!isThread) return payload;
      if (isNew) return { ...payload, newly_created: true };
      return { id: channel.id, guild_id: channel.guild?.id, parent_id: channel.parentId, type: payload.type };
    }),
  };
}

function addressOf(channel: Channel, guildIntent: number, directIntent: number): Pick<Dispatch, 'intent' | 'guildId'> {
  return channel.guild === undefined ? { intent: directIntent } : { intent: guildIntent, guildId: channel.guild.id };
}

function guildPart(channel: Channel): { guild_id?: string } {
  return channel.guild === undefined ? {} : { guild_id: channel.guild.id };
}

/** Made when the first session wants it, so that nothing is written for nobody. */
function once(make: () => unknown): () => string {
  let text: string | undefined;
  return () => {
    text ??= JSON.stringify(make());
    return text;
  };
}

function onceEach(make: (mayReadContent: boolean) => unknown): (mayReadContent: boolean) => string {
  const readable = once(() => make(true));
  const withheld = once(() => make(false));
  return (mayReadContent) => (mayReadContent ? readable() : withheld());
}
