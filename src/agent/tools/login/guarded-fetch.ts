/**
 * Fetches what a tool server only names, such as the metadata of its authorization server. Addresses are looked at where the
 * connection is made, so that no name can mean another one by then; redirects are left to whoever asks, who comes here again.
 */
import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestSafe } from 'node:https';
import { isIP } from 'node:net';
import { AppError } from '../../../errors.ts';
import type { Fetch } from '../mcp/stream-watch.ts';
import { isPublicAddress } from '../reach/public-address.ts';
import { hostOf } from '../reach/reach.ts';

export interface GuardOptions {
  /** Whether addresses that only this network knows may be asked, and this machine's over plain http. */
  readonly allowsPrivate: boolean;
}

/** One request whole, in ms; an answer, in bytes. */
const withinMs = 15_000;
const mostBytes = 256 * 1024;

/** Whether the operator's own server is one that only this network knows: then its authorization server may be, too. Never rejects. */
export async function isPrivateHost({ hostname }: URL): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  lookup(hostOf({ hostname }), { all: true }, (error, found) => {
    resolve(error === null && found.some(({ address }) => !isPublicAddress(address)));
  });
  return await promise;
}

export function createGuardedFetch({ allowsPrivate }: GuardOptions): Fetch {
  return async (input, init = {}) => {
    const url = new URL(input);
    const host = hostOf(url);
    const isHere = host === 'localhost' || host.endsWith('.localhost') || /^127\.|^::1$/.test(host);
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isHere && allowsPrivate))
      throw refuse('is not reached over https');
    if (!allowsPrivate && isIP(host) !== 0 && !isPublicAddress(host)) throw refuse('is in a private network');
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
    if (first === undefined || found.some(({ address }) => !isPublicAddress(address)))
      return done(refuse('is in a private network'), []);
    if (options.all === true) return done(null, found);
    done(null, first.address, first.family);
  });
}

function refuse(why: string): AppError {
  return new AppError('address-refused', `What the tool server names for logging in ${why}.`);
}
