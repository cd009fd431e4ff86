/** What a server lists: its tools on all pages. */
import { z } from 'zod';
import type { ListedTool } from '../tool.ts';
import type { McpClient } from './client.ts';

/** A list that goes on after so many pages is taken as it is. */
const mostPages = 100;
/** Schemas with more levels help no model, and would take every function that walks through them to its end. */
const mostLevels = 64;

// Lenient on purpose: one odd tool must not take the others away.
const toolPageSchema = z.object({ tools: z.array(z.unknown()), nextCursor: z.string().optional() });
const listedToolSchema = z.object({
  name: z.string().min(1),
  description: z.string().optional(),
  inputSchema: z.record(z.string(), z.unknown()).default({}),
  outputSchema: z.record(z.string(), z.unknown()).optional(),
  annotations: z
    .object({
      readOnlyHint: z.boolean().optional(),
      idempotentHint: z.boolean().optional(),
      destructiveHint: z.boolean().optional(),
    })
    .optional(),
});

export async function listTools(client: McpClient, signal: AbortSignal): Promise<ListedTool[]> {
  if (!client.hasTools) return [];
  const tools = new Map<string, ListedTool>();
  const cursors = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const params = cursor === undefined ? {} : { cursor };
    const answer = await client.request('tools/list', params, toolPageSchema, { signal });
    for (const tool of answer.tools.flatMap(toListedTool)) tools.set(tool.name, tool);
    cursor = answer.nextCursor;
    if (cursor === undefined || cursors.has(cursor)) break;
    cursors.add(cursor);
  }
  return [...tools.values()];
}

function toListedTool(entry: unknown): ListedTool[] {
  const parsed = listedToolSchema.safeParse(entry);
  if (!parsed.success) return [];
  const { name, description = '', inputSchema, outputSchema, annotations = {} } = parsed.data;
  if (isDeeperThan(mostLevels, inputSchema) || isDeeperThan(mostLevels, outputSchema)) return [];
  return [
    {
      name,
      description,
      inputSchema,
      outputSchema,
      isRepeatable: annotations.readOnlyHint === true || annotations.idempotentHint === true,
      isDestructive: annotations.readOnlyHint !== true && annotations.destructiveHint !== false,
    },
  ];
}

/** Looks no deeper than that. */
function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeperThan(levels - 1, part));
}
