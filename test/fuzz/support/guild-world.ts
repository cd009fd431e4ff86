/** Servers, and what is done in them, as Discord tells it: whole objects, in an order that can happen. */
import fc from 'fast-check';
import type { SimulatedUser } from '../../../src/simulator/discord/discord.ts';

const place = fc.nat({ max: 200 });
const name = fc.string({ minLength: 1, maxLength: 12 });
const permissions = fc.bigInt({ min: 0n, max: (1n << 50n) - 1n }).map(String);

/** Numbers say which of those that there are. */
export const guildDeeds = fc.oneof(
  { weight: 1, arbitrary: fc.record({ type: fc.constant('join'), channels: fc.nat({ max: 150 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constantFrom('leave', 'fall', 'return', 'rename'), guild: place, name }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constantFrom('create', 'change', 'forbid', 'remove'),
      guild: place,
      channel: place,
      kind: fc.constantFrom(0, 2, 4, 5, 15),
      name,
      role: place,
      permissions,
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      type: fc.constantFrom('thread', 'thread', 'archive', 'end', 'sync', 'syncAll'),
      guild: place,
      channel: place,
      name,
      isPrivate: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constantFrom('role', 'permit', 'unrole', 'give', 'take'),
      guild: place,
      role: place,
      name,
      permissions,
    }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('look'), at: place }) },
);

export type GuildDeed = typeof guildDeeds extends fc.Arbitrary<infer Deed> ? Deed : never;
type Fields = Record<string, unknown>;
type Told = readonly [name: string, data: Fields];

interface Guild {
  readonly id: string;
  name: string;
  isDown: boolean;
  readonly roles: Map<string, Fields>;
  /** Of the bot. */
  readonly ownRoles: Set<string>;
  readonly channels: Map<string, Fields>;
}

const threadKinds: readonly unknown[] = [11, 12];
let last = 1_400_000_000_000_000_000n;

export class GuildWorld {
  readonly #bot: Fields;
  readonly #guilds = new Map<string, Guild>();
  /** Of all that there ever were. */
  readonly channelIds: string[] = [];

  constructor(bot: SimulatedUser) {
    this.#bot = { id: bot.id, username: bot.name, discriminator: '0', avatar: null, bot: true };
  }

