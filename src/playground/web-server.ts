/**
 * Serves the page and its WebSocket on 127.0.0.1, to this machine's own browser alone: a page of another site that
 * reaches for this address (by its own requests, or by a name of its own that leads here) is refused.
 */
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { type AttachedFile, toReply } from './attachments.ts';
import type { PageFile } from './page-files.ts';
import { readUpload, type Uploads } from './uploads.ts';

export interface WebServer {
  readonly url: string;
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Uint8Array | string;
}

export interface WebServerOptions {
  /** Tried first; when it is taken the next ones are. 0 takes any free one. */
  readonly port: number;
  readonly files: ReadonlyMap<string, PageFile>;
  readonly onWindow: (socket: WebSocket) => void;
  /** What is posted to `/uploads?name=NAME`, with its type: answered with an id, under which it can be seen again. */
  readonly uploads: Uploads;
  /** A file that a message carries, by the ids in `/attachments/CHANNEL/MESSAGE/ATTACHMENT`. */
  readonly findAttachment: (ids: readonly string[]) => AttachedFile | undefined;
}

/** Ports after the wished one that are tried before giving up. */
const triedPorts = 50;
/** A dialog of five fields with 4000 characters each, escaped, and room to spare. */
const maxFrameBytes = 128 * 1024;

/** @throws {Error} when none of the tried ports is free. */
export async function startWebServer(options: WebServerOptions): Promise<WebServer> {
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxFrameBytes });
  const port = await listen(server, options.port);
  const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`]);
  const commonHeaders = {
    'content-security-policy': [
      "default-src 'self'",
      // Not every browser counts a WebSocket to the page's own server as 'self'.
      `connect-src 'self' ${[...hosts].map((host) => `ws://${host}`).join(' ')}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "object-src 'none'",
    ].join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  };

  const isOwnHost = (request: IncomingMessage) => hosts.has(request.headers.host ?? '');
  const isOwnPage = ({ headers: { origin } }: IncomingMessage) =>
    [...hosts].some((host) => origin === `http://${host}`);

  function reply(request: IncomingMessage): Reply {
    const path = (request.url ?? '/').replace(/\?.*$/s, '');
    const isForeign = request.headers.origin !== undefined && !isOwnPage(request);
    if (!isOwnHost(request) || isForeign) return refusal(403);
    if (request.method !== 'GET' && request.method !== 'HEAD') return refusal(405, { allow: 'GET, HEAD' });
    const file = options.files.get(path);
    if (file) return { status: 200, headers: { 'content-type': file.contentType }, body: file.body };
    const [, place, ...ids] = path.split('/');
    const attachment =
      place === 'attachments' ? options.findAttachment(ids) : place === 'uploads' && options.uploads.get(ids[0] ?? '');
    return attachment ? toReply(attachment, request.headers.range) : refusal(404);
  }

  /** From the page alone: whatever else knows the address names no origin. */
  async function takeUpload(request: IncomingMessage): Promise<Reply> {
    if (!isOwnHost(request) || !isOwnPage(request)) return refusal(403);
    const data = await readUpload(request);
    if (data === undefined) return refusal(413);
    const filename = new URL(request.url ?? '', 'http://localhost').searchParams.get('name') || 'file';
    const id = options.uploads.add({ filename, contentType: request.headers['content-type'] ?? '', data });
    return { status: 201, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ id }) };
  }

  server.on('request', (request, response) => {
    const send = ({ status, headers, body }: Reply) => {
      response.writeHead(status, { ...commonHeaders, ...headers });
      response.end(body);
    };
    if (request.method === 'POST' && request.url?.startsWith('/uploads?') === true)
      takeUpload(request).then(send, () => response.destroy());
    else send(reply(request));
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    if (!isOwnHost(request) || !isOwnPage(request) || request.url !== '/wire') {
      socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, options.onWindow);
  });

  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function refusal(status: number, headers: OutgoingHttpHeaders = {}): Reply {
  return { status, headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' }, body: `${status}\n` };
}

async function listen(server: Server, wished: number): Promise<number> {
  for (let port = wished; ; port += 1) {
    try {
      return await tryListening(server, port);
    } catch (error) {
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (!isTaken || port >= Math.min(wished + triedPorts, 65_535)) throw error;
    }
  }
}

function tryListening(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
