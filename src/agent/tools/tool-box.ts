/** The tools of all servers as one turn has them: what the model is offered, and the one place where a tool is called. */
import type { Logger } from '../../log.ts';
import type { AgentLimits } from '../limits.ts';
import type { ToolDefinition } from '../model/messages.ts';
import type { OfferedTool, ServerTools } from '../offered-tool.ts';
import type { ToolPins } from '../pins/tool-pins.ts';
import type { SchemaCheck } from './schema-check.ts';
import type { CallContext, ListedTool, ToolAnswer, ToolArguments } from './tool.ts';
import { toModelNames } from './tool-names.ts';
import { toParameters } from './tool-schema.ts';
import {
  type FoundTools,
  mostOffered,
  type OfferableTool,
  searchSchema,
  searchToolName,
  sizeOf,
  ToolSearch,
} from './tool-search.ts';
import { ownName } from './tool-server.ts';
import type { ServerApproval, ToolSource } from './tool-source.ts';

/** What a server says about its tools, for the system prompt: data of that server, no orders. */
export interface ServerInstructions {
  readonly server: string;
  readonly text: string;
}

export interface ToolBox {
  /**
   * What the model is offered, in a stable order: everything, or, where that is too much, what it can search the rest with.
   * @param found What searches found before; what is found later is added at the end.
   */
  offer(found: FoundTools): readonly ToolDefinition[];
  /** In a stable order. */
  readonly instructions: readonly ServerInstructions[];
  /** For members to look at, as things stand now; servers in the order of the settings. */
  readonly servers: readonly ServerTools[];
  /** Whether there are servers, and none of them can be reached: no call would succeed. */
  readonly isDown: boolean;
  has(name: string): boolean;
  /** The server that has the tool. Undefined for unknown tools. */
  serverOf(name: string): string | undefined;
  /** As its server lists it. Undefined for unknown tools. */
  toolOf(name: string): ListedTool | undefined;
  /** Calling it twice does no more than calling it once. False for unknown tools. */
  isRepeatable(name: string): boolean;
  /** It may destroy something: everything whose server does not say otherwise. False for unknown tools. */
  isDestructive(name: string): boolean;
  /** A person must approve the call first. */
  needsApproval(name: string): boolean;
  /** What is to be known of a tool to ask people about its calls. Undefined for unknown tools. */
  approvalOf(name: string): ToolApproval | undefined;
  /** Why the tool would not take these arguments, as a sentence for the model; undefined when it would, or nobody can tell. */
  problemWith(name: string, args: ToolArguments): Promise<string | undefined>;
  /** Never rejects: what goes wrong, an abort included, is said in the text. */
  call(name: string, args: ToolArguments, context: CallContext): Promise<ToolAnswer>;
}

/** Whom a call of a tool needs, and what a standing approval is bound to. */
export interface ToolApproval extends ServerApproval {
  readonly server: string;
  /** As the server names it. */
  readonly tool: string;
}

export interface ToolBoxOptions {
  readonly schemas: SchemaCheck;
  readonly log: Logger;
  /** What tools may take of every prompt; where they take more, they are searched. */
  readonly limits: Pick<AgentLimits, 'toolTokens'>;
  readonly pins: Pick<ToolPins, 'allows'>;
}

/** OpenAI takes no longer descriptions. */
const mostDescription = 1024;
/** Roughly, of JSON in any language. Counting would take the tokenizer, which costs more than it tells here. */
const charactersPerToken = 4;
/** In characters: one tool must not fill every prompt, nor make every request refused. */
const largestSchema = 32_000;

interface Entry {
  readonly server: ToolSource;
  readonly tool: ListedTool;
}

/**
 * @param operators Those that are down, too: the prompt's beginning stays the same, and a call says what is wrong.
 * @param guilds Those that the turn's guild has added. Their tools take no name from the others.
 */
export function createToolBox(
  operators: readonly ToolSource[],
  guilds: readonly ToolSource[],
  options: ToolBoxOptions,
): ToolBox {
  const { schemas, log } = options;
  const servers = [...operators, ...guilds];
  const own = nameTools(operators, [searchToolName], log);
  const all = new Map([...own, ...nameTools(guilds, [searchToolName, ...own.keys()], log)]);
  const byName = new Map(
    [...all].filter(([, { server, tool }]) => options.pins.allows(server, tool.name, server.toldOf(tool).hash)),
  );
  const tools = [...byName].map(([name, entry]) => toOfferable(name, entry));
  const definitions = tools.map(({ definition }) => definition);
  const search = createSearch(tools, options);
  return {
    offer: (found) => search?.offer(found) ?? definitions,
    instructions: servers.flatMap((server) => {
      const { name, instructions: text } = server;
      const told = server.words.find((words) => words.name === ownName);
      const isAllowed = told !== undefined && options.pins.allows(server, ownName, told.hash);
      return isAllowed ? [{ server: name, text }] : [];
    }),
    get servers() {
      return servers.map((server) => toServerTools(server, byName));
    },
    get isDown() {
      return servers.length > 0 && servers.every((server) => !server.isUp);
    },
    has: (name) => byName.has(name) || (search !== undefined && name === searchToolName),
    serverOf: (name) => byName.get(name)?.server.name,
    toolOf: (name) => byName.get(name)?.tool,
    isRepeatable: (name) => name === searchToolName || byName.get(name)?.tool.isRepeatable === true,
    isDestructive: (name) => byName.get(name)?.tool.isDestructive === true,
    needsApproval: (name) => {
      const entry = byName.get(name);
      return entry?.server.needsApproval(entry.tool) === true;
    },
    approvalOf: (name) => {
      const entry = byName.get(name);
      return entry && { server: entry.server.name, tool: entry.tool.name, ...entry.server.approvalOf(entry.tool) };
    },
    problemWith: async (name, args) => {
      const schema = name === searchToolName ? searchSchema : byName.get(name)?.tool.inputSchema;
      // Exact numbers are no numbers to the checker.
      const plain: unknown = JSON.parse(JSON.stringify(args));
      const problem = schema && (await schemas.problemWith(schema, plain));
      return problem && `Not run: the arguments do not fit (${problem}). Call again with arguments that do.`;
    },
    call: async (name, args, context) => {
      if (name === searchToolName && search !== undefined) return await search.search(args);
      const entry = byName.get(name);
      if (entry === undefined && all.has(name)) return { ok: false, text: toWithheldText(name) };
      if (entry === undefined) return { ok: false, text: toUnknownToolText(name, [...byName.keys()], servers) };
      if (hasChanged(entry)) return { ok: false, text: toWithheldText(name) };
      return await entry.server.call(entry.tool, args, context);
    },
  };
}

