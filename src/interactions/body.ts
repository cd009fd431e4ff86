/** The body of a request, within bounds: anybody can send one. */
import type { IncomingMessage } from 'node:http';
import { untilAborted } from '../waiting.ts';

/** The longest dialog, or a message with all that it may hold, is a tenth of it. */
const mostBytes = 512 * 1024;
/** Discord waits three seconds for the answer. */
const withinMs = 2_000;

/** @returns what it says, or with which status it is turned away. Rejects when the connection is lost. */
export async function readBody(request: IncomingMessage): Promise<Buffer | 408 | 413> {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) return 413;
  const late = AbortSignal.timeout(withinMs);
  try {
    return await untilAborted(collect(request), late);
  } catch (error) {
    if (late.aborted) return 408;
    throw error;
  }
}

async function collect(request: IncomingMessage): Promise<Buffer | 413> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    bytes += part.length;
    if (bytes > mostBytes) return 413;
    parts.push(part);
  }
  return Buffer.concat(parts);
}
