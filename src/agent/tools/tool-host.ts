/** All tool servers as one box of tools: what the model is offered, and the one place where a tool is called. */
import type { ToolServerConfig } from '../../config/tool-servers.ts';
import type { Logger } from '../../log.ts';
import type { AgentLimits } from '../limits.ts';
import type { ToolDefinition } from '../model/messages.ts';
import { cutText } from './mcp/tool-result.ts';
import type { CallContext, ListedTool, ToolAnswer } from './tool.ts';
import { toModelNames } from './tool-names.ts';
import { toParameters } from './tool-schema.ts';
import { createToolServer, type ToolServer } from './tool-server.ts';

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
  /** Connects what is not connected, waiting `toolConnectMs` at the longest, or `leastMs` if that is longer. Never rejects. */
  open(signal: AbortSignal, leastMs?: number): Promise<ToolBox>;
  close(): Promise<void>;
}

/** OpenAI takes no more tools, and no longer descriptions. */
const mostTools = 128;
const mostDescription = 1024;
/** In characters: one tool must not fill every prompt, nor make every request refused. */
const largestSchema = 32_000;
const mostInstructions = 2000;

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
    open: async (signal, leastMs) => {
      await Promise.all(servers.map((server) => server.ready(signal, leastMs)));
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
  // Tools of a server that is down stay among them: the prompt's beginning stays the same, and a call says what is wrong.
  const listed: Entry[] = servers.flatMap((server) =>
    server.tools.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((tool) => ({ server, tool })),
  );
  const known = listed.filter(({ server, tool }) => {
    const isSmall = JSON.stringify(tool.inputSchema).length <= largestSchema;
    if (!isSmall) log.warn('tool-too-large', { server: server.name, tool: tool.name, advice: 'Name it under "deny".' });
    return isSmall;
  });
  const names = toModelNames(
    known.map(({ server: { name, prefix }, tool }) => ({ server: name, tool: tool.name, prefix })),
  );
  if (known.length > mostTools) {
    const advice = 'Name those that are needed under "allow" in MCP_CONFIG: OpenAI takes no more.';
    log.warn('tools-too-many', { tools: known.length, offered: mostTools, advice });
  }
  const kept = known.slice(0, mostTools).map((entry, place) => ({ entry, name: names[place] ?? '' }));
  const byName = new Map(kept.map(({ name, entry }) => [name, entry]));
  return {
    definitions: kept.map(({ name, entry }) => toDefinition(name, entry)),
    instructions: servers.flatMap(({ name, instructions }) =>
      instructions === '' ? [] : [{ server: name, text: cutText(instructions, mostInstructions) }],
    ),
    get isDown() {
      return servers.length > 0 && servers.every((server) => !server.isUp);
    },
    has: (name) => byName.has(name),
    isRepeatable: (name) => byName.get(name)?.tool.isRepeatable === true,
    needsApproval: (name) => {
      const entry = byName.get(name);
      return entry?.server.needsApproval(entry.tool) === true;
    },
    problemWith: (name, args) => byName.get(name)?.tool.problemWith(args),
    call: async (name, args, context) => {
      const entry = byName.get(name);
      if (entry === undefined) return { ok: false, text: toUnknownToolText(name, [...byName.keys()], servers) };
      const answer = await entry.server.call(entry.tool, args, context);
      return { ...answer, text: cutText(answer.text, limits.toolTextLength) };
    },
  };
}

/** The description is the server's word and marked as that: the system prompt says what such words are worth. */
function toDefinition(name: string, { server, tool }: Entry): ToolDefinition {
  const description = `[${server.name}] ${tool.description}`.trimEnd().slice(0, mostDescription).toWellFormed();
  return { type: 'function', function: { name, description, parameters: toParameters(tool.inputSchema) } };
}

function toUnknownToolText(name: string, known: readonly string[], servers: readonly ToolServer[]): string {
  const choice =
    known.length === 0 ? 'No tool is available now.' : `Call one of these directly: ${known.slice(0, 30).join(', ')}.`;
  const missing = servers.filter(({ isKnown }) => !isKnown).map((server) => `"${server.name}"`);
  const reason =
    missing.length === 0
      ? ''
      : ` The tools of ${missing.join(', ')} are missing: the server cannot be reached right now.`;
  return `There is no tool named "${name.slice(0, 64)}". ${choice}${reason}`;
}
