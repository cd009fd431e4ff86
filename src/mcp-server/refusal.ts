/** What goes back: JSON, and where there is no result a JSON-RPC error with its HTTP status. No HTML, no stack trace. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** What still comes of a request that was refused is taken and dropped, so far and so long. */
const mostDropped = 16 * 1024 * 1024;
const dropForMs = 1_000;

/** Answers with a JSON-RPC error, once. The connection ends when the rest of the request has come or been waited for. */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  code: number,
  message: string,
): void {
  if (response.headersSent || response.destroyed) return;
  const json = errorBody(code, message);
  if (request.complete) {
    send(response, status, json);
    return;
  }
  response.setHeader('Connection', 'close');
  writeHead(response, status, json);
  response.write(json);
  // To close while something is still coming resets the connection, and the sender never reads the answer.
  drop(request, () => response.end());
}

export function send(response: ServerResponse, status: number, json: string): void {
  writeHead(response, status, json);
  response.end(json);
}

function writeHead(response: ServerResponse, status: number, json: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(json) });
}

function drop(request: IncomingMessage, done: () => void): void {
  let dropped = 0;
  const onData = (chunk: Buffer): void => {
    dropped += chunk.length;
    if (dropped > mostDropped) end();
  };
  const end = (): void => {
    clearTimeout(timer);
    request.off('data', onData).off('end', end).off('close', end);
    request.pause();
    done();
  };
  const timer = setTimeout(end, dropForMs);
  // Without a listener an abort would be an uncaught exception; `close` follows it.
  request.on('error', () => {});
  request.on('data', onData).on('end', end).on('close', end).resume();
}

function errorBody(code: number, message: string): string {
  return JSON.stringify({ jsonrpc: '2.0', error: { code, message }, id: null });
}

/** For what is not even HTTP, or did not arrive in time: Node knows no request and no response then, only the socket. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, message] = brokenRequests[error.code ?? ''] ?? ['400 Bad Request', 'Bad request: this is not HTTP.'];
  answerAndEnd(socket, status, message);
}

/** For CONNECT, which asks for a connection to somewhere else: without an answer, Node would just hang up. */
export function refuseTunnel(socket: Duplex): void {
  // Whoever asked may be gone.
  socket.on('error', () => socket.destroy());
  answerAndEnd(socket, '405 Method Not Allowed', 'Method not allowed: this is no proxy.');
}

function answerAndEnd(socket: Duplex, status: string, message: string): void {
  const body = errorBody(-32000, message);
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

const brokenRequests: Readonly<Record<string, readonly [string, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request did not arrive in time.'],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The headers are too large.'],
};
