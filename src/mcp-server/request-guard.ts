/**
 * Keeps web pages out: a page that a member of this machine visits can send requests to it, openly (its `Origin` tells)
 * or by letting its own name point here (the `Host` tells).
 */
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

const localNames: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** @returns one sentence on why the request is refused, or undefined when it is not. Ports do not matter. */
export type RequestGuard = (headers: IncomingHttpHeaders) => string | undefined;

/** @param host The configured one: a name or an address to listen on. */
export function createRequestGuard(host: string): RequestGuard {
  const ownName = (isIP(host) === 6 ? `[${host}]` : host).toLowerCase();
  const names = new Set([...localNames, ownName]);
  const isEverywhere = host === '0.0.0.0' || host === '::';
  // A server that listens everywhere cannot know what it is called. What a page can make point here is a name with a
  // dot; an address, or the plain name of a machine or container, it cannot.
  const isOwnName = (name: string): boolean =>
    names.has(name) || (isEverywhere && (/^[\w-]+$/.test(name) || isIP(name.replace(/^\[|\]$/g, '')) !== 0));
  return ({ host: hostHeader = '', origin }) => {
    const name = /^(\[[\da-f:.]+\]|[^\s:@/?#\\[\]]+)(?::\d+)?$/i.exec(hostHeader)?.[1]?.toLowerCase();
    if (name === undefined || !isOwnName(name)) return 'Forbidden: the Host header names another server.';
    if (origin !== undefined && !names.has(hostnameOf(origin))) {
      return 'Forbidden: requests from that Origin are not accepted.';
    }
    return undefined;
  };
}

function hostnameOf(origin: string): string {
  return /^https?:\/\//i.test(origin) && URL.canParse(origin) ? new URL(origin).hostname : '';
}
