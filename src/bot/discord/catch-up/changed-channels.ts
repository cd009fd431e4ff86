/** Which channels may hold missed questions: those that carry the id of a message newer than what was seen. */
import { setImmediate } from 'node:timers/promises';
import {
  type Client,
  type GuildBasedChannel,
  type GuildTextBasedChannel,
  PermissionFlagsBits,
  type TextBasedChannel,
} from 'discord.js';
import { keptChannels } from '../channels/keep-packed.ts';
import { isSnowflake } from '../snowflakes.ts';

/** A channel that may hold missed questions; opened, it is undefined when it holds nothing new. */
export interface MissedChannel {
  readonly id: string;
  readonly open: () => Promise<TextBasedChannel | undefined>;
}

/**
 * Set on channels whose being there is all that Discord tells of them (announced for 2026-11-16). Source:
 * https://discord.com/developers/docs/change-log
 */
const hiddenFlag = 1 << 17;

/**
 * Looks at one guild at a time, so that nobody waits for thousands of them.
 * @param options.guildId One guild alone.
 * @returns the channels of guilds, first those in which something was said last: that is the likeliest to be waited for; and how many of those that the bot sees it may not read: Discord answers an empty list there.
 */
export async function changedChannels(
  client: Client,
  {
    after,
    guildId,
    signal,
  }: { readonly after: bigint; readonly guildId: string | undefined; readonly signal: AbortSignal },
): Promise<{ channels: MissedChannel[]; unreadable: number }> {
  const found: { readonly id: string; readonly lastId: bigint }[] = [];
  let unreadable = 0;
  for (const changed of keptChannels(client)?.changedSince(after, guildId) ?? []) {
    for (const channel of changed.filter(isOpen)) {
      const { id, lastMessageId } = channel;
      const lastId = isSnowflake(lastMessageId) ? BigInt(lastMessageId) : 0n;
      if (may(channel, PermissionFlagsBits.ReadMessageHistory)) found.push({ id, lastId });
      else unreadable += 1;
    }
    await setImmediate();
    if (signal.aborted) break;
  }
  found.sort((one, other) => Number(other.lastId - one.lastId));
  return { channels: found.map(({ id }) => toMissed(client, id)), unreadable };
}

/** It is looked up again when its time has come: thousands would be too many to hold. */
function toMissed(client: Client, id: string): MissedChannel {
  const open = async () => {
    const channel = client.channels.cache.get(id);
    return channel?.isTextBased() === true ? channel : undefined;
  };
  return { id, open };
}

export function changedDms({ channels }: Client, dms: readonly string[], after: bigint): MissedChannel[] {
  const open = async (id: string) => {
    const channel = await channels.fetch(id, { force: true });
    return channel?.isDMBased() && channel.isTextBased() && hasNewer(channel, after) ? channel : undefined;
  };
  return dms.map((id) => ({ id, open: () => open(id) }));
}

/** Nobody can ask the bot where it sees nothing, and each such request would count as an invalid one. */
function isVisible(channel: GuildBasedChannel): boolean {
  if ((channel.flags.bitfield & hiddenFlag) !== 0) return false;
  // The text of a voice channel is seen by whoever may join it. Source: https://discord.com/developers/docs/topics/permissions
  const needed = channel.isVoiceBased() ? PermissionFlagsBits.Connect : 0n;
  return may(channel, PermissionFlagsBits.ViewChannel | needed);
}

/** Whether the bot may, by all that is known: where its own membership or a thread's parent is not, the request tells. */
function may(channel: GuildBasedChannel, permissions: bigint): boolean {
  const { me } = channel.guild.members;
  return me === null || (channel.permissionsFor(me)?.has(permissions) ?? true);
}

function hasNewer({ lastMessageId }: TextBasedChannel, after: bigint): boolean {
  return isSnowflake(lastMessageId) && BigInt(lastMessageId) > after;
}

/** What was told of one channel may be nothing that discord.js can work with: the others are read all the same. */
function isOpen(channel: GuildBasedChannel): channel is GuildTextBasedChannel {
  try {
    return channel.isTextBased() && isVisible(channel);
  } catch {
    return false;
  }
}
