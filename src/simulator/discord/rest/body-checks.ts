/** Holds request bodies against the schemas that Discord publishes. Loaded only when asked for: they are many. */

import type { JsonObject } from '../payload/json.ts';
import { ApiError } from './api-error.ts';

/** Throws Discord's 50035 when the body does not fit the schema of that name; `Name[]` means a list of such. */
export type BodyCheck = (body: unknown, schemaName: string) => void;

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

interface Schema {
  safeParse(value: unknown): { readonly error?: { readonly issues: readonly Issue[] } };
}

export async function loadBodyCheck(): Promise<BodyCheck> {
  // @ts-expect-error The package has types for its other entries only.
  const schemas: JsonObject = await import('discord-api-spec/zod');
  return (body, schemaName) => {
    const name = schemaName.replace('[]', '');
    const schema = schemas[name];
    if (!isSchema(schema)) throw new Error(`Discord publishes no schema of the name ${name}.`);
    const issues =
      name !== schemaName && Array.isArray(body)
        ? body.flatMap((item, index) => issuesOf(schema, item, [index]))
        : issuesOf(schema, body, []);
    if (issues.length > 0) throw toApiError(issues);
  };
}

function issuesOf(schema: Schema, value: unknown, place: readonly PropertyKey[]): Issue[] {
  const issues = schema.safeParse(value).error?.issues ?? [];
  return (
    issues
      .map((issue) => ({ path: [...place, ...issue.path], message: issue.message }))
      // Published as a number, yet documented, sent by every client and taken as text.
      .filter(({ path }) => path.at(-1) !== 'default_member_permissions')
  );
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && 'safeParse' in value;
}

function toApiError(issues: readonly Issue[]): ApiError {
  const sentences = issues.map(({ path, message }) => `${path.map(String).join('.') || 'body'}: ${message}`);
  return new ApiError(400, 50_035, 'Invalid Form Body', {
    details: toDetails(issues),
    problem: sentences.join('; '),
  });
}

/** Discord's `errors`: an object that is nested as the body is, with `_errors` where something is wrong. */
function toDetails(issues: readonly Issue[]): JsonObject {
  const here = issues.filter(({ path }) => path.length === 0);
  const deeper = Map.groupBy(
    issues.filter(({ path }) => path.length > 0),
    ({ path }) => String(path[0]),
  );
  const details = [...deeper].map(([key, inner]): [string, unknown] => [
    key,
    toDetails(inner.map(({ path, message }) => ({ path: path.slice(1), message }))),
  ]);
  const errors = here.map(({ message }) => ({ code: 'BASE_TYPE_INVALID', message }));
  return { ...(errors.length > 0 && { _errors: errors }), ...Object.fromEntries(details) };
}
