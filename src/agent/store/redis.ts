/** Redis behind keyv's own adapter, on a client that never queues: a call while the server is away fails at once. */
import KeyvRedis, { createClient } from '@keyv/redis';
import type { Logger } from '../../log.ts';
import { answerTimeoutMs, type Backend, connectTimeoutMs, pageSize } from './backend.ts';
import { within } from './deadline.ts';

/** No record is empty, so that an empty text can stand for none. */
const replaceScript = `
  if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
  if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2]) end
  return 1`;

/** @throws {Error} when the server cannot be reached or refuses. */
export async function openRedis(url: string, address: string, log: Logger): Promise<Backend> {
  let wasReady = false;
  let isUp = true;
  const client = createClient({
    url,
    // A queued write could be applied long after its caller was told that it failed.
    disableOfflineQueue: true,
    // Notices a connection that died silently while nobody asked anything.
    pingInterval: 1000,
    socket: {
      connectTimeout: connectTimeoutMs,
      socketTimeout: 3000,
      reconnectStrategy: (retries, cause) => (wasReady ? Math.min(50 * 2 ** retries, 1000) : cause),
    },
  });
  const onLoss = (error: unknown) => {
    if (isUp && wasReady) log.warn('store-connection-lost', { error });
    isUp = false;
  };
  client.on('error', onLoss);
  client.on('ready', () => {
    if (!isUp && wasReady) log.info('store-connection-restored');
    isUp = true;
    wasReady = true;
  });
  const adapter = new KeyvRedis<string>(client, { throwOnErrors: true });
  // It repeats the client's events and the rejections of calls; without a listener the repetition would throw.
  adapter.on('error', () => {});
  const destroy = () => {
    // A connection attempt that is under way cannot be called back; it must not keep the process alive.
    client.unref();
    if (client.isOpen) client.destroy();
  };
  try {
    await within(connectTimeoutMs, client.connect(), () => {});
  } catch (error) {
    destroy();
    throw error;
  }
  const reset = () => {
    // While it is not ready it is connecting already, and calls fail at once.
    if (!client.isReady) return;
    client.destroy();
    onLoss(new Error('An answer is overdue.'));
    client.connect().catch(onLoss);
  };
  /** Not the adapter's iterator: it asks for ten keys at a time out of all that the server holds. */
  async function* listKeys(prefix: string): AsyncGenerator<string[]> {
    let cursor = '0';
    do {
      const page = await within(answerTimeoutMs, client.scan(cursor, { MATCH: `${prefix}*`, COUNT: pageSize }), reset);
      yield page.keys;
      cursor = page.cursor;
    } while (cursor !== '0');
  }
  return {
    address,
    async get(key) {
      return (await adapter.get(key)) ?? undefined;
    },
    async set(key, text) {
      await adapter.set(key, text);
    },
    async delete(key) {
      await adapter.delete(key);
    },
    replace: async (key, before = '', after = '') =>
      (await client.eval(replaceScript, { keys: [key], arguments: [before, after] })) === 1,
    async entries(prefix) {
      const found = new Map<string, string>();
      for await (const keys of listKeys(prefix)) {
        const texts = keys.length === 0 ? [] : await within(answerTimeoutMs, client.mGet(keys), reset);
        for (const [index, key] of keys.entries()) {
          const text = texts[index];
          if (typeof text === 'string') found.set(key, text);
        }
      }
      return found;
    },
    keys: listKeys,
    async now() {
      const [seconds, microseconds] = await client.sendCommand<string[]>(['TIME']);
      return Number(seconds) * 1000 + Number(microseconds) / 1000;
    },
    // What the server has written to disk is its own: it leaves with the server's next rewrite.
    async scrub() {},
    reset,
    async close() {
      try {
        if (client.isReady) await within(connectTimeoutMs, client.close(), () => {});
      } catch {
        // The server does not answer: there is nobody to say goodbye to.
      }
      destroy();
    },
  };
}
