/** The prompts and resources of one server, as last listed: tells of changes of what members are offered, and of nothing else. Never rejects. */
import { isDeepStrictEqual } from 'node:util';
import type { ToolServerConfig } from '../../config/tool-servers.ts';
import type { Logger } from '../../log.ts';
import type { OfferedPrompt, ServerContent } from '../offered-content.ts';
import type { StaleList } from './mcp/change-watch.ts';
import type { McpConnection } from './mcp/connection.ts';
import type { ListedPrompt } from './mcp/prompts.ts';

/** A server that changes its list without end is asked no more often. */
const leastPauseMs = 2_000;
/** What listing may take. */
const listMs = 30_000;
/** In characters: of a prompt or an argument, and of all prompts together. */
const longestDescription = 500;
const longestList = 200_000;
/** Of resources, which servers may change without a word. */
const maxAgeMs = 60_000;

export interface ContentListingOptions {
  readonly config: ToolServerConfig;
  readonly log: Logger;
  /** Called when members are offered something else than before. */
  readonly onChange: () => void;
}

export interface ListedResource {
  readonly uri: string;
  /** Not empty. */
  readonly name: string;
}

export interface ListedResources {
  readonly resources: readonly ListedResource[];
  readonly templates: readonly ListedResource[];
}

const none: ListedResources = { resources: [], templates: [] };

export class ContentListing {
  readonly #options: ContentListingOptions;
  readonly #closing = new AbortController();
  #connection: McpConnection | undefined;
  #offered: ServerContent | undefined;
  #listing: Promise<void> | undefined;
  #isStale = false;
  #listedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #resources: ListedResources = none;
  #resourcesAt = Number.NEGATIVE_INFINITY;
  #listingResources: Promise<void> | undefined;

  constructor(options: ContentListingOptions) {
    this.#options = options;
  }

  /** Undefined: the server was not heard since the start. */
  get offered(): ServerContent | undefined {
    return this.#offered;
  }

  /** The connection works, and is a new one or was just used to list the tools. Nobody waits for what comes of it. */
  renew(connection: McpConnection): void {
    this.#connection = connection;
    this.markStale('all');
  }

  markStale(list: StaleList): void {
    if (list === 'resources' || list === 'all') this.#resourcesAt = Number.NEGATIVE_INFINITY;
    if (list === 'resources' || list === 'tools') return;
    this.#isStale = true;
    this.#listSoon();
  }

  /** Those of a server that does not answer are those it had. */
  async resources(signal: AbortSignal): Promise<ListedResources> {
    if (performance.now() - this.#resourcesAt > maxAgeMs && this.#connection?.has.resources === true) {
      this.#listingResources ??= this.#listResources(this.#connection).finally(() => {
        this.#listingResources = undefined;
      });
      const aborted = Promise.withResolvers<void>();
      const abort = () => aborted.resolve();
      signal.addEventListener('abort', abort, { once: true });
      if (!signal.aborted) await Promise.race([this.#listingResources, aborted.promise]);
      signal.removeEventListener('abort', abort);
    }
    return this.#resources;
  }

  /** Resolves once the prompts are listed anew, or that has failed. */
  listNow(): Promise<void> {
    this.#listing ??= this.#list().finally(() => {
      this.#listing = undefined;
      if (this.#isStale) this.#listSoon();
    });
    return this.#listing;
  }

  close(): void {
    this.#closing.abort(new Error('closing'));
    clearTimeout(this.#timer);
  }

  #listSoon(): void {
    if (this.#listing !== undefined || this.#timer !== undefined || this.#closing.signal.aborted) return;
    const waitMs = Math.max(0, this.#listedAt + leastPauseMs - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.listNow();
    }, waitMs);
    this.#timer.unref();
  }

  async #list(): Promise<void> {
    const connection = this.#connection;
    this.#isStale = false;
    this.#listedAt = performance.now();
    if (connection === undefined) return;
    const { config, log, onChange } = this.#options;
    const { name: server } = config;
    try {
      const listed = config.prompts === false ? [] : await connection.listPrompts(this.#inTime());
      const prompts = toOffered(listed);
      const hasResources = connection.has.resources && membersMayRead(config);
      const offered = { server, prompts, hasResources, completes: connection.has.completions };
      if (isDeepStrictEqual(offered, this.#offered)) return;
      this.#offered = offered;
      onChange();
    } catch (error) {
      if (!this.#closing.signal.aborted) log.debug('prompts-not-listed', { server, error });
    }
  }

  async #listResources(connection: McpConnection): Promise<void> {
    const { config, log } = this.#options;
    this.#resourcesAt = performance.now();
    const signal = this.#inTime();
    const failed = (error: unknown) => {
      if (!this.#closing.signal.aborted) log.debug('resources-not-listed', { server: config.name, error });
      return undefined;
    };
    const [resources, templates] = await Promise.all([
      connection.listResources(signal).catch(failed),
      connection.listResourceTemplates(signal).catch(failed),
    ]);
    this.#resources = {
      resources: resources === undefined ? this.#resources.resources : eachOnce(resources, ({ uri }) => uri),
      templates:
        templates === undefined ? this.#resources.templates : eachOnce(templates, ({ uriTemplate }) => uriTemplate),
    };
  }

  #inTime(): AbortSignal {
    return AbortSignal.any([this.#closing.signal, AbortSignal.timeout(listMs)]);
  }
}

/** A list that leads to itself again names what it has more than once. */
function eachOnce<Listed extends { readonly name: string; readonly title?: string | undefined }>(
  listed: readonly Listed[],
  addressOf: (entry: Listed) => string,
): ListedResource[] {
  const byAddress = new Map(listed.map((entry) => [addressOf(entry), entry]));
  return [...byAddress].map(([uri, { name, title }]) => ({ uri, name: (title || name || uri).toWellFormed() }));
}

/** Those that there is room for: they are kept beside what else the bot remembers. */
function toOffered(listed: readonly ListedPrompt[]): OfferedPrompt[] {
  let length = 0;
  const prompts = listed.map(({ name, title = '', description = '', arguments: args }) => ({
    name,
    title: title.toWellFormed(),
    description: description.slice(0, longestDescription).toWellFormed(),
    arguments: args.map((argument) => ({
      name: argument.name,
      description: (argument.description ?? '').slice(0, longestDescription).toWellFormed(),
      isRequired: argument.required,
    })),
  }));
  const named = new Map(prompts.map((prompt) => [prompt.name, prompt]));
  return [...named.values()].filter((prompt) => {
    length += JSON.stringify(prompt).length;
    return length <= longestList;
  });
}

/** Where a person must approve everything that is done with a server, nobody reads anything of it in passing. */
export function membersMayRead({ resources, approval }: ToolServerConfig): boolean {
  return resources !== false && approval !== 'always';
}
