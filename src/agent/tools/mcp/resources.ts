/** A server's resources: how they are listed, and what reading one gives. */
import { z } from 'zod';
import type { SourcePart } from '../source-content.ts';
import type { McpClient } from './client.ts';
import { type ContentRoom, resourceContentsSchema, toResourcePart } from './content-part.ts';
import { entriesOf } from './pages.ts';

/** Of one server; the others can be named by whoever knows their address, where a template fits them. */
const mostResources = 10_000;
const mostTemplates = 500;
const mostPages = 1_000;
const longestAddress = 2_000;
const longestName = 200;
const mostParts = 20;

export interface ListedResource {
  readonly uri: string;
  readonly name: string;
}

const resourceSchema = z.object({
  uri: z.string().min(1).max(longestAddress),
  name: z.string().optional(),
  title: z.string().optional(),
});
const templateSchema = z.object({
  uriTemplate: z.string().min(1).max(longestAddress),
  name: z.string().optional(),
  title: z.string().optional(),
});
const contentsSchema = z.object({ contents: z.array(resourceContentsSchema) });

export async function listResources(client: McpClient, signal: AbortSignal): Promise<ListedResource[]> {
  const method = { method: 'resources/list', field: 'resources', mostPages, signal };
  return await collect(client, method, mostResources, (entry) => {
    const parsed = resourceSchema.safeParse(entry);
    return parsed.success ? toListed(parsed.data.uri, parsed.data) : undefined;
  });
}

export async function listTemplates(client: McpClient, signal: AbortSignal): Promise<ListedResource[]> {
  const method = { method: 'resources/templates/list', field: 'resourceTemplates', mostPages, signal };
  return await collect(client, method, mostTemplates, (entry) => {
    const parsed = templateSchema.safeParse(entry);
    return parsed.success ? toListed(parsed.data.uriTemplate, parsed.data) : undefined;
  });
}

async function collect(
  client: McpClient,
  pages: Parameters<typeof entriesOf>[1],
  most: number,
  read: (entry: unknown) => ListedResource | undefined,
): Promise<ListedResource[]> {
  const listed = new Map<string, ListedResource>();
  if (!client.hasResources) return [];
  for await (const entry of entriesOf(client, pages)) {
    const resource = read(entry);
    if (resource !== undefined) listed.set(resource.uri, resource);
    if (listed.size >= most) break;
  }
  return [...listed.values()];
}

function toListed(uri: string, { name, title }: { name?: string | undefined; title?: string | undefined }) {
  return { uri, name: (title || name || uri).slice(0, longestName).toWellFormed() };
}

/** @throws {ToolFailure}, or the signal's reason. */
export async function readResource(
  client: McpClient,
  uri: string,
  room: ContentRoom,
  signal: AbortSignal,
): Promise<SourcePart[]> {
  const { contents } = await client.ask('resources/read', { uri }, contentsSchema, { signal });
  return contents.slice(0, mostParts).map((part) => toResourcePart(part, room));
}
