/**
 * The channels of all servers of a client. discord.js has one of them only from the moment somebody looks it up until others
 * have been looked up since; before and after, it is packed. What Discord tells of channels changes what is packed, and nothing
 * else: what discord.js has made of it before is forgotten and made anew.
 */
import { type Channel, type Client, Collection, type Guild, type GuildBasedChannel } from 'discord.js';
import type { Logger } from '../../../log.ts';
import { PackedChannels, type RawChannel, toChannelKey } from './packed-channels.ts';

/** What discord.js does with what is told. Not among its public methods. */
interface ChannelMaking {
  _add(channel: RawChannel, guild: Guild): GuildBasedChannel | null;
}

export interface KeptChannelsOptions {
  readonly log: Logger;
  /** Channels that discord.js may have at a time besides those of direct messages. Default 2 000: some 2 MB. */
  readonly mostUnpacked?: number;
}

export class KeptChannels {
  readonly #options: KeptChannelsOptions;
  readonly #guilds = new Map<string, PackedChannels>();
  /** By the id of a channel that discord.js has, its guild's; the one that nobody has asked for longest is first. */
  readonly #unpacked = new Map<string, string>();
  readonly #underWay = new Set<string>();
  /** Where what is looked up next is likely to be. */
  #likely: string | undefined;
  #client: Client | undefined;

  constructor(options: KeptChannelsOptions) {
    this.#options = options;
  }

  /** To be called once, with the client whose caches {@link createCache} has made. */
  attach(client: Client): void {
    this.#client = client;
  }

  /** For all channels, or those of one guild: whatever is looked up in it is there. It does not list what is packed. */
  createCache(): Collection<string, Channel> {
    return new UnpackingCollection(this);
  }

  /** Discord has told of all channels of the guild. */
  replace(guildId: string, channels: readonly unknown[]): void {
    this.forgetGuild(guildId);
    this.#guilds.set(guildId, new PackedChannels(channels));
  }

  /** Discord has told of one. */
  put(guildId: string, channel: RawChannel): void {
    // The guild may be down for the moment.
    const isKnown = this.#client?.guilds.cache.has(guildId) === true;
    const packed = this.#guilds.get(guildId) ?? (isKnown ? new PackedChannels([]) : undefined);
    if (packed === undefined) return;
    this.#guilds.set(guildId, packed);
    packed.put(channel);
    this.#drop(channel.id, guildId);
  }

  remove(guildId: string, isGone: (channel: RawChannel) => boolean): void {
    for (const id of this.#guilds.get(guildId)?.remove(isGone) ?? []) this.#drop(id, guildId);
  }

  forgetGuild(guildId: string): void {
    this.#guilds.delete(guildId);
    for (const [id, ofGuild] of this.#unpacked) if (ofGuild === guildId) this.#drop(id, guildId);
  }

  /**
   * For each guild in turn, the channels with a message after that one, by what was told of the channels themselves.
   * @param only One guild alone. Default: all.
   */
  *changedSince(after: bigint, only?: string): Generator<GuildBasedChannel[]> {
    // What is told meanwhile was not missed.
    for (const guildId of only === undefined ? [...this.#guilds.keys()] : [only]) {
      const packed = this.#guilds.get(guildId);
      const guild = this.#client?.guilds.cache.get(guildId);
      if (packed === undefined || guild === undefined || packed.newest <= after) continue;
      const changed = [...packed].filter(({ last_message_id: id }) => (toChannelKey(id) ?? 0n) > after);
      yield changed.flatMap((channel) => this.#make(channel, guild) ?? []);
    }
  }

  /** Somebody has looked up what discord.js has. */
  used(id: string): void {
    const guildId = this.#unpacked.get(id);
    if (guildId === undefined) return;
    this.#unpacked.delete(id);
    this.#unpacked.set(id, guildId);
  }

  /** Something happens in that guild: what is looked up now is likely to be there, and there are many. */
  expect(guildId: string): void {
    this.#likely = guildId;
  }

  /** Somebody has looked up what discord.js does not have. */
  unpack(id: string): void {
    const key = this.#underWay.has(id) ? undefined : toChannelKey(id);
    const guildId = key === undefined ? undefined : this.#guildOf(key);
    const guild = guildId === undefined ? undefined : this.#client?.guilds.cache.get(guildId);
    if (key === undefined || guild === undefined) return;
    const channel = this.#guilds.get(guild.id)?.get(key);
    if (channel !== undefined) this.#make(channel, guild);
  }

  #guildOf(key: bigint): string | undefined {
    if (this.#likely !== undefined && this.#guilds.get(this.#likely)?.has(key) === true) return this.#likely;
    for (const [guildId, packed] of this.#guilds) if (packed.has(key)) return guildId;
    return undefined;
  }

  /** By discord.js, unless it has it. Undefined for what it cannot work with. */
  #make(channel: RawChannel, guild: Guild): GuildBasedChannel | undefined {
    const { log, mostUnpacked = 2_000 } = this.#options;
    const { id } = channel;
    this.#underWay.add(id);
    try {
      const making = this.#client?.channels as unknown as ChannelMaking | undefined;
      const made = making?._add(channel, guild) ?? undefined;
      if (made !== undefined) this.#unpacked.set(id, guild.id);
      return made;
    } catch (error) {
      log.warn('channel-not-understood', {
        channelId: id,
        failure: error instanceof Error ? error.name : typeof error,
      });
      this.remove(guild.id, (other) => other.id === id);
      return undefined;
    } finally {
      this.#underWay.delete(id);
      for (const [oldestId, guildId] of this.#unpacked) {
        if (this.#unpacked.size <= mostUnpacked) break;
        this.#drop(oldestId, guildId);
      }
    }
  }

  #drop(id: string, guildId: string): void {
    this.#unpacked.delete(id);
    this.#client?.channels.cache.delete(id);
    this.#client?.guilds.cache.get(guildId)?.channels.cache.delete(id);
  }
}

class UnpackingCollection extends Collection<string, Channel> {
  readonly #kept: KeptChannels;

  /** What is made of a part of it is an ordinary collection. */
  static override get [Symbol.species](): typeof Collection {
    return Collection;
  }

  constructor(kept: KeptChannels) {
    super();
    this.#kept = kept;
  }

  override get(id: string): Channel | undefined {
    const there = super.get(id);
    if (there !== undefined) {
      this.#kept.used(id);
      return there;
    }
    this.#kept.unpack(id);
    return super.get(id);
  }

  override has(id: string): boolean {
    return this.get(id) !== undefined;
  }
}
