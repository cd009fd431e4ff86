/** One tool server over its life: its connection, its tools, and calls of them. */
import type { ToolServerConfig } from '../../config/tool-servers.ts';
import type { Logger } from '../../log.ts';
import { resolvesWithin, untilAborted } from '../../waiting.ts';
import type { BytesReader } from '../attachments/bytes-reader.ts';
import type { AgentLimits } from '../limits.ts';
import type { ServerContent } from '../offered-content.ts';
import type { ToldTool } from '../pins/pinned-server.ts';
import { ConnectionKeeper } from './connection-keeper.ts';
import { ContentListing, type ListedResources } from './content-listing.ts';
import { type Reading, readFromServer } from './content-reading.ts';
import { IdleWatch } from './idle-watch.ts';
import type { LoginNeeded, MemberCredentials } from './login/challenge.ts';
import type { McpConnection } from './mcp/connection.ts';
import { readResource, resourceReading } from './resource-reading.ts';
import type { SchemaCheck } from './schema-check.ts';
import { lookAtTaskOnServer, type TaskState } from './task-looking.ts';
import type { CallContext, ListedTool, ToolAnswer, ToolArguments } from './tool.ts';
import { type CallingContext, callOnServer } from './tool-calling.ts';
import { ToolListing } from './tool-listing.ts';
import type { ServerApproval, ToolSource } from './tool-source.ts';
import { serverKeyOf, toolHashOf, wordsOf } from './tool-words.ts';

export interface ToolServerOptions {
  readonly log: Logger;
  readonly limits: AgentLimits;
  readonly schemas: SchemaCheck;
  readonly bytes: BytesReader;
  /** Of the one person that it is for. Undefined: it is for all. */
  readonly credentials?: MemberCredentials;
  /** Called when the server lists something else than before. */
  readonly onToolsChange: () => void;
  /** Called when members are offered other prompts, or resources, than before. */
  readonly onContentChange: () => void;
}

/** What a turn still waits for a server that did not come up the last time, so that one dead server does not slow every turn. */
const secondWaitMs = 250;
/** What a server says of itself as a whole stands under no tool's name. */
export const ownName = '';

export class ToolServer implements ToolSource {
  readonly #config: ToolServerConfig;
  readonly #key: string;
  readonly #limits: AgentLimits;
  readonly #keeper: ConnectionKeeper;
  readonly #listing: ToolListing;
  readonly #content: ContentListing;
  readonly #calling: CallingContext;
  readonly #onToolsChange: () => void;
  /** Undefined: it stays connected. */
  readonly #idle: IdleWatch | undefined;
  #off: ReadonlySet<string> = new Set();
  #hasTimedOut = false;
  #told: { tools: readonly ListedTool[]; instructions: string; words: readonly ToldTool[] } | undefined;

