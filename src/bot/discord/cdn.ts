/** Fetches files that came with questions: from Discord's own hosts, within a time, and no more than was asked for. */
import { AttachmentError, type FetchAttachment } from '../../agent/attachments/fetch-attachment.ts';

export interface CdnOptions {
  /** With a port where it is not the usual one. */
  readonly hosts: readonly string[];
  /** For one file, in ms. Default 20 000. */
  readonly withinMs?: number;
}

/** From one of the hosts to another. */
const mostRedirects = 3;
const redirects = new Set([301, 302, 303, 307, 308]);

export function createFetchAttachment({ hosts, withinMs = 20_000 }: CdnOptions): FetchAttachment {
  return async ({ url, bytes }, { mostBytes, signal }) => {
    if (bytes > mostBytes) throw new AttachmentError('too-large');
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(withinMs)]);
    try {
      const response = await open(url, hosts, inTime);
      return await read(response, mostBytes);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof AttachmentError) throw error;
      throw new AttachmentError('unreachable', { cause: error });
    }
  };
}

/** Follows redirects itself: the next host may be anybody's. */
async function open(address: string, hosts: readonly string[], signal: AbortSignal): Promise<Response> {
  let url = toUrl(address, hosts);
  for (let times = 0; times <= mostRedirects; times += 1) {
    // What is packed could be unpacked to any size.
    const headers = { 'accept-encoding': 'identity' };
    const response = await fetch(url, { redirect: 'manual', credentials: 'omit', headers, signal });
    if (response.status === 200) return response;
    await response.body?.cancel();
    const location = redirects.has(response.status) ? response.headers.get('location') : null;
    if (location === null) throw new Error(`The file's host answered ${response.status}.`);
    url = toUrl(location, hosts, url);
  }
  throw new Error('The file was moved on and on.');
}

/** @throws {Error} when it leads anywhere but to the hosts: https, or http to this machine where that is one of them. */
function toUrl(address: string, hosts: readonly string[], base?: URL): URL {
  // An error of its own would quote the address, whose signature lets anybody fetch the file.
  const url = URL.canParse(address, base?.href) ? new URL(address, base) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url === undefined || !isSafe || !hosts.includes(url.host) || url.username !== '' || url.password !== '')
    throw new Error('The file is not where files of Discord are.');
  return url;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);
}

/** As it comes, so that a length that is not true costs no more than the bound. */
async function read({ headers, body }: Response, mostBytes: number): Promise<Uint8Array> {
  if (Number(headers.get('content-length') ?? 0) > mostBytes) {
    await body?.cancel();
    throw new AttachmentError('too-large');
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    // Leaving the loop hangs up.
    if (length > mostBytes) throw new AttachmentError('too-large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
