/** Which of several processes a guild belongs to. */
import type { ShardConfig } from '../../config/types.ts';
import { ConfigError } from '../../errors.ts';

/** Direct messages are the first shard's. Source: https://discord.com/developers/docs/events/gateway#sharding */
export function isServed(guildId: string | undefined, shards: ShardConfig | undefined): boolean {
  if (shards === undefined) return true;
  return shards.ids.includes(guildId === undefined ? 0 : Number((BigInt(guildId) >> 22n) % BigInt(shards.count)));
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
