/** What the bot remembers with a turn to go on showing it after a restart: in which language, what stands, and where. */

import type { JsonValue, Turn } from '../../agent/turn.ts';
import { isRecord } from '../../json.ts';
import { messageKinds, type PostedMessage, type PostedRecord } from './posted-messages.ts';
import type { Language } from './texts/catalogue.ts';

/** What a platform needs to find the place again; its own to read. The names `language` and `posted` are taken. */
export type Address = Readonly<Record<string, JsonValue>>;

export interface Delivery {
  readonly language: Language;
  readonly posted: PostedRecord;
  readonly address: Address;
}

/** Flat: the address beside the rest. */
export function toJson({ language, posted, address }: Delivery): JsonValue {
  return {
    ...address,
    language,
    posted: Object.fromEntries(Object.entries(posted).map(([key, message]) => [key, { ...message }])),
  };
}

/** Reads what an earlier process stored. What cannot be read is taken as not there: the nonces still keep messages single. */
export function readDelivery(stored: JsonValue): Delivery {
  const { language, posted: messages, ...address } = toAddress(stored);
  const posted: Record<string, PostedMessage> = {};
  for (const [key, value] of Object.entries(isRecord(messages) ? messages : {})) {
    if (isRecord(value) && typeof value.id === 'string' && typeof value.shown === 'string')
      posted[key] = { id: value.id, shown: value.shown, ...readKind(value.kind) };
  }
  return { language: language === 'ko' ? 'ko' : 'en', posted, address };
}

/** In which language the bot's own words of a turn are: as was set when it was taken; else that of the question. */
export function languageOfTurn({ question, delivery }: Pick<Turn, 'question' | 'delivery'>): Language {
  const set = question.settings?.language;
  return set === 'ko' || set === 'en' ? set : readDelivery(delivery).language;
}

function readKind(value: unknown): Pick<PostedMessage, 'kind'> {
  const kind = messageKinds.find((known) => known === value);
  return kind === undefined ? {} : { kind };
}

function toAddress(stored: JsonValue): Address {
  return typeof stored === 'object' && stored !== null && !Array.isArray(stored) ? (stored as Address) : {};
}
