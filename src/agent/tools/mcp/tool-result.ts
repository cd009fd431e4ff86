/**
 * What a tool's result comes to: the text that the model is given, and the files that members see. Text blocks are the
 * truth: structured content has been through doubles by the time it gets here, and stands in only where there is no text.
 */
import { isRecord } from '../../../json.ts';
import { cut, toShownLine } from '../../../text.ts';
import { joinCut } from '../cut-text.ts';
import type { ToolAnswer, ToolFile } from '../tool.ts';
import type { CallToolResult } from './client.ts';

type Block = CallToolResult['content'][number];

/** More of them are described and not shown. */
const mostFiles = 10;
/** More parts than this are left out, with a word. */
const mostBlocks = 1_000;
/** What front ends can show: Discord takes as much for one file. */
const longestDescription = 1_024;
const longestName = 200;
const longestAddress = 2_000;

/** How much of an answer is taken: characters of text, bytes of a file. */
export interface AnswerRoom {
  readonly textLength: number;
  readonly fileBytes: number;
}

/** An answer before it is held against the tool's own schema. */
export interface ServerAnswer extends ToolAnswer {
  /** Undefined where there is none. */
  readonly structured: unknown;
}

interface Taken {
  readonly files: ToolFile[];
  readonly fileBytes: number;
  /** Of the pictures; empty: nobody says what they show. */
  readonly description: string;
}

export function toToolAnswer(result: CallToolResult, { textLength, fileBytes }: AnswerRoom): ToolAnswer {
  const { content, structuredContent, isError } = result;
  const taken: Taken = { files: [], fileBytes, description: descriptionOf(result) };
  const texts = content.slice(0, mostBlocks).map((block) => describe(block, taken));
  if (content.length > mostBlocks) texts.push(`(and ${content.length - mostBlocks} parts more)`);
  if (content.length === 0 && structuredContent !== undefined) texts.push(JSON.stringify(structuredContent));
  const text = joinCut(texts, textLength).toWellFormed();
  return {
    ok: isError !== true,
    text: text === '' ? '(no content)' : text,
    ...(taken.files.length === 0 ? {} : { files: taken.files }),
  };
}

/** What a server says of its pictures: in a value of that name, or else in the text that comes with them. */
function descriptionOf({ content, structuredContent }: CallToolResult): string {
  const own = isRecord(structuredContent) ? structuredContent.description : undefined;
  let text = typeof own === 'string' ? own : '';
  for (const block of content) {
    // No more is joined than can be shown.
    if (typeof own === 'string' || text.length > 2 * longestDescription) break;
    if (block.type === 'text') text += `${text === '' ? '' : '\n'}${block.text}`;
  }
  return toShownLine(text.toWellFormed(), longestDescription);
}

function describe(block: Block, taken: Taken): string {
  switch (block.type) {
    case 'text':
      return block.text;
    case 'image':
    case 'audio':
      return addFile(block.type, block.mimeType, block.data, undefined, taken);
    case 'resource_link':
      return `(link to ${cut(block.name, longestName)}: ${cut(block.uri, longestAddress)})`;
    case 'resource': {
      const { resource } = block;
      if ('text' in resource) return resource.text;
      return addFile('file', resource.mimeType ?? 'application/octet-stream', resource.blob, resource.uri, taken);
    }
  }
}

function addFile(kind: string, givenType: string, base64: string, uri: string | undefined, taken: Taken): string {
  const bytes = Buffer.byteLength(base64, 'base64');
  const mimeType = cut(givenType, longestName);
  const name = toFileName(kind, mimeType, uri, taken.files.length + 1);
  const what = `${kind} "${name}", ${mimeType}, ${bytes} bytes`;
  if (bytes > taken.fileBytes) return `(${what}: too large to be shown)`;
  if (taken.files.length >= mostFiles) return `(${what}: not shown, there are too many files)`;
  const isDescribed = kind === 'image' && taken.description !== '';
  taken.files.push({
    name,
    mimeType,
    data: Buffer.from(base64, 'base64'),
    ...(isDescribed ? { description: taken.description } : {}),
  });
  return `(${what}: the members see it)`;
}

function toFileName(kind: string, mimeType: string, uri: string | undefined, count: number): string {
  const path = uri?.slice(0, longestAddress).split(/[?#]/, 1)[0] ?? '';
  const safe = (path.split('/').at(-1) ?? '')
    .replace(/[^\w.-]+/g, '_')
    .slice(-80)
    .replace(/^\.+/, '');
  if (/\.\w{1,8}$/.test(safe)) return safe;
  const subtype = (mimeType.split('/')[1] ?? '').split(/[+;]/, 1)[0]?.replace(/^(x-|vnd\.)/, '') ?? '';
  const extension = { jpeg: 'jpg', plain: 'txt', mpeg: 'mp3', 'octet-stream': 'bin' }[subtype] ?? subtype;
  return `${safe === '' ? `${kind}-${count}` : safe}.${/^\w{1,8}$/.test(extension) ? extension : 'bin'}`;
}
