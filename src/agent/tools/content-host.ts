/** Prompts and resources of all tool servers, as members use them. */
import type { ToolServerConfig } from '../../config/tool-servers.ts';
import type { OfferedResource, ServerContent, Typing } from '../offered-content.ts';
import type { ServerSource } from '../turn.ts';
import { membersMayRead } from './content-listing.ts';
import type { ContentRoom } from './mcp/content-part.ts';
import type { SourcePart } from './source-content.ts';
import { SourceFailure } from './source-failure.ts';
import { ToolFailure } from './tool-failure.ts';
import type { ToolServer } from './tool-server.ts';

export interface ContentHost {
  /** Of the servers that were heard of since the start, in the order of the settings. */
  readonly offered: readonly ServerContent[];
  /** The names of all servers of the settings. */
  readonly servers: readonly string[];
  /** @throws {SourceFailure}, or the signal's reason. */
  read(source: ServerSource, room: ContentRoom, signal: AbortSignal): Promise<SourcePart[]>;
  /** What the server suggests for what is typed. Never rejects: what goes wrong, an abort included, suggests nothing. */
  suggest(server: string, typing: Typing, signal: AbortSignal): Promise<readonly string[]>;
  /** All that members may read, as far as it is listed. Never rejects. */
  resources(signal: AbortSignal): Promise<readonly OfferedResource[]>;
}

export interface ContentServer {
  readonly config: ToolServerConfig;
  readonly server: ToolServer;
}

export class ContentOfServers implements ContentHost {
  readonly #servers: readonly ContentServer[];

  constructor(servers: readonly ContentServer[]) {
    this.#servers = servers;
  }

  get offered(): readonly ServerContent[] {
    return this.#servers.flatMap(({ server }) => server.content ?? []);
  }

  get servers(): readonly string[] {
    return this.#servers.map(({ config }) => config.name);
  }

  async read(source: ServerSource, room: ContentRoom, signal: AbortSignal): Promise<SourcePart[]> {
    const found = this.#servers.find(({ config }) => config.name === source.server);
    if (found === undefined || !mayBeRead(found.config, source)) throw new SourceFailure('gone');
    const { server } = found;
    try {
      return await server.read((connection, either) => {
        if (source.type === 'resource') return connection.resourceParts(source.uri, room, either);
        return connection.promptParts(source.name, source.arguments, room, either);
      }, signal);
    } catch (error) {
      signal.throwIfAborted();
      const isRefusal = error instanceof ToolFailure && error.code === 'refused';
      // Without the error: a server's words may quote what it was sent.
      if (!isRefusal) throw new SourceFailure('unreachable');
      // Servers refuse what they do not have and what they do not take with the same code.
      const isThere = source.type === 'prompt' && (await server.hasPrompt(source.name, signal));
      throw new SourceFailure(isThere ? 'refused' : 'gone');
    }
  }

  async suggest(name: string, typing: Typing, signal: AbortSignal): Promise<readonly string[]> {
    const server = this.#servers.find(({ config }) => config.name === name)?.server;
    if (server?.isUp !== true) return [];
    const { of, argument, typed, given } = typing;
    const reference =
      of.type === 'prompt'
        ? ({ type: 'ref/prompt', name: of.name } as const)
        : ({ type: 'ref/resource', uri: of.uri } as const);
    const question = {
      argument: { name: argument, value: typed },
      ...(Object.keys(given).length === 0 ? {} : { written: given }),
    };
    const completing = server.read((connection, own) => connection.complete(reference, question, own), signal);
    return await completing.catch(() => []);
  }

  async resources(signal: AbortSignal): Promise<readonly OfferedResource[]> {
    const open = this.#servers.filter(({ config, server }) => membersMayRead(config) && server.content?.hasResources);
    const lists = await Promise.all(
      open.map(async ({ config: { name }, server }) => {
        const { resources, templates } = await server.resources(signal);
        const toOffered = (isTemplate: boolean) => (listed: { readonly uri: string; readonly name: string }) => ({
          server: name,
          ...listed,
          isTemplate,
        });
        return [...resources.map(toOffered(false)), ...templates.map(toOffered(true))];
      }),
    );
    return lists.flat();
  }
}

function mayBeRead(config: ToolServerConfig, { type }: ServerSource): boolean {
  return type === 'prompt' ? config.prompts !== false : membersMayRead(config);
}
