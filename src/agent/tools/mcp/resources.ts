/** Resources that a server offers, by address and by pattern. */
import { z } from 'zod';
import type { McpClient } from './client.ts';
import { listAll } from './pages.ts';

const mostResources = 5_000;
const mostTemplates = 500;
const longestAddress = 2_000;
const text = (most: number) => z.string().transform((value) => value.slice(0, most));
const described = {
  name: text(500),
  title: text(200).optional(),
  description: text(2_000).optional(),
  mimeType: text(200).optional(),
};
const resourceSchema = z.object({ uri: z.string().min(1).max(longestAddress), ...described });
const templateSchema = z.object({ uriTemplate: z.string().min(1).max(longestAddress), ...described });

/** The words are the server's own: data, to be shown as such. */
export type ListedResource = z.infer<typeof resourceSchema>;
/** `uriTemplate`: RFC 6570. */
export type ListedResourceTemplate = z.infer<typeof templateSchema>;

/** Empty where the server offers none. */
export async function listResources(client: McpClient, signal: AbortSignal): Promise<readonly ListedResource[]> {
  if (!client.has('resources')) return [];
  const list = { method: 'resources/list', key: 'resources', schema: resourceSchema, most: mostResources };
  return await listAll(client, list, signal);
}

/** Empty where the server offers none. */
export async function listResourceTemplates(
  client: McpClient,
  signal: AbortSignal,
): Promise<readonly ListedResourceTemplate[]> {
  if (!client.has('resources')) return [];
  const method = 'resources/templates/list';
  return await listAll(
    client,
    { method, key: 'resourceTemplates', schema: templateSchema, most: mostTemplates },
    signal,
  );
}
