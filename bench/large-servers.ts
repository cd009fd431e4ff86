/** Servers as Discord tells of them, each of them with other names, ids and permissions: what is the same everywhere packs too well. */

export const channelsEach = 200;
const rolesEach = 20;

type Fields = Record<string, unknown>;

const words =
  'general chat memes offtopic bot commands voice help rules welcome intro art music gaming trade support dev staff logs events';
const vocabulary = words.split(' ');
let state = 1;

/** The same in every run (mulberry32). */
function random(below: number): number {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
}

function someWords(count: number, between: string): string {
  return Array.from({ length: count }, () => vocabulary[random(vocabulary.length)]).join(between);
}

/** Ids carry a time, in their upper 42 bits, and numbers of machines. */
export function newId(): string {
  const time = BigInt(random(2 ** 20)) * BigInt(2 ** 18) + BigInt(random(2 ** 18));
  return String(((200_000_000_000n + time) << 22n) + BigInt(random(2 ** 12)));
}

/** The data of GUILD_CREATE. Of its 1,000 members, Discord tells a bot that does not ask for members itself alone. */
export function toLargeServer(bot: { readonly id: string; readonly username: string }): Fields & {
  readonly id: string;
  readonly channels: readonly Fields[];
} {
  const id = newId();
  const roleIds = [id, ...Array.from({ length: rolesEach - 1 }, newId)];
  return {
    id,
    name: someWords(3, ' '),
    owner_id: newId(),
    member_count: 1_000,
    joined_at: '2026-01-01T00:00:00.000Z',
    large: true,
    unavailable: false,
    features: ['COMMUNITY', 'NEWS'],
    emojis: [],
    stickers: [],
    voice_states: [],
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
    threads: [],
    preferred_locale: 'en-US',
    members: [
      {
        user: { id: bot.id, username: bot.username, discriminator: '0', avatar: null, bot: true },
        roles: roleIds.slice(1, 3),
        nick: null,
        joined_at: '2026-01-01T00:00:00.000Z',
        deaf: false,
        mute: false,
        flags: 0,
      },
    ],
    roles: roleIds.map((roleId, position) => ({
      id: roleId,
      name: position === 0 ? '@everyone' : someWords(2, ' '),
      permissions: String(2_248_473_465_835_073n + BigInt(random(2 ** 20))),
      position,
      color: random(2 ** 24),
      colors: { primary_color: random(2 ** 24), secondary_color: null, tertiary_color: null },
      hoist: false,
      managed: false,
      mentionable: false,
      icon: null,
      unicode_emoji: null,
      flags: 0,
    })),
    channels: Array.from({ length: channelsEach }, (_, position) => toChannel(position, roleIds)),
  };
}

function toChannel(position: number, roleIds: readonly string[]): Fields {
  const denied = roleIds.slice(0, 1 + (position % 4));
  return {
    id: newId(),
    type: position % 10 === 0 ? 4 : 0,
    name: someWords(2, '-'),
    topic: position % 2 === 0 ? null : someWords(12, ' '),
    position,
    parent_id: null,
    nsfw: false,
    flags: 0,
    last_message_id: newId(),
    last_pin_timestamp: null,
    rate_limit_per_user: 0,
    permission_overwrites: denied.map((id, place) => ({
      id,
      type: 0,
      allow: place === 0 ? '0' : '1024',
      deny: place === 0 ? '1024' : '0',
    })),
  };
}
