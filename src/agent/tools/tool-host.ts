/** All tool servers, connected when a turn needs them. */
import type { RemoteToolServerConfig, ToolServerConfig } from '../../config/tool-servers.ts';
import type { Logger } from '../../log.ts';
import type { BytesReader } from '../attachments/bytes-reader.ts';
import type { AgentLimits } from '../limits.ts';
import type { AcceptOutcome } from '../pins/changed-tools.ts';
import type { ToolPins } from '../pins/tool-pins.ts';
import { type ContentHost, ContentOfServers } from './content-host.ts';
import { currentToolBox } from './current-tool-box.ts';
import { GuildTools, type GuildToolsOptions, type OpenGuild } from './guild/guild-tools.ts';
import type { MemberLogins } from './login/logins.ts';
import type { PersonalServer } from './personal-server.ts';
import { PersonalServers } from './personal-servers.ts';
import { SchemaCheck } from './schema-check.ts';
import type { TaskState } from './task-looking.ts';
import type { CallContext } from './tool.ts';
import { createToolBox, type SharedToolBox } from './tool-box.ts';
import { ToolServer } from './tool-server.ts';
import type { ToolSource } from './tool-source.ts';

export interface OpenOptions {
  /** How long to wait at the least, in ms. Default: `toolConnectMs`. */
  readonly leastMs?: number;
  /** Whose own servers are there besides. Default: nobody's. */
  readonly personId?: string | undefined;
  /** The guild whose own servers are there besides. Default: none. */
  readonly guildId?: string | undefined;
}

export interface ToolHost {
  /** Connects what is not connected, waiting `toolConnectMs` at the longest, or `leastMs` if that is longer. Never rejects. */
  open(signal: AbortSignal, options?: OpenOptions): Promise<SharedToolBox>;
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
  readonly logins: MemberLogins;
  /** Called when members are offered other prompts, or resources, than before. */
  readonly onContentChange: () => void;
  readonly pins: ToolPins;
  readonly bytes: BytesReader;
  /** Undefined: no guild may add servers. */
  readonly guilds?: Pick<GuildToolsOptions, 'config' | 'documents'> | undefined;
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
  readonly guilds: GuildTools | undefined;
  readonly #options: ToolHostOptions;
  readonly #schemas = new SchemaCheck();
  readonly #order: readonly string[];
  readonly #servers: readonly ToolServer[];
  readonly content: ContentHost;
  readonly #personal: PersonalServers;
  /** By person; the same until a server lists something else. */
  readonly #boxes = new Map<string, SharedToolBox>();
  /** As {@link #boxes}, with the servers of a guild. */
  readonly #guildBoxes = new WeakMap<readonly ToolServer[], Map<string, GuildBox>>();

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
    const createServer: GuildToolsOptions['createServer'] = (config, onChange) =>
      new ToolServer(config, { ...shared, onContentChange: () => {}, onToolsChange: onChange });
    this.guilds = options.guilds && new GuildTools({ ...options.guilds, createServer, log: options.log });
  }

  async open(signal: AbortSignal, { leastMs, personId, guildId }: OpenOptions = {}): Promise<SharedToolBox> {
    const own = personId === undefined ? [] : this.#personal.of(personId);
    const guild = guildId === undefined ? undefined : await this.guilds?.open(guildId);
    const shared = [...this.#servers, ...(guild?.servers ?? [])];
    await Promise.all([...shared, ...own].map((server) => server.ready(signal, leastMs)));
    const { pins } = this.#options;
    const reviewed = await Promise.all(shared.map((server) => pins.review(server, signal)));
    if (reviewed.includes(true)) this.#boxes.clear();
    if (personId === undefined || own.length === 0) return this.#boxOf(forAll, this.#servers, guild);
    const servers = [...this.#servers, ...own].toSorted((one, other) => this.#placeOf(one) - this.#placeOf(other));
    return currentToolBox(() => this.#boxOf(personId, servers, guild));
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
    await Promise.all([...this.#servers.map((server) => server.close()), this.#personal.close(), this.guilds?.close()]);
    await this.#schemas.close();
  }

  #serverOf(name: string, personId: string): ToolServer | PersonalServer | undefined {
    const isIt = (server: ToolServer | PersonalServer) => server.name === name;
    return this.#servers.find(isIt) ?? this.#personal.of(personId).find(isIt);
  }

  #placeOf({ name }: ToolSource): number {
    return this.#order.indexOf(name);
  }

  #boxOf(key: string, servers: readonly ToolSource[], guild?: OpenGuild): SharedToolBox {
    const options = { ...this.#options, schemas: this.#schemas };
    const base = this.#boxes.get(key) ?? createToolBox(servers, [], options);
    this.#boxes.set(key, base);
    if (guild === undefined || guild.servers.length === 0) return base;
    const boxes = this.#guildBoxes.get(guild.servers) ?? new Map<string, GuildBox>();
    this.#guildBoxes.set(guild.servers, boxes);
    const known = boxes.get(key);
    const { count } = guild.changes;
    if (known?.operators === base && known.count === count) return known.box;
    const box = createToolBox(servers, guild.servers, options);
    boxes.set(key, { box, operators: base, count });
    return box;
  }
}

interface GuildBox {
  readonly box: SharedToolBox;
  /** That of the operator's servers alone, at that time. */
  readonly operators: SharedToolBox;
  readonly count: number;
}
