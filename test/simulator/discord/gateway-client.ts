/** A bare gateway client, for what a well-behaved library would never send. */

import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { SimulatedDiscord } from '../../../src/simulator/discord/discord.ts';
import type { Parsed } from './parsed.ts';

export interface Payload {
  readonly op: number;
  readonly t: string | null;
  readonly s: number | null;
  readonly d: Parsed;
}

export interface GatewayClient extends Disposable {
  readonly received: readonly Payload[];
  send(op: number, d: unknown): void;
  sendText(text: string): void;
  /** The first payload received so far, or yet to come, that passes. */
  find(passes: (payload: Payload) => boolean): Promise<Payload>;
  event(name: string): Promise<Payload>;
  /** The code with which the server hangs up. */
  readonly closed: Promise<number>;
  /** Without a close frame. */
  cut(): void;
}

/** Resolves after HELLO. */
export async function connect(discord: SimulatedDiscord): Promise<GatewayClient> {
  const address = `${discord.apiUrl.replace('http', 'ws').replace('/api', '')}/?v=10&encoding=json`;
  const socket = new WebSocket(address);
  const received: Payload[] = [];
  socket.on('message', (data) => received.push(JSON.parse(String(data))));
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  // A socket that is cut fails, too; what matters is that it closes.
  socket.on('error', () => {});
  const client: GatewayClient = {
    received,
    send: (op, d) => socket.send(JSON.stringify({ op, d })),
    sendText: (text) => socket.send(text),
    async find(passes) {
      for (;;) {
        const payload = received.find(passes);
        if (payload !== undefined) return payload;
        await once(socket, 'message', { signal: AbortSignal.timeout(15_000) });
      }
    },
    event: (name) => client.find(({ t }) => t === name),
    closed,
    cut: () => socket.terminate(),
    [Symbol.dispose]: () => socket.terminate(),
  };
  await client.find(({ op }) => op === 10);
  return client;
}

/** What a library sends to open a session. */
export function identity(discord: SimulatedDiscord, changes: object = {}): object {
  return { token: discord.token, intents: 1 | (1 << 9) | (1 << 12), properties: {}, ...changes };
}
