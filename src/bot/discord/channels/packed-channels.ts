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
  /** The channels, in that order. */
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
    const byKey = new Map(told.filter(isRawChannel).map((channel) => [channel.id, channel]));
    this.#pages = paginate([...byKey.values()].sort(compareIds));
    for (const channel of byKey.values()) this.#note(channel);
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
    return found === undefined ? undefined : read(found.page)[found.place];
  }

  /** Adds the channel, or changes what is told anew of it. */
  put(channel: RawChannel): void {
    const key = BigInt(channel.id);
    const pageIndex = Math.max(0, this.#pageIndexOf(key));
    const page = this.#pages[pageIndex];
    const channels = page === undefined ? [] : read(page);
    const place = page === undefined ? 0 : placeOf(page.ids, key);
    const before = channels[place];
    if (before?.id !== channel.id) channels.splice(place, 0, channel);
    // One that becomes another kind of channel is told whole.
    else channels[place] = before.type === channel.type ? { ...before, ...channel } : channel;
    this.#pages.splice(pageIndex, 1, ...(channels.length > mostOnPage ? paginate(channels) : [toPage(channels)]));
    this.#note(channel);
  }

  /** @returns the ids of those that are left out. */
  remove(isGone: (channel: RawChannel) => boolean): string[] {
    const removed: string[] = [];
    this.#pages = this.#pages.flatMap((page) => {
      const channels = read(page);
      const gone = channels.filter(isGone);
      if (gone.length === 0) return [page];
      removed.push(...gone.map(({ id }) => id));
      return gone.length === channels.length ? [] : [toPage(channels.filter((channel) => !gone.includes(channel)))];
    });
    return removed;
  }

  *[Symbol.iterator](): Generator<RawChannel> {
    for (const page of this.#pages) yield* read(page);
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

function paginate(channels: readonly RawChannel[]): Page[] {
  const count = Math.ceil(channels.length / channelsOnPage);
  return Array.from({ length: count }, (_, page) =>
    toPage(channels.slice(page * channelsOnPage, (page + 1) * channelsOnPage)),
  );
}

function toPage(channels: readonly RawChannel[]): Page {
  return {
    ids: BigUint64Array.from(channels, ({ id }) => BigInt(id)),
    // A copy: what zlib returns may be a part of a larger buffer, which would stay.
    packed: new Uint8Array(deflateRawSync(JSON.stringify(channels), working)),
  };
}

function read({ packed }: Page): RawChannel[] {
  return JSON.parse(inflateRawSync(packed).toString());
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
