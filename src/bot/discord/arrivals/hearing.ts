/** How a bot hears of interactions that Discord has posted: they come out of discord.js as those do that the gateway tells. */
import { type Client, Events, GatewayDispatchEvents, GatewayOpcodes } from 'discord.js';
import type { ShardConfig } from '../../../config/types.ts';
import { resolvesWithin } from '../../../waiting.ts';
import { inGuild } from '../address.ts';
import { handleEvent } from '../event-handling.ts';
import type { ShardGateway } from '../gateway/served-shard.ts';
import { isServed } from '../shards.ts';
import { guildIdOf, type Hearing, type RawInteraction } from './arrival.ts';
import type { Arrivals } from './arrivals.ts';

export interface HearingOptions {
  readonly client: Client;
  /** Undefined: it is the only one. */
  readonly shards: ShardConfig | undefined;
  /** Set where the shard comes and goes. */
  readonly gateway: ShardGateway | undefined;
  readonly arrivals: Arrivals;
}

/** Discord waits three seconds for the answer to what it posts. */
const readyWithinMs = 2_000;

export function createHearing({ client, shards, gateway, arrivals }: HearingOptions): Hearing {
  const ready = new Promise<void>((resolve) => client.once(Events.ClientReady, () => resolve()));
  const tell = (interaction: RawInteraction) => {
    const dispatch = { op: GatewayOpcodes.Dispatch, t: GatewayDispatchEvents.InteractionCreate, s: 0, d: interaction };
    if (gateway !== undefined) return gateway.tell(dispatch);
    client.ws.emit(dispatch.t, dispatch.d);
    handleEvent(client, dispatch, undefined);
  };
  return {
    get serving() {
      return client.isReady() && !arrivals.isClosed ? shards : undefined;
    },
    async hear(arrival) {
      if (!isServed(inGuild(guildIdOf(arrival.interaction) ?? null), shards)) return undefined;
      // Another process may have what is on its way here answered sooner.
      if (!client.isReady() && shards !== undefined) return undefined;
      if (!(await resolvesWithin(ready, readyWithinMs))) throw new Error('Discord is not connected yet.');
      return await arrivals.hear(arrival, tell);
    },
  };
}
