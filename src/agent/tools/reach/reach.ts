/** Whether an address may be reached at all, as far as that can be told before its name is looked up. Pure. */
import { isIP } from 'node:net';
import type { ReachConfig } from '../../../config/tool-servers.ts';
import { AppError } from '../../../errors.ts';
import { isPublicAddress } from './public-address.ts';

/**
 * Why not: `host` it is not one that the operator allows; `private` it is not on the public internet; `https` it is without TLS;
 * `redirect` it sends on to another address.
 */
export type ReachProblem = 'host' | 'private' | 'https' | 'redirect';

export class ReachError extends AppError {
  readonly problem: ReachProblem;

  constructor(problem: ReachProblem) {
    super('tool-server-not-allowed', sentences[problem]);
    this.problem = problem;
  }
}

const sentences: Readonly<Record<ReachProblem, string>> = {
  host: 'The host of the tool server is not among those of "guildServers" in JUPAN_CONFIG.',
  private: 'The tool server is not on the public internet, and "guildServers" in JUPAN_CONFIG does not allow that.',
  https: 'The tool server is reached without TLS, and "guildServers" in JUPAN_CONFIG does not allow that.',
  redirect: 'The tool server sends on to another address, which is not followed.',
};

export function problemWithAddress(url: URL, { hosts, allowsPrivate }: ReachConfig): ReachProblem | undefined {
  const host = hostOf(url);
  if (!allowsPrivate && isIP(host) !== 0 && !isPublicAddress(host)) return 'private';
  if (!hosts.some((pattern) => isMeant(host, pattern))) return 'host';
  const isSecure = url.protocol === 'https:';
  return isSecure || (allowsPrivate && url.protocol === 'http:') ? undefined : 'https';
}

/** In lower case, as URLs have it; without the brackets of IPv6 and the dot that may end a name. */
export function hostOf({ hostname }: Pick<URL, 'hostname'>): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

function isMeant(host: string, pattern: string): boolean {
  if (pattern === '*') return true;
  const name = hostOf({ hostname: pattern });
  return name.startsWith('*.') ? host.endsWith(name.slice(1)) && host.length > name.length - 1 : host === name;
}
