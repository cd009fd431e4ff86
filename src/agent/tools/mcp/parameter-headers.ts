/**
 * Whether a tool may be called over Streamable HTTP: it may want arguments repeated in headers, and one that says so in a
 * way that it must not is left out. Source:
 * https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#custom-headers-from-tool-parameters
 */
import { isRecord } from '../../../json.ts';
import type { JsonSchema } from '../tool.ts';

const keyword = 'x-mcp-header';
/** Source: RFC 9110, section 5.6.2 */
const token = /^[\w!#$%&'*+\-.^`|~]+$/;
const types: ReadonlySet<unknown> = new Set(['string', 'integer', 'boolean']);
/** Their values are data, not schemas. */
const dataKeywords: ReadonlySet<string> = new Set(['default', 'const', 'enum', 'examples', 'required']);
const namedSchemas: ReadonlySet<string> = new Set(['patternProperties', '$defs', 'definitions', 'dependentSchemas']);

/** Every header is named once, by a property that a chain of `properties` leads to, and that is a single plain value. */
export function areParameterHeadersValid(inputSchema: JsonSchema): boolean {
  const names = new Set<string>();

  /** @param isProperty A chain of `properties` leads there. @param isRoot It is no property itself. */
  function isValid(schema: unknown, isProperty: boolean, isRoot = false): boolean {
    if (Array.isArray(schema)) return schema.every((part) => isValid(part, false));
    if (!isRecord(schema)) return true;
    if (keyword in schema && (isRoot || !isProperty || !take(schema[keyword], schema.type))) return false;
    return Object.entries(schema).every(([key, value]) => {
      if (key === keyword || dataKeywords.has(key)) return true;
      if (key === 'properties' && isRecord(value))
        return Object.values(value).every((each) => isValid(each, isProperty));
      if (namedSchemas.has(key) && isRecord(value)) return Object.values(value).every((each) => isValid(each, false));
      return isValid(value, false);
    });
  }

  function take(name: unknown, type: unknown): boolean {
    if (typeof name !== 'string' || !token.test(name) || !types.has(type)) return false;
    const size = names.size;
    names.add(name.toLowerCase());
    return names.size > size;
  }

  return isValid(inputSchema, true, true);
}
