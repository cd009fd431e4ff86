/** What a result links to and its server gives out: within bounds, and in words that say what can be done with it. */
import { toShownLine } from '../../../text.ts';
import { readToolName } from '../tool-names.ts';
import type { CallToolResult } from './client.ts';

export type ResultLink = Extract<CallToolResult['content'][number], { readonly type: 'resource_link' }>;

export interface ResultLinks {
  /** The addresses. */
  readonly links: readonly string[];
  /** What the model is told of them; empty where there are none. */
  readonly text: string;
}

const mostLinks = 100;
/** In characters, of all lines together. */
const longestLines = 20_000;
const longestAddress = 2_000;
const longestName = 200;
const longestType = 100;
const longestDescription = 500;

const heading = `Links, each to be read with ${readToolName}({"uri": …}):`;

/** An address that the model would be shown as it is, so that it can write it to the letter. */
export function isReadable({ uri }: Pick<ResultLink, 'uri'>): boolean {
  return uri !== '' && uri.length <= longestAddress && uri.isWellFormed() && toShownLine(uri, longestAddress) === uri;
}

/** @param given Those that are readable. One that comes twice counts once. */
export function toResultLinks(given: readonly ResultLink[]): ResultLinks {
  const byAddress = new Map(given.toReversed().map((link) => [link.uri, link]));
  const inOrder = [...byAddress.values()].toReversed();
  if (inOrder.length === 0) return { links: [], text: '' };
  const lines: string[] = [];
  let room = longestLines;
  for (const link of inOrder.slice(0, mostLinks)) {
    const line = toLine(link);
    room -= line.length + 1;
    if (room < 0) break;
    lines.push(line);
  }
  const more = inOrder.length - lines.length;
  const rest = more === 0 ? [] : [`(and ${more} links more, which cannot be read)`];
  return {
    links: inOrder.slice(0, lines.length).map(({ uri }) => uri),
    text: [heading, ...lines, ...rest].join('\n'),
  };
}

/** As JSON: where a value ends is then beyond doubt, whatever the server wrote into it. */
function toLine({ uri, name, title, mimeType, description }: ResultLink): string {
  const described = {
    uri,
    name: toWords(title || name, longestName),
    mimeType: toWords(mimeType, longestType),
    description: toWords(description, longestDescription),
  };
  return `- ${JSON.stringify(described)}`;
}

/** Undefined, and left out, where there are none. */
function toWords(text: string | undefined, longest: number): string | undefined {
  return text === undefined || text === '' ? undefined : toShownLine(text.toWellFormed(), longest);
}
