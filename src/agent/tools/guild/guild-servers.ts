/** What members with Manage Server do with the tool servers of their guild. What changes something is in the log of decisions before it counts. */
import type { GuildServersConfig } from '../../../config/guild-servers.ts';
import type { Logger } from '../../../log.ts';
import type { Decision } from '../../decision.ts';
import type { Documents } from '../../document.ts';
import type {
  AddOutcome,
  AddProblem,
  GuildServerState,
  GuildServers,
  NewGuildServer,
  ProbeOutcome,
  ToolSwitch,
} from '../../guild-server.ts';
import { inspectToolServer, type ToolServerInspection } from '../inspect-server.ts';
import { guildServerDocuments } from './document-kind.ts';
import {
  addEntry,
  changeEntry,
  type GuildServerEntry,
  type GuildServersDocument,
  mostToolsOff,
} from './guild-document.ts';
import { type GuildTools, type OpenServer, serverNameOf } from './guild-tools.ts';
import { toEntry } from './new-entry.ts';

export interface KeptGuildServersOptions {
  readonly config: GuildServersConfig;
  readonly tools: GuildTools;
  readonly documents: Documents;
  readonly logDecision: (decision: Decision) => Promise<unknown>;
  /** Whether the store is encrypted. */
  readonly keepsSecrets: boolean;
  readonly log: Logger;
}

/** Who does what to which. */
interface Deed {
  readonly what: Extract<Decision['what'], 'added' | 'removed' | 'changed'>;
  readonly guildId: string;
  readonly name: string;
  readonly by: string;
  /** Names of tools that it is about. */
  readonly tool?: string;
}

export class KeptGuildServers implements GuildServers {
  readonly #options: KeptGuildServersOptions;

  constructor(options: KeptGuildServersOptions) {
    this.#options = options;
  }

  get hosts(): readonly string[] {
    return this.#options.config.reach.hosts;
  }

  get most(): number {
    return this.#options.config.most;
  }

  async list(guildId: string, signal: AbortSignal): Promise<readonly GuildServerState[]> {
    const { tools, config } = this.#options;
    const { open } = await tools.refresh(guildId);
    await Promise.all(open.map(({ server }) => server.ready(signal)));
    return open.map((each) => toState(each, config));
  }

  async add(guildId: string, typed: NewGuildServer, by: string, signal: AbortSignal): Promise<AddOutcome> {
    const { config, keepsSecrets, documents, tools } = this.#options;
    const entry = toEntry(typed, { config, keepsSecrets, by, at: Date.now() });
    if (typeof entry === 'string') return { type: 'refused', problem: entry };
    const early = this.#problemWith(await documents.load(guildServerDocuments, guildId), entry);
    if (early !== undefined) return { type: 'refused', problem: early };
    const inspection = await inspectToolServer(tools.toConfig(guildId, entry), signal);
    if (inspection.type === 'down') return { type: 'refused', problem: toProblem(inspection) };
    await this.#note({ what: 'added', guildId, name: entry.name, by });
    let problem: AddProblem | undefined;
    await documents.change(guildServerDocuments, guildId, (stored) => {
      problem = this.#problemWith(stored, entry);
      return problem === undefined ? addEntry(stored, entry) : stored;
    });
    if (problem !== undefined) return { type: 'refused', problem };
    this.#options.log.info('guild-server-added', { guildId, server: entry.name, host: new URL(entry.url).host, by });
    return { type: 'added' };
  }

  async probe(guildId: string, name: string, signal: AbortSignal): Promise<ProbeOutcome> {
    const { tools } = this.#options;
    const entry = (await tools.refresh(guildId)).open.find((each) => each.entry.name === name)?.entry;
    if (entry === undefined) return { type: 'gone' };
    const inspection = await inspectToolServer(tools.toConfig(guildId, entry), signal);
    if (inspection.type === 'down') return { type: 'down', problem: toProblem(inspection) };
    const { connectMs, latencyMs } = inspection.state;
    return { type: 'up', connectMs, latencyMs };
  }

  async switchTools(guildId: string, name: string, { shown, off }: ToolSwitch, by: string): Promise<boolean> {
    const tool = `off: ${off.join(', ')}`.slice(0, longestNoted);
    return await this.#change({ what: 'changed', guildId, name, by, tool }, (entry) => ({
      ...entry,
      toolsOff: [...entry.toolsOff.filter((other) => !shown.includes(other)), ...off].toSorted().slice(0, mostToolsOff),
    }));
  }

  async setApproval(
    guildId: string,
    name: string,
    approval: GuildServerState['approval'],
    by: string,
  ): Promise<boolean> {
    const deed = { what: 'changed', guildId, name, by, tool: `approval: ${approval}` } as const;
    return await this.#change(deed, ({ approval: _, ...entry }) =>
      approval === 'always' ? { ...entry, approval } : entry,
    );
  }

  async remove(guildId: string, name: string, by: string): Promise<boolean> {
    return await this.#change({ what: 'removed', guildId, name, by }, () => undefined);
  }

  async #change(deed: Deed, change: (entry: GuildServerEntry) => GuildServerEntry | undefined): Promise<boolean> {
    const { documents, log, tools } = this.#options;
    const { guildId, name, what, by } = deed;
    const before = await documents.load(guildServerDocuments, guildId);
    if (changeEntry(before, name, change) === undefined) return false;
    await this.#note(deed);
    let isThere = false;
    await documents.change(guildServerDocuments, guildId, (stored) => {
      const changed = changeEntry(stored, name, change);
      isThere = changed !== undefined;
      const next = changed ?? stored;
      return next?.servers.length === 0 ? undefined : next;
    });
    // What runs here is told at once; other processes see it with their next question.
    await tools.open(guildId);
    if (isThere) log.info(`guild-server-${what}`, { guildId, server: name, by });
    return isThere;
  }

  #problemWith(stored: GuildServersDocument | undefined, { name }: GuildServerEntry): AddProblem | undefined {
    const servers = stored?.servers ?? [];
    if (servers.some((other) => other.name === name)) return 'taken';
    return servers.length >= this.most ? 'too-many' : undefined;
  }

  async #note({ what, guildId, name, by, tool = '' }: Deed): Promise<void> {
    await this.#options.logDecision({ what, by: [by], server: serverNameOf(name), tool, guildId });
  }
}

/** Of names of tools in the log of decisions. */
const longestNoted = 300;

function toProblem({ failure, reach }: Extract<ToolServerInspection, { readonly type: 'down' }>): AddProblem {
  if (reach !== undefined) return reach;
  return failure === 'command' ? 'other' : failure;
}

function toState({ entry, server }: OpenServer, { approval }: GuildServersConfig): GuildServerState {
  const { origin, pathname, search } = new URL(entry.url);
  const tools = server.tools.map((tool) => ({ name: tool.name, isOff: server.isOff(tool) }));
  return {
    name: entry.name,
    server: server.name,
    address: `${origin}${pathname}`,
    hasSecret: entry.header !== undefined || search !== '',
    approval: entry.approval ?? approval,
    isApprovalFixed: approval === 'always',
    isUp: server.isUp,
    revision: server.connection?.revision,
    era: server.connection?.era,
    tools: tools.toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    missing: server.unlisted,
  };
}