/** Since the turn began: what the model was told of it is not what it says now. */
function hasChanged({ server, tool }: Entry): boolean {
  if (server.isTrusted) return false;
  const now = server.tools.find(({ name }) => name === tool.name);
  return now !== undefined && now !== tool && server.toldOf(now).hash !== server.toldOf(tool).hash;
}

function toWithheldText(name: string): string {
  return `Not run: what the tool "${name.slice(0, 64)}" says of itself has changed, and a person must accept that first.`;
}

/** Undefined where the prompt has room for all. */
function createSearch(tools: readonly OfferableTool[], { log, limits }: ToolBoxOptions): ToolSearch | undefined {
  const mostCharacters = limits.toolTokens * charactersPerToken;
  const size = sizeOf(tools.map(({ definition }) => definition));
  if (tools.length <= mostOffered && size <= mostCharacters) return undefined;
  log.info('tools-searched', { tools: tools.length, tokens: Math.round(size / charactersPerToken) });
  return new ToolSearch(tools, mostCharacters);
}

/** The tools that may be used, by the names that the model knows them by, in an order that does not change. */
function nameTools(servers: readonly ToolSource[], reserved: readonly string[], log: Logger): Map<string, Entry> {
  const unlisted = servers.flatMap(({ name, unlisted: count }) => (count === 0 ? [] : [[name, count] as const]));
  if (unlisted.length > 0) {
    const advice = 'Name those that are needed under "allow" in MCP_CONFIG: no more are read of one server.';
    log.warn('tools-too-many', { missing: Object.fromEntries(unlisted), advice });
  }
  const entries = servers.flatMap((server) => usableTools(server, log));
  const named = entries.map(({ server: { name, prefix }, tool }) => ({ server: name, tool: tool.name, prefix }));
  const names = toModelNames(named, reserved);
  return new Map(entries.map((entry, place) => [names[place] ?? '', entry]));
}

function usableTools(server: ToolSource, log: Logger): Entry[] {
  const on = server.tools.filter((tool) => server.isOff?.(tool) !== true);
  const sorted = on.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return sorted.flatMap((tool) => {
    if (JSON.stringify(tool.inputSchema).length <= largestSchema) return [{ server, tool }];
    log.warn('tool-too-large', { server: server.name, tool: tool.name, advice: 'Name it under "deny".' });
    return [];
  });
}

function toOfferable(name: string, entry: Entry): OfferableTool {
  const { server, tool } = entry;
  return {
    name,
    server: server.name,
    description: tool.description,
    schema: tool.inputSchema,
    isAlwaysOffered: server.isAlwaysOffered(tool),
    definition: toDefinition(name, entry),
  };
}

/** The description is the server's word and marked as that: the system prompt says what such words are worth. */
function toDefinition(name: string, { server, tool }: Entry): ToolDefinition {
  const description = `[${server.name}] ${tool.description}`.trimEnd().slice(0, mostDescription).toWellFormed();
  return { type: 'function', function: { name, description, parameters: toParameters(tool.inputSchema) } };
}

function toServerTools(server: ToolSource, byName: ReadonlyMap<string, Entry>): ServerTools {
  const offered = [...byName].filter(([, entry]) => entry.server === server);
  return {
    server: server.name,
    isUp: server.isUp,
    tools: offered.map(([name, { tool }]) => toOffered(name, server, tool)).toSorted(byNameOf),
    missing: server.unlisted + server.tools.length - offered.length,
  };
}

function toOffered(name: string, server: ToolSource, tool: ListedTool): OfferedTool {
  const approver = server.excludesAsker ? 'others' : 'anybody';
  const approval = server.needsApproval(tool) ? approver : 'nobody';
  return { name, description: tool.description, approval, schema: tool.inputSchema };
}

function byNameOf(one: OfferedTool, other: OfferedTool): number {
  return one.name < other.name ? -1 : 1;
}

function toUnknownToolText(name: string, known: readonly string[], servers: readonly ToolSource[]): string {
  const choice =
    known.length === 0 ? 'No tool is available now.' : `Call one of these directly: ${known.slice(0, 30).join(', ')}.`;
  const missing = servers.filter(({ isKnown }) => !isKnown).map((server) => `"${server.name}"`);
  const reason =
    missing.length === 0
      ? ''
      : ` The tools of ${missing.join(', ')} are missing: the server cannot be reached right now.`;
  return `There is no tool named "${name.slice(0, 64)}". ${choice}${reason}`;
}
