/** Which tool servers members with Manage Server may add for their own Discord server (guild), as the operator's file says. */
import type { OperatorFile } from './operator-schema.ts';
import type { ReachConfig } from './tool-servers.ts';

export interface GuildServersConfig {
  /** Where such a server may be. */
  readonly reach: ReachConfig;
  /** How many one guild may have. */
  readonly most: number;
  /** Which calls of their tools a person must approve, at the least. */
  readonly approval: 'destructive' | 'always';
}

const usualMost = 10;

/** Undefined: nobody may add any. */
export function toGuildServers({ guildServers }: OperatorFile): GuildServersConfig | undefined {
  if (guildServers === undefined) return undefined;
  const { hosts, privateAddresses = false, most = usualMost, approval = 'destructive' } = guildServers;
  const reach = { hosts: hosts.map((host) => host.toLowerCase()), allowsPrivate: privateAddresses };
  return { reach, most, approval };
}
