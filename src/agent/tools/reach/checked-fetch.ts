/**
 * Makes requests to allowed places alone. What a name stands for is looked at where the connection is made, so that a name that
 * means something else a moment later leads nowhere; redirects are not followed, so that no header goes anywhere else.
 */
import { type LookupAddress, lookup as lookUp } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector, fetch as fetchOver } from 'undici';
import type { ReachConfig } from '../../../config/tool-servers.ts';
import type { Fetch } from '../mcp/stream-watch.ts';
import { isPublicAddress } from './public-address.ts';
import { problemWithAddress, ReachError } from './reach.ts';

/** All addresses of a name, as the system knows them. */
export type LookUpAll = (
  hostname: string,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

const connectMs = 10_000;
const systemLookUp: LookUpAll = (hostname, callback) => lookUp(hostname, { all: true }, callback);

/** The connections end by themselves once nobody uses them. @param lookUpAll Default: what the system says. */
export function createCheckedFetch(reach: ReachConfig, lookUpAll: LookUpAll = systemLookUp): Fetch {
  const dispatcher = createAgent(reach, lookUpAll);
  return async (input, init) => {
    const problem = problemWithAddress(new URL(input), reach);
    if (problem !== undefined) throw new ReachError(problem);
    const { method = 'GET', headers, body, signal = null } = init ?? {};
    const request = { method, headers: [...new Headers(headers)], signal, dispatcher, redirect: 'manual' as const };
    const sent = typeof body === 'string' ? { ...request, body } : request;
    const response = await fetchOver(input, sent).catch((error: unknown) => {
      throw error instanceof TypeError && error.cause instanceof ReachError ? error.cause : error;
    });
    const { status, statusText } = response;
    if (isRedirect(status)) {
      await response.body?.cancel();
      throw new ReachError('redirect');
    }
    return new Response(response.body, { status, statusText, headers: [...response.headers] });
  };
}

function isRedirect(status: number): boolean {
  return status >= 300 && status <= 399 && status !== 304;
}

function createAgent({ allowsPrivate }: ReachConfig, lookUpAll: LookUpAll): Agent {
  const isAllowed = (address: string) => allowsPrivate || isPublicAddress(address);
  const lookup: LookupFunction = (hostname, { all }, callback) => {
    lookUpAll(hostname, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) return callback(error ?? new Error('The name has no address.'), '');
      // One of them is enough to be refused: nothing that is meant well has such names.
      if (!addresses.every(({ address }) => isAllowed(address))) return callback(new ReachError('private'), '');
      if (all === true) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
  const connect = buildConnector({ lookup, timeout: connectMs });
  return new Agent({
    connect: (options, callback) => {
      const host = options.hostname.replace(/^\[|\]$/g, '');
      // Numbers are not looked up.
      if (isIP(host) !== 0 && !isAllowed(host)) return callback(new ReachError('private'), null);
      connect(options, callback);
    },
  });
}
