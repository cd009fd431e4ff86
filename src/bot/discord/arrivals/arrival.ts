/** An interaction that Discord has posted, on its way to whoever answers it. */
import { isRecord } from '../../../json.ts';
import { shardOf } from '../shards.ts';
import { isSnowflake } from '../snowflakes.ts';

/** Discord's JSON of it: nothing else is certain. */
export interface RawInteraction extends Readonly<Record<string, unknown>> {
  readonly id: string;
}

export interface Arrival {
  readonly interaction: RawInteraction;
  /** Set where the process that it was posted to has shown «thinking» already, or is about to: to whom. */
  readonly thinkingFor?: Audience;
}

export type Audience = 'asker' | 'all';

/** It is being answered. */
export interface Heard {
  /** Resolves when all that it asks for is done, or stored; with false where that may have been broken off. Never rejects. */
  readonly isDone: Promise<boolean>;
}

/** A bot, as arrivals are handed to it. */
export interface Hearing {
  /** @returns undefined where it is not this process's to answer, or not any more. Rejects when nobody can answer it. */
  hear(arrival: Arrival): Promise<Heard | undefined>;
  /** The shards that it answers for now. Undefined: all, or none yet. */
  readonly serving: { readonly ids: readonly number[]; readonly count: number } | undefined;
}

export function readRawInteraction(value: unknown): RawInteraction | undefined {
  if (!isRecord(value) || !isSnowflake(value.id)) return undefined;
  return { ...value, id: value.id };
}

/** Undefined in a direct message. */
export function guildIdOf({ guild_id: guildId }: RawInteraction): string | undefined {
  return isSnowflake(guildId) ? guildId : undefined;
}

/** By the number of its guild, also where the bot is not there: nothing else says whose it is. */
export function shardOfArrival(interaction: RawInteraction, count: number): number {
  return shardOf(guildIdOf(interaction), count);
}
