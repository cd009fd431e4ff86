/**
 * What a tool's result comes to: the text that the model is given, and the files that members see. Text blocks are the
 * truth: structured content has been through doubles by the time it gets here, and stands in only where there is no text.
 */
import type { ToolAnswer, ToolFile } from '../tool.ts';
import type { CallToolResult } from './client.ts';

type Block = CallToolResult['content'][number];

/** More of them are described and not shown. */
const mostFiles = 10;

/** What is taken of the files in one answer. */
interface FileRoom {
  readonly largest: number;
  readonly taken: ToolFile[];
}

/** @param largestFile In bytes; larger files are described and not shown. */
export function toToolAnswer({ content, structuredContent, isError }: CallToolResult, largestFile: number): ToolAnswer {
  const files: ToolFile[] = [];
  const texts = content.map((block) => describe(block, { largest: largestFile, taken: files }));
  if (content.length === 0 && structuredContent !== undefined) texts.push(JSON.stringify(structuredContent));
  const text = texts.join('\n').toWellFormed();
  return {
    ok: isError !== true,
    text: text === '' ? '(no content)' : text,
    ...(files.length === 0 ? {} : { files }),
  };
}

function describe(block: Block, room: FileRoom): string {
  switch (block.type) {
    case 'text':
      return block.text;
    case 'image':
    case 'audio':
      return addFile(block.type, block.mimeType, block.data, undefined, room);
    case 'resource_link':
      return `(link to ${block.name}: ${block.uri})`;
    case 'resource': {
      const { resource } = block;
      if ('text' in resource) return resource.text;
      return addFile('file', resource.mimeType ?? 'application/octet-stream', resource.blob, resource.uri, room);
    }
  }
}

function addFile(kind: string, mimeType: string, base64: string, uri: string | undefined, room: FileRoom): string {
  const bytes = Buffer.byteLength(base64, 'base64');
  const name = toFileName(kind, mimeType, uri, room.taken.length + 1);
  const what = `${kind} "${name}", ${mimeType}, ${bytes} bytes`;
  if (bytes > room.largest) return `(${what}: too large to be shown)`;
  if (room.taken.length >= mostFiles) return `(${what}: not shown, there are too many files)`;
  room.taken.push({ name, mimeType, data: Buffer.from(base64, 'base64') });
  return `(${what}: the members see it)`;
}

function toFileName(kind: string, mimeType: string, uri: string | undefined, count: number): string {
  const last =
    uri
      ?.replace(/[?#].*$/s, '')
      .split('/')
      .at(-1) ?? '';
  const safe = last
    .replace(/[^\w.-]+/g, '_')
    .slice(-80)
    .replace(/^\.+/, '');
  if (/\.\w{1,8}$/.test(safe)) return safe;
  const subtype =
    mimeType
      .split('/')[1]
      ?.replace(/[+;].*$/s, '')
      .replace(/^(x-|vnd\.)/, '') ?? '';
  const extension = { jpeg: 'jpg', plain: 'txt', mpeg: 'mp3', 'octet-stream': 'bin' }[subtype] ?? subtype;
  return `${safe === '' ? `${kind}-${count}` : safe}.${/^\w{1,8}$/.test(extension) ? extension : 'bin'}`;
}
