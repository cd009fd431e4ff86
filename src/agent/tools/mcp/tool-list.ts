/** What a server lists: its tools on all pages. */
import { z } from 'zod';
import { isRecord } from '../../../json.ts';
import type { ListedTool } from '../tool.ts';
import type { McpClient } from './client.ts';
import { readPages } from './pages.ts';
import { areParameterHeadersValid } from './parameter-headers.ts';

/** Of one server: the model is offered 128 of all. */
const mostTools = 1_000;
const longestName = 500;
const longestDescription = 2_000;
/** Schemas with more levels help no model, and would take every function that walks through them to its end. */
const mostLevels = 64;

// Lenient on purpose: one odd tool must not take the others away.
const listedToolSchema = z.object({
  name: z.string().min(1).max(longestName),
  description: z.string().optional(),
  inputSchema: z.record(z.string(), z.unknown()).default({}),
  outputSchema: z.record(z.string(), z.unknown()).optional(),
  execution: z
    .object({ taskSupport: z.enum(['optional', 'required']) })
    .optional()
    .catch(undefined),
  annotations: z
    .object({
      readOnlyHint: z.boolean().optional(),
      idempotentHint: z.boolean().optional(),
      destructiveHint: z.boolean().optional(),
    })
    .optional(),
});

export interface ListedTools {
  readonly tools: readonly ListedTool[];
  /** How many wanted ones there are besides. */
  readonly unlisted: number;
}

/** @param isWanted By its name: of what nobody wants, nothing is read. */
export async function listTools(
  client: McpClient,
  isWanted: (name: string) => boolean,
  signal: AbortSignal,
): Promise<ListedTools> {
  const tools = new Map<string, ListedTool>();
  let unlisted = 0;
  if (!client.has('tools')) return { tools: [], unlisted };
  for await (const entries of readPages(client, 'tools/list', 'tools', signal)) {
    for (const entry of entries) {
      if (!isRecord(entry) || typeof entry.name !== 'string' || !isWanted(entry.name)) continue;
      const tool = tools.size < mostTools || tools.has(entry.name) ? toListedTool(entry) : undefined;
      if (tool !== undefined && mayBeCalled(client, tool)) tools.set(tool.name, tool);
      else if (tools.size >= mostTools) unlisted += 1;
    }
  }
  return { tools: [...tools.values()], unlisted };
}

function mayBeCalled(client: McpClient, { inputSchema }: ListedTool): boolean {
  return !client.sendsParameterHeaders || areParameterHeadersValid(inputSchema);
}

/** Undefined for what is no tool, or none that a model could be offered. */
function toListedTool(entry: unknown): ListedTool | undefined {
  const parsed = listedToolSchema.safeParse(entry);
  if (!parsed.success) return undefined;
  const { name, description = '', inputSchema, outputSchema, execution, annotations = {} } = parsed.data;
  if (isDeeperThan(mostLevels, inputSchema) || isDeeperThan(mostLevels, outputSchema)) return undefined;
  return {
    name,
    description: description.slice(0, longestDescription),
    inputSchema,
    outputSchema,
    isRepeatable: annotations.readOnlyHint === true || annotations.idempotentHint === true,
    ...(execution === undefined ? {} : { taskSupport: execution.taskSupport }),
    isDestructive: annotations.readOnlyHint !== true && annotations.destructiveHint !== false,
  };
}

/** Looks no deeper than that. */
function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeperThan(levels - 1, part));
}
