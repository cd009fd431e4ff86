/** The failures of OpenAI's API that clients must live with, as answers for scripts. */
import type { HttpAnswer } from './answer.ts';
import { invalidRequest, type OpenaiError, toErrorBody, unknownModel, wrongKey } from './openai-error.ts';

/** 401 `invalid_api_key`. */
export function invalidKey(): HttpAnswer {
  return toHttpAnswer(wrongKey);
}

/** 404 `model_not_found`. */
export function modelNotFound(model: string): HttpAnswer {
  return toHttpAnswer(unknownModel(model));
}

/** 429 `rate_limit_exceeded` with `retry-after`. */
export function rateLimited({ retryAfterSeconds = 1 }: { readonly retryAfterSeconds?: number } = {}): HttpAnswer {
  return toHttpAnswer(
    {
      status: 429,
      message: `Rate limit reached for gpt-4o on requests per min (RPM): Limit 500, Used 500, Requested 1. Please try again in ${retryAfterSeconds}s. Visit https://platform.openai.com/account/rate-limits to learn more.`,
      type: 'requests',
      param: null,
      code: 'rate_limit_exceeded',
    },
    { 'retry-after': String(retryAfterSeconds), 'retry-after-ms': String(retryAfterSeconds * 1000) },
  );
}

/** 429 `insufficient_quota`: the account is out of money, and no waiting helps. */
export function insufficientQuota(): HttpAnswer {
  return toHttpAnswer({
    status: 429,
    message:
      'You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.',
    type: 'insufficient_quota',
    param: null,
    code: 'insufficient_quota',
  });
}

/** 400 `unsupported_parameter`: the model takes no such parameter, or wants it by another name. */
export function unsupportedParameter(name: string, instead?: string): HttpAnswer {
  const advice = instead === undefined ? '' : ` Use '${instead}' instead.`;
  return toHttpAnswer(
    invalidRequest(
      `Unsupported parameter: '${name}' is not supported with this model.${advice}`,
      name,
      'unsupported_parameter',
    ),
  );
}

/** 400 of the models that take tools on chat completions only without reasoning. */
export function toolsNeedNoReasoning(model: string): HttpAnswer {
  return toHttpAnswer(
    invalidRequest(
      `Function tools with reasoning_effort are not supported for ${model} in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to 'none'.`,
      'reasoning_effort',
    ),
  );
}

/** 400 of the models that take no message of that role, as o1 took no `system` at first: `developer` is what newer ones want. */
export function unsupportedRole(role: string): HttpAnswer {
  return toHttpAnswer(
    invalidRequest(
      `Unsupported value: 'messages[0].role' does not support '${role}' with this model.`,
      'messages[0].role',
      'unsupported_value',
    ),
  );
}

/** 400 of the models that take no pictures. */
export function picturesNotTaken(): HttpAnswer {
  return toHttpAnswer(
    invalidRequest(
      'Invalid content type. image_url is only supported by certain models.',
      'messages.[1].content.[1].type',
    ),
  );
}

/** 400 for a picture that cannot be read, though it begins as one. */
export function unreadablePicture(): HttpAnswer {
  return toHttpAnswer(
    invalidRequest(
      'You uploaded an unsupported image. Please make sure your image is valid.',
      null,
      'image_parse_error',
    ),
  );
}

/** 422 as servers built on pydantic write it: no `error`, but the places of what they do not know. */
export function extraForbidden(name: string): HttpAnswer {
  const detail = [{ type: 'extra_forbidden', loc: ['body', name], msg: 'Extra inputs are not permitted', input: 1 }];
  return { status: 422, body: { detail } };
}

/** 500 `server_error`. */
export function serverError(status = 500): HttpAnswer {
  return toHttpAnswer({
    status,
    message: 'The server had an error while processing your request. Sorry about that!',
    type: 'server_error',
    param: null,
    code: null,
  });
}

/** 200 with a page of HTML, as a captive portal or a wrong base address gives. */
export function htmlPage(): HttpAnswer {
  return {
    status: 200,
    body: '<!doctype html><title>Welcome</title><p>Please sign in.</p>',
    headers: { 'content-type': 'text/html; charset=utf-8' },
  };
}

function toHttpAnswer(error: OpenaiError, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return { status: error.status, body: toErrorBody(error), headers };
}
