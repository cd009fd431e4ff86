/** What goes over the wire. Its shape is held against Discord's published schemas by the tests, not by types. */

import { isRecord } from '../../../json.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** The fields of an object; none of whatever else came in its place. */
export function fieldsOf(value: unknown): JsonObject {
  return isRecord(value) ? value : {};
}
