/** Makes the bot's client, tells it of so many servers as Discord does, and prints how many bytes of heap and buffers that has taken. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../src/bot/discord/client.ts';
import { handleEvent } from '../src/bot/discord/event-handling.ts';
import { InvalidRequests } from '../src/bot/discord/invalid-requests.ts';
import { silentLogger } from '../src/log.ts';
import { toLargeServer } from './large-servers.ts';

const [, , count = '250'] = process.argv;

const client = createClient({
  discord: { apiUrl: 'http://127.0.0.1:9/api', shards: undefined },
  beforePost: async () => {},
  invalidRequests: new InvalidRequests({ log: silentLogger }),
  log: silentLogger,
});
const me = { id: '1000000000000000001', username: 'jupan', discriminator: '0', avatar: null, bot: true };
tell({ t: 'READY', d: { user: me, guilds: [], application: { id: me.id, flags: 0 } } });
const before = await held();
for (let guild = 0; guild < Number(count); guild += 1) tell({ t: 'GUILD_CREATE', d: toLargeServer(me) });
console.log((await held()) - before);
process.exit(client.guilds.cache.size === Number(count) ? 0 : 1);

async function held(): Promise<number> {
  // What lay outside of the heap is given back a moment later.
  for (let times = 0; times < 4; times += 1) {
    globalThis.gc?.();
    await sleep(200);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function tell(packet: { readonly t: string; readonly d: unknown }): void {
  const shard = { id: 0, status: 0, checkReady() {}, gotGuild() {}, emit() {} };
  // Through JSON, so that texts are the process's own as those from a socket are.
  handleEvent(client, JSON.parse(JSON.stringify({ op: 0, ...packet })), shard);
}
