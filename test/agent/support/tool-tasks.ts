/** Tasks of a test's tool server: each works until its tool has an answer, and for some looks at least. */
import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import {
  type CallToolResult,
  CancelTaskRequestSchema,
  GetTaskPayloadRequestSchema,
  GetTaskRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';

interface ToolTask {
  looks: number;
  status: 'working' | 'completed' | 'cancelled';
  result: CallToolResult | undefined;
}

export const tasksCapability = { tasks: { cancel: {}, requests: { tools: { call: {} } } } };
const times = { createdAt: '2026-11-28T09:00:00Z', lastUpdatedAt: '2026-11-28T09:00:00Z', ttl: 3_600_000 };

export class ToolTasks {
  readonly #leastLooks: number;
  readonly #tasks = new Map<string, ToolTask>();

  constructor(leastLooks = 1) {
    this.#leastLooks = leastLooks;
  }

  /** The ids of those that were cancelled. */
  get cancelled(): readonly string[] {
    return [...this.#tasks].flatMap(([id, { status }]) => (status === 'cancelled' ? [id] : []));
  }

  begin(result: Promise<CallToolResult>): object {
    const taskId = `task-${this.#tasks.size + 1}`;
    const task: ToolTask = { looks: 0, status: 'working', result: undefined };
    this.#tasks.set(taskId, task);
    void result.then((done) => {
      task.result = done;
    });
    return { task: this.#describe(taskId, task) };
  }

  serveOn(server: Server): void {
    server.setRequestHandler(GetTaskRequestSchema, ({ params: { taskId } }) => {
      const task = this.#find(taskId);
      task.looks += 1;
      if (task.status === 'working' && task.result !== undefined && task.looks >= this.#leastLooks)
        task.status = 'completed';
      return this.#describe(taskId, task);
    });
    server.setRequestHandler(GetTaskPayloadRequestSchema, ({ params: { taskId } }) => this.#find(taskId).result ?? {});
    server.setRequestHandler(CancelTaskRequestSchema, ({ params: { taskId } }) => {
      const task = this.#find(taskId);
      task.status = 'cancelled';
      return this.#describe(taskId, task);
    });
  }

  #describe(taskId: string, { status, looks }: ToolTask) {
    return { taskId, status, statusMessage: `look ${looks}`, pollInterval: 100, ...times };
  }

  #find(taskId: string): ToolTask {
    const task = this.#tasks.get(taskId);
    if (task === undefined) throw Object.assign(new Error(`no task ${taskId}`), { code: -32602 });
    return task;
  }
}
