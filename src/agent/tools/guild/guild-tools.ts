/** The tool servers of each guild that has some: opened when a question of that guild needs them, and kept as the store says. */
import type { GuildServersConfig } from '../../../config/guild-servers.ts';
import type { RemoteToolServerConfig } from '../../../config/tool-servers.ts';
import type { Logger } from '../../../log.ts';
import type { Documents } from '../../document.ts';
import type { ToolServer } from '../tool-server.ts';
import { guildServerDocuments } from './document-kind.ts';
import type { GuildServerEntry } from './guild-document.ts';

export interface GuildToolsOptions {
  readonly config: GuildServersConfig;
  readonly documents: Pick<Documents, 'load'>;
  readonly createServer: (config: RemoteToolServerConfig, onToolsChange: () => void) => ToolServer;
  readonly log: Logger;
}

/** A server that is open, and what it was opened by. */
export interface OpenServer {
  readonly entry: GuildServerEntry;
  readonly identity: string;
  readonly server: ToolServer;
}

/** Of one guild, at one time. */
export interface OpenGuild {
  readonly open: readonly OpenServer[];
  readonly servers: readonly ToolServer[];
  /** Grows whenever one of the servers lists something else. */
  readonly changes: { count: number };
}

/** Guilds whose servers are remembered. Those of others are asleep by then, and are opened anew. */
const mostGuilds = 500;
const noGuild: OpenGuild = { open: [], servers: [], changes: { count: 0 } };
/** Tools of one such server that are looked at. */
const mostTools = 100;

export class GuildTools {
  readonly #options: GuildToolsOptions;
  readonly #guilds = new Map<string, OpenGuild>();
  /** Of the store, while there are any: how many were begun, the last that counts, and how many are under way. */
  readonly #reads = new Map<string, { begun: number; taken: number; open: number }>();

  constructor(options: GuildToolsOptions) {
    this.#options = options;
  }

  /** What the store says, opened. While it is away, what was known counts on. Never rejects. */
  async open(guildId: string): Promise<OpenGuild> {
    try {
      return await this.refresh(guildId);
    } catch (error) {
      this.#options.log.warn('guild-servers-not-read', { guildId, error });
      return this.#guilds.get(guildId) ?? noGuild;
    }
  }

  /** As {@link open}. @throws {AppError} `store-failed`. */
  async refresh(guildId: string): Promise<OpenGuild> {
    const reads = this.#reads.get(guildId) ?? { begun: 0, taken: 0, open: 0 };
    this.#reads.set(guildId, reads);
    reads.begun += 1;
    reads.open += 1;
    const number = reads.begun;
    try {
      const document = await this.#options.documents.load(guildServerDocuments, guildId);
      // One that was begun later has come sooner and knows more: what was removed meanwhile is not opened again.
      if (number < reads.taken) return this.#guilds.get(guildId) ?? noGuild;
      reads.taken = number;
      return this.#update(guildId, document?.servers ?? []);
    } finally {
      reads.open -= 1;
      if (reads.open === 0) this.#reads.delete(guildId);
    }
  }

  async close(): Promise<void> {
    const all = [...this.#guilds.values()].flatMap(({ servers }) => servers);
    this.#guilds.clear();
    await Promise.all(all.map((server) => server.close()));
  }

  #update(guildId: string, entries: readonly GuildServerEntry[]): OpenGuild {
    const before = this.#guilds.get(guildId) ?? noGuild;
    const changes = before === noGuild ? { count: 0 } : before.changes;
    const open = entries.map((entry) => this.#openServer(guildId, entry, before.open, changes));
    for (const { server } of before.open) {
      // Calls that are under way are told so.
      if (!open.some((other) => other.server === server)) void server.close();
    }
    const isSame = open.length === before.open.length && open.every(({ server }, at) => server === before.servers[at]);
    const next: OpenGuild = isSame ? { ...before, open } : { open, servers: open.map(({ server }) => server), changes };
    this.#remember(guildId, next);
    return next;
  }

  #openServer(
    guildId: string,
    entry: GuildServerEntry,
    before: readonly OpenServer[],
    changes: OpenGuild['changes'],
  ): OpenServer {
    const { toolsOff, ...rest } = entry;
    const identity = JSON.stringify(rest);
    const onToolsChange = () => {
      changes.count += 1;
    };
    const server =
      before.find((other) => other.identity === identity)?.server ??
      this.#options.createServer(this.toConfig(guildId, entry), onToolsChange);
    server.switchOff(toolsOff);
    return { entry, identity, server };
  }

  /** How the server is reached and used. */
  toConfig(guildId: string, { name, url, header, approval, addedAt }: GuildServerEntry): RemoteToolServerConfig {
    const { reach, approval: least } = this.#options.config;
    return {
      name: serverNameOf(name),
      prefix: `here_${name}`,
      url,
      headers: header === undefined ? {} : { [header.name]: header.value },
      // The older transport lets a server name another address.
      type: 'http',
      approval: approval ?? least,
      mostTools,
      reach,
      guild: { id: guildId, addedAt },
    };
  }

  #remember(guildId: string, guild: OpenGuild): void {
    this.#guilds.delete(guildId);
    if (guild.open.length > 0) this.#guilds.set(guildId, guild);
    const [oldest] = this.#guilds.keys();
    // A turn may still use them: they fall asleep by themselves.
    if (oldest !== undefined && this.#guilds.size > mostGuilds) this.#guilds.delete(oldest);
  }
}

/** Among all tool servers. Names of the operator's hardly look like that; where they do, addresses tell them apart. */
export function serverNameOf(name: string): string {
  return `here/${name}`;
}
