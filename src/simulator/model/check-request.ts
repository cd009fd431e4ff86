/**
 * What OpenAI refuses: the checks it makes before a model sees the request, in its wording. A client that is sent one
 * of these has a defect that a lenient double would hide.
 */
import { isRecord } from '../../json.ts';
import type { JsonObject } from './chat-request.ts';
import { checkParts } from './check-parts.ts';
import { checkTools, namePattern } from './check-tools.ts';
import { emptyArray, invalidRequest, longArray, type OpenaiError, wrongPattern, wrongType } from './openai-error.ts';

const roles = ['system', 'assistant', 'user', 'function', 'tool', 'developer'];
const authorNamePattern = /^[^\s<|\\/>]+$/;
const maximumCalls = 128;
const knownParameters = new Set(
  (
    'messages model audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens ' +
    'metadata modalities moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key ' +
    'prompt_cache_options prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier ' +
    'stop store stream stream_options temperature tool_choice tools top_logprobs top_p user verbosity web_search_options'
  ).split(' '),
);

/** The error that OpenAI would answer with; undefined for a request that it takes. */
export function checkRequest(body: unknown): OpenaiError | undefined {
  if (!isRecord(body))
    return invalidRequest(
      'We could not parse the JSON body of your request. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.',
      null,
    );
  const unknown = Object.keys(body).find((name) => !knownParameters.has(name));
  if (unknown !== undefined) return invalidRequest(`Unrecognized request argument supplied: ${unknown}`, null);
  if (typeof body.model !== 'string' || body.model === '')
    return invalidRequest('you must provide a model parameter', null);
  return checkLimits(body) ?? checkTools(body) ?? checkMessages(body.messages);
}

function checkLimits(body: JsonObject): OpenaiError | undefined {
  if (body.max_tokens !== undefined && body.max_completion_tokens !== undefined) {
    return invalidRequest(
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
      'max_tokens',
      'invalid_parameter_combination',
    );
  }
  for (const name of ['max_tokens', 'max_completion_tokens']) {
    const value = body[name];
    if (value === undefined || value === null) continue;
    if (!Number.isInteger(value)) return wrongType(name, 'an integer', value);
    if (Number(value) < 1) {
      return invalidRequest(
        `Invalid '${name}': integer below minimum value. Expected a value >= 1, but got ${value} instead.`,
        name,
        'integer_below_min_value',
      );
    }
  }
  const { temperature } = body;
  if (temperature !== undefined && temperature !== null && typeof temperature !== 'number')
    return wrongType('temperature', 'a decimal', temperature);
  if (typeof temperature === 'number' && (temperature < 0 || temperature > 2)) {
    const [side, sign, bound] = temperature > 2 ? ['above maximum', '<=', 2] : ['below minimum', '>=', 0];
    return invalidRequest(
      `Invalid 'temperature': decimal ${side} value. Expected a value ${sign} ${bound}, but got ${temperature} instead.`,
      'temperature',
      temperature > 2 ? 'decimal_above_max_value' : 'decimal_below_min_value',
    );
  }
  if (isRecord(body.stream_options) && body.stream !== true)
    return invalidRequest("The 'stream_options' parameter is only allowed when 'stream' is enabled.", 'stream_options');
  return undefined;
}

function checkMessages(messages: unknown): OpenaiError | undefined {
  if (messages === undefined)
    return invalidRequest("Missing required parameter: 'messages'.", 'messages', 'missing_required_parameter');
  if (!Array.isArray(messages)) return wrongType('messages', 'an array of objects', messages);
  if (messages.length === 0) return emptyArray('messages');
  let openCalls = new Set<string>();
  let givenCalls = new Set<string>();
  for (const [index, message] of messages.entries()) {
    const path = `messages.[${index}]`;
    if (!isRecord(message)) return wrongType(`messages[${index}]`, 'an object', message);
    const problem = checkMessage(message, index);
    if (problem !== undefined) return problem;
    if (message.role === 'tool') {
      const id = message.tool_call_id;
      if (typeof id !== 'string')
        return invalidRequest(
          "Missing parameter 'tool_call_id': messages with role 'tool' must have a 'tool_call_id'.",
          `${path}.tool_call_id`,
        );
      if (!givenCalls.has(id))
        return invalidRequest(
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
          `${path}.role`,
        );
      if (!openCalls.delete(id))
        return invalidRequest(`Duplicate value for 'tool_call_id' of '${id}' in message[${index}].`, path);
      continue;
    }
    if (openCalls.size > 0) return unanswered(openCalls, path);
    const calls = Array.isArray(message.tool_calls) ? message.tool_calls : [];
    givenCalls = new Set(calls.map((call) => String(call.id)));
    openCalls = new Set(givenCalls);
  }
  return openCalls.size > 0 ? unanswered(openCalls, `messages.[${messages.length}]`) : undefined;
}

function unanswered(ids: ReadonlySet<string>, path: string): OpenaiError {
  return invalidRequest(
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
      `The following tool_call_ids did not have response messages: ${[...ids].join(', ')}`,
    `${path}.role`,
  );
}

function checkMessage(message: JsonObject, index: number): OpenaiError | undefined {
  const { role, content, name, tool_calls: calls } = message;
  if (typeof role !== 'string' || !roles.includes(role)) {
    return invalidRequest(
      `Invalid value: '${String(role)}'. Supported values are: ${roles.map((known) => `'${known}'`).join(', ')}.`,
      `messages[${index}].role`,
      'invalid_value',
    );
  }
  const hasContent = typeof content === 'string' || Array.isArray(content);
  const mayLackContent = role === 'assistant' && (Array.isArray(calls) || typeof message.refusal === 'string');
  if (!hasContent && !(mayLackContent && (content === undefined || content === null))) {
    return invalidRequest(
      `Invalid value for 'content': expected a string, got ${isRecord(content) ? 'object' : String(content ?? null)}.`,
      `messages.[${index}].content`,
    );
  }
  const problem = Array.isArray(content) ? checkParts(content, role, `messages[${index}].content`) : undefined;
  if (problem !== undefined) return problem;
  if (name !== undefined && !(typeof name === 'string' && authorNamePattern.test(name)))
    return wrongPattern(`messages[${index}].name`, authorNamePattern);
  return calls === undefined ? undefined : checkCalls(calls, `messages[${index}].tool_calls`);
}

function checkCalls(calls: unknown, path: string): OpenaiError | undefined {
  if (!Array.isArray(calls)) return wrongType(path, 'an array of objects', calls);
  if (calls.length === 0) return emptyArray(path);
  if (calls.length > maximumCalls) return longArray(path, maximumCalls, calls.length);
  for (const [index, call] of calls.entries()) {
    const definition: unknown = isRecord(call) ? call.function : undefined;
    if (!isRecord(call) || !isRecord(definition)) return wrongType(`${path}[${index}]`, 'an object', call);
    if (typeof call.id !== 'string') return wrongType(`${path}[${index}].id`, 'a string', call.id);
    if (call.type !== 'function')
      return invalidRequest(
        `Invalid value: '${String(call.type)}'. Supported values are: 'function' and 'custom'.`,
        `${path}[${index}].type`,
        'invalid_value',
      );
    if (typeof definition.name !== 'string' || !namePattern.test(definition.name))
      return wrongPattern(`${path}[${index}].function.name`, namePattern);
    if (typeof definition.arguments !== 'string')
      return wrongType(`${path}[${index}].function.arguments`, 'a string', definition.arguments);
  }
  return undefined;
}
