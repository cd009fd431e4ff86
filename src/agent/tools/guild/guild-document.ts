/** The tool servers of a guild as they are stored. Pure. */
export interface GuildServerEntry {
  readonly name: string;
  readonly url: string;
  readonly header?: { readonly name: string; readonly value: string };
  /** Where it is stricter than the operator's. */
  readonly approval?: 'always';
  /** Names of tools, as the server writes them. */
  readonly toolsOff: readonly string[];
  /** Id of the person; milliseconds since 1970 UTC. */
  readonly addedBy: string;
  readonly addedAt: number;
}

export interface GuildServersDocument {
  readonly version: 1;
  /** In the order they were added. */
  readonly servers: readonly GuildServerEntry[];
}

/** No operator allows more. */
export const mostServers = 25;
/** The bounds of an entry: characters, and numbers of names. */
export const longestUrl = 500;
export const longestHeader = 2_000;
export const longestToolName = 500;
export const mostToolsOff = 200;
export const nameForm = /^[a-z0-9](?:[a-z0-9-]{0,18}[a-z0-9])?$/;

export function addEntry(document: GuildServersDocument | undefined, entry: GuildServerEntry): GuildServersDocument {
  return { version: 1, servers: [...(document?.servers ?? []), entry] };
}

/** The document with a server changed; undefined where it is not there. @param change Undefined: it is removed. */
export function changeEntry(
  document: GuildServersDocument | undefined,
  name: string,
  change: (entry: GuildServerEntry) => GuildServerEntry | undefined,
): GuildServersDocument | undefined {
  if (document?.servers.some((entry) => entry.name === name) !== true) return undefined;
  const servers = document.servers.flatMap((entry) => (entry.name === name ? (change(entry) ?? []) : [entry]));
  return { version: 1, servers };
}
