/**
 * What the model is offered where there are more tools than a prompt can hold: a tool that searches all of them, those that
 * are always offered, and those that were found, in the order found, so that the beginning of the prompt stays the same.
 */
import { z } from 'zod';
import { cut } from '../../text.ts';
import type { ToolDefinition } from '../model/messages.ts';
import type { ToolAnswer, ToolArguments } from './tool.ts';
import { type SearchedTool, ToolIndex } from './tool-index.ts';
import { searchToolName } from './tool-names.ts';

/** OpenAI takes 128 tools. One is for what results link to, which nobody knows before. */
export const mostOffered = 127;
/** What a search gives at most. */
const mostFound = 8;
/** Of those that are always offered, so that there is room for what is found. */
const mostAlways = 64;
/** Servers that the search tool names. */
const mostNamed = 40;
const longestLine = 200;

export const searchSchema = {
  type: 'object',
  properties: { query: { type: 'string', description: 'A few words on what the tool should do, and with what.' } },
  required: ['query'],
};
const argumentsSchema = z.object({ query: z.string() });

export interface OfferableTool extends SearchedTool {
  /** The operator wants it in every prompt. */
  readonly isAlwaysOffered: boolean;
  readonly definition: ToolDefinition;
}

/** The names that each search of a conversation found, in the order of the searches. */
export type FoundTools = readonly (readonly string[])[];

export class ToolSearch {
  readonly #byName: ReadonlyMap<string, OfferableTool>;
  readonly #always: readonly OfferableTool[];
  readonly #head: readonly ToolDefinition[];
  readonly #index: ToolIndex;
  /** In characters of what is found and offered. */
  readonly #room: number;

  /** @param mostCharacters What all that is offered may have; half of it at least is for what is found. */
  constructor(tools: readonly OfferableTool[], mostCharacters: number) {
    this.#byName = new Map(tools.map((tool) => [tool.name, tool]));
    this.#always = [
      ...tools.filter(({ isAlwaysOffered }) => isAlwaysOffered),
      ...ofSmallServers(tools, mostCharacters / 2).filter(({ isAlwaysOffered }) => !isAlwaysOffered),
    ].slice(0, mostAlways);
    this.#head = [toSearchTool(tools, this.#always.length), ...this.#always.map(({ definition }) => definition)];
    this.#index = new ToolIndex(tools);
    this.#room = Math.max(mostCharacters - sizeOf(this.#head), mostCharacters / 2);
  }

  /** Those that are gone since are left out. Where there is no more room, all but the last found go at once: the beginning changes seldom then. */
  offer(found: FoundTools): ToolDefinition[] {
    let offered: ReadonlyMap<string, ToolDefinition> = new Map();
    for (const names of found) {
      const both = this.#with(offered, names);
      offered = this.#hasRoom(both) ? both : this.#with(new Map(), names);
    }
    return [...this.#head, ...offered.values()];
  }

  /** What is wrong with the arguments was said before. */
  async search(args: ToolArguments): Promise<ToolAnswer> {
    const parsed = argumentsSchema.safeParse(args);
    const query = parsed.success ? parsed.data.query : '';
    const names = await this.#index.search(query, mostFound);
    const fitting = this.#thatFit(names);
    if (fitting.length === 0) return { ok: true, text: nothingFound, found: [] };
    const lines = fitting.map(({ name, definition }) => `- ${name}: ${toLine(definition)}`);
    return { ok: true, text: [foundHeading, ...lines].join('\n'), found: fitting.map(({ name }) => name) };
  }

  #with(offered: ReadonlyMap<string, ToolDefinition>, names: readonly string[]): ReadonlyMap<string, ToolDefinition> {
    const tools = names.flatMap((name) => this.#byName.get(name) ?? []);
    const fresh = tools.filter((tool) => !offered.has(tool.name) && !this.#always.includes(tool));
    return new Map([...offered, ...fresh.map(({ name, definition }) => [name, definition] as const)]);
  }

  #hasRoom(offered: ReadonlyMap<string, ToolDefinition>): boolean {
    return this.#head.length + offered.size <= mostOffered && sizeOf([...offered.values()]) <= this.#room;
  }

  /** The first of them, as many as find room together; one at least. */
  #thatFit(names: readonly string[]): OfferableTool[] {
    const tools = names.flatMap((name) => this.#byName.get(name) ?? []);
    let size = 0;
    return tools.filter(({ definition }, place) => {
      size += sizeOf([definition]);
      return place === 0 || size <= this.#room;
    });
  }
}

/** Of servers that want no more than their share: one that has too much takes nobody else's tools away. */
function ofSmallServers(tools: readonly OfferableTool[], mostCharacters: number): OfferableTool[] {
  const servers = Map.groupBy(tools, ({ server }) => server);
  return [...servers.values()]
    .filter(
      (own) =>
        own.length <= mostAlways / servers.size &&
        sizeOf(own.map(({ definition }) => definition)) <= mostCharacters / servers.size,
    )
    .flat();
}

const foundHeading = 'These tools can be called from now on:';
const nothingFound = 'No tool was found. Try other words, or answer without a tool and say so.';

/** Of a tool list as it is sent, in characters. */
export function sizeOf(definitions: readonly ToolDefinition[]): number {
  return definitions.reduce((sum, definition) => sum + JSON.stringify(definition).length, 0);
}

function toLine({ function: { description = '' } }: ToolDefinition): string {
  return cut(description.replace(/\s+/g, ' ').trim(), longestLine);
}

function toSearchTool(tools: readonly OfferableTool[], always: number): ToolDefinition {
  const counts = new Map<string, number>();
  for (const { server } of tools) counts.set(server, (counts.get(server) ?? 0) + 1);
  const named = [...counts].slice(0, mostNamed).map(([server, count]) => `${cut(server, 40)} (${count})`);
  const rest = counts.size > mostNamed ? ', …' : '';
  const description = [
    `Finds tools among the ${tools.length - always} that are not listed here, by what they do. Those found can be called in the next step.`,
    'Use it before saying that something cannot be done. Name action and thing in English and, where the question is in another language, in that as well, such as "create calendar event 일정 만들기".',
    `Servers, with how many tools each has: ${named.join(', ')}${rest}.`,
  ].join(' ');
  return {
    type: 'function',
    function: {
      name: searchToolName,
      description: description.slice(0, 1024).toWellFormed(),
      parameters: searchSchema,
    },
  };
}
