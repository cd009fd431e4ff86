/** Lists that come in pages, each of which a server may make as long as it likes, and lead to itself again. */
import { z } from 'zod';
import type { McpClient } from './client.ts';

/** A list that goes on after so many pages is taken as it is. */
const mostPages = 100;

/** Entries of all pages, which may be anything. @param key Under which a page has them. @throws what the request throws. */
export async function* readPages(
  client: McpClient,
  method: string,
  key: string,
  signal: AbortSignal,
): AsyncGenerator<readonly unknown[]> {
  const schema = z.object({ [key]: z.array(z.unknown()), nextCursor: z.string().optional() });
  const cursors = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const params = cursor === undefined ? {} : { cursor };
    const { [key]: entries, nextCursor } = await client.request(method, params, schema, { signal });
    yield Array.isArray(entries) ? entries : [];
    if (typeof nextCursor !== 'string' || cursors.has(nextCursor)) return;
    cursor = nextCursor;
    cursors.add(cursor);
  }
}

/** The entries that the schema takes, `most` of them; odd ones are left out. */
export async function listAll<Entry>(
  client: McpClient,
  { method, key, schema, most }: { method: string; key: string; schema: z.ZodType<Entry>; most: number },
  signal: AbortSignal,
): Promise<Entry[]> {
  const listed: Entry[] = [];
  for await (const entries of readPages(client, method, key, signal)) {
    for (const entry of entries) {
      if (listed.length >= most) return listed;
      const parsed = schema.safeParse(entry);
      if (parsed.success) listed.push(parsed.data);
    }
  }
  return listed;
}
