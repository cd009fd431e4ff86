/** Lists of a server, page by page, to an end that is ours. */
import { z } from 'zod';
import type { McpClient } from './client.ts';

export interface PagesOptions {
  readonly method: string;
  /** The field of an answer that holds the entries. */
  readonly field: string;
  /** Answers after so many pages are not asked for. */
  readonly mostPages: number;
  readonly signal: AbortSignal;
}

/** The entries of all pages, as they come. A cursor that came before ends the list. */
export async function* entriesOf(
  client: McpClient,
  { method, field, mostPages, signal }: PagesOptions,
): AsyncGenerator<unknown> {
  const schema = z.object({ [field]: z.array(z.unknown()), nextCursor: z.string().optional() });
  const cursors = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await client.request(method, cursor === undefined ? {} : { cursor }, schema, { signal });
    const entries = answer[field];
    yield* Array.isArray(entries) ? entries : [];
    const next = typeof answer.nextCursor === 'string' ? answer.nextCursor : undefined;
    if (next === undefined || cursors.has(next)) return;
    cursors.add(next);
    cursor = next;
  }
}
