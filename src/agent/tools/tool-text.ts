/**
 * A tool's result as the text that the model is given. Text blocks are the truth: structured content has been through
 * doubles by the time it gets here and is never written out again.
 */
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { ToolAnswer } from './mcp-connection.ts';

export function toToolText({ content, isError }: CallToolResult): ToolAnswer {
  const text = content.map(describe).join('\n').toWellFormed();
  return { ok: isError !== true, text: text === '' ? '(no content)' : text };
}

/** Cuts between characters and says so. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  const head = text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
  return `${head}\n… (cut here: ${text.length} characters in all)`;
}

function describe(block: CallToolResult['content'][number]): string {
  switch (block.type) {
    case 'text':
      return block.text;
    case 'image':
    case 'audio':
      return `(${block.type}, ${block.mimeType}, ${Buffer.byteLength(block.data, 'base64')} bytes: it cannot be shown here)`;
    case 'resource_link':
      return `(link to ${block.name}: ${block.uri})`;
    case 'resource':
      return 'text' in block.resource ? block.resource.text : `(resource ${block.resource.uri}, not text)`;
  }
}
