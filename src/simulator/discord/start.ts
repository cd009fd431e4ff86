/** Starts a simulated Discord: REST and gateway on one port of this machine. */

import { Actors } from './actors/actors.ts';
import { Interactions } from './actors/interactions.ts';
import type { SimulatedDiscord, SimulatedDiscordOptions } from './discord.ts';
import { openFrontDoor } from './front-door.ts';
import { Gateway } from './gateway/gateway.ts';
import { loadBodyCheck } from './rest/body-checks.ts';
import { Rest } from './rest/rest.ts';
import { createRouter } from './rest/router.ts';
import { allRoutes } from './routes/routes.ts';
import { createToken, toBuckets, toSettings } from './settings.ts';
import { createFace } from './simulated-discord.ts';
import { addChannel } from './world/channels.ts';
import { addGuild } from './world/guilds.ts';
import type { World } from './world/state.ts';
import { createWorld } from './world/world.ts';

/** Rejects when the port is taken. */
export async function startDiscord(options: SimulatedDiscordOptions = {}): Promise<SimulatedDiscord> {
  const settings = toSettings(options);
  const world = createWorld(settings);
  const closing = new AbortController();
  const token = options.token ?? createToken(world.bot.id);
  const checkBody = settings.checkBodies ? await loadBodyCheck() : () => {};
  const gatewayUrl = () => world.originUrl.replace('http', 'ws');
  const gateway = new Gateway(world, { ...settings, token, url: gatewayUrl });
  const address = { ...settings, url: gatewayUrl, sessionStartLimit: () => gateway.starts.limit };
  const interactions = new Interactions(world, settings);
  const rest = new Rest({
    ...settings,
    router: createRouter(allRoutes(world, address, interactions)),
    token,
    buckets: toBuckets(settings),
    edge: { mostInvalid: settings.invalidRequestLimit, windowMs: settings.invalidRequestWindowMs },
    checkBody,
    problems: world.problems,
    closing: closing.signal,
  });
  const door = await openFrontDoor(world, rest, gateway, settings.port);
  world.originUrl = door.url;
  if (settings.guildLocale !== 'none') furnish(world, settings.guildLocale);
  return createFace({
    world,
    token,
    actors: new Actors(world, interactions),
    rest,
    gateway,
    door,
    async close() {
      closing.abort();
      door.isDown = true;
      interactions.close();
      gateway.drop();
      await door.close();
    },
  });
}

/** The small world that is there when nobody asked for another. */
function furnish(world: World, locale: string): void {
  const guild = addGuild(world, { name: 'Jupan', locale });
  addChannel(world, guild, 'general');
  addChannel(world, guild, 'random');
}
