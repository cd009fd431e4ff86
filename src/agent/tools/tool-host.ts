/** All tool servers, connected when a turn needs them. */
import type { ToolServerConfig } from '../../config/tool-servers.ts';
import type { Logger } from '../../log.ts';
import type { AgentLimits } from '../limits.ts';
import type { AcceptOutcome } from '../pins/changed-tools.ts';
import type { ToolPins } from '../pins/tool-pins.ts';
import { type ContentHost, ContentOfServers } from './content-host.ts';
import { SchemaCheck } from './schema-check.ts';
import type { TaskState } from './task-looking.ts';
import type { CallContext } from './tool.ts';
import { createToolBox, type ToolBox } from './tool-box.ts';
import { ToolServer } from './tool-server.ts';

export interface ToolHost {
  /** Connects what is not connected, waiting `toolConnectMs` at the longest, or `leastMs` if that is longer. Never rejects. */
  open(signal: AbortSignal, leastMs?: number): Promise<ToolBox>;
  /**
   * How a task is doing, asked once. Never rejects.
   * @param toolName As the model knows the tool that was called.
   */
  lookAtTask(task: TaskPlace, toolName: string, context: CallContext): Promise<TaskState>;
  /** The task is not wanted any more. Never rejects, and takes some seconds at most. */
  cancelTask(task: TaskPlace): Promise<void>;
  /** What the servers have besides tools. */
  readonly content: ContentHost;
  /** As `Agent.acceptTools`. */
  accept(serverKey: string, changeId: string, by: string): Promise<AcceptOutcome>;
  close(): Promise<void>;
}

/** A task, and the server that works on it. */
export interface TaskPlace {
  readonly server: string;
  readonly taskId: string;
}

interface ToolHostOptions {
  readonly log: Logger;
  readonly limits: AgentLimits;
  /** Called when members are offered other prompts, or resources, than before. */
  readonly onContentChange: () => void;
  readonly pins: ToolPins;
}

export function createToolHost(configs: readonly ToolServerConfig[], options: ToolHostOptions): ToolHost {
  return new ToolServers(configs, options);
}

class ToolServers implements ToolHost {
  readonly #options: ToolHostOptions;
  readonly #schemas = new SchemaCheck();
  readonly #servers: readonly ToolServer[];
  readonly content: ContentHost;
  /** The same until a server lists something else. */
  #box: ToolBox | undefined;

  constructor(configs: readonly ToolServerConfig[], options: ToolHostOptions) {
    const onToolsChange = () => {
      this.#box = undefined;
    };
    this.#options = options;
    this.#servers = configs.map(
      (config) => new ToolServer(config, { ...options, schemas: this.#schemas, onToolsChange }),
    );
    this.content = new ContentOfServers(
      configs.flatMap((config, place) => {
        const server = this.#servers[place];
        return server === undefined ? [] : [{ config, server }];
      }),
    );
  }

  async open(signal: AbortSignal, leastMs?: number): Promise<ToolBox> {
    await Promise.all(this.#servers.map((server) => server.ready(signal, leastMs)));
    const { pins } = this.#options;
    const reviewed = await Promise.all(this.#servers.map((server) => pins.review(server, signal)));
    if (reviewed.includes(true)) this.#box = undefined;
    this.#box ??= createToolBox(this.#servers, { ...this.#options, schemas: this.#schemas });
    return this.#box;
  }

  async lookAtTask({ server: name, taskId }: TaskPlace, toolName: string, context: CallContext): Promise<TaskState> {
    const server = this.#servers.find((candidate) => candidate.name === name);
    // It is in the settings no more: nobody can be asked.
    if (server === undefined) return { type: 'unknown' };
    return await server.lookAtTask(taskId, this.#box?.toolOf(toolName), context);
  }

  async cancelTask({ server: name, taskId }: TaskPlace): Promise<void> {
    await this.#servers.find((candidate) => candidate.name === name)?.cancelTask(taskId);
  }

  async accept(serverKey: string, changeId: string, by: string): Promise<AcceptOutcome> {
    const outcome = await this.#options.pins.accept(serverKey, changeId, by);
    this.#box = undefined;
    return outcome;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#servers.map((server) => server.close()), this.#schemas.close()]);
  }
}
