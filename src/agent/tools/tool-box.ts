/** The tools of all servers as one turn has them: what the model is offered, and the one place where a tool is called. */
import type { Logger } from '../../log.ts';
import type { ToolDefinition } from '../model/messages.ts';
import type { OfferedTool, ServerTools } from '../offered-tool.ts';
import type { SchemaCheck } from './schema-check.ts';
import type { CallContext, ListedTool, ToolAnswer, ToolArguments } from './tool.ts';
import { toModelNames } from './tool-names.ts';
import { toParameters } from './tool-schema.ts';
import type { ToolServer } from './tool-server.ts';

/** What a server says about its tools, for the system prompt: data of that server, no orders. */
export interface ServerInstructions {
  readonly server: string;
  readonly text: string;
}

export interface ToolBox {
  /** In a stable order; the same object until something changes. */
  readonly definitions: readonly ToolDefinition[];
  /** In a stable order. */
  readonly instructions: readonly ServerInstructions[];
  /** For members to look at, as things stand now; servers in the order of the settings. */
  readonly servers: readonly ServerTools[];
  /** Whether there are servers, and none of them can be reached: no call would succeed. */
  readonly isDown: boolean;
  has(name: string): boolean;
  /** The server that has the tool. Undefined for unknown tools. */
  serverOf(name: string): string | undefined;
  /** Calling it twice does no more than calling it once. False for unknown tools. */
  isRepeatable(name: string): boolean;
  /** A person must approve the call first. */
  needsApproval(name: string): boolean;
  /** Where a person must: somebody else than the asker. */
  excludesAsker(name: string): boolean;
  /** Why the tool would not take these arguments, as a sentence for the model; undefined when it would, or nobody can tell. */
  problemWith(name: string, args: ToolArguments): Promise<string | undefined>;
  /** Never rejects: what goes wrong, an abort included, is said in the text. */
  call(name: string, args: ToolArguments, context: CallContext): Promise<ToolAnswer>;
}

export interface ToolBoxOptions {
  readonly schemas: SchemaCheck;
  readonly log: Logger;
}

/** OpenAI takes no more tools, and no longer descriptions. */
const mostTools = 128;
const mostDescription = 1024;
/** In characters: one tool must not fill every prompt, nor make every request refused. */
const largestSchema = 32_000;

interface Entry {
  readonly server: ToolServer;
  readonly tool: ListedTool;
}

/** @param servers Those that are down, too: the prompt's beginning stays the same, and a call says what is wrong. */
export function createToolBox(servers: readonly ToolServer[], { schemas, log }: ToolBoxOptions): ToolBox {
  const byName = nameTools(servers, log);
  return {
    definitions: [...byName].map(([name, entry]) => toDefinition(name, entry)),
    instructions: servers.flatMap(({ name, instructions }) =>
      instructions === '' ? [] : [{ server: name, text: instructions }],
    ),
    get servers() {
      return servers.map((server) => toServerTools(server, byName));
    },
    get isDown() {
      return servers.length > 0 && servers.every((server) => !server.isUp);
    },
    has: (name) => byName.has(name),
    serverOf: (name) => byName.get(name)?.server.name,
    isRepeatable: (name) => byName.get(name)?.tool.isRepeatable === true,
    needsApproval: (name) => {
      const entry = byName.get(name);
      return entry?.server.needsApproval(entry.tool) === true;
    },
    excludesAsker: (name) => byName.get(name)?.server.excludesAsker === true,
    problemWith: async (name, args) => {
      const entry = byName.get(name);
      // Exact numbers are no numbers to the checker.
      const plain: unknown = JSON.parse(JSON.stringify(args));
      const problem = entry && (await schemas.problemWith(entry.tool.inputSchema, plain));
      return problem && `Not run: the arguments do not fit (${problem}). Call again with arguments that do.`;
    },
    call: async (name, args, context) => {
      const entry = byName.get(name);
      if (entry === undefined) return { ok: false, text: toUnknownToolText(name, [...byName.keys()], servers) };
      return await entry.server.call(entry.tool, args, context);
    },
  };
}

/** The tools that are offered, by the names that the model knows them by, in an order that does not change. */
function nameTools(servers: readonly ToolServer[], log: Logger): Map<string, Entry> {
  const known = servers.map((server) => usableTools(server, log));
  const shares = shareFairly(
    known.map((entries) => entries.length),
    mostTools,
  );
  const missing = servers.flatMap(({ name, unlisted }, place) => {
    const count = unlisted + (known[place]?.length ?? 0) - (shares[place] ?? 0);
    return count === 0 ? [] : [[name, count] as const];
  });
  if (missing.length > 0) {
    const offered = shares.reduce((sum, share) => sum + share, 0);
    const advice = 'Name those that are needed under "allow" in MCP_CONFIG: OpenAI takes no more.';
    log.warn('tools-too-many', { offered, missing: Object.fromEntries(missing), advice });
  }
  // Named together with those that are not offered: a name must not depend on how much room there is.
  const entries = known.flat();
  const names = toModelNames(
    entries.map(({ server: { name, prefix }, tool }) => ({ server: name, tool: tool.name, prefix })),
  );
  const byName = new Map(entries.map((entry, place) => [names[place] ?? '', entry]));
  const offered = new Set(known.flatMap((each, place) => each.slice(0, shares[place])));
  return new Map([...byName].filter(([, entry]) => offered.has(entry)));
}

function usableTools(server: ToolServer, log: Logger): Entry[] {
  const sorted = server.tools.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return sorted.flatMap((tool) => {
    if (JSON.stringify(tool.inputSchema).length <= largestSchema) return [{ server, tool }];
    log.warn('tool-too-large', { server: server.name, tool: tool.name, advice: 'Name it under "deny".' });
    return [];
  });
}

/** What each gets of the room: all that it wants where that is no more than its share, and of what is left over the same as others. */
function shareFairly(wanted: readonly number[], room: number): number[] {
  const shares = wanted.map(() => 0);
  const byNeed = [...wanted.entries()].toSorted(([, one], [, other]) => one - other);
  let left = room;
  for (const [place, [server, count]] of byNeed.entries()) {
    const share = Math.min(count, Math.floor(left / (byNeed.length - place)));
    shares[server] = share;
    left -= share;
  }
  return shares;
}

/** The description is the server's word and marked as that: the system prompt says what such words are worth. */
function toDefinition(name: string, { server, tool }: Entry): ToolDefinition {
  const description = `[${server.name}] ${tool.description}`.trimEnd().slice(0, mostDescription).toWellFormed();
  return { type: 'function', function: { name, description, parameters: toParameters(tool.inputSchema) } };
}

function toServerTools(server: ToolServer, byName: ReadonlyMap<string, Entry>): ServerTools {
  const offered = [...byName].filter(([, entry]) => entry.server === server);
  return {
    server: server.name,
    isUp: server.isUp,
    tools: offered.map(([name, { tool }]) => toOffered(name, server, tool)).toSorted(byNameOf),
    missing: server.unlisted + server.tools.length - offered.length,
  };
}

function toOffered(name: string, server: ToolServer, tool: ListedTool): OfferedTool {
  const approver = server.excludesAsker ? 'others' : 'anybody';
  const approval = server.needsApproval(tool) ? approver : 'nobody';
  return { name, description: tool.description, approval, schema: tool.inputSchema };
}

function byNameOf(one: OfferedTool, other: OfferedTool): number {
  return one.name < other.name ? -1 : 1;
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
