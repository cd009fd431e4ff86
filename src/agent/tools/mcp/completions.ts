/** What a server suggests while somebody types an argument of a prompt, or a variable of a template. */
import { z } from 'zod';
import type { Typing } from '../../offered-content.ts';
import type { McpClient } from './client.ts';

const mostValues = 100;
const schema = z.object({ completion: z.object({ values: z.array(z.unknown()) }) });

/** Empty where the server suggests nothing. @throws {ToolFailure}, or the signal's reason. */
export async function complete(
  client: McpClient,
  { of, argument, typed, given }: Typing,
  signal: AbortSignal,
): Promise<string[]> {
  if (!client.completes) return [];
  const ref = of.type === 'prompt' ? { type: 'ref/prompt', name: of.name } : { type: 'ref/resource', uri: of.uri };
  const params = {
    ref,
    argument: { name: argument, value: typed },
    ...(Object.keys(given).length === 0 ? {} : { context: { arguments: { ...given } } }),
  };
  const { completion } = await client.ask('completion/complete', params, schema, { signal });
  return completion.values.slice(0, mostValues).filter((value) => typeof value === 'string');
}
