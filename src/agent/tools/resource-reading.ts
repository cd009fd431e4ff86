/** Reads for the model what a server has linked to: its text, or what members see in its place, within the bounds of a tool's answer. */

import { toShownLine } from '../../text.ts';
import type { BytesReader } from '../attachments/bytes-reader.ts';
import { joinCut } from './cut-text.ts';
import type { McpConnection } from './mcp/connection.ts';
import type { SourcePart } from './source-content.ts';
import type { CallContext, CallLimits, ListedTool, ToolAnswer } from './tool.ts';
import { askServer, type CallingContext, refuse } from './tool-calling.ts';
import { ToolFiles } from './tool-files.ts';

/** Reading as a tool of each server, so that it is approved, counted and noted down as its calls are. Named as MCP names it. */
export const resourceReading: ListedTool = {
  name: 'resources/read',
  description: 'Reads what a result of a tool has linked to.',
  inputSchema: { type: 'object', properties: { uri: { type: 'string' } }, required: ['uri'] },
  outputSchema: undefined,
  isRepeatable: true,
  isDestructive: false,
};

const cutMark = '\n… (cut here: it goes on)';

/** @throws {LoginNeeded} where the connection is for one person; nothing else. */
export async function readResource(uri: string, call: CallContext, context: CallingContext): Promise<ToolAnswer> {
  const { server, limits, bytes } = context;
  if (!limits.readsLinks) return refuse(`Not run: what "${server}" links to may not be read here.`);
  const send = async (connection: McpConnection) => {
    const parts = await connection.readResource(uri, call, limits);
    return await toAnswer(parts, { uri, limits, bytes, signal: call.signal });
  };
  return await askServer({ send, isRepeatable: true }, call, context);
}

interface AnswerOptions {
  readonly uri: string;
  readonly limits: CallLimits;
  readonly bytes: BytesReader;
  readonly signal: AbortSignal;
}

async function toAnswer(parts: readonly SourcePart[], options: AnswerOptions): Promise<ToolAnswer> {
  const { textLength, fileBytes } = options.limits;
  const files = new ToolFiles(fileBytes);
  const texts: string[] = [];
  for (const part of parts) {
    // Of several, each is told by its address.
    if (parts.length > 1) texts.push(`(${toShownLine(part.name ?? options.uri, textLength)})`);
    texts.push(await toText(part, files, options));
  }
  const text = joinCut(texts, textLength).toWellFormed();
  return { ok: true, text: text === '' ? '(no content)' : text, ...files.part };
}

async function toText(
  part: SourcePart,
  files: ToolFiles,
  { uri, limits, bytes, signal }: AnswerOptions,
): Promise<string> {
  if (part.type === 'text') return part.text;
  if (part.type === 'left-out')
    return part.reason === 'too-large' ? '(it is too large to be read)' : '(it is of a kind that cannot be read)';
  const { data, mimeType = 'application/octet-stream' } = part;
  const content = await bytes.read(data, Math.max(0, limits.textLength - cutMark.length), signal);
  if (content.type === 'text') return content.isCut ? `${content.text}${cutMark}` : content.text;
  const shown =
    content.type === 'picture'
      ? ({ kind: 'image', mimeType: content.picture.mimeType } as const)
      : ({ kind: 'file', mimeType } as const);
  return files.add({ ...shown, bytes: data.length, uri, data: () => data });
}
