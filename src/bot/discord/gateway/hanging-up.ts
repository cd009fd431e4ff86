/** What becomes of a connection to the gateway that is given up before it is there. */
import { EventEmitter } from 'node:events';
import { SimpleShardingStrategy } from '@discordjs/ws';
import { isRecord } from '../../../json.ts';

/** Of a WebSocket's `readyState`. */
const connecting = 0;

/** As discord.js connects its shards, but that it hangs up at the end. */
export class HangingUpStrategy extends SimpleShardingStrategy {
  override async destroy(options?: Parameters<SimpleShardingStrategy['destroy']>[0]): Promise<void> {
    const shards: unknown = Reflect.get(this, 'shards');
    const all: readonly unknown[] = shards instanceof Map ? [...shards.values()] : [];
    await super.destroy(options);
    for (const shard of all) giveUpConnecting(shard);
  }
}

/**
 * Of a socket that is still connecting the library lets go, open as it is and with nobody to hear of its failure, which would end the
 * process. To be called once the shard is destroyed. Source: `WebSocketShard.destroy` of @discordjs/ws 1.2.
 */
export function giveUpConnecting(shard: unknown): void {
  const { connection: socket } = isRecord(shard) ? shard : {};
  if (!(socket instanceof EventEmitter) || !('readyState' in socket) || socket.readyState !== connecting) return;
  // That it is given up is a failure, too.
  socket.on('error', () => {});
  if ('terminate' in socket && typeof socket.terminate === 'function') socket.terminate();
}
