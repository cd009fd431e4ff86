/** The tools of one server that may be used, as last listed: tells of changes, and of nothing else. */
import { isDeepStrictEqual } from 'node:util';
import type { ToolServerPolicy } from '../../config/tool-servers.ts';
import { cutText } from './cut-text.ts';
import type { McpConnection } from './mcp/connection.ts';
import type { ListedTool } from './tool.ts';

/** A list this old is asked for again beside the turn: stateless servers cannot say that it changed. */
const maxAgeMs = 60_000;
/** In characters: they stand in every prompt. */
const longestInstructions = 2_000;

export class ToolListing {
  readonly #policy: ToolServerPolicy;
  readonly #onChange: () => void;
  #tools: readonly ListedTool[] = [];
  #unlisted = 0;
  #instructions = '';
  #isStale = true;
  #listedAt = 0;

  /** @param onChange Called when the server lists something else than before. */
  constructor(policy: ToolServerPolicy, onChange: () => void) {
    this.#policy = policy;
    this.#onChange = onChange;
  }

  get tools(): readonly ListedTool[] {
    return this.#tools;
  }

  /** How many more the server has than are looked at. */
  get unlisted(): number {
    return this.#unlisted;
  }

  /** What the server says about its tools as a whole; empty when nothing. */
  get instructions(): string {
    return this.#instructions;
  }

  /** Something may have changed since. */
  get isStale(): boolean {
    return this.#isStale;
  }

  get isOld(): boolean {
    return performance.now() - this.#listedAt > maxAgeMs;
  }

  markStale(): void {
    this.#isStale = true;
  }

  /** @returns how many tools there are. @throws what the connection throws; the list then stays as it was. */
  async update(connection: McpConnection, signal: AbortSignal): Promise<number> {
    // Before the request: what changes while it is under way counts for the next one.
    this.#isStale = false;
    const listedNow = await connection.listTools((name) => this.mayBeUsed(name), signal);
    const tools = listedNow.tools.slice(0, this.#policy.mostTools);
    const unlisted = listedNow.unlisted + listedNow.tools.length - tools.length;
    this.#listedAt = performance.now();
    const instructions = cutText(connection.instructions, longestInstructions);
    const listed = [tools, unlisted, instructions];
    if (isDeepStrictEqual(listed, [this.#tools, this.#unlisted, this.#instructions])) return tools.length;
    this.#tools = tools;
    this.#unlisted = unlisted;
    this.#instructions = instructions;
    this.#onChange();
    return tools.length;
  }

  /** By what the operator allows and denies. */
  mayBeUsed(name: string): boolean {
    const { allow, deny } = this.#policy;
    return allow?.includes(name) !== false && deny?.includes(name) !== true;
  }
}
