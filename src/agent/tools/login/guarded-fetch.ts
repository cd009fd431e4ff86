/**
 * Fetches what a tool server only names, such as the metadata of its authorization server. Addresses are looked at where the
 * connection is made, so that no name can mean another one by then; redirects are left to whoever asks, who comes here again.
 */
import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestSafe } from 'node:https';
import { BlockList, isIP } from 'node:net';
import { AppError } from '../../../errors.ts';
import type { Fetch } from '../mcp/stream-watch.ts';

export interface GuardOptions {
  /** Whether addresses that only this network knows may be asked, and this machine's over plain http. */
  readonly allowsPrivate: boolean;
}

/** One request whole, in ms; an answer, in bytes. */
const withinMs = 15_000;
const mostBytes = 256 * 1024;

/** Everything that is no address of the public network. Source: https://www.iana.org/assignments/iana-ipv4-special-registry and -ipv6- */
const privateAddresses = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  privateAddresses.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['100::', 64],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  privateAddresses.addSubnet(network, bits, 'ipv6');

export function isPrivateAddress(address: string): boolean {
  return privateAddresses.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** Whether the operator's own server is one that only this network knows: then its authorization server may be, too. Never rejects. */
export async function isPrivateHost({ hostname }: URL): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  lookup(withoutBrackets(hostname), { all: true }, (error, found) => {
    resolve(error === null && found.some(({ address }) => isPrivateAddress(address)));
  });
  return await promise;
}

export function createGuardedFetch({ allowsPrivate }: GuardOptions): Fetch {
  return async (input, init = {}) => {
    const url = new URL(input);
    const host = withoutBrackets(url.hostname);
    const isHere = host === 'localhost' || host.endsWith('.localhost') || /^127\.|^::1$/.test(host);
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isHere && allowsPrivate))
      throw refuse('is not reached over https');
    if (!allowsPrivate && isIP(host) !== 0 && isPrivateAddress(host)) throw refuse('is in a private network');
    return await send(url, init, allowsPrivate);
  };
}

async function send(url: URL, init: RequestInit, allowsPrivate: boolean): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const timeout = AbortSignal.timeout(withinMs);
  const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
  const headers = Object.fromEntries(new Headers(init.headers));
  const request = (url.protocol === 'https:' ? requestSafe : requestPlain)(url, {
    method: init.method ?? 'GET',
    headers: { accept: '*/*', ...headers },
    lookup: allowsPrivate ? lookup : lookupPublic,
    signal,
    agent: false,
  });
  // What fetch throws when nobody answers, which the SDK knows.
  request.on('error', (cause) => reject(cause instanceof AppError ? cause : new TypeError('fetch failed', { cause })));
  request.on('response', resolve);
  request.end(init.body === undefined || init.body === null ? undefined : String(init.body));
  const response = await promise;
  const body = await readBounded(response);
  const status = response.statusCode ?? 500;
  return new Response(status === 204 || status === 304 ? null : body, { status, headers: toHeaders(response) });
}

async function readBounded(response: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response) {
    bytes += part.length;
    // Leaving the loop closes the connection.
    if (bytes > mostBytes) throw refuse('sent too much');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function toHeaders({ headers }: IncomingMessage): Headers {
  const kept = new Headers();
  for (const [name, value] of Object.entries(headers)) for (const one of [value ?? []].flat()) kept.append(name, one);
  return kept;
}

function lookupPublic(
  hostname: string,
  options: LookupOptions,
  done: (error: Error | null, address: string | LookupAddress[], family?: number) => void,
): void {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    if (error !== null) return done(error, []);
    const [first] = found;
    if (first === undefined || found.some(({ address }) => isPrivateAddress(address)))
      return done(refuse('is in a private network'), []);
    if (options.all === true) return done(null, found);
    done(null, first.address, first.family);
  });
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function refuse(why: string): AppError {
  return new AppError('address-refused', `What the tool server names for logging in ${why}.`);
}
