/** A tool server on the official SDK that keeps what it was sent and misbehaves on purpose. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import {
  CallToolRequestSchema,
  type CallToolResult,
  type ElicitRequest,
  type ElicitResult,
  ElicitResultSchema,
  ListToolsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { ToolTasks, tasksCapability } from './tool-tasks.ts';

export interface TestTool {
  readonly name: string;
  readonly inputSchema?: object;
  readonly description?: string;
  readonly annotations?: {
    readonly readOnlyHint?: boolean;
    readonly idempotentHint?: boolean;
    readonly destructiveHint?: boolean;
  };
  readonly outputSchema?: object;
  /** Its calls run as tasks. */
  readonly execution?: { readonly taskSupport: 'optional' | 'required' };
  /** Integers come as bigint. A string is the whole text of the result. */
  run(
    args: Record<string, unknown>,
    signal: AbortSignal,
    client: ClientOfTool,
  ): string | CallToolResult | Promise<string | CallToolResult>;
}

/** What a tool may say to its caller while it runs; only on a server that streams. */
export interface ClientOfTool {
  progress(progress: number, total?: number, message?: string): Promise<void>;
  elicit(message: string, requestedSchema: object): Promise<ElicitResult>;
  /** Wants a page opened. */
  open(message: string, url: string, elicitationId: string): Promise<ElicitResult>;
  /** Says that the page has done its work. */
  opened(elicitationId: string): Promise<void>;
}

export interface ToolServerOptions {
  /** The tasks of its tools, which may outlive it. Default: its own. */
  readonly tasks?: ToolTasks;
  readonly tools?: readonly TestTool[];
  /** Whether it keeps sessions, as most servers do, and says when its tools change. Default false. */
  readonly hasSessions?: boolean;
  /** Whether answers are event streams, so that it can report and ask meanwhile. Default false: one JSON each. */
  readonly isStreaming?: boolean;
  readonly instructions?: string;
  /** Default: as many as there are. */
  readonly toolsPerPage?: number;
  /** The last page names the first one as its next. */
  readonly pagesForEver?: boolean;
  readonly port?: number;
  /** What it has besides tools: it is called for each session. */
  readonly configure?: (server: Server) => void;
}

export interface TestToolServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** The JSON-RPC bodies it was sent, to the letter. */
  readonly bodies: readonly string[];
  readonly headers: readonly IncomingMessage['headers'][];
  /** The HTTP methods of all requests. */
  readonly methods: readonly (string | undefined)[];
  tools: readonly TestTool[];
  /** Every session is unknown from now on, as after a restart. */
  forgetSessions(): void;
  /** When set, answers everything in its place. */
  intercept: ((body: string, response: ServerResponse) => boolean) | undefined;
  /** Default: of the tools. */
  announceChange(list?: 'tools' | 'prompts'): Promise<void>;
  /** The bodies of calls of that method. */
  sent(method: string): string[];
  /** Resolves once `look` is true, looking now and at every request. */
  until(look: () => boolean): Promise<void>;
  /** Breaks every connection and frees the port. */
  close(): Promise<void>;
}

export const addTool: TestTool = {
  name: 'add',
  description: 'Adds two numbers.',
  inputSchema: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } }, required: ['a', 'b'] },
  annotations: { readOnlyHint: true },
  run: ({ a, b }) => String((a as bigint) + (b as bigint)),
};

export const multiplyTool: TestTool = {
  ...addTool,
  name: 'multiply',
  description: 'Multiplies two numbers.',
  run: ({ a, b }) => String((a as bigint) * (b as bigint)),
};

