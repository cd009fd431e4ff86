/** The tools of all servers: what the model is offered, and the one place where a tool is called. */
import type { Logger } from '../../log.ts';
import type { AgentLimits } from '../limits.ts';
import type { ToolDefinition } from '../model/messages.ts';
import type { OfferedTool, ServerTools } from '../offered-tool.ts';
import type { ToolPins } from '../pins/tool-pins.ts';
import {
  type CalledTool,
  type NamedCall,
  ownTool,
  type ServerTool,
  type ToolApproval,
  toApproval,
  toCalled,
} from './called-tool.ts';
import { nameTools } from './named-tools.ts';
import type { SchemaCheck } from './schema-check.ts';
import type { CallContext, ListedTool, ToolAnswer, ToolArguments } from './tool.ts';
import { ownToolNames, searchToolName } from './tool-names.ts';
import { toParameters } from './tool-schema.ts';
import { type FoundTools, mostOffered, type OfferableTool, searchSchema, sizeOf, ToolSearch } from './tool-search.ts';
import { ownName } from './tool-server.ts';
import type { ToolSource } from './tool-source.ts';

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
  /** Undefined: there is no such tool. */
  find(call: NamedCall): CalledTool | undefined;
  /** What is to be known to ask people about the call. Undefined where no server is asked. */
  approvalOf(call: NamedCall): ToolApproval | undefined;
  /** Why the tool would not take these arguments, as a sentence for the model; undefined when it would, or nobody can tell. */
  problemWith(call: NamedCall, args: ToolArguments): Promise<string | undefined>;
  /** Never rejects: what goes wrong, an abort included, is said in the text. */
  call(call: NamedCall, args: ToolArguments, context: CallContext): Promise<ToolAnswer>;
}

/** As it is in every turn that has these servers. */
export interface SharedToolBox extends ToolBox {
  /** As its server lists it. Undefined for unknown tools. */
  toolOf(name: string): ListedTool | undefined;
  /** Undefined: none of these servers has that name, or several have. */
  serverNamed(name: string): ToolSource | undefined;
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

/**
 * @param operators Those that are down, too: the prompt's beginning stays the same, and a call says what is wrong.
 * @param guilds Those that the turn's guild has added. Their tools take no name from the others.
 */
export function createToolBox(
  operators: readonly ToolSource[],
  guilds: readonly ToolSource[],
  options: ToolBoxOptions,
): SharedToolBox {
  const { schemas, log } = options;
  const servers = [...operators, ...guilds];
  const own = nameTools(operators, ownToolNames, log);
  const all = new Map([...own, ...nameTools(guilds, [...ownToolNames, ...own.keys()], log)]);
  const byName = new Map(
    [...all].filter(([, { server, tool }]) => options.pins.allows(server, tool.name, server.toldOf(tool).hash)),
  );
  const tools = [...byName].map(([name, known]) => toOfferable(name, known));
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
    toolOf: (name) => byName.get(name)?.tool,
    serverNamed: (name) => {
      const [server, ...others] = servers.filter((each) => each.name === name);
      return others.length === 0 ? server : undefined;
    },
    find: ({ name }) => {
      const known = byName.get(name);
      if (known !== undefined) return toCalled(known);
      return search !== undefined && name === searchToolName ? ownTool : undefined;
    },
    approvalOf: ({ name }) => {
      const known = byName.get(name);
      return known && toApproval(known);
    },
    problemWith: async ({ name }, args) => {
      const schema = name === searchToolName ? searchSchema : byName.get(name)?.tool.inputSchema;
      // Exact numbers are no numbers to the checker.
      const plain: unknown = JSON.parse(JSON.stringify(args));
      const problem = schema && (await schemas.problemWith(schema, plain));
      return problem && `Not run: the arguments do not fit (${problem}). Call again with arguments that do.`;
    },
    call: async ({ name }, args, context) => {
      if (name === searchToolName && search !== undefined) return await search.search(args);
      const known = byName.get(name);
      if (known === undefined && all.has(name)) return { ok: false, text: toWithheldText(name) };
      if (known === undefined) return { ok: false, text: toUnknownToolText(name, [...byName.keys()], servers) };
      if (hasChanged(known)) return { ok: false, text: toWithheldText(name) };
      return await known.server.call(known.tool, args, context);
    },
  };
}

/** Since the turn began: what the model was told of it is not what it says now. */
function hasChanged({ server, tool }: ServerTool): boolean {
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

function toOfferable(name: string, known: ServerTool): OfferableTool {
  const { server, tool } = known;
  return {
    name,
    server: server.name,
    description: tool.description,
    schema: tool.inputSchema,
    isAlwaysOffered: server.isAlwaysOffered(tool),
    definition: toDefinition(name, known),
  };
}

/** The description is the server's word and marked as that: the system prompt says what such words are worth. */
function toDefinition(name: string, { server, tool }: ServerTool): ToolDefinition {
  const description = `[${server.name}] ${tool.description}`.trimEnd().slice(0, mostDescription).toWellFormed();
  return { type: 'function', function: { name, description, parameters: toParameters(tool.inputSchema) } };
}

function toServerTools(server: ToolSource, byName: ReadonlyMap<string, ServerTool>): ServerTools {
  const offered = [...byName].filter(([, known]) => known.server === server);
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
