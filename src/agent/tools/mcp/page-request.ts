/**
 * A page that a server wants the asker to open (elicitation, URL mode), as a {@link FormRequest}. The address is looked at and never
 * fetched. Source: https://modelcontextprotocol.io/specification/2025-11-25/client/elicitation#url-mode-elicitation-requests
 */
import { z } from 'zod';
import { cut } from '../../../text.ts';
import type { FormRequest, PageAddress } from '../../form.ts';

const pageSchema = z.object({
  mode: z.literal('url'),
  message: z.string(),
  url: z.string(),
  elicitationId: z.string().optional(),
});
const requiredSchema = z.object({ elicitations: z.array(z.unknown()).min(1).max(5) });

/** In characters. A longer address could not be shown whole, and is refused. */
const longestAddress = 1_000;
/** What is longer is cut. */
const longestMessage = 2_000;
/** A longer id is none: word of it would not be waited for. */
const longestId = 200;

export interface PageRequest {
  readonly form: FormRequest;
  /** By which the server says that it is done. Undefined: it does not say so. */
  readonly elicitationId: string | undefined;
}

/** Whether the server wants a page opened, however badly it says so. */
export function isPageRequest(params: unknown): boolean {
  return z.object({ mode: z.literal('url') }).safeParse(params).success;
}

/**
 * Undefined for what is no page, or none that anybody should be sent to.
 * @param isLocal The server runs on this machine: its pages may be there, too, without TLS.
 */
export function toPageRequest(server: string, params: unknown, isLocal: boolean): PageRequest | undefined {
  const page = pageSchema.safeParse(params);
  if (!page.success) return undefined;
  const { message, url, elicitationId = '' } = page.data;
  const address = toAddress(url, isLocal);
  if (address === undefined) return undefined;
  return {
    form: { server, message: cut(message, longestMessage), fields: [], address },
    elicitationId: elicitationId === '' || elicitationId.length > longestId ? undefined : elicitationId,
  };
}

/** What the error of a server says that wants pages opened before a call is made; undefined where it wants none. */
export function requiredPages(data: unknown): readonly unknown[] | undefined {
  const required = requiredSchema.safeParse(data);
  return required.success ? required.data.elicitations : undefined;
}

/** As a browser reads it, so that what is shown is where it leads. A name before the host (`https://bank.example@…`) would be taken for it. */
function toAddress(given: string, isLocal: boolean): PageAddress | undefined {
  if (given.length > longestAddress || !URL.canParse(given)) return undefined;
  const { href, protocol, username, password, host, hostname } = new URL(given);
  const isSafe = protocol === 'https:' || (protocol === 'http:' && isLocal && isLoopback(hostname));
  // A backtick stays as it is in a query, and could end what it is shown in.
  const url = href.replaceAll('`', '%60');
  const isPlain = username === '' && password === '' && url.length <= longestAddress;
  return isSafe && isPlain && host !== '' ? { url, host } : undefined;
}

/** @param hostname As in a URL. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
