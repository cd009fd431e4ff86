/** Guilds, channels and users come into being and go. */

import type { Locale, SimulatedUser } from '../face/user.ts';
import { Emitter } from './emitter.ts';
import { MessageLog } from './message-log.ts';
import { Snowflakes } from './snowflakes.ts';
import type { Channel, Guild, World } from './state.ts';

export function createWorld(options: { readonly botName: string; readonly mayReadContent: boolean }): World {
  const snowflakes = new Snowflakes();
  const owner = createUserRecord(snowflakes.next(), { name: 'owner' });
  const bot = createUserRecord(snowflakes.next(), { name: options.botName, isBot: true });
  return {
    snowflakes,
    bot,
    owner,
    applicationId: bot.id,
    mayReadContent: options.mayReadContent,
    users: new Map([[bot.id, bot]]),
    guilds: new Map(),
    roles: new Map(),
    channels: new Map(),
    lostChannelIds: new Set(),
    commands: new Map(),
    interactionsById: new Map(),
    interactionsByToken: new Map(),
    attachments: new Map(),
    events: new Emitter(),
    problems: [],
    isBotOnline: false,
    originUrl: '',
  };
}

export interface UserOptions {
  readonly name: string;
  readonly displayName?: string;
  readonly locale?: Locale;
  readonly isBot?: boolean;
  readonly roleIds?: readonly string[];
  readonly isModerator?: boolean;
}

export function addUser(world: World, options: UserOptions): SimulatedUser {
  const user = createUserRecord(world.snowflakes.next(), options);
  world.users.set(user.id, user);
  return user;
}

export function addGuild(world: World, options: { readonly name: string; readonly locale?: Locale }): Guild {
  const guild: Guild = {
    id: world.snowflakes.next(),
    name: options.name,
    locale: options.locale ?? 'ko',
    botRoleId: world.snowflakes.next(),
    ownerId: world.owner.id,
    joinedAt: Date.now(),
  };
  world.guilds.set(guild.id, guild);
  world.events.emit({ type: 'guild-create', guild });
  return guild;
}

/** The bot is removed from the guild: its channels are out of reach from now on. */
export function removeGuild(world: World, guildId: string): void {
  const guild = world.guilds.get(guildId);
  if (guild === undefined) return;
  world.guilds.delete(guildId);
  const channels = channelsOf(world, guildId);
  for (const channel of channels) {
    world.channels.delete(channel.id);
    world.lostChannelIds.add(channel.id);
  }
  world.events.emit({ type: 'guild-delete', guild });
}

/** The guild is down at Discord, or back: the bot stays its member. */
export function setUnavailable(world: World, guildId: string, isUnavailable: boolean): void {
  const guild = world.guilds.get(guildId);
  if (guild === undefined || (guild.isUnavailable === true) === isUnavailable) return;
  guild.isUnavailable = isUnavailable;
  world.events.emit({ type: isUnavailable ? 'guild-delete' : 'guild-create', guild });
}

export function addChannel(world: World, guild: Guild, name: string): Channel {
  if (!world.guilds.has(guild.id)) throw new Error(`The guild ${guild.name} is not there: create it first.`);
  const position = channelsOf(world, guild.id).length;
  return register(world, { kind: 'text', name, guild, position });
}

export function addThread(world: World, parent: Channel, name: string): Channel {
  if (parent.kind !== 'text' || parent.guild === undefined) {
    throw new Error(`A thread hangs under a text channel of a guild, and ${parent.name} is a ${parent.kind}.`);
  }
  return register(world, { kind: 'thread', name, guild: parent.guild, parentId: parent.id, position: 0 });
}

/** Every guild that is there, or comes later, has it. */
export function addRole(world: World, name: string, roleId = world.snowflakes.next()): string {
  world.roles.set(roleId, name);
  for (const guild of world.guilds.values()) world.events.emit({ type: 'role-create', guild, roleId });
  return roleId;
}

/** The channel between the bot and that user; the same one each time. */
export function openDm(world: World, user: SimulatedUser): Channel {
  for (const channel of world.channels.values()) if (channel.recipient?.id === user.id) return channel;
  return register(world, { kind: 'dm', name: user.displayName, recipient: user, position: 0 });
}

/** Deletes a channel with its threads. */
export function removeChannel(world: World, channelId: string): void {
  const channel = world.channels.get(channelId);
  if (channel === undefined) return;
  for (const other of [...world.channels.values()]) if (other.parentId === channelId) removeChannel(world, other.id);
  world.channels.delete(channelId);
  world.events.emit({ type: 'channel-delete', channel });
}

export function channelsOf(world: World, guildId: string): Channel[] {
  return [...world.channels.values()].filter((channel) => channel.guild?.id === guildId);
}

function register(world: World, made: Omit<Channel, 'id' | 'log'>): Channel {
  const channel: Channel = { ...made, id: world.snowflakes.next(), log: new MessageLog() };
  world.channels.set(channel.id, channel);
  world.events.emit({ type: 'channel-create', channel });
  return channel;
}

function createUserRecord(id: string, options: UserOptions): SimulatedUser {
  return {
    id,
    name: options.name,
    displayName: options.displayName ?? options.name,
    locale: options.locale ?? 'ko',
    isBot: options.isBot ?? false,
    roleIds: options.roleIds ?? [],
    isModerator: options.isModerator ?? false,
  };
}
