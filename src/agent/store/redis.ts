/**
 * Redis behind keyv's own adapter, on a client that never queues: a call while the server is away fails at once. Every key stands in
 * a {@link RedisIndex} as well, in the same step, since Redis itself finds keys only by looking at all that it holds.
 */
import KeyvRedis, { createClient } from '@keyv/redis';
import type { Logger } from '../../log.ts';
import {
  answerTimeoutMs,
  type Backend,
  connectTimeoutMs,
  type Fence,
  fencedOut,
  type PlaceCondition,
} from './backend.ts';
import { within } from './deadline.ts';
import { RedisIndex } from './redis-index.ts';

const setScript = `
  redis.call('SET', KEYS[1], ARGV[1])
  redis.call('ZADD', KEYS[2], 0, KEYS[1])`;

const deleteScript = `
  redis.call('DEL', KEYS[1])
  redis.call('ZREM', KEYS[2], KEYS[1])`;

/** No record is empty, so that an empty text can stand for none. A text in place of another changes nothing about the keys. */
const replaceScript = `
  if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
  if ARGV[2] == '' then
    redis.call('DEL', KEYS[1])
    redis.call('ZREM', KEYS[2], KEYS[1])
  else
    redis.call('SET', KEYS[1], ARGV[2])
    if ARGV[1] == '' then redis.call('ZADD', KEYS[2], 0, KEYS[1]) end
  end
  return 1`;

const fenceScript = `
  local time = redis.call('TIME')
  if time[1] * 1000 + time[2] / 1000 >= tonumber(ARGV[#ARGV]) then return redis.error_reply('${fencedOut}') end`;

/**
 * @param namespace Before the names of all keys.
 * @throws {Error} when the server cannot be reached or refuses.
 */
export async function openRedis(url: string, address: string, namespace: string, log: Logger): Promise<Backend> {
  const backend = new RedisBackend(url, address, namespace, log);
  await backend.connect();
  return backend;
}

class RedisBackend implements Backend {
  readonly address: string;
  readonly #log: Logger;
  readonly #client: ReturnType<typeof createClient>;
  readonly #adapter: KeyvRedis<string>;
  readonly #index: RedisIndex;
  #wasReady = false;
  #isUp = true;

  constructor(url: string, address: string, namespace: string, log: Logger) {
    this.address = address;
    this.#log = log;
    this.#client = createClient({
      url,
      // A queued write could be applied long after its caller was told that it failed.
      disableOfflineQueue: true,
      // Notices a connection that died silently while nobody asked anything.
      pingInterval: 1000,
      socket: {
        connectTimeout: connectTimeoutMs,
        socketTimeout: 3000,
        reconnectStrategy: (retries, cause) => (this.#wasReady ? Math.min(50 * 2 ** retries, 1000) : cause),
      },
    });
    this.#client.on('error', (error: unknown) => this.#lost(error));
    this.#client.on('ready', () => this.#ready());
    this.#adapter = new KeyvRedis<string>(this.#client, { throwOnErrors: true });
    // It repeats the client's events and the rejections of calls; without a listener the repetition would throw.
    this.#adapter.on('error', () => {});
    this.#index = new RedisIndex(this.#client, namespace, (call) => this.#inTime(call), log);
  }

  /** @throws {Error} when the server cannot be reached or refuses; nothing is left of the attempt. */
  async connect(): Promise<void> {
    try {
      await within(connectTimeoutMs, this.#client.connect(), () => {});
    } catch (error) {
      this.#destroy();
      throw error;
    }
  }

  async get(key: string): Promise<string | undefined> {
    return (await this.#adapter.get(key)) ?? undefined;
  }

  async set(key: string, text: string, fence?: Fence): Promise<void> {
    await this.#run(setScript, key, [text], fence);
  }

  async delete(key: string, fence?: Fence): Promise<void> {
    await this.#run(deleteScript, key, [], fence);
  }

  async replace(key: string, before = '', after = '', fence?: Fence): Promise<boolean> {
    return (await this.#run(replaceScript, key, [before, after], fence)) === 1;
  }

  async entries(prefix: string): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for await (const keys of this.keys(prefix)) {
      const texts = keys.length === 0 ? [] : await this.#inTime(this.#client.mGet([...keys]));
      for (const [index, key] of keys.entries()) {
        const text = texts[index];
        if (typeof text === 'string') found.set(key, text);
      }
    }
    return found;
  }

  keys(prefix: string, end?: string): AsyncIterable<readonly string[]> {
    return this.#index.keys(prefix, end);
  }

  async now(): Promise<number> {
    const [seconds, microseconds] = await this.#client.sendCommand<string[]>(['TIME']);
    return Number(seconds) * 1000 + Number(microseconds) / 1000;
  }

  async condition(): Promise<PlaceCondition> {
    const info = readInfo(await this.#inTime(this.#client.sendCommand<string>(['INFO'])));
    const room = Number(info.get('maxmemory') ?? 0);
    const hasLog = info.get('aof_enabled') === '1';
    return {
      loses: hasLog ? 'moments' : (await this.#hasSnapshots()) ? 'minutes' : 'with-server',
      isEvicting: room > 0 && info.get('maxmemory_policy') !== 'noeviction',
      freeBytes: room > 0 ? Math.max(0, room - Number(info.get('used_memory') ?? 0)) : undefined,
    };
  }

  /** Whether all is written to disk now and then. Servers that do not tell their settings mostly do. */
  async #hasSnapshots(): Promise<boolean> {
    try {
      const [, schedule] = await this.#inTime(this.#client.sendCommand<string[]>(['CONFIG', 'GET', 'save']));
      return schedule !== '';
    } catch {
      return true;
    }
  }

  /** What the server has written to disk is its own: it leaves with the server's next rewrite. */
  async scrub(): Promise<void> {}

  reset(): void {
    // While it is not ready it is connecting already, and calls fail at once.
    if (!this.#client.isReady) return;
    this.#client.destroy();
    this.#lost(new Error('An answer is overdue.'));
    this.#client.connect().catch((error: unknown) => this.#lost(error));
  }

  async close(): Promise<void> {
    await this.#index.close();
    try {
      if (this.#client.isReady) await within(connectTimeoutMs, this.#client.close(), () => {});
    } catch {
      // The server does not answer: there is nobody to say goodbye to.
    }
    this.#destroy();
  }

  /** Scripts, not transactions: those wait for a connection that is being made, and are then begun however late. */
  #run(script: string, key: string, values: readonly string[], fence: Fence | undefined): Promise<unknown> {
    const keys = [key, this.#index.name];
    if (fence === undefined) return this.#client.eval(script, { keys, arguments: [...values] });
    const options = { keys, arguments: [...values, String(fence.until)] };
    return this.#client.eval(fenceScript + script, options);
  }

  #inTime<Value>(call: Promise<Value>): Promise<Value> {
    return within(answerTimeoutMs, call, () => this.reset());
  }

  #ready(): void {
    if (!this.#isUp && this.#wasReady) this.#log.info('store-connection-restored');
    this.#isUp = true;
    this.#wasReady = true;
  }

  #lost(error: unknown): void {
    if (this.#isUp && this.#wasReady) this.#log.warn('store-connection-lost', { error });
    this.#isUp = false;
  }

  #destroy(): void {
    // A connection attempt that is under way cannot be called back; it must not keep the process alive.
    this.#client.unref();
    if (this.#client.isOpen) this.#client.destroy();
  }
}

/** Lines of the form `name:value`. */
function readInfo(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const [name, ...value] = line.trim().split(':');
      return name === undefined || value.length === 0 ? [] : [[name, value.join(':')] as const];
    }),
  );
}
