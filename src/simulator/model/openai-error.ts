/** Errors in the form and wording of OpenAI's API, for requests that it would refuse and for outages that a test asks for. */

export interface OpenaiError {
  readonly status: number;
  readonly message: string;
  readonly type: string;
  /** Where in the body, as OpenAI writes paths, e.g. `messages.[1].role`. */
  readonly param: string | null;
  readonly code: string | null;
}

/** The body that goes with {@link OpenaiError.status}. */
export function toErrorBody({ message, type, param, code }: OpenaiError): { readonly error: object } {
  return { error: { message, type, param, code } };
}

/** The 401 for a request without a key. */
export const missingKey: OpenaiError = {
  status: 401,
  message:
    "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth " +
    '(i.e. Authorization: Bearer YOUR_KEY). You can obtain an API key from https://platform.openai.com/account/api-keys.',
  type: 'invalid_request_error',
  param: null,
  code: null,
};

/** The 401 for a key that is not accepted. */
export const wrongKey: OpenaiError = {
  status: 401,
  message:
    'Incorrect API key provided: sk-wrong********. You can find your API key at https://platform.openai.com/account/api-keys.',
  type: 'invalid_request_error',
  param: null,
  code: 'invalid_api_key',
};

/** The 404 for a model that does not exist. */
export function unknownModel(model: string): OpenaiError {
  return {
    status: 404,
    message: `The model \`${model}\` does not exist or you do not have access to it.`,
    type: 'invalid_request_error',
    param: null,
    code: 'model_not_found',
  };
}

/** A 400 `invalid_request_error`. */
export function invalidRequest(message: string, param: string | null, code: string | null = null): OpenaiError {
  return { status: 400, message, type: 'invalid_request_error', param, code };
}

/** The 400 for a value of the wrong type. */
export function wrongType(param: string, expected: string, value: unknown): OpenaiError {
  return invalidRequest(
    `Invalid type for '${param}': expected ${expected}, but got ${describe(value)} instead.`,
    param,
    'invalid_type',
  );
}

/** The 400 for an array that OpenAI wants left out rather than empty. */
export function emptyArray(param: string): OpenaiError {
  return invalidRequest(
    `Invalid '${param}': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
    param,
    'empty_array',
  );
}

/** The 400 for an array longer than `maximum`. */
export function longArray(param: string, maximum: number, length: number): OpenaiError {
  return invalidRequest(
    `Invalid '${param}': array too long. Expected an array with maximum length ${maximum}, but got an array with length ${length} instead.`,
    param,
    'array_above_max_length',
  );
}

/** The 400 for a string that does not match `pattern`. */
export function wrongPattern(param: string, pattern: RegExp): OpenaiError {
  return invalidRequest(
    `Invalid '${param}': string does not match pattern. Expected a string that matches the pattern '${pattern.source}'.`,
    param,
    'invalid_value',
  );
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a decimal';
  return `${/^[aeiou]/.test(typeof value) ? 'an' : 'a'} ${typeof value}`;
}
