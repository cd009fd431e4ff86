/** Turns what the `openai` SDK throws into a {@link ModelError}: which code, and what the operator's log may hold of it. */

import { AppError } from '../../errors.ts';
import type { FailureCode } from '../turn.ts';
import { readRetryAfterMs } from './fetch.ts';
import { ModelError } from './model-error.ts';
import { toPictureRefusal } from './picture-refusal.ts';
import { isUnknownModel } from './successor.ts';

export interface FailureContext {
  /** Whether the response had begun: from then on a lost connection is a broken stream. */
  readonly hasBegun: boolean;
  /** A server that is still busy after shorter waits is left alone for as long as this. */
  readonly shortestWaitMs: number;
  /** Whether the request held pictures. */
  readonly hasPictures: boolean;
}

const tooLongCode = 'context_length_exceeded';
/** As other servers than OpenAI put it. */
const tooLong = /context (?:length|size|window)|maximum context|exceed_context_size/i;

export async function toModelError(error: unknown, context: FailureContext): Promise<ModelError> {
  const { hasBegun, shortestWaitMs, hasPictures } = context;
  const { APIConnectionError, APIError } = await import('openai');
  if (error instanceof APIConnectionError) {
    return new ModelError('model-unreachable', 'The model server could not be reached.', { cause: error });
  }
  if (error instanceof APIError) {
    const waitMs = hasBegun ? undefined : readRetryAfterMs(error.headers);
    const code = isUnknownModel(error)
      ? 'model-unknown'
      : toCode(error.status, error.code ?? error.type, waitMs !== undefined);
    const isWait = code === 'model-busy' && waitMs !== undefined;
    return new ModelError(code, describe(error), {
      ...(isWait ? { retryAfterMs: Math.max(waitMs, shortestWaitMs) } : {}),
      isTooLong: error.status === 400 && (error.code === tooLongCode || tooLong.test(error.message)),
      pictureRefusal: hasPictures ? toPictureRefusal(error) : undefined,
    });
  }
  if (error instanceof ModelError) return error;
  if (error instanceof AppError && error.code === 'too-much') {
    return new ModelError('model-error', error.message);
  }
  if (error instanceof SyntaxError) {
    return new ModelError('model-error', 'The model server sent a chunk that is not JSON.');
  }
  return hasBegun
    ? new ModelError('model-cut-off', "The model's stream broke.", { cause: error })
    : new ModelError('model-unreachable', 'The model server could not be reached.', { cause: error });
}

/** @param code Within a stream, some servers write the status here. */
function toCode(status: number | undefined, code: unknown, isTemporary: boolean): FailureCode {
  const meant = status ?? Number(code);
  if (code === 'insufficient_quota' || meant === 402) return 'model-quota';
  if (meant === 429 || code === 'rate_limit_exceeded' || (meant === 503 && isTemporary)) return 'model-busy';
  if (meant === 401 || meant === 403 || meant === 404) return 'model-refused';
  return 'model-error';
}

interface Described {
  readonly status: number | undefined;
  readonly code?: string | null | undefined;
  readonly type?: string | undefined;
  readonly param?: string | null | undefined;
  readonly error: unknown;
}

/** The server's own sentence is kept where it speaks of key, model, limits or form; elsewhere it may quote the conversation. */
function describe({ status, code, type, param, error }: Described): string {
  const isAboutUs = [401, 402, 403, 404, 429].includes(status ?? 0) || type === 'invalid_request_error';
  const sentence = isAboutUs && hasMessage(error) ? withoutData(error.message.slice(0, 300)) : undefined;
  const details = [code, type, param, sentence].filter((detail) => typeof detail === 'string' && detail !== '');
  return `The model server answered ${status ?? 'in its stream'}: ${details.join(', ') || 'no reason given'}.`;
}

function hasMessage(error: unknown): error is { readonly message: string } {
  return typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string';
}

/** Servers quote a picture that they do not like. */
function withoutData(sentence: string): string {
  return sentence.replaceAll(/data:[^\s'"]*/g, 'data:…');
}
