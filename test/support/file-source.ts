/** A server that files are fetched from, as a platform has one, and a front end's way of fetching them. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AttachmentError, type FetchAttachment } from '../../src/agent/attachments/fetch-attachment.ts';
import type { Attachment } from '../../src/agent/turn.ts';

/** What stands at an address: the bytes, or whatever is done with the response. */
export type Source = Uint8Array | string | ((response: ServerResponse) => void);

export interface FileSource extends AsyncDisposable {
  readonly fetchAttachment: FetchAttachment;
  /** Puts a file there. @param told What the platform says of it, where that is not so. */
  put(name: string, source: Source, told?: Partial<Attachment>): Attachment;
  /** The names that were asked for, in their order. */
  readonly asked: readonly string[];
}

export async function startFileSource(): Promise<FileSource> {
  const sources = new Map<string, Source>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const name = decodeURIComponent((request.url ?? '').slice(1));
    asked.push(name);
    const source = sources.get(name);
    if (source === undefined) response.writeHead(404).end();
    else if (typeof source === 'function') source(response);
    else response.end(source);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const { port } = server.address() as AddressInfo; // A TCP server has an address with a port.
  return {
    fetchAttachment: fetchWithin,
    asked,
    put: (name, source, told = {}) => {
      sources.set(name, source);
      const bytes = typeof source === 'function' ? 0 : Buffer.byteLength(source);
      return { name, bytes, url: `http://127.0.0.1:${port}/${encodeURIComponent(name)}`, ...told };
    },
    [Symbol.asyncDispose]: async () => {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
}

const fetchWithin: FetchAttachment = async ({ url }, { mostBytes, signal }) => {
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) throw new AttachmentError('unreachable');
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for await (const part of response.body ?? []) {
      bytes += part.length;
      if (bytes > mostBytes) throw new AttachmentError('too-large');
      parts.push(part);
    }
    return Buffer.concat(parts);
  } catch (cause) {
    throw cause instanceof AttachmentError ? cause : new AttachmentError('unreachable', { cause });
  }
};
