/** All tool servers as one box of tools: what the model is offered, and the one place where a tool is called. */
import type { ToolServerConfig } from '../../config/tool-servers.ts';
import type { Logger } from '../../log.ts';
import type { CallProgress } from '../agent.ts';
import type { FormReply, FormRequest } from '../form.ts';
import type { AgentLimits } from '../limits.ts';
import type { ToolDefinition } from '../messages.ts';
import type { ListedTool, ToolAnswer } from './mcp-connection.ts';
import { toModelNames } from './tool-names.ts';
import { toParameters } from './tool-schema.ts';
import { createToolServer, type ToolServer } from './tool-server.ts';
import { cutText } from './tool-text.ts';

/** What one call may do meanwhile, and what stops it. */
export interface CallContext {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: CallProgress) => void;
  /** Lets the asker fill in a form. Never rejects: an abort cancels it. */
  readonly askForm: (form: FormRequest) => Promise<FormReply>;
}

/** The tools of one turn. */
export interface ToolBox {
  /** In a stable order; the same object until something changes. */
  readonly definitions: readonly ToolDefinition[];
  /** What the servers say about their tools, for the system prompt: data of that server, no orders. In a stable order. */
  readonly instructions: readonly { readonly server: string; readonly text: string }[];
  /** Whether there are servers, and none of them can be reached: no call would succeed. */
  readonly isDown: boolean;
  has(name: string): boolean;
  /** Calling it twice does no more than calling it once. False for unknown tools. */
  isRepeatable(name: string): boolean;
  /** A person must approve the call first. */
  needsApproval(name: string): boolean;
  /** Why the tool would not take these arguments, as a sentence for the model; undefined when it would, or nobody can tell. */
  problemWith(name: string, args: Record<string, unknown>): string | undefined;
  /** Never rejects: what goes wrong, an abort included, is said in the text. */
  call(name: string, args: Record<string, unknown>, context: CallContext): Promise<ToolAnswer>;
}

export interface ToolHost {
  /** Connects what is not connected, waiting `toolConnectMs` at the longest. Never rejects. */
  open(signal: AbortSignal): Promise<ToolBox>;
  close(): Promise<void>;
}

/** OpenAI takes no more tools, and no longer descriptions. */
const mostTools = 128;
const mostDescription = 1024;

export function createToolHost(
  configs: readonly ToolServerConfig[],
  { log, limits }: { log: Logger; limits: AgentLimits },
): ToolHost {
  let box: ToolBox | undefined;
  const onToolsChange = () => {
    box = undefined;
  };
  const servers = configs.map((config) => createToolServer(config, { log, limits, onToolsChange }));
  return {
    open: async (signal) => {
      await Promise.all(servers.map((server) => server.ready(signal)));
      box ??= createToolBox(servers, limits, log);
      return box;
    },
    close: async () => {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

interface Entry {
  readonly server: ToolServer;
  readonly tool: ListedTool;
}

function createToolBox(servers: readonly ToolServer[], limits: AgentLimits, log: Logger): ToolBox {
  const known: Entry[] = servers.flatMap((server) =>
    server.tools.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((tool) => ({ server, tool })),
  );
  // Tools of servers that are down keep their names taken, so that the others are not renamed meanwhile.
  const names = toModelNames(known.map(({ server, tool }) => ({ server: server.name, tool: tool.name })));
  const offered = known.flatMap((entry, place) => (entry.server.isUp ? [{ entry, name: names[place] ?? '' }] : []));
  if (offered.length > mostTools) log.warn('tools-too-many', { tools: offered.length, offered: mostTools });
  const kept = offered.slice(0, mostTools);
  const byName = new Map(kept.map(({ name, entry }) => [name, entry]));
  return {
    definitions: kept.map(({ name, entry: { tool } }) => toDefinition(name, tool)),
    instructions: [],
    isDown: servers.length > 0 && servers.every((server) => !server.isUp),
    has: (name) => byName.has(name),
    isRepeatable: (name) => byName.get(name)?.tool.isRepeatable === true,
    needsApproval: () => false,
    problemWith: () => undefined,
    call: async (name, args, { signal }) => {
      const entry = byName.get(name);
      if (entry === undefined) return { ok: false, text: toUnknownToolText(name, [...byName.keys()]) };
      const answer = await callInTime(entry, args, limits.toolCallMs, signal);
      return { ok: answer.ok, text: cutText(answer.text, limits.toolTextLength) };
    },
  };
}

function toDefinition(name: string, tool: ListedTool): ToolDefinition {
  const description = tool.description === '' ? {} : { description: tool.description.slice(0, mostDescription) };
  return { type: 'function', function: { name, ...description, parameters: toParameters(tool.inputSchema) } };
}

function toUnknownToolText(name: string, known: readonly string[]): string {
  const choice =
    known.length === 0 ? 'No tool is available now.' : `Call one of these directly: ${known.slice(0, 30).join(', ')}.`;
  return `There is no tool named "${name.slice(0, 64)}". ${choice}`;
}

async function callInTime(
  { server, tool }: Entry,
  args: Record<string, unknown>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ToolAnswer> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(new Error('timed out')), timeoutMs);
  try {
    const answer = await server.call(tool, args, AbortSignal.any([signal, deadline.signal]));
    const isLate = !answer.ok && deadline.signal.aborted && !signal.aborted;
    return isLate
      ? { ok: false, text: `The tool "${tool.name}" did not answer within ${timeoutMs / 1000} s.` }
      : answer;
  } finally {
    clearTimeout(timer);
  }
}
