/** Guilds come and go, and their admins give and take roles. */

import { PermissionFlagsBits } from 'discord-api-types/v10';
import type { Locale, SimulatedUser } from '../face/user.ts';
import { channelsOf } from './channels.ts';
import { everyonePermissions, rolesOf, toBits } from './permissions.ts';
import type { Guild, Role, World } from './state.ts';
import { changeAccess } from './visibility.ts';

/** What the bot's own role grants at first: all that the bot needs, whatever `@everyone` has. */
const botPermissions = toBits([
  'ViewChannel',
  'SendMessages',
  'SendMessagesInThreads',
  'ReadMessageHistory',
  'AttachFiles',
]);

export interface GuildOptions {
  readonly name: string;
  readonly locale?: Locale;
  readonly hasBot?: boolean;
}

export function addGuild(world: World, { name, locale = 'en-US', hasBot = true }: GuildOptions): Guild {
  const { snowflakes } = world;
  const id = snowflakes.next();
  const everyone: Role = { id, name: '@everyone', permissions: everyonePermissions, isMentionable: false };
  const common = [...world.commonRoles].map(([roleId, roleName]) => plainRole(roleId, roleName));
  const moderators = plainRole(snowflakes.next(), 'Moderators', PermissionFlagsBits.ManageMessages);
  const botRole = { ...plainRole(snowflakes.next(), world.bot.name, botPermissions), botId: world.bot.id };
  const guild: Guild = {
    id,
    name,
    locale,
    hasBot,
    botRoleId: botRole.id,
    moderatorRoleId: moderators.id,
    ownerId: world.owner.id,
    joinedAt: Date.now(),
    roles: new Map([everyone, ...common, moderators, botRole].map((role) => [role.id, role])),
    givenRoles: new Map(),
    timeouts: new Map(),
    isUnavailable: false,
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
  for (const channel of channelsOf(world, guildId)) {
    world.channels.delete(channel.id);
    world.lostChannelIds.add(channel.id);
  }
  world.events.emit({ type: 'guild-delete', guild });
}

/** The guild is down at Discord, or back: the bot stays its member. */
export function setUnavailable(world: World, guildId: string, isUnavailable: boolean): void {
  const guild = world.guilds.get(guildId);
  if (guild === undefined || guild.isUnavailable === isUnavailable) return;
  guild.isUnavailable = isUnavailable;
  world.events.emit({ type: isUnavailable ? 'guild-delete' : 'guild-create', guild });
}

/** Every guild that is there, or comes later, has it. */
export function addCommonRole(world: World, name: string, roleId = world.snowflakes.next()): string {
  world.commonRoles.set(roleId, name);
  for (const guild of world.guilds.values()) addRole(world, guild, plainRole(roleId, name));
  return roleId;
}

export function addRole(world: World, guild: Guild, role: Role): void {
  guild.roles.set(role.id, role);
  world.events.emit({ type: 'role-create', guild, role });
}

/** It grants nothing that `@everyone` has not. */
export function plainRole(id: string, name: string, permissions = 0n): Role {
  return { id, name, permissions, isMentionable: false };
}

export function setRole(
  world: World,
  guild: Guild,
  roleId: string,
  changes: Partial<Pick<Role, 'permissions' | 'isMentionable'>>,
): void {
  const role = guild.roles.get(roleId);
  if (role === undefined) throw new Error(`${guild.name} has no role ${roleId}.`);
  changeAccess(world, guild, () => {
    Object.assign(role, changes);
    world.events.emit({ type: 'role-update', guild, role });
  });
}

/** Takes permissions from the bot wherever a role of the guild grants them. */
export function denyInGuild(world: World, guild: Guild, bits: bigint): void {
  for (const { id, permissions } of rolesOf(guild, world.bot))
    if ((permissions & bits) !== 0n) setRole(world, guild, id, { permissions: permissions & ~bits });
}

/** @param hasIt whether the member has the role from now on. */
export function giveRole(world: World, guild: Guild, user: SimulatedUser, roleId: string, hasIt: boolean): void {
  if (guild.roles.get(roleId)?.botId !== undefined) throw new Error('Nobody can give or take the role of a bot.');
  if (!guild.roles.has(roleId)) throw new Error(`${guild.name} has no role ${roleId}.`);
  changeAccess(world, guild, () => {
    const given = guild.givenRoles.get(user.id) ?? new Set();
    if (hasIt) given.add(roleId);
    else given.delete(roleId);
    guild.givenRoles.set(user.id, given);
    world.events.emit({ type: 'member-update', guild, user });
  });
}

export function timeOut(world: World, guild: Guild, user: SimulatedUser, forMs: number): void {
  guild.timeouts.set(user.id, Date.now() + forMs);
  world.events.emit({ type: 'member-update', guild, user });
}
