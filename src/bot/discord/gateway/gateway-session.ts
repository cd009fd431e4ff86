/** A shard's session with the gateway, as another process goes on with it: RESUME costs no IDENTIFY and loses no event. */
import type { SessionInfo } from '@discordjs/ws';
import type { JsonValue } from '../../../agent/turn.ts';
import { isRecord } from '../../../json.ts';

export interface GatewaySession extends SessionInfo {
  /** Who the bot is, as READY has told it: RESUME does not tell it again. */
  readonly user: JsonRecord;
  readonly application: JsonRecord;
}

export type JsonRecord = Readonly<Record<string, JsonValue>>;

/** What of it is stored. The shard and how many there are stand in the name that it is stored under. */
export function toStored({ sessionId, sequence, resumeURL, user, application }: GatewaySession): JsonValue {
  return { version: 1, sessionId, sequence, resumeUrl: resumeURL, user, application };
}

/** Undefined for what is none. */
export function readGatewaySession(
  stored: JsonValue | undefined,
  { shardId, shardCount }: Pick<SessionInfo, 'shardId' | 'shardCount'>,
): GatewaySession | undefined {
  if (!isRecord(stored) || stored.version !== 1) return undefined;
  const { sessionId, sequence, resumeUrl: resumeURL, user, application } = stored;
  if (typeof sessionId !== 'string' || typeof resumeURL !== 'string') return undefined;
  if (!Number.isSafeInteger(sequence) || !isJsonRecord(user) || !isJsonRecord(application)) return undefined;
  return { sessionId, sequence: Number(sequence), resumeURL, shardId, shardCount, user, application };
}

/** Where a shard's session is stored. */
export function sessionKeyOf({ shardId, shardCount }: Pick<SessionInfo, 'shardId' | 'shardCount'>): string {
  return `gateway-session:${shardId}/${shardCount}`;
}

/** Of what was parsed from JSON. */
export function isJsonRecord(value: unknown): value is JsonRecord {
  return isRecord(value);
}