  constructor(config: ToolServerConfig, options: ToolServerOptions) {
    const { log, limits, schemas, bytes, credentials, onToolsChange, onContentChange } = options;
    const listing = new ToolListing(config, onToolsChange);
    const content = new ContentListing({ config, log, onChange: onContentChange });
    const keeper = new ConnectionKeeper({
      config,
      credentials,
      limits,
      log,
      list: async (connection, signal) => {
        const tools = await listing.update(connection, signal);
        content.renew(connection);
        return tools;
      },
      onStale: (list) => {
        content.markStale(list);
        if (list === 'tools' || list === 'all') listing.markStale();
      },
    });
    this.#config = config;
    this.#key = serverKeyOf(config);
    this.#limits = limits;
    this.#listing = listing;
    this.#keeper = keeper;
    this.#content = content;
    this.#onToolsChange = onToolsChange;
    const isGuilds = 'url' in config && config.guild !== undefined;
    this.#idle = isGuilds ? new IdleWatch(limits.guildServerIdleMs, () => keeper.rest()) : undefined;
    this.#calling = {
      server: config.name,
      keeper,
      listing,
      ready: (signal) => this.ready(signal),
      isPersonal: credentials !== undefined,
      limits: {
        silenceMs: config.timeoutMs ?? limits.toolCallMs,
        maxMs: config.maxTimeoutMs ?? Math.max(limits.toolCallMaxMs, config.timeoutMs ?? 0),
        textLength: limits.toolTextLength,
        fileBytes: limits.fileBytes,
        readsLinks: config.resources !== false,
      },
      schemas,
      bytes,
      log,
    };
  }

  get name(): string {
    return this.#config.name;
  }

  /** Before the names of its tools, where the operator wants one. */
  get prefix(): string | undefined {
    return this.#config.prefix;
  }

  /** The tools that may be used, as last listed; of a server that is down, those it had. */
  get tools(): readonly ListedTool[] {
    return this.#listing.tools;
  }

  /** How many more it has than are looked at. */
  get unlisted(): number {
    return this.#listing.unlisted;
  }

  /** What it says about its tools as a whole; empty when nothing. */
  get instructions(): string {
    return this.#listing.instructions;
  }

  get key(): string {
    return this.#key;
  }

  /** It may say what it likes of its tools. */
  get isTrusted(): boolean {
    return this.#config.trusted === true || this.#config.isOwn === true;
  }

  /** What it says now, of each tool and of itself as a whole; the same object until it lists something else. */
  get words(): readonly ToldTool[] {
    const { tools, instructions } = this.#listing;
    if (this.#told?.tools === tools && this.#told.instructions === instructions) return this.#told.words;
    const words = tools.map((tool) => this.toldOf(tool));
    if (instructions !== '') words.push(this.#toTold(ownName, instructions));
    this.#told = { tools, instructions, words };
    return words;
  }

  toldOf(tool: ListedTool): ToldTool {
    return this.#toTold(tool.name, wordsOf(tool));
  }

  #toTold(name: string, words: string): ToldTool {
    return { name, words, hash: toolHashOf(this.#key, words) };
  }

  get isUp(): boolean {
    return this.#keeper.current !== undefined;
  }

  /** How it is spoken to; undefined while it is down. */
  get connection(): Pick<McpConnection, 'revision' | 'era'> | undefined {
    return this.#keeper.current;
  }

  /** Why there is no connection, where the person has to log in first. */
  get loginNeeded(): LoginNeeded | undefined {
    return this.#keeper.loginNeeded;
  }

  /** Whether its tools are known: it was up once. */
  get isKnown(): boolean {
    return this.#keeper.hasBeenUp;
  }

  async ready(signal: AbortSignal, leastMs = 0): Promise<void> {
    const connect = () => this.#connect(signal, leastMs);
    await (this.#idle === undefined ? connect() : this.#idle.during(connect));
  }

  async #connect(signal: AbortSignal, leastMs: number): Promise<void> {
    if (this.#keeper.isBackingOff) return;
    if (this.isUp && !this.#listing.isStale) {
      if (this.#listing.isOld) void this.#keeper.refresh();
      return;
    }
    const usualMs = this.#hasTimedOut ? secondWaitMs : this.#limits.toolConnectMs;
    const isDone = await resolvesWithin(this.#keeper.refresh(), Math.max(usualMs, leastMs), signal);
    if (!signal.aborted) this.#hasTimedOut = !isDone;
  }

  /** Whether the model has it in every prompt, however many others there are. */
  isAlwaysOffered({ name }: ListedTool): boolean {
    return this.#config.isOwn === true || this.#config.always?.includes(name) === true;
  }

  /** A person must approve calls of this tool. */
  needsApproval({ isDestructive }: ListedTool): boolean {
    const { approval } = this.#config;
    return approval === 'always' || (approval === 'destructive' && isDestructive);
  }

  approvalOf(tool: ListedTool): ServerApproval {
    const { quorum = 1, approverRoles: roleIds } = this.#config;
    return { toolHash: this.toldOf(tool).hash, notAsker: this.excludesAsker, quorum, roleIds };
  }

  /** Whoever asked may not approve. */
  get excludesAsker(): boolean {
    return this.#config.notAsker === true;
  }

  /** By those whose server it is. From the next call on. */
  isOff({ name }: Pick<ListedTool, 'name'>): boolean {
    return this.#off.has(name);
  }

  /** @param names Of tools, as the server writes them; all others are on. */
  switchOff(names: readonly string[]): void {
    const off = new Set(names);
    if (off.symmetricDifference(this.#off).size === 0) return;
    this.#off = off;
    this.#onToolsChange();
  }

  /** What it has linked to is read so, too. @throws {LoginNeeded} where it is for one person; nothing else. */
  async call(tool: ListedTool, args: ToolArguments, context: CallContext): Promise<ToolAnswer> {
    if (this.isOff(tool)) return { ok: false, text: `Not run: the tool "${tool.name}" is switched off here.` };
    if (this.#idle === undefined) return await this.#call(tool, args, context);
    // A task is looked at for days, among the operator's servers alone.
    const { taskTtlMs: _, ...untilAnswered } = context;
    return await this.#idle.during(() => this.#call(tool, args, untilAnswered));
  }

  async #call(tool: ListedTool, args: ToolArguments, context: CallContext): Promise<ToolAnswer> {
    return tool === resourceReading
      ? await readResource(String(args.uri), context, this.#calling)
      : await callOnServer(tool, args, context, this.#calling);
  }

  /** Nobody needs the connection for now; what was listed stays. */
  rest(): void {
    this.#keeper.rest();
  }

  /**
   * How the task of a call is doing.
   * @param tool By whose schema the result is checked. Undefined: nobody knows it any more.
   */
  lookAtTask(taskId: string, tool: ListedTool | undefined, context: CallContext): Promise<TaskState> {
    return lookAtTaskOnServer(taskId, tool, context, this.#calling);
  }

  /** The task is not wanted any more. Never rejects, and takes some seconds at most. */
  async cancelTask(taskId: string): Promise<void> {
    // Soon after a start it may not be connected yet, and nobody asks it a second time.
    if (!this.isUp) await this.ready(AbortSignal.timeout(this.#limits.toolConnectMs));
    await this.#keeper.current?.cancelTask(taskId);
  }

  /** What members are offered besides tools; undefined: it was not heard of since the start. */
  get content(): ServerContent | undefined {
    return this.#content.offered;
  }

  /** As it is now, and not as it was last heard. */
  async hasPrompt(wanted: string, signal: AbortSignal): Promise<boolean> {
    await untilAborted(this.#content.listNow(), signal);
    return this.content?.prompts.some(({ name }) => name === wanted) === true;
  }

  /** As last listed, or listed now where that is long ago. Never rejects. */
  async resources(signal: AbortSignal): Promise<ListedResources> {
    await this.ready(signal);
    return await this.#content.resources(signal);
  }

  /** @throws {ToolFailure}, or the signal's reason. */
  read<Result>(reading: Reading<Result>, signal: AbortSignal): Promise<Result> {
    return readFromServer(reading, signal, this.#calling);
  }

  close(): Promise<void> {
    this.#content.close();
    this.#idle?.close();
    return this.#keeper.close();
  }
}
