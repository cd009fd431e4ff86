/** Turns what the `openai` SDK throws into a {@link ModelError}: which code, and what the operator's log may hold of it. */
import { ModelError } from './model-error.ts';
import type { FailureCode } from './turn.ts';

/** @param hasBegun Whether the response had begun: from then on a lost connection is a broken stream. */
export async function toModelError(error: unknown, hasBegun: boolean): Promise<ModelError> {
  const { APIConnectionError, APIError } = await import('openai');
  if (error instanceof APIConnectionError) {
    return new ModelError('model-unreachable', 'The model server could not be reached.', { cause: error });
  }
  if (error instanceof APIError) {
    const retryAfterMs = toRetryAfterMs(error.headers);
    return new ModelError(toCode(error.status, error.code ?? error.type), describe(error), {
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
  if (error instanceof SyntaxError) {
    return new ModelError('model-error', 'The model server sent a chunk that is not JSON.');
  }
  return hasBegun
    ? new ModelError('model-cut-off', "The model's stream broke.", { cause: error })
    : new ModelError('model-unreachable', 'The model server could not be reached.', { cause: error });
}

function toCode(status: number | undefined, code: string | null | undefined): FailureCode {
  if (code === 'insufficient_quota' || status === 402) return 'model-quota';
  if (status === 429 || code === 'rate_limit_exceeded') return 'model-busy';
  if (status === 401 || status === 403 || status === 404) return 'model-refused';
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
  const sentence = isAboutUs && hasMessage(error) ? error.message.slice(0, 300) : undefined;
  const details = [code, type, param, sentence].filter((detail) => typeof detail === 'string' && detail !== '');
  return `The model server answered ${status ?? 'in its stream'}: ${details.join(', ') || 'no reason given'}.`;
}

function hasMessage(error: unknown): error is { readonly message: string } {
  return typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string';
}

function toRetryAfterMs(headers: Headers | undefined): number | undefined {
  const inMs = Number(headers?.get('retry-after-ms') ?? Number.NaN);
  if (inMs > 0) return inMs;
  const written = headers?.get('retry-after') ?? '';
  const ms = /^[\d.]+$/.test(written) ? Number(written) * 1000 : Date.parse(written) - Date.now();
  return ms > 0 ? Math.round(ms) : undefined;
}
