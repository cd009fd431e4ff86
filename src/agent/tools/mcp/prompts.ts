/** Prompts that a server offers. */
import { z } from 'zod';
import type { McpClient } from './client.ts';
import { listAll } from './pages.ts';

const mostPrompts = 500;
const mostArguments = 100;
const text = (most: number) => z.string().transform((value) => value.slice(0, most));
const argumentSchema = z.object({
  name: z.string().min(1).max(200),
  title: text(200).optional(),
  description: text(1_000).optional(),
  required: z.boolean().default(false),
});
const promptSchema = z.object({
  name: z.string().min(1).max(500),
  title: text(200).optional(),
  description: text(2_000).optional(),
  arguments: z.array(argumentSchema).max(mostArguments).default([]),
});
/** The words are the server's own: data, to be shown as such. */
export type ListedPrompt = z.infer<typeof promptSchema>;

/** Empty where the server offers none. */
export async function listPrompts(client: McpClient, signal: AbortSignal): Promise<readonly ListedPrompt[]> {
  if (!client.has('prompts')) return [];
  return await listAll(
    client,
    { method: 'prompts/list', key: 'prompts', schema: promptSchema, most: mostPrompts },
    signal,
  );
}
