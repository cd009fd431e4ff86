/**
 * Files that messages carry. What one holds is not ours, and comes from the page's own address: a few types that cannot
 * run anything are shown, everything else (SVG and HTML above all) is only ever saved.
 */
import type { OutgoingHttpHeaders } from 'node:http';
import type { Attachment } from './wire.ts';

export interface AttachedFile {
  readonly filename: string;
  readonly contentType: string;
  readonly data: Uint8Array;
}

export interface AttachmentReply {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Uint8Array;
}

const shownTypes: ReadonlyMap<string, Attachment['kind']> = new Map([
  ['image/png', 'image'],
  ['image/jpeg', 'image'],
  ['image/gif', 'image'],
  ['image/webp', 'image'],
  ['audio/mpeg', 'audio'],
  ['audio/mp4', 'audio'],
  ['audio/ogg', 'audio'],
  ['audio/wav', 'audio'],
  ['audio/x-wav', 'audio'],
  ['audio/webm', 'audio'],
  ['audio/flac', 'audio'],
]);

export function kindOf(contentType: string): Attachment['kind'] {
  return shownTypes.get(toEssence(contentType)) ?? 'file';
}

/** @param range the request's header of that name: players ask for a part at a time. */
export function toReply({ filename, contentType, data }: AttachedFile, range: string | undefined): AttachmentReply {
  const isShown = kindOf(contentType) !== 'file';
  const headers = {
    'content-type': isShown ? toEssence(contentType) : 'application/octet-stream',
    'content-disposition': `${isShown ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(filename.toWellFormed())}`,
    // Opened in a tab of its own it belongs to nobody, and may do nothing.
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    'accept-ranges': 'bytes',
  };
  const part = toPart(range, data.length);
  if (part === undefined) return { status: 200, headers, body: data };
  const { first, last } = part;
  if (first > last)
    return { status: 416, headers: { 'content-range': `bytes */${data.length}` }, body: new Uint8Array() };
  const partHeaders = { ...headers, 'content-range': `bytes ${first}-${last}/${data.length}` };
  return { status: 206, headers: partHeaders, body: data.subarray(first, last + 1) };
}

/** Undefined for all of it, which is also the answer to a header that makes no sense. */
function toPart(range = '', size: number): { first: number; last: number } | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') return { first: Math.max(0, size - Number(last)), last: size - 1 };
  return { first: Number(first), last: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
}

/** The type without parameters. */
function toEssence(contentType: string): string {
  return contentType.replace(/;.*$/s, '').trim().toLowerCase();
}
