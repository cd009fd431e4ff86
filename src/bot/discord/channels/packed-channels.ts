/**
 * The channels and threads of one server as Discord tells of them, kept as compressed text: some 50 bytes each, where discord.js
 * takes 1 KB. In pages, so that to read or change one is a tenth of a millisecond, however many there are.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { isRecord } from '../../../json.ts';
import { compareIds, isSnowflake } from '../snowflakes.ts';

/** As it came; nothing else of it is certain. */
export interface RawChannel extends Readonly<Record<string, unknown>> {
  readonly id: string;
}

interface Page {
  /** Ascending. */
  readonly ids: BigUint64Array;
  /** The channels in that order as lines of JSON, so that one is read without the others. */
  readonly packed: Uint8Array;
}

const channelsOnPage = 64;
const mostOnPage = 2 * channelsOnPage;
/** Of zlib: a page is small, and a shard has ten thousand. */
const working = { chunkSize: 4096, memLevel: 6 };
const idLimit = 1n << 64n;

/** By which channels are told apart and sorted. Undefined for what is no id. */
export function toChannelKey(id: unknown): bigint | undefined {
  if (!isSnowflake(id)) return undefined;
  const key = BigInt(id);
  return key < idLimit && String(key) === id ? key : undefined;
}

export function isRawChannel(value: unknown): value is RawChannel {
  return isRecord(value) && toChannelKey(value.id) !== undefined;
}

export class PackedChannels {
  /** No page is empty, and each begins behind the end of the one before. */
  #pages: Page[];
  #newest = 0n;

  /** @param told What is no channel is left out. */
  constructor(told: readonly unknown[]) {
    const byId = new Map(told.filter(isRawChannel).map((channel) => [channel.id, channel]));
    const channels = [...byId.values()].sort(compareIds);
    this.#pages = paginate(
      channels.map(({ id }) => BigInt(id)),
      channels.map((channel) => JSON.stringify(channel)),
    );
    for (const channel of channels) this.#note(channel);
  }

  /** The id of the newest message that Discord has named as the last one of a channel. 0: none. */
  get newest(): bigint {
    return this.#newest;
  }

  has(key: bigint): boolean {
    return this.#find(key) !== undefined;
  }

  get(key: bigint): RawChannel | undefined {
    const found = this.#find(key);
    const line = found === undefined ? undefined : read(found.page)[found.place];
    return line === undefined ? undefined : parse(line);
  }

  /** Adds the channel, or changes what is told anew of it. */
  put(channel: RawChannel): void {
    const key = BigInt(channel.id);
    const pageIndex = Math.max(0, this.#pageIndexOf(key));
    const page = this.#pages[pageIndex];
    const ids = [...(page?.ids ?? [])];
    const lines = page === undefined ? [] : read(page);
    const place = page === undefined ? 0 : placeOf(page.ids, key);
    const isThere = ids[place] === key;
    const line = isThere ? lines[place] : undefined;
    const before = line === undefined ? undefined : parse(line);
    // One that becomes another kind of channel is told whole.
    const after = before?.type === channel.type ? { ...before, ...channel } : channel;
    ids.splice(place, isThere ? 1 : 0, key);
    lines.splice(place, isThere ? 1 : 0, JSON.stringify(after));
    this.#pages.splice(pageIndex, 1, ...(ids.length > mostOnPage ? paginate(ids, lines) : [toPage(ids, lines)]));
    this.#note(channel);
  }

  /** @returns the ids of those that are left out. */
  remove(isGone: (channel: RawChannel) => boolean): string[] {
    const removed: string[] = [];
    this.#pages = this.#pages.flatMap((page) => {
      const lines = read(page);
      const gone = new Set(lines.flatMap((line, place) => (isGone(parse(line)) ? [place] : [])));
      if (gone.size === 0) return [page];
      removed.push(...[...gone].map((place) => String(page.ids[place])));
      if (gone.size === lines.length) return [];
      const stays = (_: unknown, place: number) => !gone.has(place);
      return [toPage([...page.ids].filter(stays), lines.filter(stays))];
    });
    return removed;
  }

  *[Symbol.iterator](): Generator<RawChannel> {
    for (const page of this.#pages) for (const line of read(page)) yield parse(line);
  }

  #note({ last_message_id: id }: RawChannel): void {
    const message = toChannelKey(id) ?? 0n;
    if (message > this.#newest) this.#newest = message;
  }

  #find(key: bigint): { readonly page: Page; readonly place: number } | undefined {
    const page = this.#pages[this.#pageIndexOf(key)];
    if (page === undefined) return undefined;
    const place = placeOf(page.ids, key);
    return page.ids[place] === key ? { page, place } : undefined;
  }

  /** Of the last page that begins before it or with it; -1: there is none. */
  #pageIndexOf(key: bigint): number {
    return this.#pages.findLastIndex(({ ids }) => (ids[0] ?? 0n) <= key);
  }
}

function paginate(ids: readonly bigint[], lines: readonly string[]): Page[] {
  const count = Math.ceil(ids.length / channelsOnPage);
  const partOf = <Value>(all: readonly Value[], page: number) =>
    all.slice(page * channelsOnPage, (page + 1) * channelsOnPage);
  return Array.from({ length: count }, (_, page) => toPage(partOf(ids, page), partOf(lines, page)));
}

function toPage(ids: readonly bigint[], lines: readonly string[]): Page {
  // A copy: what zlib returns may be a part of a larger buffer, which would stay.
  return { ids: BigUint64Array.from(ids), packed: new Uint8Array(deflateRawSync(lines.join('\n'), working)) };
}

/** One line each: JSON has no line breaks of its own. */
function read({ packed }: Page): string[] {
  return inflateRawSync(packed).toString().split('\n');
}

function parse(line: string): RawChannel {
  return JSON.parse(line);
}

/** Of the first id that is not smaller. */
function placeOf(ids: BigUint64Array, key: bigint): number {
  let [from, to] = [0, ids.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((ids[middle] ?? 0n) < key) from = middle + 1;
    else to = middle;
  }
  return from;
}
