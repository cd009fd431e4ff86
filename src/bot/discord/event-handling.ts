/** Where every event passes in discord.js, also one that was put aside. Not among its public methods. */
import type { Client } from 'discord.js';

export interface EventHandling {
  /**
   * By each call, discord.js goes on with what it has put aside, if there is any.
   * @param packet Undefined: nothing new.
   * @returns whether it was handled now, and not put aside until the client is ready.
   */
  handlePacket(packet?: unknown, shard?: unknown): boolean;
}

export function eventHandling(client: Client): EventHandling {
  return client.ws as unknown as EventHandling;
}
