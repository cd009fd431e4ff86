/** What OpenAI refuses in the tools of a request. One bad tool fails the whole request, even one that says only "hi". */
import { isRecord } from '../../json.ts';
import type { JsonObject } from './chat-request.ts';
import { emptyArray, invalidRequest, longArray, type OpenaiError, wrongPattern, wrongType } from './openai-error.ts';

/** What a function may be called, in a tool and in a call. At most 64 characters. */
export const namePattern = /^[a-zA-Z0-9_-]+$/;
const maximumNameLength = 64;
const maximumTools = 128;

/** The error for `tools`, `tool_choice` and `parallel_tool_calls`, if there is one. */
export function checkTools({
  tools,
  tool_choice: choice,
  parallel_tool_calls: isParallel,
}: JsonObject): OpenaiError | undefined {
  if (tools === undefined) {
    const stray = choice !== undefined ? 'tool_choice' : isParallel !== undefined ? 'parallel_tool_calls' : undefined;
    return stray === undefined
      ? undefined
      : invalidRequest(`Invalid value for '${stray}': '${stray}' is only allowed when 'tools' are specified.`, stray);
  }
  if (!Array.isArray(tools)) return wrongType('tools', 'an array of objects', tools);
  if (tools.length === 0) return emptyArray('tools');
  if (tools.length > maximumTools) return longArray('tools', maximumTools, tools.length);
  for (const [index, tool] of tools.entries()) {
    const problem = checkTool(tool, `tools[${index}]`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function checkTool(tool: unknown, path: string): OpenaiError | undefined {
  if (!isRecord(tool) || tool.type !== 'function' || !isRecord(tool.function))
    return invalidRequest(`Missing required parameter: '${path}.function'.`, path, 'missing_required_parameter');
  const { name, parameters, strict, description } = tool.function;
  const namePath = `${path}.function.name`;
  if (typeof name !== 'string') return wrongType(namePath, 'a string', name);
  if (!namePattern.test(name)) return wrongPattern(namePath, namePattern);
  if (name.length > maximumNameLength) {
    return invalidRequest(
      `Invalid '${namePath}': string too long. Expected a string with maximum length ${maximumNameLength}, but got a string with length ${name.length} instead.`,
      namePath,
      'string_above_max_length',
    );
  }
  if (description !== undefined && typeof description !== 'string')
    return wrongType(`${path}.function.description`, 'a string', description);
  if (parameters === undefined) return undefined;
  const reason = rootProblem(parameters) ?? schemaProblem(parameters, [], strict === true);
  return reason === undefined
    ? undefined
    : invalidRequest(
        `Invalid schema for function '${name}': ${reason}`,
        `${path}.function.parameters`,
        'invalid_function_parameters',
      );
}

function rootProblem(schema: unknown): string | undefined {
  const type = isRecord(schema) ? schema.type : undefined;
  if (type !== 'object')
    return `schema must be a JSON Schema of 'type: "object"', got 'type: "${type === undefined ? 'None' : String(type)}"'.`;
  const hasUnion = isRecord(schema) && ['oneOf', 'anyOf', 'allOf', 'enum', 'not'].some((keyword) => keyword in schema);
  return hasUnion
    ? "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level."
    : undefined;
}

function schemaProblem(schema: unknown, path: readonly string[], isStrict: boolean): string | undefined {
  if (!isRecord(schema)) return undefined;
  const context = `In context=(${path.map((step) => `'${step}'`).join(', ')})`;
  const { type, properties, items, required, additionalProperties } = schema;
  if (type === 'array' && items === undefined) return `${context}, array schema missing items.`;
  if (type === 'object' && !isRecord(properties) && (isStrict || path.length === 0))
    return `${context}, object schema missing properties.`;
  const children = isRecord(properties) ? properties : {};
  if (isStrict && type === 'object') {
    if (additionalProperties !== false)
      return `${context}, 'additionalProperties' is required to be supplied and to be false.`;
    const missing = Object.keys(children).find((key) => !(Array.isArray(required) && required.includes(key)));
    if (missing !== undefined)
      return `${context}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
  }
  for (const [key, child] of Object.entries(children)) {
    const problem = schemaProblem(child, [...path, 'properties', key], isStrict);
    if (problem !== undefined) return problem;
  }
  return schemaProblem(items, [...path, 'items'], isStrict);
}
