/** A tool server of revision 2025-11-25 by hand, whose tool `work` runs as a task and says of it whatever a test wants. */
import { once } from 'node:events';
import { createServer } from 'node:http';

export interface TaskRequest {
  readonly method: string;
  readonly params: { readonly [key: string]: unknown };
}

export interface TaskServerOptions {
  /** What `tools/call` gives. Default: a task `task-N`, the count of calls. */
  readonly created?: (calls: number) => object;
  /** What `tasks/get` gives besides the id. @param looks How often it was asked, from 1. Undefined: it knows no such task. */
  readonly state: (looks: number, taskId: string) => object | undefined;
  /** What `tasks/result` gives. Default: `done`. Undefined: there is no answer. */
  readonly result?: (taskId: string) => object | string | undefined;
  /** Told of every task that is not wanted any more. */
  readonly cancelled?: (taskId: string) => void;
  /** Default: `required`. */
  readonly taskSupport?: string;
  /** Default: any. */
  readonly port?: number;
}

export interface TaskServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly requests: readonly TaskRequest[];
  count(method: string): number;
}

const textResult = (text: string) => ({ content: [{ type: 'text', text }] });

export async function startTaskServer({
  created = (calls) => ({ task: { taskId: `task-${calls}`, status: 'working', ttl: 600_000, pollInterval: 0 } }),
  state,
  result = () => textResult('done'),
  cancelled = () => {},
  taskSupport = 'required',
  port = 0,
}: TaskServerOptions): Promise<TaskServer> {
  const requests: TaskRequest[] = [];
  const count = (method: string) => requests.filter((request) => request.method === method).length;
  const answers: Record<string, (params: TaskRequest['params']) => object | string | undefined> = {
    initialize: () => ({
      protocolVersion: '2025-11-25',
      capabilities: { tools: {}, tasks: { cancel: {}, requests: { tools: { call: {} } } } },
      serverInfo: { name: 'tasks', version: '1' },
    }),
    ping: () => ({}),
    'tools/list': () => ({
      tools: [{ name: 'work', inputSchema: { type: 'object' }, execution: { taskSupport } }],
    }),
    'tools/call': () => created(count('tools/call')),
    'tasks/get': ({ taskId }) => {
      const said = state(count('tasks/get'), String(taskId));
      return said && { taskId, pollInterval: 0, ...said };
    },
    'tasks/result': ({ taskId }) => result(String(taskId)),
    'tasks/cancel': ({ taskId }) => {
      cancelled(String(taskId));
      return { taskId, status: 'cancelled' };
    },
  };
  const http = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const { id, method, params = {} } = JSON.parse(Buffer.concat(parts).toString());
    requests.push({ method, params });
    if (id === undefined) return void response.writeHead(202).end();
    const answer = answers[method]?.(params);
    if (method === 'tasks/result' && answer === undefined) return;
    const error = { code: answers[method] === undefined ? -32601 : -32602, message: `no ${method}` };
    const body =
      typeof answer === 'string'
        ? answer.replace('"$id"', String(id))
        : JSON.stringify({ jsonrpc: '2.0', id, ...(answer === undefined ? { error } : { result: answer }) });
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
  http.listen(port, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address();
  const bound = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${bound}/mcp`,
    port: bound,
    requests,
    count,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
}
