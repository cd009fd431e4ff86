/** All tool servers, connected when a turn needs them. */
import type { ToolServerConfig } from '../../config/tool-servers.ts';
import type { Logger } from '../../log.ts';
import type { AgentLimits } from '../limits.ts';
import type { AcceptOutcome } from '../pins/changed-tools.ts';
import type { ToolPins } from '../pins/tool-pins.ts';
import { type ContentHost, ContentOfServers } from './content-host.ts';
import { GuildTools, type GuildToolsOptions, type OpenGuild } from './guild/guild-tools.ts';
import { SchemaCheck } from './schema-check.ts';
import type { TaskState } from './task-looking.ts';
import type { CallContext } from './tool.ts';
import { createToolBox, type ToolBox } from './tool-box.ts';
import { ToolServer } from './tool-server.ts';

export interface OpenOptions {
  /** How long to wait at the least, in ms. Default: `toolConnectMs`. */
  readonly leastMs?: number;
  /** The guild whose own servers are there besides. Default: none. */
  readonly guildId?: string | undefined;
}

export interface ToolHost {
  /** Connects what is not connected, waiting `toolConnectMs` at the longest, or `leastMs` if that is longer. Never rejects. */
  open(signal: AbortSignal, options?: OpenOptions): Promise<ToolBox>;
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
  /** Undefined: no guild may add servers. */
  readonly guilds: GuildTools | undefined;
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
  /** Undefined: no guild may add servers. */
  readonly guilds?: Pick<GuildToolsOptions, 'config' | 'documents'> | undefined;
}

export function createToolHost(configs: readonly ToolServerConfig[], options: ToolHostOptions): ToolHost {
  return new ToolServers(configs, options);
}

class ToolServers implements ToolHost {
  readonly guilds: GuildTools | undefined;
  readonly #options: ToolHostOptions;
  readonly #schemas = new SchemaCheck();
  readonly #servers: readonly ToolServer[];
  readonly content: ContentHost;
  /** The same until a server lists something else. */
  #box: ToolBox | undefined;
  /** As {@link #box}, by what they were made of. */
  readonly #guildBoxes = new WeakMap<readonly ToolServer[], GuildBox>();

  constructor(configs: readonly ToolServerConfig[], options: ToolHostOptions) {
    const { log, limits, guilds, onContentChange } = options;
    const shared = { log, limits, schemas: this.#schemas };
    const onToolsChange = () => {
      this.#box = undefined;
    };
    this.#options = options;
    this.#servers = configs.map((config) => new ToolServer(config, { ...shared, onContentChange, onToolsChange }));
    this.content = new ContentOfServers(
      configs.flatMap((config, place) => {
        const server = this.#servers[place];
        return server === undefined ? [] : [{ config, server }];
      }),
    );
    const createServer: GuildToolsOptions['createServer'] = (config, onChange) =>
      new ToolServer(config, { ...shared, onContentChange: () => {}, onToolsChange: onChange });
    this.guilds = guilds && new GuildTools({ ...guilds, createServer, log });
  }

  async open(signal: AbortSignal, { leastMs, guildId }: OpenOptions = {}): Promise<ToolBox> {
    const openAll = async (servers: readonly ToolServer[]) => {
      await Promise.all(servers.map((server) => server.ready(signal, leastMs)));
      const reviewed = await Promise.all(servers.map((server) => this.#options.pins.review(server, signal)));
      return reviewed.includes(true);
    };
    const openGuild = async () => {
      const guild = guildId === undefined ? undefined : await this.guilds?.open(guildId);
      if (guild !== undefined && (await openAll(guild.servers))) guild.changes.count += 1;
      return guild;
    };
    const [guild, isReviewed] = await Promise.all([openGuild(), openAll(this.#servers)]);
    if (isReviewed) this.#box = undefined;
    this.#box ??= createToolBox(this.#servers, [], { ...this.#options, schemas: this.#schemas });
    return guild === undefined || guild.servers.length === 0 ? this.#box : this.#guildBox(guild, this.#box);
  }

  #guildBox({ servers, changes }: OpenGuild, operators: ToolBox): ToolBox {
    const known = this.#guildBoxes.get(servers);
    const { count } = changes;
    if (known?.operators === operators && known.count === count) return known.box;
    const box = createToolBox(this.#servers, servers, { ...this.#options, schemas: this.#schemas });
    this.#guildBoxes.set(servers, { box, operators, count });
    return box;
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
    await Promise.all([...this.#servers.map((server) => server.close()), this.guilds?.close()]);
    await this.#schemas.close();
  }
}

interface GuildBox {
  readonly box: ToolBox;
  /** That of the operator's servers alone, at that time. */
  readonly operators: ToolBox;
  readonly count: number;
}
