/** A tool server of revision 2026-07-28, and of no earlier one unless asked, on the official SDK: keeps what it was sent. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  type CallToolResult,
  createMcpHandler,
  type InputRequiredResult,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server';

type ModernAnswer = string | CallToolResult | InputRequiredResult;

export interface ModernTool {
  readonly name: string;
  readonly inputSchema?: object;
  readonly annotations?: { readonly readOnlyHint?: boolean };
  /** A string is the whole text of the result; `inputRequired(…)` of the SDK asks for more. */
  run(args: Record<string, unknown>, context: ServerContext): ModernAnswer | Promise<ModernAnswer>;
}

export interface ModernToolServerOptions {
  readonly tools?: readonly ModernTool[];
  /** Default `reject`. */
  readonly legacy?: 'stateless' | 'reject';
  /** Makes the server for one request in place of the one with the tools. */
  readonly createServer?: () => Server;
}

export interface ModernToolServer extends AsyncDisposable {
  readonly url: string;
  /** The JSON-RPC bodies it was sent, to the letter, and the headers that came with each. */
  readonly requests: readonly { readonly body: string; readonly headers: IncomingMessage['headers'] }[];
  tools: readonly ModernTool[];
  /** When set, answers everything in its place. */
  intercept: ((body: string, response: ServerResponse) => boolean) | undefined;
  /** The bodies of requests of that method. */
  sent(method: string): string[];
  /** Tells everybody who listens that the tools changed. */
  announceChange(): void;
  /** Ends the streams of everybody who listens. */
  endStreams(): Promise<void>;
}

export async function startModernToolServer(options: ModernToolServerOptions = {}): Promise<ModernToolServer> {
  const requests: { body: string; headers: IncomingMessage['headers'] }[] = [];
  const build = options.createServer ?? (() => buildServer(self));
  const open = () => createMcpHandler(build, { legacy: options.legacy ?? 'reject' });
  let handler = open();

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts).toString('utf8');
    requests.push({ body, headers: request.headers });
    if (self.intercept?.(body, response) === true) return;
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const headers = new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const { method = 'GET' } = request;
    const init = { method, headers, signal: gone.signal, ...(method === 'POST' ? { body } : {}) };
    const answer = await handler.fetch(new Request(self.url, init));
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.flushHeaders();
    if (answer.body === null) response.end();
    // A client that is gone breaks the pipe.
    else await pipeline(Readable.fromWeb(answer.body), response).catch(() => {});
  }

  const http = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const self: ModernToolServer = {
    url: `http://127.0.0.1:${port}/mcp`,
    requests,
    tools: options.tools ?? [],
    intercept: undefined,
    sent: (method) => requests.map(({ body }) => body).filter((body) => body.includes(`"method":"${method}"`)),
    announceChange: () => handler.notify.toolsChanged(),
    endStreams: async () => {
      const old = handler;
      handler = open();
      await old.close();
    },
    [Symbol.asyncDispose]: async () => {
      await handler.close();
      const closed = once(http, 'close');
      http.close();
      http.closeAllConnections();
      await closed;
    },
  };
  return self;
}

function buildServer(self: { readonly tools: readonly ModernTool[] }): Server {
  const server = new Server({ name: 'modern', version: '1' }, { capabilities: { tools: { listChanged: true } } });
  server.setRequestHandler('tools/list', () => ({
    tools: self.tools.map(({ run: _run, inputSchema, ...tool }) => ({
      ...tool,
      inputSchema: { type: 'object' as const, ...inputSchema },
    })),
  }));
  server.setRequestHandler('tools/call', async ({ params }, context) => {
    const tool = self.tools.find(({ name }) => name === params.name);
    if (tool === undefined) throw new Error(`no tool ${params.name}`);
    const result = await tool.run(params.arguments ?? {}, context);
    return typeof result === 'string' ? { content: [{ type: 'text', text: result }] } : result;
  });
  return server;
}
