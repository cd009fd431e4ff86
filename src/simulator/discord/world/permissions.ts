/**
 * What a member may do, computed as Discord documents it: https://docs.discord.com/developers/topics/permissions
 * (overwrites, implicit denials, threads, time-outs) and …/topics/threads (private threads).
 */

import { PermissionFlagsBits } from 'discord-api-types/v10';
import type { PermissionName } from '../face/permission.ts';
import type { SimulatedUser } from '../face/user.ts';
import type { Channel, Guild, Role } from './state.ts';

const flags = PermissionFlagsBits;
export const allPermissions = Object.values(flags).reduce((sum, bit) => sum | bit, 0n);
/** What Discord grants `@everyone` in a new guild. */
export const everyonePermissions = 2_248_473_465_835_073n;
/** What an app has in every direct message with its bot user, and in those of others without the emojis. */
export const groupMessagePermissions = flags.AttachFiles | flags.EmbedLinks | flags.MentionEveryone;
export const directMessagePermissions = groupMessagePermissions | flags.UseExternalEmojis;

const lookingOn = flags.ViewChannel | flags.ReadMessageHistory;
const partsOfSending = flags.MentionEveryone | flags.SendTTSMessages | flags.AttachFiles | flags.EmbedLinks;

export function toBits(names: readonly PermissionName[]): bigint {
  return names.reduce((sum, name) => sum | flags[name], 0n);
}

export function toNames(bits: bigint): PermissionName[] {
  const names = Object.keys(flags) as PermissionName[]; // The keys of that very object.
  return names.filter((name) => (bits & flags[name]) !== 0n);
}

/** What a member must have to write there. */
export function sendingPermission({ kind }: Channel): PermissionName {
  return kind === 'thread' ? 'SendMessagesInThreads' : 'SendMessages';
}

/** `@everyone` first. */
export function rolesOf(guild: Guild, user: SimulatedUser): Role[] {
  const given = guild.givenRoles.get(user.id) ?? new Set();
  return [...guild.roles.values()].filter(
    ({ id, botId }) =>
      id === guild.id ||
      botId === user.id ||
      given.has(id) ||
      user.roleIds.includes(id) ||
      (user.isModerator && id === guild.moderatorRoleId),
  );
}

/** What a member's roles grant, before any channel has its say. */
export function guildPermissions(guild: Guild, user: SimulatedUser): bigint {
  if (user.id === guild.ownerId) return allPermissions;
  const granted = rolesOf(guild, user).reduce((sum, { permissions }) => sum | permissions, 0n);
  return (granted & flags.Administrator) === 0n ? granted : allPermissions;
}

/** Whether the bot itself is there, and not only the application for those who installed it for themselves. */
export function hasBot({ kind, guild }: Channel): boolean {
  return guild === undefined ? kind !== 'group' : guild.hasBot;
}

/**
 * What the application may do where the bot is not: what is granted to everybody, of what an answer to an interaction can
 * use (change log of 2022-06-29).
 */
export function permissionsOfAbsentBot(channel: Channel): bigint {
  const { guild } = channel;
  if (guild === undefined) return groupMessagePermissions;
  const granted = guild.roles.get(guild.id)?.permissions ?? 0n;
  const everyone = (channel.parent ?? channel).overwrites.get(guild.id) ?? { allow: 0n, deny: 0n };
  return ((granted & ~everyone.deny) | everyone.allow) & directMessagePermissions;
}

/** What the member may do in the channel. Nobody is kept from anything in a direct message, but for a bot that is not in it. */
export function permissionsIn(channel: Channel, user: SimulatedUser): bigint {
  const { guild } = channel;
  if (user.isBot && !hasBot(channel)) return 0n;
  if (guild === undefined) return directMessagePermissions | everyonePermissions;
  const granted = guildPermissions(guild, user);
  if (granted === allPermissions) return granted;
  const overwritten = withOverwrites(granted, channel.parent ?? channel, guild, user);
  const isTimedOut = (guild.timeouts.get(user.id) ?? 0) > Date.now();
  return withImplicitDenials(isTimedOut ? overwritten & lookingOn : overwritten, channel, user);
}

export function may(channel: Channel, user: SimulatedUser, ...names: readonly PermissionName[]): boolean {
  const needed = toBits(names);
  return (permissionsIn(channel, user) & needed) === needed;
}

/** Whether the member may read and write text there at all: that of a voice channel is for those who may join it. */
export function mayReadText(channel: Channel, user: SimulatedUser): boolean {
  return channel.kind === 'voice' ? may(channel, user, 'ViewChannel', 'Connect') : may(channel, user, 'ViewChannel');
}

function withOverwrites(granted: bigint, { overwrites }: Channel, guild: Guild, user: SimulatedUser): bigint {
  const everyone = overwrites.get(guild.id);
  const ofRoles = rolesOf(guild, user).flatMap(({ id }) => (id === guild.id ? [] : (overwrites.get(id) ?? [])));
  const together = {
    allow: ofRoles.reduce((sum, { allow }) => sum | allow, 0n),
    deny: ofRoles.reduce((sum, { deny }) => sum | deny, 0n),
  };
  return [everyone, together, overwrites.get(user.id)].reduce(
    (bits, overwrite) => (overwrite === undefined ? bits : (bits & ~overwrite.deny) | overwrite.allow),
    granted,
  );
}

function withImplicitDenials(bits: bigint, channel: Channel, user: SimulatedUser): bigint {
  const isOutside = channel.isPrivate && !channel.memberIds.has(user.id) && (bits & flags.ManageThreads) === 0n;
  if ((bits & flags.ViewChannel) === 0n || isOutside) return 0n;
  if (channel.kind === 'voice' && (bits & flags.Connect) === 0n) return flags.ViewChannel;
  return (bits & flags[sendingPermission(channel)]) === 0n ? bits & ~partsOfSending : bits;
}
