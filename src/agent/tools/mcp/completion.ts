/** What a server would put into an argument of a prompt, or into a resource's address, that a person has begun to write. */
import { z } from 'zod';
import type { McpClient } from './client.ts';

/** Of what is completed: a prompt by its name, or a resource template. */
export type CompletionReference =
  | { readonly type: 'ref/prompt'; readonly name: string }
  | { readonly type: 'ref/resource'; readonly uri: string };

export interface CompletionQuestion {
  readonly argument: { readonly name: string; readonly value: string };
  /** Arguments that are written already, by name. */
  readonly written?: Readonly<Record<string, string>>;
}

/** The protocol's own bound. Source: https://modelcontextprotocol.io/specification/2026-07-28/server/utilities/completion */
const mostValues = 100;
const completionSchema = z.object({ completion: z.object({ values: z.array(z.string()) }) });

/** Empty where the server completes nothing. @throws what the request throws. */
export async function complete(
  client: McpClient,
  reference: CompletionReference,
  { argument, written }: CompletionQuestion,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (!client.has('completions')) return [];
  const params = { ref: reference, argument, ...(written === undefined ? {} : { context: { arguments: written } }) };
  const { completion } = await client.request('completion/complete', params, completionSchema, { signal });
  return completion.values.slice(0, mostValues);
}
