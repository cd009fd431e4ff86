/**
 * Mends a tool's input schema for OpenAI, which refuses the whole request over one schema it does not take. The tool's
 * server still checks the arguments against its own.
 */

type Schema = Record<string, unknown>;

/** Keywords that OpenAI refuses at the root, and the dialect, which it refuses anywhere. */
const notAtRoot = new Set(['$schema', 'oneOf', 'anyOf', 'allOf', 'not', 'enum', 'const', 'if', 'then', 'else']);
/** Their values are data, not schemas. */
const dataKeywords = new Set(['default', 'const', 'enum', 'examples', 'required']);

/** An object schema with `properties`, keywords in the order given. */
export function toParameters(schema: Schema): Schema {
  const kept = Object.fromEntries(Object.entries(schema).filter(([keyword]) => !notAtRoot.has(keyword)));
  return { ...mendRecord({ ...kept, type: 'object' }) };
}

function mend(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mend);
  return isRecord(value) ? mendRecord(value) : value;
}

function mendRecord(schema: Schema): Schema {
  const mended = Object.fromEntries(
    Object.entries(schema)
      .filter(([keyword, value]) => keyword !== '$schema' || isRecord(value))
      .map(([keyword, value]) => [keyword, dataKeywords.has(keyword) ? value : mend(value)]),
  );
  if (mended.type === 'object' && !isRecord(mended.properties)) mended.properties = {};
  if (mended.type === 'array' && mended.items === undefined) mended.items = {};
  return mended;
}

function isRecord(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