  /** Of those that the bot is in. */
  get guildIds(): string[] {
    return [...this.#guilds.keys()];
  }

  /** Whether there is a thread of that id. */
  hasThread(id: string): boolean {
    const channels = [...this.#guilds.values()].map((guild) => guild.channels.get(id));
    return channels.some((channel) => channel !== undefined && isThread(channel));
  }

  /** @returns what is told of it; nothing where it cannot be done. */
  do(deed: Exclude<GuildDeed, { type: 'look' }>): readonly Told[] {
    if (deed.type === 'join' && 'channels' in deed) return [this.#join(deed.channels)];
    const guild = 'guild' in deed ? pick([...this.#guilds.values()], deed.guild) : undefined;
    if (guild === undefined) return [];
    if (guild.isDown) return deed.type === 'return' ? [this.#return(guild)] : [];
    if ('kind' in deed) return this.#changeChannels(guild, deed);
    if ('isPrivate' in deed) return this.#changeThreads(guild, deed);
    if ('role' in deed) return this.#changeRoles(guild, deed);
    return 'name' in deed ? this.#changeGuild(guild, deed) : [];
  }

  #join(count: number): Told {
    const id = this.#newId();
    const guild = {
      id,
      name: 'new',
      isDown: false,
      roles: new Map(),
      ownRoles: new Set<string>(),
      channels: new Map(),
    };
    guild.roles.set(id, toRole(id, '@everyone', '1024'));
    this.#guilds.set(id, guild);
    for (let channel = 0; channel < count; channel += 1)
      this.#addChannel(guild, channel % 7 === 0 ? 4 : 0, `c${channel}`);
    return ['GUILD_CREATE', this.#toGuild(guild)];
  }

  /** While it was down, a channel has gone, and another has come. */
  #return(guild: Guild): Told {
    guild.isDown = false;
    const [gone] = [...guild.channels.values()].filter((channel) => !isThread(channel));
    if (gone !== undefined) removeWithThreads(guild, gone);
    this.#addChannel(guild, 0, 'meanwhile');
    return ['GUILD_CREATE', this.#toGuild(guild)];
  }

  #changeGuild(guild: Guild, { type, name: newName }: { readonly type: string; readonly name: string }): Told[] {
    if (type === 'rename') {
      guild.name = newName;
      const { channels: _, threads: __, members: ___, ...update } = this.#toGuild(guild);
      return [['GUILD_UPDATE', update]];
    }
    if (type === 'return') return [];
    if (type === 'fall') guild.isDown = true;
    else this.#guilds.delete(guild.id);
    return [['GUILD_DELETE', { id: guild.id, ...(type === 'fall' ? { unavailable: true } : {}) }]];
  }

  #changeChannels(guild: Guild, deed: Extract<GuildDeed, { kind: number }>): Told[] {
    const told = { guild_id: guild.id };
    if (deed.type === 'create')
      return [['CHANNEL_CREATE', { ...told, ...this.#addChannel(guild, deed.kind, deed.name) }]];
    const channels = [...guild.channels.values()];
    const channel = pick(
      channels.filter((one) => !isThread(one)),
      deed.channel,
    );
    if (channel === undefined) return [];
    if (deed.type === 'remove') {
      removeWithThreads(guild, channel);
      return [['CHANNEL_DELETE', { ...told, ...channel }]];
    }
    if (deed.type === 'change') {
      channel.name = deed.name;
      channel.position = deed.role;
      const category = pick(
        channels.filter(({ type }) => type === 4),
        deed.role,
      );
      channel.parent_id = channel.type === 4 ? null : (category?.id ?? null);
      // A text channel becomes one for announcements, or back.
      if ([0, 5].includes(Number(channel.type)) && threadsOf(guild, channel).length === 0)
        channel.type = deed.kind === 5 ? 5 : 0;
    } else {
      const target = pick([...guild.roles.keys(), String(this.#bot.id)], deed.role);
      channel.permission_overwrites = [
        { id: target, type: target === this.#bot.id ? 1 : 0, allow: '0', deny: deed.permissions },
      ];
    }
    return [['CHANNEL_UPDATE', { ...told, ...channel }]];
  }

  #changeThreads(guild: Guild, deed: Extract<GuildDeed, { isPrivate: boolean }>): Told[] {
    const told = { guild_id: guild.id };
    const channels = [...guild.channels.values()];
    const parent = pick(
      channels.filter(({ type }) => type === 0 || type === 15),
      deed.channel,
    );
    const thread = pick(channels.filter(isThread), deed.channel);
    if (deed.type === 'syncAll') return [sync(guild, undefined)];
    if (deed.type === 'sync') return parent === undefined ? [] : [sync(guild, parent)];
    if (deed.type === 'thread')
      return parent === undefined ? [] : [['THREAD_CREATE', { ...told, ...this.#addThread(guild, parent, deed) }]];
    if (thread === undefined) return [];
    if (deed.type === 'end') {
      guild.channels.delete(String(thread.id));
      return [['THREAD_DELETE', { ...told, id: thread.id, parent_id: thread.parent_id, type: thread.type }]];
    }
    thread.name = deed.name;
    thread.thread_metadata = toThreadMetadata(!isArchived(thread));
    return [['THREAD_UPDATE', { ...told, ...thread }]];
  }

  #changeRoles(guild: Guild, deed: { type: string; role: number; name: string; permissions: string }): Told[] {
    const told = { guild_id: guild.id };
    if (deed.type === 'role') {
      const role = toRole(this.#newId(), deed.name, deed.permissions);
      guild.roles.set(String(role.id), role);
      return [['GUILD_ROLE_CREATE', { ...told, role }]];
    }
    const role = pick([...guild.roles.values()], deed.role);
    if (role === undefined) return [];
    const id = String(role.id);
    if (deed.type === 'permit') {
      role.permissions = deed.permissions;
      return [['GUILD_ROLE_UPDATE', { ...told, role }]];
    }
    if (id === guild.id) return [];
    if (deed.type === 'unrole') {
      guild.roles.delete(id);
      guild.ownRoles.delete(id);
      return [
        ['GUILD_ROLE_DELETE', { ...told, role_id: id }],
        ['GUILD_MEMBER_UPDATE', { ...told, ...this.#toMember(guild) }],
      ];
    }
    if (deed.type === 'give') guild.ownRoles.add(id);
    else guild.ownRoles.delete(id);
    return [['GUILD_MEMBER_UPDATE', { ...told, ...this.#toMember(guild) }]];
  }

  #addChannel(guild: Guild, type: number, named: string): Fields {
    const channel = {
      id: this.#newId(),
      type,
      name: named,
      position: guild.channels.size,
      parent_id: null,
      flags: 0,
      topic: null,
      last_message_id: null,
      permission_overwrites: [],
    };
    return this.#add(guild, channel);
  }

  #addThread(guild: Guild, parent: Fields, { name: named, isPrivate }: { name: string; isPrivate: boolean }): Fields {
    const thread = {
      id: this.#newId(),
      type: isPrivate ? 12 : 11,
      name: named,
      parent_id: parent.id,
      owner_id: this.#bot.id,
      flags: 0,
      last_message_id: null,
      thread_metadata: toThreadMetadata(false),
    };
    return this.#add(guild, thread);
  }

  #add(guild: Guild, channel: Fields & { readonly id: string }): Fields {
    guild.channels.set(channel.id, channel);
    this.channelIds.push(channel.id);
    return channel;
  }

  #toGuild(guild: Guild): Fields {
    const channels = [...guild.channels.values()];
    return {
      id: guild.id,
      name: guild.name,
      owner_id: '1300000000000000001',
      unavailable: false,
      member_count: 5,
      joined_at: '2026-01-01T00:00:00.000Z',
      preferred_locale: 'en-US',
      features: [],
      emojis: [],
      stickers: [],
      roles: [...guild.roles.values()],
      members: [this.#toMember(guild)],
      channels: channels.filter((channel) => !isThread(channel)),
      threads: channels.filter((channel) => isThread(channel) && !isArchived(channel)),
    };
  }

  #toMember({ ownRoles }: Guild): Fields {
    const joinedAt = '2026-01-01T00:00:00.000Z';
    return {
      user: this.#bot,
      roles: [...ownRoles],
      nick: null,
      joined_at: joinedAt,
      deaf: false,
      mute: false,
      flags: 0,
    };
  }

  #newId(): string {
    // Discord's ids grow by more than one, and all of them in the upper bits.
    last += 4_194_304n + 1n;
    return String(last);
  }
}

function sync(guild: Guild, parent: Fields | undefined): Told {
  const channels = [...guild.channels.values()].filter((channel) => isThread(channel) && !isArchived(channel));
  const threads = channels.filter(({ parent_id: parentId }) => parent === undefined || parentId === parent.id);
  // The bot does not see the last one any more.
  const [hidden] = threads.splice(-1, 1);
  if (hidden !== undefined) guild.channels.delete(String(hidden.id));
  const of = parent === undefined ? {} : { channel_ids: [parent.id] };
  const told = threads.map((thread) => ({ guild_id: guild.id, ...thread }));
  return ['THREAD_LIST_SYNC', { guild_id: guild.id, ...of, threads: told, members: [] }];
}

function removeWithThreads(guild: Guild, channel: Fields): void {
  for (const { id } of [channel, ...threadsOf(guild, channel)]) guild.channels.delete(String(id));
}

function threadsOf({ channels }: Guild, { id }: Fields): Fields[] {
  return [...channels.values()].filter((channel) => isThread(channel) && channel.parent_id === id);
}

function isThread({ type }: Fields): boolean {
  return threadKinds.includes(type);
}

function isArchived({ thread_metadata: metadata }: Fields): boolean {
  return typeof metadata === 'object' && metadata !== null && 'archived' in metadata && metadata.archived === true;
}

function toThreadMetadata(archived: boolean): Fields {
  const at = '2026-01-02T00:00:00.000Z';
  return { archived, locked: archived, auto_archive_duration: 60, archive_timestamp: at, create_timestamp: at };
}

function toRole(id: string, named: string, permissions: string): Fields {
  const colors = { primary_color: 0, secondary_color: null, tertiary_color: null };
  return {
    id,
    name: named,
    permissions,
    position: 0,
    color: 0,
    colors,
    hoist: false,
    managed: false,
    mentionable: false,
    flags: 0,
  };
}

function pick<Value>(all: readonly Value[], at: number): Value | undefined {
  return all.length === 0 ? undefined : all[at % all.length];
}
