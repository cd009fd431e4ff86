/** Where every event passes in discord.js, also one that was put aside. Not among its public methods. */
import type { Client } from 'discord.js';

/** @returns whether it was handled now, and not put aside until the client is ready. */
export type HandleEvent = (packet?: unknown, shard?: unknown) => boolean;

interface EventHandling {
  handlePacket: HandleEvent;
}

type Wrap = (handle: HandleEvent) => HandleEvent;

const wrapsOf = new WeakMap<Client, Wrap[]>();

/** As discord.js tells itself of an event. */
export function handleEvent(client: Client, packet: unknown, shard: unknown): boolean {
  return handlingOf(client).handlePacket(packet, shard);
}

/** For an event that discord.js is not told of. With each one that it is told of, it goes on with what it has put aside. */
export function passOver(client: Client, handle: HandleEvent): boolean {
  return client.isReady() ? handle() : true;
}

/** From now on, events pass through what is made of the way that they took before. */
export function wrapEvents(client: Client, wrap: Wrap): void {
  wrapsOf.set(client, [...(wrapsOf.get(client) ?? []), wrap]);
  apply(client, wrap);
}

/** To be called when the client's part that speaks with the gateway was made anew. */
export function wrapEventsAgain(client: Client): void {
  for (const wrap of wrapsOf.get(client) ?? []) apply(client, wrap);
}

function apply(client: Client, wrap: Wrap): void {
  const handling = handlingOf(client);
  handling.handlePacket = wrap(handling.handlePacket.bind(client.ws));
}

function handlingOf(client: Client): EventHandling {
  return client.ws as unknown as EventHandling;
}
