/** Something that Discord posts interactions to. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Posted {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** An endpoint. @param answer The status and the text for each request. */
export async function startEndpoint(answer: (posted: Posted) => readonly [status: number, text?: string]) {
  const posted: Posted[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    posted.push({ headers: request.headers, body });
    const [status, text] = answer({ headers: request.headers, body });
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/here`;
  return { url, posted, [Symbol.asyncDispose]: async () => void server.close() };
}
