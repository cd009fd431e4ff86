/** What a failed request to Discord means for a turn: the one place that reads Discord's error codes. */
import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';
import { RateLimitedError } from '../channel/request-queue.ts';

/**
 * - `place-gone` the channel is deleted, or the bot may not write in it any more: nothing of the turn can be shown;
 * - `message-gone` the message to edit was deleted; `token-expired` an interaction's 15 minutes are over;
 * - `unauthorized` the bot token is not accepted any more; `refused` Discord will never take this very request;
 * - `unclear` it may or may not have been done (5xx, time-out, lost connection): to be tried again.
 */
export type RequestFailure = 'place-gone' | 'message-gone' | 'token-expired' | 'unauthorized' | 'refused' | 'unclear';

const threadArchivedCode = 50083;
/**
 * Unknown channel, unknown guild, missing access, missing permissions, no DMs to this user (also for want of a common
 * guild), thread archived and locked.
 */
const placeGoneCodes = new Set<number | string>([10003, 10004, 50001, 50013, 50007, 50278, threadArchivedCode, 160005]);
/** Unknown webhook, unknown interaction, invalid webhook token. */
const tokenExpiredCodes = new Set<number | string>([10015, 10062, 50027]);
const unknownMessageCode = 10008;
const replyForbiddenCode = 160002;
/** Used where Discord (or a proxy) says 429 and not for how long. */
const fallbackRetryMs = 1000;

/** Replies need the permission to read the history, plain messages do not. */
export function isReplyForbidden(error: unknown): boolean {
  return error instanceof DiscordAPIError && error.code === replyForbiddenCode;
}

/** Nothing can be changed in an archived thread. A new message opens it again, unless it is locked as well. */
export function isThreadArchived(error: unknown): boolean {
  return error instanceof DiscordAPIError && error.code === threadArchivedCode;
}

/** What was to be attached is not kept any more: the message will never be taken as it is. */
export class FilesGoneError extends Error {}

/** @throws {RateLimitedError} when Discord only wants the request later: no failure at all. */
export function toRequestFailure(error: unknown): RequestFailure {
  if (error instanceof RateLimitError) {
    const waitMs = Math.max(error.retryAfter, error.timeToReset, error.sublimitTimeout);
    throw new RateLimitedError(waitMs > 0 ? waitMs : fallbackRetryMs, error.global);
  }
  if (error instanceof FilesGoneError) return 'refused';
  // A body that is too large may be refused before Discord's API sees it.
  if (error instanceof HTTPError) return error.status === 413 ? 'refused' : 'unclear';
  // discord.js forgets its token after one 401 and then says so without asking Discord again.
  if (error instanceof Error && error.message.startsWith('Expected token to be set')) return 'unauthorized';
  if (!(error instanceof DiscordAPIError)) return 'unclear';
  if (error.status === 401 && !tokenExpiredCodes.has(error.code)) return 'unauthorized';
  if (tokenExpiredCodes.has(error.code)) return 'token-expired';
  if (error.code === unknownMessageCode) return 'message-gone';
  if (placeGoneCodes.has(error.code)) return 'place-gone';
  // Discord's own refusals have a number. Without one, something on the way refused, which may be over soon.
  if (error.status !== 413 && !(Number(error.code) > 0)) return 'unclear';
  return error.status === 408 ? 'unclear' : 'refused';
}