export async function startToolServer(options: ToolServerOptions = {}): Promise<TestToolServer> {
  const {
    hasSessions = false,
    isStreaming = false,
    instructions,
    toolsPerPage = Number.POSITIVE_INFINITY,
    pagesForEver = false,
  } = options;
  const bodies: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const methods: (string | undefined)[] = [];
  const sessions = new Map<string, { transport: StreamableHTTPServerTransport; server: Server }>();
  const watchers = new Set<() => void>();

  const tasks = options.tasks ?? new ToolTasks();
  const hasTasks = () => self.tools.some(({ execution }) => execution !== undefined);

  function buildServer(): Server {
    const server = new Server(
      { name: 'test', version: '1' },
      {
        capabilities: { tools: { listChanged: true }, ...(hasTasks() ? tasksCapability : {}) },
        ...(instructions === undefined ? {} : { instructions }),
      },
    );
    server.setRequestHandler(ListToolsRequestSchema, ({ params }) => {
      const first = Number(params?.cursor ?? 0);
      const end = first + toolsPerPage;
      const isLast = end >= self.tools.length;
      return {
        tools: self.tools.slice(first, end).map(({ run: _run, inputSchema = { type: 'object' }, ...tool }) => ({
          ...tool,
          inputSchema: inputSchema as { type: 'object' },
        })),
        ...(isLast && !pagesForEver ? {} : { nextCursor: isLast ? '0' : String(end) }),
      };
    });
    server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal, sendNotification, sendRequest }) => {
      const tool = self.tools.find(({ name }) => name === params.name);
      if (tool === undefined) throw new Error(`no tool ${params.name}`);
      const progressToken = params._meta?.progressToken ?? '';
      const answer = tool.run(params.arguments ?? {}, signal, {
        progress: (progress, total, message) =>
          sendNotification({
            method: 'notifications/progress',
            params: {
              progressToken,
              progress,
              ...(total === undefined ? {} : { total }),
              ...(message === undefined ? {} : { message }),
            },
          }),
        elicit: (message, requestedSchema) =>
          sendRequest(
            {
              method: 'elicitation/create',
              params: { message, requestedSchema: requestedSchema as { type: 'object'; properties: object } },
            } as ElicitRequest,
            ElicitResultSchema,
          ),
        open: (message, url, elicitationId) =>
          sendRequest(
            { method: 'elicitation/create', params: { mode: 'url', message, url, elicitationId } },
            ElicitResultSchema,
          ),
        opened: (elicitationId) =>
          sendNotification({ method: 'notifications/elicitation/complete', params: { elicitationId } }),
      });
      const result = Promise.resolve(answer).then(toCallResult);
      return params.task === undefined ? await result : tasks.begin(result);
    });
    if (hasTasks()) tasks.serveOn(server);
    options.configure?.(server);
    return server;
  }

  async function openTransport(): Promise<StreamableHTTPServerTransport> {
    const server = buildServer();
    const transport = new StreamableHTTPServerTransport({
      enableJsonResponse: !isStreaming,
      ...(hasSessions
        ? {
            sessionIdGenerator: randomUUID,
            onsessioninitialized: (id: string) => void sessions.set(id, { transport, server }),
          }
        : {}),
    });
    // The SDK's own transport does not fit its interface under exactOptionalPropertyTypes.
    await server.connect(transport as unknown as Parameters<Server['connect']>[0]);
    return transport;
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts).toString('utf8');
    bodies.push(body);
    headers.push(request.headers);
    methods.push(request.method);
    for (const watch of watchers) watch();
    if (self.intercept?.(body, response) === true) return;
    if (!hasSessions && request.method !== 'POST') {
      response.writeHead(405, { allow: 'POST' }).end();
      return;
    }
    const id = request.headers['mcp-session-id'];
    const known = typeof id === 'string' ? sessions.get(id)?.transport : undefined;
    if (id !== undefined && known === undefined) {
      response.writeHead(404).end('Session not found');
      return;
    }
    const transport = known ?? (await openTransport());
    await transport.handleRequest(request, response, body === '' ? undefined : parseBody(body));
  }

  const httpServer = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  const listening = Promise.withResolvers<void>();
  httpServer.once('error', listening.reject);
  httpServer.listen(options.port ?? 0, '127.0.0.1', listening.resolve);
  await listening.promise;
  const address = httpServer.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  const close = async () => {
    const closed = Promise.withResolvers<void>();
    httpServer.close(() => closed.resolve());
    httpServer.closeAllConnections();
    await closed.promise;
  };
  const sent = (method: string) => bodies.filter((body) => body.includes(`"method":"${method}"`));
  const self: TestToolServer = {
    url: `http://127.0.0.1:${port}/mcp`,
    port,
    bodies,
    headers,
    methods,
    tools: options.tools ?? [addTool, multiplyTool],
    intercept: undefined,
    forgetSessions: () => sessions.clear(),
    announceChange: async (list = 'tools') => {
      const tell = (server: Server) =>
        list === 'tools' ? server.sendToolListChanged() : server.sendPromptListChanged();
      await Promise.all([...sessions.values()].map(({ server }) => tell(server)));
    },
    sent,
    until: async (look) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const watch = () => {
        if (look()) resolve();
      };
      watchers.add(watch);
      watch();
      await promise;
      watchers.delete(watch);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
  return self;
}

/** Integers as bigint, so that the tools of the tests are exact. */
function parseBody(body: string): unknown {
  if (!body.includes('"method":"tools/call"')) return JSON.parse(body);
  return JSON.parse(body, (key, value, { source = '' }) =>
    typeof value === 'number' && !['id', 'progressToken', 'ttl'].includes(key) && /^-?\d+$/.test(source)
      ? BigInt(source)
      : value,
  );
}

function toCallResult(answer: string | CallToolResult): CallToolResult {
  return typeof answer === 'string' ? { content: [{ type: 'text', text: answer }] } : answer;
}
