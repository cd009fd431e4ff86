/** All tool servers, connected when a turn needs them. */
import type { RemoteToolServerConfig, ToolServerConfig } from '../../config/tool-servers.ts';
import type { Logger } from '../../log.ts';
import type { AgentLimits } from '../limits.ts';
import type { AcceptOutcome } from '../pins/changed-tools.ts';
import type { ToolPins } from '../pins/tool-pins.ts';
import { type ContentHost, ContentOfServers } from './content-host.ts';
import { currentToolBox } from './current-tool-box.ts';
import type { MemberLogins } from './login/logins.ts';
import type { PersonalServer } from './personal-server.ts';
import { PersonalServers } from './personal-servers.ts';
import { SchemaCheck } from './schema-check.ts';
import type { TaskState } from './task-looking.ts';
import type { CallContext } from './tool.ts';
import { createToolBox, type ToolBox } from './tool-box.ts';
import { ToolServer } from './tool-server.ts';
import type { ToolSource } from './tool-source.ts';

export interface OpenOptions {
  /** Waits so long at least, in ms. */
  readonly leastMs?: number;
  /** Whose tools: without it, only of servers that are the same for all. */
  readonly personId?: string | undefined;
}

export interface ToolHost {
  /** Connects what is not connected, waiting `toolConnectMs` at the longest, or `leastMs` if that is longer. Never rejects. */
  open(signal: AbortSignal, options?: OpenOptions): Promise<ToolBox>;
  /**
   * How a task is doing, asked once. Never rejects.
   * @param toolName As the model knows the tool that was called.
   */
  lookAtTask(task: TaskPlace, toolName: string, context: CallContext): Promise<TaskState>;
  /** The task of that person's call is not wanted any more. Never rejects, and takes some seconds at most. */
  cancelTask(task: TaskPlace, askerId: string): Promise<void>;
  /** What the servers that are the same for all have besides tools. */
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
  readonly logins: MemberLogins;
  /** Called when members are offered other prompts, or resources, than before. */
  readonly onContentChange: () => void;
  readonly pins: ToolPins;
}

/** At which each member has a login of their own. */
export function isPersonal(config: ToolServerConfig): config is RemoteToolServerConfig {
  return 'url' in config && config.login !== undefined;
}

export function createToolHost(configs: readonly ToolServerConfig[], options: ToolHostOptions): ToolHost {
  return new ToolServers(configs, options);
}

/** The key of the box for nobody in particular: no id is empty. */
const forAll = '';

class ToolServers implements ToolHost {
  readonly #options: ToolHostOptions;
  readonly #schemas = new SchemaCheck();
  readonly #order: readonly string[];
  readonly #servers: readonly ToolServer[];
  readonly content: ContentHost;
  readonly #personal: PersonalServers;
  /** By person; the same until a server lists something else. */
  readonly #boxes = new Map<string, ToolBox>();

  constructor(configs: readonly ToolServerConfig[], options: ToolHostOptions) {
    const onToolsChange = () => this.#boxes.clear();
    const shared = { ...options, schemas: this.#schemas };
    this.#options = options;
    this.#order = configs.map(({ name }) => name);
    const parts = configs
      .filter((config) => !isPersonal(config))
      .map((config) => ({ config, server: new ToolServer(config, { ...shared, onToolsChange }) }));
    this.#servers = parts.map(({ server }) => server);
    this.content = new ContentOfServers(parts);
    this.#personal = new PersonalServers(configs.filter(isPersonal), {
      ...shared,
      onToolsChange: (personId) => void this.#boxes.delete(personId),
    });
  }

  async open(signal: AbortSignal, { leastMs, personId }: OpenOptions = {}): Promise<ToolBox> {
    const own = personId === undefined ? [] : this.#personal.of(personId);
    await Promise.all([...this.#servers, ...own].map((server) => server.ready(signal, leastMs)));
    const { pins } = this.#options;
    const reviewed = await Promise.all(this.#servers.map((server) => pins.review(server, signal)));
    if (reviewed.includes(true)) this.#boxes.clear();
    if (personId === undefined || own.length === 0) return this.#boxOf(forAll, this.#servers);
    const servers = [...this.#servers, ...own].toSorted((one, other) => this.#placeOf(one) - this.#placeOf(other));
    return currentToolBox(() => this.#boxOf(personId, servers));
  }

  async lookAtTask({ server: name, taskId }: TaskPlace, toolName: string, context: CallContext): Promise<TaskState> {
    const { askerId } = context;
    const server = this.#serverOf(name, askerId);
    // It is in the settings no more: nobody can be asked.
    if (server === undefined) return { type: 'unknown' };
    const box = this.#boxes.get(askerId) ?? this.#boxes.get(forAll);
    return await server.lookAtTask(taskId, box?.toolOf(toolName), context);
  }

  async cancelTask({ server: name, taskId }: TaskPlace, askerId: string): Promise<void> {
    await this.#serverOf(name, askerId)?.cancelTask(taskId);
  }

  async accept(serverKey: string, changeId: string, by: string): Promise<AcceptOutcome> {
    const outcome = await this.#options.pins.accept(serverKey, changeId, by);
    this.#boxes.clear();
    return outcome;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#servers.map((server) => server.close()), this.#personal.close()]);
    await this.#schemas.close();
  }

  #serverOf(name: string, personId: string): ToolServer | PersonalServer | undefined {
    const isIt = (server: ToolServer | PersonalServer) => server.name === name;
    return this.#servers.find(isIt) ?? this.#personal.of(personId).find(isIt);
  }

  #placeOf({ name }: ToolSource): number {
    return this.#order.indexOf(name);
  }

  #boxOf(key: string, servers: readonly ToolSource[]): ToolBox {
    const box = this.#boxes.get(key) ?? createToolBox(servers, { ...this.#options, schemas: this.#schemas });
    this.#boxes.set(key, box);
    return box;
  }
}
