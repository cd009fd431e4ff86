/** What a call of the model's would call, as far as it matters before the call is made. */
import type { ToolCall } from '../turn.ts';
import type { ListedTool } from './tool.ts';
import type { ServerApproval, ToolSource } from './tool-source.ts';

/** Which server is asked may depend on the arguments, too: an address belongs to the one that has linked to it. */
export type NamedCall = Pick<ToolCall, 'name' | 'arguments'>;

export interface CalledTool {
  /** Undefined: no server is asked. */
  readonly server: string | undefined;
  /** Calling it twice does no more than calling it once. */
  readonly isRepeatable: boolean;
  /** It may destroy something: everything whose server does not say otherwise. */
  readonly isDestructive: boolean;
  /** A person must approve the call first. */
  readonly needsApproval: boolean;
}

/** Whom a call of a tool needs, and what a standing approval is bound to. */
export interface ToolApproval extends ServerApproval {
  readonly server: string;
  /** As the server names it. */
  readonly tool: string;
}

/** A tool of this program's own, which does nothing outside. */
export const ownTool: CalledTool = {
  server: undefined,
  isRepeatable: true,
  isDestructive: false,
  needsApproval: false,
};

/** A tool, and the server that has it. */
export interface ServerTool {
  readonly server: ToolSource;
  readonly tool: ListedTool;
}

export function toCalled({ server, tool }: ServerTool): CalledTool {
  const { isRepeatable, isDestructive } = tool;
  return { server: server.name, isRepeatable, isDestructive, needsApproval: server.needsApproval(tool) };
}

export function toApproval({ server, tool }: ServerTool): ToolApproval {
  return { server: server.name, tool: tool.name, ...server.approvalOf(tool) };
}
