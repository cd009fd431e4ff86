/** Where on Discord a turn is shown, as it is remembered with the turn. */
import type { JsonValue } from '../../agent/turn.ts';
import type { ShardConfig } from '../../config/types.ts';
import { isRecord } from '../../json.ts';
import type { Address } from '../channel/delivery.ts';
import { isSnowflake } from './snowflakes.ts';

export interface DiscordAddress {
  /** Set where only the answer to an interaction can be written: to `/ask`, or to a press, which names the message pressed. */
  readonly interaction?: { readonly applicationId: string; readonly token: string; readonly pressedId?: string };
  /** Set where a command asked: there is no message of the question. */
  readonly isCommand?: true;
  /** Set where the app is installed for the asker alone: the bot is not there, and has only the response to write to. */
  readonly isUserInstalled?: true;
  /** Set beside it where the bot has several shards: which of how many was told of it. No guild of the bot's own decides. */
  readonly toldTo?: { readonly shardId: number; readonly shardCount: number };
  /** Set where nobody but the asker sees the turn. */
  readonly isPrivate?: true;
  /** Set where the answer stands in a thread that the question's message begins: the channel of that message. */
  readonly threadOf?: string;
  /** Unset in a DM, and in what a version without shards has stored. */
  readonly guildId?: string;
}

export function toAddress({
  interaction,
  isCommand,
  isUserInstalled,
  toldTo,
  isPrivate,
  threadOf,
  guildId,
}: DiscordAddress): Address {
  return {
    ...(interaction === undefined ? {} : { interaction: { ...interaction } }),
    ...(isCommand === undefined ? {} : { isCommand }),
    ...(isUserInstalled === undefined ? {} : { isUserInstalled }),
    ...(toldTo === undefined ? {} : { toldTo: { ...toldTo } }),
    ...(isPrivate === undefined ? {} : { isPrivate }),
    ...(threadOf === undefined ? {} : { threadOf }),
    ...(guildId === undefined ? {} : { guildId }),
  };
}

/** As a part of an address, where the app is installed for the asker alone. */
export function asUserInstalled(shards: ShardConfig | undefined): Pick<DiscordAddress, 'isUserInstalled' | 'toldTo'> {
  // Where one process has several for good, any of them stands for it.
  const [shardId] = shards?.ids ?? [];
  if (shards === undefined || shardId === undefined) return { isUserInstalled: true };
  return { isUserInstalled: true, toldTo: { shardId, shardCount: shards.count } };
}

/** As a part of an address. */
export function inGuild(guildId: string | null): Pick<DiscordAddress, 'guildId'> {
  return guildId === null ? {} : { guildId };
}

/** Reads it from what is stored with a turn. What cannot be read is taken as not there. */
export function readAddress(delivery: JsonValue): DiscordAddress {
  const stored: Readonly<Record<string, unknown>> = isRecord(delivery) ? delivery : {};
  const { applicationId, token, pressedId } = isRecord(stored.interaction) ? stored.interaction : {};
  const isInteraction = typeof applicationId === 'string' && typeof token === 'string';
  return {
    ...(isInteraction
      ? { interaction: { applicationId, token, ...(typeof pressedId === 'string' ? { pressedId } : {}) } }
      : {}),
    // Earlier versions knew interactions of commands alone.
    ...(isInteraction || stored.isCommand === true ? { isCommand: true } : {}),
    ...(stored.isUserInstalled === true ? { isUserInstalled: true } : {}),
    ...readToldTo(stored.toldTo),
    ...(stored.isPrivate === true ? { isPrivate: true } : {}),
    ...(isSnowflake(stored.threadOf) ? { threadOf: stored.threadOf } : {}),
    ...(isSnowflake(stored.guildId) ? { guildId: stored.guildId } : {}),
  };
}

function readToldTo(stored: unknown): Pick<DiscordAddress, 'toldTo'> {
  const { shardId, shardCount } = isRecord(stored) ? stored : {};
  const isShard = Number.isSafeInteger(shardId) && Number.isSafeInteger(shardCount);
  return isShard ? { toldTo: { shardId: Number(shardId), shardCount: Number(shardCount) } } : {};
}

/** What is kept of a delivery when its turn is settled: an interaction's token is a secret, and of no use any more. */
export function withoutToken(delivery: JsonValue): JsonValue {
  if (!isRecord(delivery)) return null;
  const { interaction, ...kept } = delivery;
  return { ...(kept as Address), ...(interaction === undefined ? {} : { isCommand: true }) };
}
