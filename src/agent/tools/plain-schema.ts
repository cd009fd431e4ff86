/**
 * Checks values against plain JSON Schemas on the spot: those of nothing but types, properties, choices and sizes, as most
 * tools have. Takes time that grows with schema and value and no faster, and needs no validator, which takes 35 MB.
 */
import { isRecord } from '../../json.ts';
import type { JsonSchema } from './tool.ts';

/** Say something to people only. */
const remarks = ['$schema', '$comment', 'title', 'description', 'default', 'examples', 'deprecated'];
const plainKeywords = new Set([
  ...remarks,
  ...['type', 'properties', 'required', 'additionalProperties', 'items', 'enum'],
  ...['minimum', 'maximum', 'minLength', 'maxLength'],
]);
const types = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'];

/** Whether {@link problemsOf} understands every word of the schema. */
export function isPlain(schema: unknown): schema is JsonSchema {
  if (!isRecord(schema) || !Object.keys(schema).every((keyword) => plainKeywords.has(keyword))) return false;
  const { type, properties = {}, required = [], additionalProperties = true, items, enum: choices = [] } = schema;
  const { minimum, maximum, minLength, maxLength } = schema;
  return (
    (type === undefined || typesOf(schema).every((each) => types.includes(each))) &&
    isRecord(properties) &&
    Object.values(properties).every(isPlain) &&
    isListOf(required, 'string') &&
    typeof additionalProperties === 'boolean' &&
    (items === undefined || isPlain(items)) &&
    Array.isArray(choices) &&
    choices.every((choice) => choice === null || typeof choice !== 'object') &&
    [minimum, maximum, minLength, maxLength].every((bound) => bound === undefined || typeof bound === 'number')
  );
}

/** What is wrong with the value, in the words of the validator for other schemas: the first few problems. */
export function problemsOf(schema: JsonSchema, value: unknown, most: number, path = ''): string[] {
  const problems = problemsHere(schema, value).map((problem) => `${path === '' ? 'they' : path} ${problem}`);
  for (const [name, child, part] of childrenOf(schema, value)) {
    if (problems.length >= most) break;
    problems.push(...problemsOf(part, child, most - problems.length, `${path}/${toPointer(name)}`));
  }
  return problems.slice(0, most);
}

function problemsHere(schema: JsonSchema, value: unknown): string[] {
  const problems: string[] = [];
  if (schema.type !== undefined && !typesOf(schema).some((type) => isOfType(value, type)))
    problems.push(`must be ${typesOf(schema).join(',')}`);
  if (Array.isArray(schema.enum) && !schema.enum.includes(value))
    problems.push(
      `must be equal to one of the allowed values: ${JSON.stringify(schema.enum.slice(0, 100)).slice(0, 200)}`,
    );
  const { minimum = -Infinity, maximum = Infinity, minLength = 0, maxLength = Infinity } = schema;
  if (typeof value === 'number') {
    if (value < Number(minimum)) problems.push(`must be >= ${minimum}`);
    if (value > Number(maximum)) problems.push(`must be <= ${maximum}`);
  }
  if (typeof value === 'string' && (schema.minLength !== undefined || schema.maxLength !== undefined)) {
    const length = lengthOf(value);
    if (length < Number(minLength)) problems.push(`must NOT have fewer than ${minLength} characters`);
    if (length > Number(maxLength)) problems.push(`must NOT have more than ${maxLength} characters`);
  }
  if (isRecord(value)) problems.push(...problemsOfNames(schema, value));
  return problems;
}

function problemsOfNames(schema: JsonSchema, value: JsonSchema): string[] {
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : [];
  const properties = isRecord(schema.properties) ? schema.properties : {};
  const missing = required.filter((name) => !Object.hasOwn(value, String(name)));
  const unknown =
    schema.additionalProperties === false ? Object.keys(value).filter((name) => !Object.hasOwn(properties, name)) : [];
  return [
    ...missing.map((name) => `must have required property '${name}'`),
    ...unknown.map((name) => `must NOT have additional properties (${name})`),
  ];
}

/** The parts of the value that have schemas of their own. */
function* childrenOf(schema: JsonSchema, value: unknown): Generator<[string | number, unknown, JsonSchema]> {
  if (isRecord(value) && isRecord(schema.properties)) {
    for (const [name, part] of Object.entries(schema.properties))
      if (Object.hasOwn(value, name) && isRecord(part)) yield [name, value[name], part];
  }
  if (Array.isArray(value) && isRecord(schema.items)) {
    for (const [place, child] of value.entries()) yield [place, child, schema.items];
  }
}

/** What is no text names no type: a server may write anything there. */
function typesOf({ type }: JsonSchema): string[] {
  const all: readonly unknown[] = Array.isArray(type) ? type : [type];
  return all.map((each) => (typeof each === 'string' ? each : 'unknown'));
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'object':
      return isRecord(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value);
    case 'null':
      return value === null;
    default:
      return typeof value === type;
  }
}

/** In characters, as JSON Schema counts: not in UTF-16 units. */
function lengthOf(text: string): number {
  let length = 0;
  for (const _character of text) length += 1;
  return length;
}

function isListOf(value: unknown, type: 'string'): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === type);
}

/** Source: RFC 6901, section 3. */
function toPointer(name: string | number): string {
  return String(name).replaceAll('~', '~0').replaceAll('/', '~1');
}
