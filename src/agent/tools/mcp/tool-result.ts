/**
 * What a tool's result comes to: the text that the model is given, and the files that members see. Text blocks are the
 * truth: structured content has been through doubles by the time it gets here, and stands in only where there is no text.
 */
import { isRecord } from '../../../json.ts';
import { toShownLine } from '../../../text.ts';
import { joinCut } from '../cut-text.ts';
import type { ToolAnswer } from '../tool.ts';
import { type GivenFile, ToolFiles } from '../tool-files.ts';
import type { CallToolResult } from './client.ts';
import { isReadable, type ResultLink, toResultLinks } from './result-links.ts';

type Block = CallToolResult['content'][number];

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
  /** Whether what it links to may be read. */
  readonly readsLinks: boolean;
}

/** An answer before it is held against the tool's own schema. */
export interface ServerAnswer extends ToolAnswer {
  /** Undefined where there is none. */
  readonly structured: unknown;
}

export function toToolAnswer(result: CallToolResult, { textLength, fileBytes, readsLinks }: AnswerRoom): ToolAnswer {
  const { content, structuredContent, isError } = result;
  const files = new ToolFiles(fileBytes, descriptionOf(result));
  const blocks = content.slice(0, mostBlocks);
  const isOffered = (block: Block): block is ResultLink =>
    readsLinks && block.type === 'resource_link' && isReadable(block);
  const { links, text: linked } = toResultLinks(blocks.filter(isOffered));
  const texts = blocks.filter((block) => !isOffered(block)).map((block) => describe(block, files));
  if (content.length > mostBlocks) texts.push(`(and ${content.length - mostBlocks} parts more)`);
  if (content.length === 0 && structuredContent !== undefined) texts.push(JSON.stringify(structuredContent));
  // Below the rest, however long that is: what is cut away cannot be read.
  const text = [joinCut(texts, textLength).toWellFormed(), linked].filter((part) => part !== '').join('\n');
  return {
    ok: isError !== true,
    text: text === '' ? '(no content)' : text,
    ...files.part,
    ...(links.length === 0 ? {} : { links }),
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

function describe(block: Block, files: ToolFiles): string {
  switch (block.type) {
    case 'text':
      return block.text;
    case 'image':
    case 'audio':
      return files.add(toFile(block.type, block.mimeType, block.data));
    case 'resource_link':
      return `(link to ${toShownLine(block.name, longestName)}: ${toShownLine(block.uri, longestAddress)})`;
    case 'resource': {
      const { resource } = block;
      if ('text' in resource) return resource.text;
      return files.add(toFile('file', resource.mimeType ?? 'application/octet-stream', resource.blob, resource.uri));
    }
  }
}

function toFile(kind: GivenFile['kind'], mimeType: string, base64: string, uri?: string): GivenFile {
  const bytes = Buffer.byteLength(base64, 'base64');
  return { kind, mimeType, bytes, uri, data: () => Buffer.from(base64, 'base64') };
}
