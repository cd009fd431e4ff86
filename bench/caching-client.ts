/** Makes the bot's client, tells it of so many servers as Discord does, and prints what that has taken: heap and time. */
import { createClient } from '../src/bot/discord/client.ts';
import { InvalidRequests } from '../src/bot/discord/invalid-requests.ts';
import { silentLogger } from '../src/log.ts';

const channelsEach = 200;
const rolesEach = 20;
const [, , count = '250'] = process.argv;

const client = createClient({
  discord: { apiUrl: 'http://127.0.0.1:9/api', shards: undefined },
  beforePost: async () => {},
  invalidRequests: new InvalidRequests({ log: silentLogger }),
  log: silentLogger,
});
const me = { id: '1000000000000000001', username: 'jupan', discriminator: '0', avatar: null, bot: true };
tell({ t: 'READY', d: { user: me, guilds: [], application: { id: me.id, flags: 0 } } });
globalThis.gc?.();
const before = process.memoryUsage().heapUsed;
const startedAt = performance.now();
for (let guild = 0; guild < Number(count); guild += 1) tell({ t: 'GUILD_CREATE', d: toGuild(guild) });
const tookMs = performance.now() - startedAt;
globalThis.gc?.();
console.log(
  JSON.stringify({ bytes: process.memoryUsage().heapUsed - before, tookMs, guilds: client.guilds.cache.size }),
);
process.exit(0);

function tell(packet: { readonly t: string; readonly d: unknown }): void {
  const shard = { id: 0, status: 0, checkReady() {}, gotGuild() {}, emit() {} };
  // Through JSON, so that texts are the process's own as those from a socket are.
  const handle: unknown = Reflect.get(client.ws, 'handlePacket');
  if (typeof handle === 'function') handle.call(client.ws, JSON.parse(JSON.stringify({ op: 0, ...packet })), shard);
}

function toGuild(guild: number) {
  const id = (kind: number, place = 0) =>
    String(2_000_000_000_000_000_000n + BigInt(guild) * 1_000_000n + BigInt(kind * 1_000 + place));
  return {
    id: id(0),
    name: `server ${guild}`,
    owner_id: id(9),
    member_count: 1_000,
    joined_at: '2026-01-01T00:00:00.000Z',
    features: [],
    emojis: [],
    stickers: [],
    voice_states: [],
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
    threads: [],
    preferred_locale: 'en-US',
    members: [{ user: me, roles: [], joined_at: '2026-01-01T00:00:00.000Z', deaf: false, mute: false, flags: 0 }],
    roles: Array.from({ length: rolesEach }, (_, place) => ({
      id: place === 0 ? id(0) : id(2, place),
      name: `role ${place}`,
      permissions: '2248473465835073',
      position: place,
      color: 0,
      colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
      hoist: false,
      managed: false,
      mentionable: false,
      flags: 0,
    })),
    channels: Array.from({ length: channelsEach }, (_, place) => ({
      id: id(1, place),
      type: 0,
      name: `channel-${place}`,
      topic: null,
      position: place,
      parent_id: null,
      nsfw: false,
      last_message_id: id(3, place),
      rate_limit_per_user: 0,
      permission_overwrites: [{ id: id(0), type: 0, allow: '0', deny: '1024' }],
    })),
  };
}
