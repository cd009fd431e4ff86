/** Reads a request body as text, up to a limit and not a byte further. */
import type { IncomingMessage } from 'node:http';

/** `gone`: the client went away, or was too slow, before the end. */
export type RequestBody =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'too-large' | 'not-utf8' | 'gone' };

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Never rejects. After `too-large` the rest is left unread: the connection is of no further use. */
export function readBody(request: IncomingMessage, maximumBytes: number): Promise<RequestBody> {
  if (Number(request.headers['content-length'] ?? 0) > maximumBytes) {
    return Promise.resolve({ type: 'too-large' });
  }
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (body: RequestBody): void => {
      request.off('data', onData).off('end', onEnd).off('close', onClose);
      resolve(body);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= maximumBytes) return;
      request.pause();
      end({ type: 'too-large' });
    };
    const onEnd = (): void => end(decode(Buffer.concat(chunks)));
    const onClose = (): void => end({ type: 'gone' });
    request.on('data', onData).on('end', onEnd).on('close', onClose);
    // Without a listener an abort would be an uncaught exception; `close` follows it.
    request.on('error', () => {});
  });
}

function decode(bytes: Buffer): RequestBody {
  try {
    return { type: 'text', text: decoder.decode(bytes) };
  } catch {
    // A fatal decoder throws for nothing but bad bytes.
    return { type: 'not-utf8' };
  }
}
