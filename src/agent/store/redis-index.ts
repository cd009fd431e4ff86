/**
 * Which keys there are, in their order: a sorted set beside them that changes with them in one step. Whether it is whole shows by
 * counting, as long as nobody else uses the database: it names as many keys as there are. What an earlier version of Jupan, which
 * knows of no index, has written is found by looking at every key there is, as then, and named in the background.
 */
import type { createClient } from '@keyv/redis';
import type { Logger } from '../../log.ts';
import { endOf, pageSize } from './backend.ts';

type Client = ReturnType<typeof createClient>;

/** Keys that the server looks at in one go when it looks at all. */
const scanSize = 5_000;

/**
 * A page of the index, or nothing where it is not whole: it is a key itself, unless it is empty, and each that it names is there. The
 * last shows what the count does not: an earlier version has taken out as many keys as it has put in.
 */
const pageScript = `
  local named = redis.call('ZCARD', KEYS[1])
  if redis.call('DBSIZE') ~= (named > 0 and named + 1 or 0) then return false end
  local page = redis.call('ZRANGE', KEYS[1], ARGV[1], ARGV[2], 'BYLEX', 'LIMIT', 0, ARGV[3])
  if #page > 0 and redis.call('EXISTS', unpack(page)) < #page then return false end
  return page`;

/** Names those of the keys that are there, and no longer names those that are not. */
const mendScript = `
  for index = 2, #KEYS do
    if redis.call('EXISTS', KEYS[index]) == 1 then redis.call('ZADD', KEYS[1], 0, KEYS[index])
    else redis.call('ZREM', KEYS[1], KEYS[index]) end
  end`;

export class RedisIndex {
  /** The key of the sorted set. */
  readonly name: string;
  readonly #client: Client;
  readonly #namespace: string;
  readonly #inTime: <Value>(call: Promise<Value>) => Promise<Value>;
  readonly #log: Logger;
  #mending: Promise<void> | undefined;
  #isClosed = false;

  /** @param inTime Gives a call an end. */
  constructor(client: Client, namespace: string, inTime: <Value>(call: Promise<Value>) => Promise<Value>, log: Logger) {
    this.name = `${namespace}-keys`;
    this.#client = client;
    this.#namespace = namespace;
    this.#inTime = inTime;
    this.#log = log;
  }

  /** As {@link Backend.keys}. */
  async *keys(prefix: string, end = endOf(prefix)): AsyncGenerator<string[]> {
    let after = `[${prefix}`;
    for (;;) {
      const page = await this.#page(after, `(${end}`);
      if (page === undefined) break;
      yield page;
      if (page.length < pageSize) return;
      after = `(${page.at(-1)}`;
    }
    this.#mend();
    for await (const keys of this.#all(`${prefix}*`)) yield keys.filter((key) => key < end);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#mending;
  }

  async #page(after: string, before: string): Promise<string[] | undefined> {
    const options = { keys: [this.name], arguments: [after, before, String(pageSize)] };
    const page = await this.#inTime(this.#client.eval(pageScript, options));
    return Array.isArray(page) ? page.map(String) : undefined;
  }

  /** Not the adapter's iterator: it asks for ten keys at a time. */
  async *#all(match: string): AsyncGenerator<string[]> {
    let cursor = '0';
    do {
      const page = await this.#inTime(this.#client.scan(cursor, { MATCH: match, COUNT: scanSize }));
      yield page.keys;
      cursor = page.cursor;
    } while (cursor !== '0');
  }

  async *#named(): AsyncGenerator<string[]> {
    let cursor = '0';
    do {
      const page = await this.#inTime(this.#client.zScan(this.name, cursor, { COUNT: pageSize }));
      yield page.members.map(({ value }) => value);
      cursor = page.cursor;
    } while (cursor !== '0');
  }

  /** Once at a time; whoever looks for keys meanwhile looks at all of them. */
  #mend(): void {
    this.#mending ??= this.#mendAll()
      .catch((error: unknown) => this.#log.debug('store-index-not-mended', { error }))
      .finally(() => {
        this.#mending = undefined;
      });
  }

  async #mendAll(): Promise<void> {
    for (const pages of [this.#named(), this.#all(`${this.#namespace}:*`)]) {
      for await (const keys of pages) {
        if (this.#isClosed) return;
        if (keys.length > 0)
          await this.#inTime(this.#client.eval(mendScript, { keys: [this.name, ...keys], arguments: [] }));
      }
    }
  }
}
