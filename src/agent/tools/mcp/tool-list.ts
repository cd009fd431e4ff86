/** What a server lists: its tools on all pages, each with what its calls and results are held against. */
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { z } from 'zod';
import { type Check, toCheck } from '../schema-check.ts';
import type { ListedTool } from '../tool.ts';
import { withOwnSignal } from './own-signal.ts';

/** A request that has a longest time anyway: ours. The SDK's own timer must not fire before. */
export const never = 2 ** 31 - 1;
/** A list that goes on after so many pages is taken as it is. */
const mostPages = 100;

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

export interface Listed {
  readonly tool: ListedTool;
  readonly outputCheck: Check | undefined;
}

export async function listTools(client: Client, signal: AbortSignal): Promise<Listed[]> {
  if (client.getServerCapabilities()?.tools === undefined) return [];
  const tools = new Map<string, Listed>();
  const cursors = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const params = cursor === undefined ? {} : { cursor };
    const answer = await withOwnSignal(signal, (ownSignal) =>
      client.request({ method: 'tools/list', params }, toolPageSchema, { signal: ownSignal, timeout: never }),
    );
    for (const listed of answer.tools.flatMap(toListed)) tools.set(listed.tool.name, listed);
    cursor = answer.nextCursor;
    if (cursor === undefined || cursors.has(cursor)) break;
    cursors.add(cursor);
  }
  return [...tools.values()];
}

function toListed(entry: unknown): Listed[] {
  const parsed = listedToolSchema.safeParse(entry);
  if (!parsed.success) return [];
  const { name, description = '', inputSchema, outputSchema, annotations = {} } = parsed.data;
  const check = toCheck(inputSchema);
  const tool: ListedTool = {
    name,
    description,
    inputSchema,
    isRepeatable: annotations.readOnlyHint === true || annotations.idempotentHint === true,
    isDestructive: annotations.readOnlyHint !== true && annotations.destructiveHint !== false,
    problemWith: (args) => {
      // Exact numbers are no numbers to the checker.
      const problem = check(JSON.parse(JSON.stringify(args)));
      return problem && `Not run: the arguments do not fit (${problem}). Call again with arguments that do.`;
    },
  };
  return [{ tool, outputCheck: outputSchema && toCheck(outputSchema) }];
}
