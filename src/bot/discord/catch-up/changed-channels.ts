/** Which channels may hold missed questions: those that carry the id of a message newer than what was seen. */
import { setImmediate } from 'node:timers/promises';
import { type Client, type GuildBasedChannel, PermissionFlagsBits, type TextBasedChannel } from 'discord.js';
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
 * @returns the channels of guilds, and how many of those that the bot sees it may not read: Discord answers an empty list there.
 */
export async function changedChannels(
  client: Client,
  after: bigint,
  signal: AbortSignal,
): Promise<{ channels: MissedChannel[]; unreadable: number }> {
  const channels: MissedChannel[] = [];
  let unreadable = 0;
  for (const changed of keptChannels(client)?.changedSince(after) ?? []) {
    for (const channel of changed.filter((one) => isUnderstood(() => one.isTextBased() && isVisible(one)))) {
      if (may(channel, PermissionFlagsBits.ReadMessageHistory)) channels.push(toMissed(client, channel.id));
      else unreadable += 1;
    }
    await setImmediate();
    if (signal.aborted) break;
  }
  return { channels, unreadable };
}

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
function isUnderstood(look: () => boolean): boolean {
  try {
    return look();
  } catch {
    return false;
  }
}
