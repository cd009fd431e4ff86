/** Discord's refusals: HTTP status, JSON error code and message, as its documentation lists them. */

import type { JsonObject } from '../payload/json.ts';
export class ApiError extends Error {
  readonly status: number;
  readonly code: number;
  /** Where in the body it is wrong: `{ content: { _errors: [{ code, message }] } }`. */
  readonly details: JsonObject | undefined;
  /** What a good bot never gets, as one sentence without the name of the route; undefined for what happens to good bots too. */
  readonly problem: string | undefined;

  constructor(
    status: number,
    code: number,
    message: string,
    options: { readonly details?: JsonObject; readonly problem?: string } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = options.details;
    this.problem = options.problem;
  }

  get body(): JsonObject {
    return {
      message: this.message,
      code: this.code,
      ...(this.details !== undefined && { errors: this.details }),
    };
  }
}

export type LimitScope = 'user' | 'shared' | 'global';

/** A limit beside those of the routes. */
export class LimitError extends ApiError {
  readonly retryAfterMs: number;
  readonly scope: LimitScope;

  constructor(code: number, message: string, retryAfterMs: number, scope: LimitScope = 'user') {
    super(429, code, message);
    this.retryAfterMs = retryAfterMs;
    this.scope = scope;
  }
}

export const tooManyOldEdits = (waitMs: number) =>
  new LimitError(30_046, 'Maximum number of edits to messages older than 1 hour reached. Try again later', waitMs);
/** The headers of such an answer speak of the interaction's own limit, which may be far from reached. */
export const tooManyWebhookMessages = (waitMs: number) =>
  new LimitError(0, 'You are being rate limited.', waitMs, 'shared');
export const unauthorized = () => new ApiError(401, 0, '401: Unauthorized');
export const unknownRoute = () => new ApiError(404, 0, '404: Not Found', { problem: 'this route does not exist here' });
export const wrongMethod = () =>
  new ApiError(405, 0, '405: Method Not Allowed', { problem: 'this route does not take that method' });
export const unknownChannel = () => new ApiError(404, 10_003, 'Unknown Channel');
export const unknownGuild = () => new ApiError(404, 10_004, 'Unknown Guild');
export const unknownMessage = () => new ApiError(404, 10_008, 'Unknown Message');
export const unknownMember = () => new ApiError(404, 10_007, 'Unknown Member');
export const unknownUser = () => new ApiError(404, 10_013, 'Unknown User', { problem: 'there is no such user' });
export const unknownWebhook = () => new ApiError(404, 10_015, 'Unknown Webhook');
/** 15 minutes after the interaction. */
export const invalidWebhookToken = () => new ApiError(401, 50_027, 'Invalid Webhook Token');
export const tooManyFollowUps = () =>
  new ApiError(400, 40_094, 'This interaction has hit the maximum number of follow up messages', {
    problem: 'an interaction of a user-installed application has five follow-ups',
  });
export const unknownInteraction = (problem: string) => new ApiError(404, 10_062, 'Unknown interaction', { problem });
export const alreadyAcknowledged = () =>
  new ApiError(400, 40_060, 'Interaction has already been acknowledged.', {
    problem: 'the interaction was acknowledged before',
  });
export const missingAccess = () => new ApiError(403, 50_001, 'Missing Access');
export const notTheAuthor = () =>
  new ApiError(403, 50_005, 'Cannot edit a message authored by another user', {
    problem: 'the message is by somebody else',
  });
export const emptyMessage = () =>
  new ApiError(400, 50_006, 'Cannot send an empty message', { problem: 'the message is empty' });
export const cannotSendToUser = () =>
  new ApiError(403, 50_007, 'Cannot send messages to this user', { problem: 'bots cannot write to bots' });
export const missingPermissions = () => new ApiError(403, 50_013, 'Missing Permissions');
export const wrongChannelType = () =>
  new ApiError(400, 50_024, 'Cannot execute action on this channel type', { problem: 'a forum has no messages' });
export const cannotSendInForum = () =>
  new ApiError(400, 40_058, 'Cannot send a message in a forum channel', { problem: 'a forum takes posts alone' });
export const threadArchived = () => new ApiError(400, 50_083, 'Thread is archived');
export const threadExists = () => new ApiError(400, 160_004, 'A thread has already been created for this message');
export const cannotReply = () => new ApiError(403, 160_002, 'Cannot reply without permission to read message history');
export const threadLocked = () => new ApiError(403, 160_005, 'Thread is locked');
export const blockedByAutoMod = () => new ApiError(400, 200_000, 'Message was blocked by automatic moderation');
export const harmfulLink = () => new ApiError(400, 240_000, 'Message blocked by harmful links filter');
/** For what Discord would take and this simulator does not. */
export const notTaken = (problem: string) => new ApiError(400, 50_035, 'Invalid Form Body', { problem });
export const serviceUnavailable = () => new ApiError(503, 0, '503: Service Unavailable');
export const requestTooLarge = () =>
  new ApiError(413, 40_005, 'Request entity too large', { problem: 'the request is too large' });
export const invalidJson = () =>
  new ApiError(400, 50_109, 'The request body contains invalid JSON.', { problem: 'the body is no valid JSON' });

/** 50035 with the fault at one place of the body, `path` as in `message_reference.message_id`. */
export function invalidForm(
  path: string,
  code: string,
  message: string,
  options: { readonly isProblem?: boolean } = {},
): ApiError {
  const leaf: JsonObject = { _errors: [{ code, message }] };
  const details = path.split('.').reduceRight<JsonObject>((inner, key) => ({ [key]: inner }), leaf);
  return new ApiError(400, 50_035, 'Invalid Form Body', {
    details,
    ...(options.isProblem !== false && { problem: `${path}: ${message}` }),
  });
}
