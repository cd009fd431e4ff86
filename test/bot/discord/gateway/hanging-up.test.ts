/** A shard that is left while its connection to the gateway is not there yet. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { WebSocketManager } from '@discordjs/ws';
import { Client, REST } from 'discord.js';
import { expect, test } from 'vitest';
import { HangingUpStrategy } from '../../../../src/bot/discord/gateway/hanging-up.ts';
import { MovableShard } from '../../../../src/bot/discord/gateway/movable-shard.ts';
import { silentLogger } from '../../../../src/log.ts';

/** A gateway that takes connections and never greets. */
async function startSilentGateway() {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket.on('error', () => {})));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `ws://127.0.0.1:${address.port}`,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const mayConnect = async () => {};

test.for([
  [
    'that may move',
    (manager: WebSocketManager, client: Client) =>
      new MovableShard(manager, {
        shardId: 0,
        session: undefined,
        client,
        readsAll: false,
        mayConnect,
        waitForIdentify: mayConnect,
        log: silentLogger,
      }),
  ],
  ['of a bot that is one process', (manager: WebSocketManager) => new HangingUpStrategy(manager)],
] as const)('one %s hangs up, and what becomes of the connection ends nothing', async ([, build]) => {
  await using gateway = await startSilentGateway();
  const session_start_limit = { total: 1_000, remaining: 1_000, reset_after: 0, max_concurrency: 1 };
  const answer = { url: gateway.url, shards: 1, session_start_limit };
  const client = new Client({ intents: [] });
  const manager = new WebSocketManager({
    token: 'token',
    intents: 0,
    rest: new REST({ makeRequest: async () => Response.json(answer) }).setToken('token'),
    buildStrategy: (of) => build(of, client),
  });
  manager.connect().catch(() => undefined); // It never is.
  await expect.poll(() => gateway.sockets.length, { timeout: 10_000 }).toBe(1);
  const [socket] = gateway.sockets;
  await expect.poll(() => socket?.bytesRead, { timeout: 10_000 }).toBeGreaterThan(0);
  socket?.resume();
  await manager.destroy();
  await expect.poll(() => socket?.destroyed, { timeout: 10_000 }).toBe(true);
  await client.destroy();
});
