/** Which of several processes a guild belongs to. */
import type { ShardConfig } from '../../config/types.ts';

/** Direct messages are the first shard's. Source: https://discord.com/developers/docs/events/gateway#sharding */
export function isServed(guildId: string | undefined, shards: ShardConfig | undefined): boolean {
  if (shards === undefined) return true;
  return shards.ids.includes(guildId === undefined ? 0 : Number((BigInt(guildId) >> 22n) % BigInt(shards.count)));
}

/** A name for what one of several processes keeps for itself. */
export function ofShards(key: string, shards: ShardConfig | undefined): string {
  return shards === undefined ? key : `${key}:${shards.ids.join(',')}/${shards.count}`;
}
