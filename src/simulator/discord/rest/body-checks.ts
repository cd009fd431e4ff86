/** Holds request bodies against the schemas that Discord publishes. Loaded only when asked for: they are many. */

import type { JsonObject } from '../json.ts';
import { ApiError } from './api-error.ts';

/** Throws Discord's 50035 when the body fits none of the named schemas. */
export type BodyCheck = (body: unknown, schemaNames: readonly string[]) => void;

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

interface Schema {
  safeParse(value: unknown): { readonly success: boolean; readonly error?: { readonly issues: readonly Issue[] } };
}

export async function loadBodyCheck(): Promise<BodyCheck> {
  // @ts-expect-error The package has types for its other entries only.
  const schemas: JsonObject = await import('discord-api-spec/zod');
  return (body, schemaNames) => {
    let issues: readonly Issue[] = [];
    for (const name of schemaNames) {
      const schema = schemas[name];
      if (!isSchema(schema)) throw new Error(`Discord publishes no schema of the name ${name}.`);
      const result = schema.safeParse(body);
      if (result.success) return;
      issues = result.error?.issues ?? [];
    }
    if (schemaNames.length > 0) throw toApiError(issues);
  };
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && 'safeParse' in value;
}

function toApiError(issues: readonly Issue[]): ApiError {
  const details: Record<string, unknown> = {};
  for (const issue of issues) {
    let place = details;
    for (const key of issue.path) {
      const inner: Record<string, unknown> = {};
      const known = place[String(key)];
      if (isRecord(known)) place = known;
      else {
        place[String(key)] = inner;
        place = inner;
      }
    }
    place._errors = [{ code: 'BASE_TYPE_INVALID', message: issue.message }];
  }
  const sentences = issues.map(({ path, message }) => `${path.map(String).join('.') || 'body'}: ${message}`);
  return new ApiError(400, 50_035, 'Invalid Form Body', {
    details,
    problem: sentences.join('; '),
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
