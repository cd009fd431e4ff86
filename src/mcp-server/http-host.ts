/** Carries any MCP server over Streamable HTTP: stateless, one JSON answer a request. Knows nothing of calculators. */
import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { isIPv6 } from 'node:net';
import type { Server } from '@modelcontextprotocol/server';
import type { Logger } from '../log.ts';
import { type EndpointOptions, endpoint, handleRequest } from './endpoint.ts';
import { createModernRequests, type ModernRequests } from './modern-requests.ts';
import { answerBrokenRequest, refuse, refuseTunnel } from './refusal.ts';
import { createRequestGuard } from './request-guard.ts';

export interface HttpHostOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly log: Logger;
  /** Makes a server for one request. It is closed when there is no answer in time, or nobody left to answer. */
  readonly createServer: () => Server;
  /** Default `JSON.parse`. */
  readonly parseJson?: (text: string) => unknown;
  /** How long a request may take to arrive, and then to be answered. Default 10 000. */
  readonly requestTimeoutMs?: number;
  /** How long closing waits for answers. Default 3000. */
  readonly closeTimeoutMs?: number;
}

export interface HttpHost {
  /** The MCP endpoint. */
  readonly url: string;
  /** Stops accepting, lets what runs finish for up to `closeTimeoutMs`, then cuts every connection. */
  close(): Promise<void>;
}

/** @throws the error of `listen`, such as EADDRINUSE. */
export async function startHttpHost(options: HttpHostOptions): Promise<HttpHost> {
  const { host, port, requestTimeoutMs = 10_000, closeTimeoutMs = 3_000, parseJson = JSON.parse } = options;
  const unanswered = new Set<ServerResponse>();
  const modern = createModernRequests(options.createServer, options.log);
  const answer = createHandler(host, { ...options, modern, requestTimeoutMs, parseJson });
  const http = createServer(
    {
      requestTimeout: requestTimeoutMs,
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(1_000, requestTimeoutMs),
      // The guard answers a missing Host with a body that says why.
      requireHostHeader: false,
    },
    (request, response) => {
      unanswered.add(response);
      response.once('close', () => unanswered.delete(response));
      answer(request, response);
    },
  );
  http.on('clientError', answerBrokenRequest);
  http.on('checkExpectation', (request, response) =>
    refuse(request, response, 417, -32000, 'Expectation failed: nothing but 100-continue is known here.'),
  );
  http.on('connect', (_request, socket) => refuseTunnel(socket));
  await listen(http, host, port);
  return new RunningHost({ http, unanswered, modern, closeTimeoutMs }, host);
}

function createHandler(
  host: string,
  options: EndpointOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  const guard = createRequestGuard(host);
  return (request, response) => {
    const refusal = guard(request.headers);
    if (refusal !== undefined) return refuse(request, response, 403, -32000, refusal);
    handleRequest(request, response, options).catch((error: unknown) => {
      options.log.error('mcp-request-failed', { error });
      refuse(request, response, 500, -32603, 'Internal error.');
    });
  };
}

interface HostParts {
  readonly http: HttpServer;
  readonly unanswered: ReadonlySet<ServerResponse>;
  readonly modern: ModernRequests;
  readonly closeTimeoutMs: number;
}

class RunningHost implements HttpHost {
  readonly url: string;
  readonly #parts: HostParts;
  #closing: Promise<void> | undefined;

  constructor(parts: HostParts, host: string) {
    const address = parts.http.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    this.url = `http://${reachable(host)}:${port}${endpoint}`;
    this.#parts = parts;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { http, unanswered, modern, closeTimeoutMs } = this.#parts;
    // A connection kept alive after its answer would hold the server for seconds.
    for (const response of unanswered) response.shouldKeepAlive = false;
    const closed = Promise.withResolvers<void>();
    const timer = setTimeout(() => http.closeAllConnections(), closeTimeoutMs);
    http.close(() => closed.resolve());
    await closed.promise;
    clearTimeout(timer);
    await modern.close();
  }
}

function listen(http: HttpServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, host, () => {
      http.off('error', reject);
      resolve();
    });
  });
}

/** How to reach a listening address from this machine. */
function reachable(host: string): string {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return isIPv6(name) ? `[${name}]` : name;
}
