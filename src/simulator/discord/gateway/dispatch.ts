/** One event for every session that wants it: name, data, and who is told. */

import type { GatewayDispatchEvents } from 'discord-api-types/v10';
import type { Channel } from '../world/state.ts';

export interface Dispatch {
  readonly name: GatewayDispatchEvents;
  /** The intent that a session must have; 0 for events that all get. */
  readonly intent: number;
  /** Decides the shard; undefined for direct messages. */
  readonly guildId?: string | undefined;
  /** Decides in its place. */
  readonly shardId?: number | undefined;
  /** The data as JSON, by whether the session may read what members write. */
  readonly data: (mayReadContent: boolean) => string;
}

/** Made when the first session wants it, so that nothing is written for nobody. */
export function once(make: () => unknown): () => string {
  let text: string | undefined;
  return () => {
    text ??= JSON.stringify(make());
    return text;
  };
}

export function guildPart(channel: Channel): { guild_id?: string } {
  return channel.guild === undefined ? {} : { guild_id: channel.guild.id };
}
