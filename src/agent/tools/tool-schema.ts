/**
 * Mends a tool's input schema for OpenAI, which refuses the whole request over one schema it does not take. The tool's
 * server still checks the arguments against its own.
 */
import { isRecord } from '../../json.ts';
import type { JsonSchema } from './tool.ts';

/** Keywords that OpenAI refuses at the root, and the dialect, which it refuses anywhere. */
const notAtRoot = new Set(['$schema', 'oneOf', 'anyOf', 'allOf', 'not', 'enum', 'const', 'if', 'then', 'else']);
/** Their values are data, not schemas. */
const dataKeywords = new Set(['default', 'const', 'enum', 'examples', 'required']);

/** Their values are schemas by name. */
const namedSchemas = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);

/** An object schema with `properties`, keywords in the order given. */
export function toParameters(schema: JsonSchema): Record<string, unknown> {
  const kept = Object.fromEntries(Object.entries(schema).filter(([keyword]) => !notAtRoot.has(keyword)));
  return { ...mendRecord(toWellFormed({ ...kept, type: 'object' })) };
}

/** Without halves of characters, which strict servers refuse in whatever place. */
function toWellFormed(record: JsonSchema): Record<string, unknown> {
  const well = (value: unknown): unknown => {
    if (typeof value === 'string') return value.toWellFormed();
    if (Array.isArray(value)) return value.map(well);
    return isRecord(value) ? toWellFormed(value) : value;
  };
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name.toWellFormed(), well(value)]));
}

function mend(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mend);
  return isRecord(value) ? mendRecord(value) : value;
}

function mendRecord(schema: JsonSchema): Record<string, unknown> {
  const mended: Record<string, unknown> = Object.fromEntries(
    Object.entries(schema)
      .filter(([keyword]) => keyword !== '$schema')
      .map(([keyword, value]) => [keyword, mendValue(keyword, value)]),
  );
  const types = Array.isArray(mended.type) ? mended.type : [mended.type];
  if (types.includes('object') && !isRecord(mended.properties)) mended.properties = {};
  if (types.includes('array') && mended.items === undefined) mended.items = {};
  return mended;
}

function mendValue(keyword: string, value: unknown): unknown {
  if (dataKeywords.has(keyword)) return value;
  if (!namedSchemas.has(keyword) || !isRecord(value)) return mend(value);
  // The names are the tool's own, whatever keyword they look like.
  return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, mend(schema)]));
}
