/** What a failed request to Discord means: the one place that reads Discord's error codes. Source: https://discord.com/developers/docs/topics/opcodes-and-status-codes#json */
import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';
import { PlaceError, type RequestFailure } from '../channel/place.ts';

/** A failure of a request through an interaction's token may be that its 15 minutes are over. */
export type DiscordFailure = RequestFailure | { readonly type: 'token-expired' };

const threadArchivedCode = 50083;
const threadThereCode = 160004;
/** Unknown message, missing access, missing permissions, not on this type of channel, maximum of active threads. */
const threadRefusedCodes = new Set<number | string>([10008, 50001, 50013, 50024, 160006]);
const unknownMessageCode = 10008;
const replyForbiddenCodes = new Set<number | string>([160002, 160009]);
const missingPermissionsCode = 50013;
/**
 * Unknown channel, unknown guild, missing access, no DMs to this user (also for want of a common guild), thread archived
 * and locked.
 */
const placeGoneCodes = new Set<number | string>([10003, 10004, 50001, 50007, 50278, threadArchivedCode, 160005]);
/** Unknown webhook, unknown interaction, invalid webhook token. */
const tokenExpiredCodes = new Set<number | string>([10015, 10062, 50027]);
/** Used where Discord (or a proxy) says 429 and not for how long. */
const fallbackRetryMs = 1000;

/** Replies need the permission to read the history, plain messages do not. */
export function isReplyForbidden(error: unknown): boolean {
  return error instanceof DiscordAPIError && replyForbiddenCodes.has(error.code);
}

/** Nothing can be changed in an archived thread. A new message opens it again, unless it is locked as well. */
export function isThreadArchived(error: unknown): boolean {
  return error instanceof DiscordAPIError && error.code === threadArchivedCode;
}

/** A message begins one thread at most. */
export function isThreadThere(error: unknown): boolean {
  return error instanceof DiscordAPIError && error.code === threadThereCode;
}

/** Here no thread can be begun, whatever is tried again: the permission is gone, the message is, or there are too many. */
export function isThreadRefused(error: unknown): boolean {
  return error instanceof DiscordAPIError && threadRefusedCodes.has(error.code);
}

export function toRequestFailure(error: unknown): DiscordFailure {
  if (error instanceof RateLimitError) {
    const waitMs = Math.max(error.retryAfter, error.timeToReset, error.sublimitTimeout);
    return { type: 'limited', retryAfterMs: waitMs > 0 ? waitMs : fallbackRetryMs, isGlobal: error.global };
  }
  return { type: toType(error) };
}

/** Makes the request, and rejects as a {@link Place} does. @param onExpired What it means when the token has expired. */
export async function asPlace<Result>(
  request: () => Promise<Result>,
  onExpired: RequestFailure = { type: 'place-gone' },
): Promise<Result> {
  try {
    return await request();
  } catch (error) {
    const failure = toRequestFailure(error);
    throw new PlaceError(failure.type === 'token-expired' ? onExpired : failure, { cause: error });
  }
}

function toType(error: unknown): Exclude<DiscordFailure['type'], 'limited'> {
  // A body that is too large may be refused before Discord's API sees it.
  if (error instanceof HTTPError) return error.status === 413 ? 'refused' : 'unclear';
  // discord.js forgets its token after one 401 and then says so without asking Discord again.
  if (error instanceof Error && error.message.startsWith('Expected token to be set')) return 'unauthorized';
  if (!(error instanceof DiscordAPIError)) return 'unclear';
  if (tokenExpiredCodes.has(error.code)) return 'token-expired';
  if (error.status === 401) return 'unauthorized';
  if (error.code === unknownMessageCode) return 'message-gone';
  if (error.code === missingPermissionsCode) return 'forbidden';
  if (placeGoneCodes.has(error.code)) return 'place-gone';
  // Discord's own refusals have a number. Without one, something on the way refused, which may be over soon.
  if (error.status !== 413 && !(Number(error.code) > 0)) return 'unclear';
  return error.status === 408 ? 'unclear' : 'refused';
}
