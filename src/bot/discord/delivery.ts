/** What the bot keeps with a turn to go on showing it after a restart: where it is written, in which language, and what stands. */
import type { JsonValue, Turn } from '../../agent/turn.ts';
import type { Language } from '../channel/catalogue.ts';
import type { PostedMessage, PostedRecord } from '../channel/posted-messages.ts';

export interface Delivery {
  readonly language: Language;
  /** Set for `/ask`: what answers the interaction. */
  readonly interaction?: { readonly applicationId: string; readonly token: string };
  /** Unset in a DM, and in what a version without shards has kept. */
  readonly guildId?: string;
  readonly posted: PostedRecord;
}

/** As a part of a delivery. */
export function inGuild(guildId: string | null): Pick<Delivery, 'guildId'> {
  return guildId === null ? {} : { guildId };
}

export function toJson({ language, interaction, guildId, posted }: Delivery): JsonValue {
  return {
    language,
    ...(interaction === undefined ? {} : { interaction: { ...interaction } }),
    ...(guildId === undefined ? {} : { guildId }),
    posted: Object.fromEntries(Object.entries(posted).map(([key, { id, shown }]) => [key, { id, shown }])),
  };
}

/** Reads what an earlier process kept. What cannot be read is taken as not there: the nonces still keep messages single. */
export function readDelivery({ delivery }: Turn): Delivery {
  const kept = toRecord(delivery);
  const interaction = toRecord(kept.interaction);
  const posted: Record<string, PostedMessage> = {};
  for (const [key, value] of Object.entries(toRecord(kept.posted))) {
    const { id, shown } = toRecord(value);
    if (typeof id === 'string' && typeof shown === 'string') posted[key] = { id, shown };
  }
  const { applicationId, token } = interaction;
  return {
    language: kept.language === 'ko' ? 'ko' : 'en',
    ...(typeof applicationId === 'string' && typeof token === 'string'
      ? { interaction: { applicationId, token } }
      : {}),
    ...(typeof kept.guildId === 'string' && /^\d+$/.test(kept.guildId) ? { guildId: kept.guildId } : {}),
    posted,
  };
}

function toRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
