/** Channels and guilds as tests and the playground see them. */

import type { SimulatedChannel } from '../face/channel.ts';
import type { SimulatedGuild } from '../face/guild.ts';
import type { Channel, Guild, World } from '../world/state.ts';
import { createChannelActor } from './channel-actor.ts';
import { createGuildActor } from './guild-actor.ts';
import type { Interactions } from './interactions.ts';

/** Gives the same object for the same channel or guild each time. */
export class Actors {
  readonly #world: World;
  readonly #interactions: Interactions;
  readonly #channels = new WeakMap<Channel, SimulatedChannel>();
  readonly #guilds = new WeakMap<Guild, SimulatedGuild>();

  constructor(world: World, interactions: Interactions) {
    this.#world = world;
    this.#interactions = interactions;
  }

  ofChannel(channel: Channel): SimulatedChannel {
    const known = this.#channels.get(channel);
    if (known !== undefined) return known;
    const actor = createChannelActor(this.#world, this.#interactions, channel, {
      ...(channel.guild !== undefined && { guild: this.ofGuild(channel.guild) }),
      toActor: (other) => this.ofChannel(other),
    });
    this.#channels.set(channel, actor);
    return actor;
  }

  ofGuild(guild: Guild): SimulatedGuild {
    const known = this.#guilds.get(guild);
    if (known !== undefined) return known;
    const actor = createGuildActor(this.#world, guild);
    this.#guilds.set(guild, actor);
    return actor;
  }
}
