/** A tool server whose one tool runs as a task, well-behaved or not. It outlives the bot, as its tasks do. */
import { startTaskServer, type TaskServer } from '../../agent/support/task-server.ts';
import type { DoneCall } from './tools.ts';

/**
 * What becomes of a task: `done` after a while; `backwards` it is working again once it was said to be done; `nonsense` nothing that
 * anybody understands is said of it for a while; `unseen` it is done while the bot is dead, if it dies; `never` it has no end.
 */
export type TaskFate = 'done' | 'backwards' | 'nonsense' | 'unseen' | 'never';

interface OvenTask {
  readonly label: string;
  readonly fate: TaskFate;
  readonly begunAt: number;
  /** How many lives the bot had had then. */
  readonly life: number;
  looks: number;
  isCancelled: boolean;
}

export interface OvenOptions {
  readonly onCall: (call: DoneCall) => void;
  /** Counts the lives of the bot. */
  readonly life: () => number;
}

/** Longer than a turn stays for a task. */
const bakeMs = 2_600;
const nonsenseLooks = 2;

export class Oven implements AsyncDisposable {
  readonly #tasks = new Map<string, OvenTask>();
  readonly #options: OvenOptions;
  #server: TaskServer | undefined;

  constructor(options: OvenOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#server = await startTaskServer({
      created: () => this.#begin(),
      state: (_looks, taskId) => this.#stateOf(taskId),
      result: (taskId) => ({ content: [{ type: 'text', text: `work did ${this.#tasks.get(taskId)?.label}` }] }),
      cancelled: (taskId) => {
        const task = this.#tasks.get(taskId);
        if (task !== undefined) task.isCancelled = true;
      },
    });
  }

  get url(): string {
    return this.#server?.url ?? '';
  }

  /** Ids of the tasks of that question. */
  tasksOf(label: string): string[] {
    return [...this.#tasks].flatMap(([id, task]) => (task.label === label ? [id] : []));
  }

  /** Whether anybody has asked how it is doing. */
  wasAskedAbout(taskId: string): boolean {
    return (this.#tasks.get(taskId)?.looks ?? 0) > 0;
  }

  isCancelled(taskId: string): boolean {
    return this.#tasks.get(taskId)?.isCancelled === true;
  }

  #begin(): object {
    const asked = this.#server?.requests.at(-1)?.params.arguments;
    const { for: label, attempt, how }: Readonly<Record<string, unknown>> = Object(asked);
    const taskId = `task-${this.#tasks.size + 1}`;
    this.#tasks.set(taskId, {
      label: String(label),
      fate: how as TaskFate,
      begunAt: performance.now(),
      life: this.#options.life(),
      looks: 0,
      isCancelled: false,
    });
    this.#options.onCall({ tool: 'work', label: String(label), attempt: Number(attempt) });
    return { task: { taskId, status: 'working', ttl: 600_000, pollInterval: 0 } };
  }

  #stateOf(taskId: string): object | undefined {
    const task = this.#tasks.get(taskId);
    if (task === undefined) return undefined;
    task.looks += 1;
    return { status: task.isCancelled ? 'cancelled' : this.#statusOf(task) };
  }

  #statusOf({ fate, begunAt, life, looks }: OvenTask): string {
    const isBaked = performance.now() - begunAt > bakeMs;
    switch (fate) {
      case 'done':
        return isBaked ? 'completed' : 'working';
      case 'backwards':
        return looks % 2 === 0 ? 'completed' : 'working';
      case 'nonsense':
        return looks <= nonsenseLooks ? 'baking' : 'completed';
      case 'unseen':
        return isBaked || life !== this.#options.life() ? 'completed' : 'working';
      case 'never':
        return 'working';
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
  }
}
