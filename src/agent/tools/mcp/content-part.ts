/** What servers send as content, in a prompt or as a resource: text, bytes, or neither. */
import { z } from 'zod';
import { cut } from '../../../text.ts';
import type { SourcePart } from '../source-content.ts';
import type { McpClient, RequestOptions } from './client.ts';

/** How much of each part is taken: characters of text, bytes of a file. */
export interface ContentRoom {
  readonly textLength: number;
  readonly fileBytes: number;
}

const mostMessages = 100;
const mostContents = 20;
const longestName = 200;
const longestAddress = 2_000;

const resourceContentsSchema = z.union([
  z.object({ uri: z.string(), text: z.string() }),
  z.object({ uri: z.string(), blob: z.string(), mimeType: z.string().optional().catch(undefined) }),
]);
const contentSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('image'), data: z.string() }),
  z.object({ type: z.literal('resource'), resource: resourceContentsSchema }),
  z.object({ type: z.literal('resource_link'), uri: z.string(), name: z.string() }),
]);

const unread: SourcePart = { type: 'left-out', reason: 'unknown-kind' };

/** @throws {ToolFailure}, or the signal's reason. */
export async function promptParts(
  client: McpClient,
  { name, given }: { readonly name: string; readonly given: Readonly<Record<string, string>> },
  room: ContentRoom,
  signal: AbortSignal,
): Promise<SourcePart[]> {
  const { messages } = await client.getPrompt(name, given, { signal });
  return messages.slice(0, mostMessages).map(({ role, content }) => ({ ...toSourcePart(content, room), role }));
}

/** @throws {ToolFailure}, or the signal's reason. */
export async function resourceParts(
  client: McpClient,
  uri: string,
  room: ContentRoom,
  options: RequestOptions,
): Promise<SourcePart[]> {
  const { contents } = await client.readResource(uri, options);
  return contents.slice(0, mostContents).map((resource) => toSourcePart({ type: 'resource', resource }, room));
}

function toSourcePart(content: unknown, room: ContentRoom): SourcePart {
  const parsed = contentSchema.safeParse(content);
  if (!parsed.success) return unread;
  switch (parsed.data.type) {
    case 'text':
      return toText(parsed.data.text, room);
    case 'image':
      return toBytes(parsed.data.data, room);
    case 'resource':
      return toResourcePart(parsed.data.resource, room);
    case 'resource_link':
      return {
        type: 'text',
        text: `(link to ${cut(parsed.data.name, longestName)}: ${cut(parsed.data.uri, longestAddress)})`.toWellFormed(),
      };
  }
}

function toResourcePart(contents: z.infer<typeof resourceContentsSchema>, room: ContentRoom): SourcePart {
  const part = 'text' in contents ? toText(contents.text, room) : toBytes(contents.blob, room, contents.mimeType);
  return { ...part, name: cut(contents.uri, longestName).toWellFormed() };
}

/** One character more than there is room for, so that whoever reads it sees that it goes on. */
function toText(text: string, { textLength }: ContentRoom): SourcePart {
  return { type: 'text', text: text.slice(0, textLength + 1).toWellFormed() };
}

function toBytes(base64: string, { fileBytes }: ContentRoom, mimeType?: string): SourcePart {
  if (Buffer.byteLength(base64, 'base64') > fileBytes) return { type: 'left-out', reason: 'too-large' };
  const data = Buffer.from(base64, 'base64');
  return { type: 'bytes', data, ...(mimeType === undefined ? {} : { mimeType }) };
}
