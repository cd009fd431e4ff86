/** Channels and threads come and go, and change who may do what in them. */

import { OverwriteType } from 'discord-api-types/v10';
import type { ThreadOptions, ThreadState } from '../face/channel.ts';
import type { SimulatedUser } from '../face/user.ts';
import { MessageLog } from './message-log.ts';
import type { Channel, Guild, World } from './state.ts';
import { changeAccess } from './visibility.ts';

export function addChannel(
  world: World,
  guild: Guild,
  name: string,
  kind: 'text' | 'voice' | 'forum' = 'text',
): Channel {
  if (!world.guilds.has(guild.id)) throw new Error(`The guild ${guild.name} is not there: create it first.`);
  const position = channelsOf(world, guild.id).length;
  return register(world, { kind, name, guild, position });
}

/** @param id Of the message that it begins with; such a thread has its id. */
export function addThread(
  world: World,
  parent: Channel,
  name: string,
  options: ThreadOptions & { readonly id?: string } = {},
): Channel {
  const { id, isPrivate = false, members = [], owner = world.owner } = options;
  const canHaveThreads = parent.kind === 'text' || (parent.kind === 'forum' && !isPrivate);
  if (!canHaveThreads || parent.guild === undefined) {
    throw new Error(`Such a thread hangs under another kind of channel, and ${parent.name} is a ${parent.kind}.`);
  }
  const memberIds = new Set(members.map(({ id }) => id));
  const made = { kind: 'thread' as const, name, guild: parent.guild, parent, position: 0, isPrivate, memberIds };
  return register(world, { ...made, ownerId: owner.id, ...(id !== undefined && { id }) });
}

/** The channel between the bot and that user; the same one each time. */
export function openDm(world: World, user: SimulatedUser): Channel {
  for (const channel of world.channels.values())
    if (channel.kind === 'dm' && channel.recipients.includes(user)) return channel;
  return register(world, { kind: 'dm', name: user.displayName, recipients: [user], position: 0 });
}

/** Users among themselves. */
export function addGroup(world: World, name: string, recipients: readonly SimulatedUser[]): Channel {
  return register(world, { kind: 'group', name, recipients, position: 0 });
}

/** Deletes a channel with its threads. */
export function removeChannel(world: World, channelId: string): void {
  const channel = world.channels.get(channelId);
  if (channel === undefined) return;
  for (const other of [...world.channels.values()]) if (other.parent === channel) removeChannel(world, other.id);
  world.channels.delete(channelId);
  world.events.emit({ type: 'channel-delete', channel });
}

export function channelsOf(world: World, guildId: string): Channel[] {
  return [...world.channels.values()].filter((channel) => channel.guild?.id === guildId);
}

/** Sets the overwrite for a role (by its id) or a member; one that says nothing is removed. A thread's are its parent's. */
export function setOverwrite(
  world: World,
  place: Channel,
  target: string | SimulatedUser,
  { allow = 0n, deny = 0n }: { readonly allow?: bigint; readonly deny?: bigint },
): void {
  const channel = place.parent ?? place;
  const { guild, overwrites } = channel;
  if (guild === undefined) throw new Error('In a direct message there is nothing to allow or deny.');
  const [id, type] = typeof target === 'string' ? [target, OverwriteType.Role] : [target.id, OverwriteType.Member];
  const change = () => {
    if (allow === 0n && deny === 0n) overwrites.delete(id);
    else overwrites.set(id, { type, allow, deny });
  };
  changeAccess(world, guild, change, channel);
}

/** Allows or denies the bot something in the channel, beside what it is allowed or denied there already. */
export function setForBot(world: World, place: Channel, kind: 'allow' | 'deny', bits: bigint): void {
  const { allow, deny } = (place.parent ?? place).overwrites.get(world.bot.id) ?? { allow: 0n, deny: 0n };
  const changed =
    kind === 'allow' ? { allow: allow | bits, deny: deny & ~bits } : { allow: allow & ~bits, deny: deny | bits };
  setOverwrite(world, place, world.bot, changed);
}

export function setThread(world: World, channel: Channel, changes: Partial<ThreadState>): void {
  const { isArchived = channel.isArchived, isLocked = channel.isLocked } = changes;
  if (isArchived === channel.isArchived && isLocked === channel.isLocked) return;
  Object.assign(channel, { isArchived, isLocked });
  world.events.emit({ type: 'channel-update', channel });
}

/** @param isMember whether the user is in the thread from now on. */
export function setMember(world: World, thread: Channel, user: SimulatedUser, isMember: boolean): void {
  const { guild, memberIds } = thread;
  if (guild === undefined || thread.kind !== 'thread') throw new Error(`${thread.name} is no thread.`);
  if (memberIds.has(user.id) === isMember) return;
  changeAccess(world, guild, () => {
    if (isMember) memberIds.add(user.id);
    else memberIds.delete(user.id);
  });
  world.events.emit({ type: 'thread-members', channel: thread, user, isMember });
}

type Made = Pick<Channel, 'name' | 'kind' | 'guild' | 'parent' | 'position'> &
  Partial<Pick<Channel, 'id' | 'isPrivate' | 'memberIds' | 'recipients' | 'ownerId'>>;

function register(world: World, made: Made): Channel {
  const channel: Channel = {
    id: made.id ?? world.snowflakes.next(),
    isPrivate: false,
    memberIds: new Set(),
    recipients: [],
    ...made,
    log: new MessageLog(),
    overwrites: new Map(),
    isArchived: false,
    isLocked: false,
  };
  world.channels.set(channel.id, channel);
  world.events.emit({ type: 'channel-create', channel });
  return channel;
}
