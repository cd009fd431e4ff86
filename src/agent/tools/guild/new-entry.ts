/** What somebody typed of a tool server, made into what is stored of it, or why not. Pure. */
import type { GuildServersConfig } from '../../../config/guild-servers.ts';
import type { AddProblem, NewGuildServer } from '../../guild-server.ts';
import { problemWithAddress } from '../reach/reach.ts';
import { type GuildServerEntry, longestHeader, longestUrl, nameForm } from './guild-document.ts';

export interface NewEntryOptions {
  readonly config: GuildServersConfig;
  /** Whether the store is encrypted. */
  readonly keepsSecrets: boolean;
  readonly by: string;
  readonly at: number;
}

/** Headers that the transport writes itself, or that would say who somebody else is. */
const reserved =
  /^(?:host|connection|transfer-encoding|accept|upgrade|te|trailer|expect|keep-alive|last-event-id|forwarded)$/i;
const reservedBeginning = /^(?:content-|mcp-|proxy-|x-forwarded-)/i;

export function toEntry(
  { name: typedName, address, header: typedHeader }: NewGuildServer,
  { config, keepsSecrets, by, at }: NewEntryOptions,
): GuildServerEntry | AddProblem {
  const name = typedName.trim().toLowerCase();
  if (!nameForm.test(name)) return 'name';
  const url = readUrl(address);
  if (typeof url === 'string') return url;
  const problem = problemWithAddress(url, config.reach);
  if (problem !== undefined) return problem;
  const header = readHeader(typedHeader);
  if (header === 'header') return 'header';
  if (!keepsSecrets && (header !== undefined || url.search !== '')) return 'no-key';
  const common = { name, url: url.href, toolsOff: [], addedBy: by, addedAt: at };
  return header === undefined ? common : { ...common, header };
}

function readUrl(typed: string): URL | 'address' | 'credentials' {
  const text = typed.trim();
  if (text.length > longestUrl || !/^https?:\/\//i.test(text) || !URL.canParse(text)) return 'address';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'credentials';
  url.hash = '';
  return url.href.length > longestUrl ? 'address' : url;
}

/** `Name: value`. Source: RFC 9110, section 5 */
function readHeader(typed: string): GuildServerEntry['header'] | 'header' {
  const text = typed.trim();
  if (text === '') return undefined;
  const end = text.indexOf(':');
  const [name, value] = [text.slice(0, end).trim(), text.slice(end + 1).trim()];
  const isGood =
    end > 0 &&
    text.length <= longestHeader &&
    /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) &&
    /^[\x20-\x7e]+$/.test(value) &&
    !reserved.test(name) &&
    !reservedBeginning.test(name);
  return isGood ? { name, value } : 'header';
}
