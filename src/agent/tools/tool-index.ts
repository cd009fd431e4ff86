/** Finds tools by what they are for: BM25 over their names, their descriptions and their arguments. Knows no server. */
import type MiniSearch from 'minisearch';
import { isPaired, toSearchWords } from './search-words.ts';
import type { JsonSchema } from './tool.ts';

export interface SearchedTool {
  /** As the model calls it. */
  readonly name: string;
  readonly server: string;
  readonly description: string;
  readonly schema: JsonSchema;
}

/** In characters: what is longer says no more. */
const longestQuery = 500;
const longestText = 2_000;
/** How much more than a word of the description one of the name says. */
const boost = { name: 3, server: 1.5, arguments: 0.5 };
/** A word as long as this may have a letter wrong. */
const shortestMisspelt = 5;

export class ToolIndex {
  readonly #tools: readonly SearchedTool[];
  #building: Promise<MiniSearch> | undefined;

  constructor(tools: readonly SearchedTool[]) {
    this.#tools = tools;
  }

  /** The names of those that fit best, the best first; empty where none does. The same for the same words. */
  async search(query: string, most: number): Promise<string[]> {
    this.#building ??= this.#build();
    const index = await this.#building;
    const found = index.search(query.slice(0, longestQuery).toWellFormed(), {
      boost,
      prefix: (term) => term.length >= shortestMisspelt && !isPaired(term),
      fuzzy: (term) => (term.length >= shortestMisspelt && !isPaired(term) ? 1 : false),
      maxFuzzy: 1,
    });
    return found
      .map(({ id, score }) => ({ place: Number(id), score }))
      .toSorted((one, other) => other.score - one.score || one.place - other.place)
      .slice(0, most)
      .flatMap(({ place }) => this.#tools[place]?.name ?? []);
  }

  /** Only here is the library loaded: most programs have few tools. */
  async #build(): Promise<MiniSearch> {
    const { default: Index } = await import('minisearch');
    const index = new Index({
      fields: ['name', 'server', 'description', 'arguments'],
      tokenize: toSearchWords,
      processTerm: (term) => term,
    });
    const documents = this.#tools.map(({ name, server, description, schema }, id) => ({
      id,
      name,
      server,
      description: description.slice(0, longestText),
      arguments: toArgumentWords(schema),
    }));
    // Between two parts, whoever waits for something else comes first.
    await index.addAllAsync(documents, { chunkSize: 100 });
    return index;
  }
}

function toArgumentWords({ properties }: JsonSchema): string {
  const names = typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
  return names.join(' ').slice(0, longestText);
}
