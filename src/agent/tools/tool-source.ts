/** What a box of tools is made of: a tool server as it is for whoever asks. */
import type { ToldTool } from '../pins/pinned-server.ts';
import type { PinnableServer } from '../pins/tool-pins.ts';
import type { CallContext, ListedTool, ToolAnswer, ToolArguments } from './tool.ts';

/** What a server's operator wants of who approves, and what the tool says of itself. */
export interface ServerApproval {
  readonly toolHash: string;
  readonly notAsker: boolean;
  readonly quorum: number;
  /** Undefined: those that may approve everything. */
  readonly roleIds: readonly string[] | undefined;
}

export interface ToolSource extends PinnableServer {
  /** Whether those whose server it is have switched the tool off. Absent: nobody can. */
  readonly isOff?: (tool: ListedTool) => boolean;
  /** What the tool says of itself, as it is pinned. */
  toldOf(tool: ListedTool): ToldTool;
  readonly name: string;
  /** Before the names of its tools, where the operator wants one. */
  readonly prefix: string | undefined;
  /** The tools that may be used, as last listed; of a server that is down, those it had. */
  readonly tools: readonly ListedTool[];
  /** How many more it has than are looked at. */
  readonly unlisted: number;
  /** What it says about its tools as a whole; empty when nothing. */
  readonly instructions: string;
  readonly isUp: boolean;
  /** Whether its tools are known: it was up once. */
  readonly isKnown: boolean;
  /**
   * Resolves once the server is up with a fresh list, has failed, or took too long; the attempt then goes on by itself.
   * @param leastMs Waits so long even where it did not come up the last time.
   */
  ready(signal: AbortSignal, leastMs?: number): Promise<void>;
  /** Whether the model has it in every prompt, however many others there are. */
  isAlwaysOffered(tool: ListedTool): boolean;
  /** A person must approve calls of this tool. */
  needsApproval(tool: ListedTool): boolean;
  approvalOf(tool: ListedTool): ServerApproval;
  /** Whoever asked may not approve. */
  readonly excludesAsker: boolean;
  /** Never rejects. */
  call(tool: ListedTool, args: ToolArguments, context: CallContext): Promise<ToolAnswer>;
}
