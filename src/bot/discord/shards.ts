/** Which of several processes a turn belongs to. */
import type { ShardConfig } from '../../config/types.ts';
import { ConfigError } from '../../errors.ts';
import type { DiscordAddress } from './address.ts';

/**
 * Whether what is shown there is this process's to do. Direct messages are the first shard's, a guild's are the one's that its
 * number says (https://discord.com/developers/docs/events/gateway#sharding). Where the bot is not, nothing says which shard
 * Discord tells: the one that was told keeps it. Of another number of shards than there are now, the guild decides again.
 */
export function isServed(
  { guildId, toldTo }: Pick<DiscordAddress, 'guildId' | 'toldTo'>,
  shards: ShardConfig | undefined,
): boolean {
  if (shards === undefined) return true;
  if (toldTo?.shardCount === shards.count) return shards.ids.includes(toldTo.shardId);
  return shards.ids.includes(shardOf(guildId, shards.count));
}

/** Of so many, by the number of the guild. */
export function shardOf(guildId: string | undefined, count: number): number {
  return guildId === undefined ? 0 : Number((BigInt(guildId) >> 22n) % BigInt(count));
}

/** A name for what one of several processes keeps for itself. */
export function ofShards(key: string, shards: ShardConfig | undefined): string {
  return shards === undefined ? key : `${key}:${shards.ids.join(',')}/${shards.count}`;
}

/** @param code With which Discord has closed the session: an impossible shard (4010), or too few shards (4011). */
export function shardsRefused(code: number): ConfigError {
  const advice =
    `is refused by Discord (close code ${code}). It should name the shards of this process and how many there are in all, ` +
    'at least as many as Discord wants, such as 0-3/16; left out, this process takes as many as Discord recommends.';
  return new ConfigError([{ variable: 'DISCORD_SHARDS', advice }]);
}
