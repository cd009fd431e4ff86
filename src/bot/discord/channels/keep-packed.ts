/** Keeps the channels of servers packed: they are taken out of what discord.js is told. */
import { ChannelType, type Client, GatewayDispatchEvents as events } from 'discord.js';
import { isRecord } from '../../../json.ts';
import { passOver, wrapEvents } from '../event-handling.ts';
import type { KeptChannels } from './kept-channels.ts';
import { isRawChannel, type RawChannel } from './packed-channels.ts';

type Data = Readonly<Record<string, unknown>>;

const threadTypes: readonly unknown[] = [
  ChannelType.AnnouncementThread,
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
];

const keptOf = new WeakMap<Client, KeptChannels>();

/** What the client keeps, if it does so. */
export function keptChannels(client: Client): KeptChannels | undefined {
  return keptOf.get(client);
}

/** To be called once with the client whose caches it has made, before it logs in. */
export function keepPacked(client: Client, kept: KeptChannels): void {
  kept.attach(client);
  keptOf.set(client, kept);
  wrapEvents(client, (handle) => (packet, shard) => {
    const { t: name, d: data } = isRecord(packet) ? packet : {};
    if (!isRecord(packet) || !isRecord(data)) return handle(packet, shard);
    if (typeof data.guild_id === 'string') kept.expect(data.guild_id);
    if (name === events.GuildCreate) return handle({ ...packet, d: keepAll(kept, data) }, shard);
    if (name === events.GuildDelete && typeof data.id === 'string' && data.unavailable !== true)
      kept.forgetGuild(data.id);
    if (keep(kept, name, data)) return passOver(client, handle);
    const isHandled = handle(packet, shard);
    if (isHandled) leave(kept, name, data);
    return isHandled;
  });
}

/** @returns what discord.js is to know of the guild. */
function keepAll(kept: KeptChannels, guild: Data): Data {
  const { id, channels, threads, unavailable } = guild;
  if (typeof id !== 'string' || unavailable === true || !Array.isArray(channels)) return guild;
  kept.replace(id, Array.isArray(threads) ? [...channels, ...threads] : channels);
  return { ...guild, channels: [], threads: [] };
}

/** @returns whether it is all about what is packed, so that nobody else has to know. */
function keep(kept: KeptChannels, name: unknown, data: Data): boolean {
  const { guild_id: guildId } = data;
  if (typeof guildId !== 'string') return false;
  switch (name) {
    case events.ChannelCreate:
    case events.ChannelUpdate:
    case events.ThreadCreate:
    case events.ThreadUpdate:
      if (isRawChannel(data)) kept.put(guildId, data);
      return true;
    case events.ThreadListSync:
      sync(kept, guildId, data);
      return true;
    case events.ChannelPinsUpdate:
      return true;
    default:
      return false;
  }
}

/** Of the channels named, or of all, these are the threads that are not archived. */
function sync(kept: KeptChannels, guildId: string, { channel_ids: channelIds, threads }: Data): void {
  if (!Array.isArray(threads)) return;
  const parentIds = Array.isArray(channelIds) ? new Set<unknown>(channelIds) : undefined;
  const isOf = ({ parent_id: parentId }: RawChannel) => parentIds === undefined || parentIds.has(parentId);
  kept.remove(guildId, (channel) => isThread(channel) && !isArchived(channel) && isOf(channel));
  for (const thread of threads.filter(isRawChannel)) kept.put(guildId, thread);
}

/** To be called after everybody was told that it is gone. */
function leave(kept: KeptChannels, name: unknown, { guild_id: guildId, id }: Data): void {
  if (name !== events.ChannelDelete && name !== events.ThreadDelete) return;
  if (typeof guildId !== 'string') return;
  // The threads of a channel go with it.
  kept.remove(guildId, (channel) => channel.id === id || (isThread(channel) && channel.parent_id === id));
}

function isThread({ type }: RawChannel): boolean {
  return threadTypes.includes(type);
}

function isArchived({ thread_metadata: metadata }: RawChannel): boolean {
  return isRecord(metadata) && metadata.archived === true;
}
