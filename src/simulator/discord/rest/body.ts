/** Reads a request's body: JSON, or a form with `payload_json` and files. */

import type { IncomingMessage } from 'node:http';
import { maxFileBytes, maxRequestBytes } from '../limits.ts';
import { invalidForm, invalidJson, requestTooLarge } from './api-error.ts';
import type { UploadedFile } from './router.ts';

const mostReadBytes = 8 * maxRequestBytes;

export interface RequestBody {
  readonly json: unknown;
  /** The length of the text that it was read from. */
  readonly jsonBytes: number;
  readonly files: readonly UploadedFile[];
}

/** Rejects when the connection breaks. */
export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!(chunk instanceof Buffer)) continue;
    length += chunk.length;
    // What is too much is still read, so that the client hears the refusal; but not without end.
    if (length > mostReadBytes) throw new Error('The request does not end.');
    if (length <= maxRequestBytes) chunks.push(chunk);
  }
  if (length > maxRequestBytes) throw requestTooLarge();
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
}

export async function parseBody(bytes: Buffer, contentType: string | undefined): Promise<RequestBody> {
  if (bytes.length === 0) return { json: undefined, jsonBytes: 0, files: [] };
  if (contentType?.startsWith('multipart/form-data') === true) return parseForm(bytes, contentType);
  return { json: parseJson(bytes.toString('utf8')), jsonBytes: bytes.length, files: [] };
}

async function parseForm(bytes: Buffer, contentType: string): Promise<RequestBody> {
  const response = new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } });
  const form = await response.formData().catch(() => {
    throw invalidForm('body', 'MULTIPART_INVALID', 'The multipart body is malformed');
  });
  const files: UploadedFile[] = [];
  for (const [name, value] of form) {
    const index = /^files\[(\d+)\]$/.exec(name)?.[1];
    if (typeof value === 'string' || index === undefined) continue;
    if (value.size > maxFileBytes) throw requestTooLarge();
    const data = new Uint8Array(await value.arrayBuffer());
    const type = value.type === '' ? 'application/octet-stream' : value.type;
    files.push({ index: Number(index), filename: value.name, contentType: type, data });
  }
  const payload = form.get('payload_json');
  if (typeof payload !== 'string') return { json: undefined, jsonBytes: 0, files };
  return { json: parseJson(payload), jsonBytes: payload.length, files };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidJson();
  }
}
