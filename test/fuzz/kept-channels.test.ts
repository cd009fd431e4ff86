/**
 * Whatever a gateway tells of servers, and whenever channels are looked up and packed again, the bot's client knows the same of them
 * as a discord.js that keeps everything.
 */
import { once } from 'node:events';
import { Client, Events, GatewayIntentBits } from 'discord.js';
import fc from 'fast-check';
import { afterAll, expect } from 'vitest';
import { createClient } from '../../src/bot/discord/client.ts';
import { InvalidRequests } from '../../src/bot/discord/invalid-requests.ts';
import { silentLogger } from '../../src/log.ts';
import type { SimulatedDiscord } from '../../src/simulator/discord/discord.ts';
import { startDiscord } from '../../src/simulator/discord/start.ts';
import { fuzz } from './support/fuzz.ts';
import { type GuildDeed, GuildWorld, guildDeeds } from './support/guild-world.ts';
import { toKnown } from './support/known-guild.ts';
import { Shared } from './support/shared.ts';

/** So few that channels are packed again all the time. */
const mostUnpacked = 3;
const toldAll = 'TOLD_ALL';

class TwoClients implements AsyncDisposable {
  readonly #discord: SimulatedDiscord;
  readonly #packed: Client<true>;
  readonly #whole: Client<true>;

  private constructor(discord: SimulatedDiscord, packed: Client<true>, whole: Client<true>) {
    this.#discord = discord;
    this.#packed = packed;
    this.#whole = whole;
  }

  static async start(): Promise<TwoClients> {
    const discord = await startDiscord({ guildLocale: 'none' });
    const packed = createClient({
      discord: { apiUrl: discord.apiUrl, shards: undefined },
      beforePost: async () => {},
      invalidRequests: new InvalidRequests({ log: silentLogger }),
      mostUnpacked,
      log: silentLogger,
    });
    const whole = new Client({ intents: [GatewayIntentBits.Guilds], rest: { api: discord.apiUrl } });
    return new TwoClients(discord, await logIn(packed, discord), await logIn(whole, discord));
  }

  /** Does all of it, and looks whether both know the same. */
  async tell(deeds: readonly GuildDeed[]): Promise<void> {
    const world = new GuildWorld(this.#discord.bot);
    const clients = [this.#packed, this.#whole];
    for (const deed of deeds) {
      if (deed.type === 'look') {
        await this.#told(clients);
        this.#look(world, deed.at);
      } else for (const [name, data] of world.do(deed)) this.#discord.gateway.dispatch(name, data);
    }
    await this.#told(clients);
    this.#look(world, undefined);
    // The next value begins with nothing.
    for (const id of world.guildIds) this.#discord.gateway.dispatch('GUILD_DELETE', { id });
    await this.#told(clients);
    for (const client of clients) expect(client.guilds.cache.size).toBe(0);
    expect(this.#packed.channels.cache.size).toBe(0);
    for (const id of world.channelIds) expect(this.#packed.channels.cache.has(id)).toBe(false);
  }

  /** @param at Which of the channels there ever were; undefined: all of them, twice, so that each has been packed again. */
  #look(world: GuildWorld, at: number | undefined): void {
    const { channelIds } = world;
    const ids = at === undefined ? [...channelIds, ...channelIds] : [channelIds[at % channelIds.length] ?? '0'];
    for (const guildId of world.guildIds)
      for (const id of ids) {
        const whole = toKnown(this.#whole, guildId, id);
        // When a server was down meanwhile, discord.js takes no notice of an archived thread that something happens to; here it is there.
        const isLost = whole !== undefined && whole.channel === undefined && world.hasThread(id);
        const packed = toKnown(this.#packed, guildId, id);
        expect(isLost ? { ...packed, channel: undefined } : packed).toEqual(whole);
      }
    const guildChannels = this.#packed.channels.cache.filter((channel) => !channel.isDMBased());
    expect(guildChannels.size).toBeLessThanOrEqual(mostUnpacked);
  }

  async #told(clients: readonly Client[]): Promise<void> {
    const all = clients.map((client) => once(client.ws, toldAll));
    this.#discord.gateway.dispatch(toldAll, {});
    await Promise.all(all);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#packed.destroy(), this.#whole.destroy()]);
    await this.#discord.close();
  }
}

async function logIn(client: Client, discord: SimulatedDiscord): Promise<Client<true>> {
  const ready = new Promise<Client<true>>((resolve) => client.once(Events.ClientReady, resolve));
  await client.login(discord.token);
  return await ready;
}

const worlds = new Shared(() => TwoClients.start());
afterAll(() => worlds[Symbol.asyncDispose]());

fuzz(
  'servers change while channels are looked up',
  { seconds: 12, batch: 20 },
  fc.array(guildDeeds, { minLength: 1, maxLength: 80, size: 'max' }),
  (deeds) => worlds.use((world) => world.tell([{ type: 'join', channels: 30 }, ...deeds])),
);
