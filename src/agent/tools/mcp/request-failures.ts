/** What the errors of the MCP SDK mean: which may be mended by another way to connect, and what became of a call. */
import {
  InsufficientScopeError,
  ProtocolError,
  ProtocolErrorCode,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  UnsupportedProtocolVersionError,
} from '@modelcontextprotocol/client';
import { AppError } from '../../../errors.ts';
import { cutText } from '../cut-text.ts';
import { LoginNeeded } from '../login/challenge.ts';
import { ToolFailure } from '../tool-failure.ts';

/** Of a server's own error, in characters. */
const longestRefusal = 2_000;
/** Reasons of the operating system for a request that nobody received. */
const noConnection = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH']);
/** The SDK's codes for an answer that is there, and is none to what was asked. */
const unreadable: ReadonlySet<SdkErrorCode> = new Set([
  SdkErrorCode.InvalidResult,
  SdkErrorCode.UnsupportedResultType,
  SdkErrorCode.ClientHttpUnexpectedContent,
]);

/** Servers of the older transport answer the first POST so. Source: https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#backwards-compatibility */
export function isOlderTransport(error: unknown): boolean {
  return error instanceof SdkHttpError && [400, 404, 405].includes(error.status);
}

/** The server broke, or ended, over the question which revisions it speaks: some do that are older than the question. */
export function isBrokenByQuestion(error: unknown): boolean {
  if (!(error instanceof SdkError)) return false;
  if (error.code === SdkErrorCode.ConnectionClosed) return true;
  return error.code === SdkErrorCode.EraNegotiationFailed && !(error.cause instanceof TypeError);
}

/** Undefined for anything but a server that does not take what it is shown. */
function toLoginNeeded(error: unknown): LoginNeeded | undefined {
  if (error instanceof LoginNeeded) return error;
  if (error instanceof InsufficientScopeError) {
    const { requiredScope: scope, resourceMetadataUrl } = error;
    return new LoginNeeded({ scope, resourceMetadataUrl: resourceMetadataUrl?.href }, { cause: error });
  }
  // Also after it was shown another token.
  const isRefused = error instanceof SdkHttpError && error.code === SdkErrorCode.ClientHttpAuthentication;
  return isRefused ? new LoginNeeded(undefined, { cause: error }) : undefined;
}

export function toConnectError(error: unknown): unknown {
  const needed = toLoginNeeded(error);
  if (needed !== undefined) return needed;
  // What fetch threw, which the SDK wraps.
  if (error instanceof SdkError && error.cause instanceof TypeError) return error.cause;
  const isTooNew =
    error instanceof UnsupportedProtocolVersionError ||
    (error instanceof SdkHttpError && error.message.includes(String(ProtocolErrorCode.UnsupportedProtocolVersion)));
  if (!isTooNew) return error;
  return new AppError(
    'tool-server-too-new',
    'The tool server speaks only a later revision of MCP. Let it speak 2026-07-28 as well, or an earlier one.',
    { cause: error },
  );
}

interface CallState {
  readonly hasSession: boolean;
  /** The tool has been at work, and was asked again. */
  readonly hasBegun: boolean;
}

export function toToolFailure(error: unknown, { hasSession, hasBegun }: CallState): ToolFailure {
  const known = error instanceof ToolFailure ? error : toLoginNeeded(error);
  if (known !== undefined) return known;
  if (error instanceof ProtocolError)
    return new ToolFailure('refused', cutText(error.message, longestRefusal), { cause: error });
  if (error instanceof SdkError && unreadable.has(error.code)) {
    const text = 'The tool server sent an answer that is not a tool result.';
    return new ToolFailure('refused', text, { cause: error });
  }
  // 404 is an unknown session by the specification; 400 is what many servers say instead.
  const isSessionLost = error instanceof SdkHttpError && (error.status === 404 || (error.status === 400 && hasSession));
  const cause = error instanceof Error ? error.cause : undefined;
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const isUnsent = noConnection.has(reason) || (error instanceof Error && error.message === 'Not connected');
  return !hasBegun && (isSessionLost || isUnsent)
    ? new ToolFailure('not-run', 'The request did not reach the tool.', { cause: error })
    : new ToolFailure('lost', 'The connection failed during the call.', { cause: error });
}
