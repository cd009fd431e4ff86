/** Starts a simulated Discord: REST and gateway on one port of this machine. */

import { randomBytes } from 'node:crypto';
import { Actors } from './actors/actors.ts';
import { Interactions } from './actors/interactions.ts';
import { restrict } from './actors/restrictions.ts';
import { toSimulatedEvent } from './actors/simulated-event.ts';
import { waitForChange } from './actors/wait.ts';
import type { SimulatedDiscord } from './discord.ts';
import type { SimulatedEvent } from './face/event.ts';
import type { SimulatedDiscordOptions } from './face/options.ts';
import { openFrontDoor } from './front-door.ts';
import { Gateway } from './gateway/gateway.ts';
import { loadBodyCheck } from './rest/body-checks.ts';
import { Rest } from './rest/rest.ts';
import { createRouter } from './rest/router.ts';
import { allRoutes } from './routes/routes.ts';
import { addChannel, addGroup, openDm, removeChannel } from './world/channels.ts';
import { Emitter } from './world/emitter.ts';
import { addCommonRole, addGuild, removeGuild, setUnavailable } from './world/guilds.ts';
import type { World } from './world/state.ts';
import { addUser, createWorld } from './world/world.ts';

/** Rejects when the port is taken. */
export async function startDiscord(options: SimulatedDiscordOptions = {}): Promise<SimulatedDiscord> {
  const world = createWorld({
    botName: options.botName ?? 'Jupan',
    mayReadContent: options.grantsMessageContent ?? false,
    showsTextToBotRole: options.showsTextToBotRole ?? false,
    allowsUserInstall: options.allowsUserInstall ?? true,
  });
  const closing = new AbortController();
  const token = options.token ?? createToken(world.bot.id);
  const checkBody = options.checkBodies === false ? () => {} : await loadBodyCheck();
  const gatewayUrl = () => world.originUrl.replace('http', 'ws');
  const gateway = new Gateway(world, {
    token,
    heartbeatIntervalMs: options.heartbeatIntervalMs ?? 41_250,
    resumableEvents: options.resumableEvents ?? 1000,
    url: gatewayUrl,
  });
  const interactions = new Interactions(world, {
    acknowledgeWithinMs: options.acknowledgeWithinMs ?? 3000,
    tokenLifeMs: options.interactionTokenLifeMs ?? 15 * 60_000,
  });
  const actors = new Actors(world, interactions);
  const rest = new Rest({
    router: createRouter(allRoutes(world, { url: gatewayUrl, identifies: () => gateway.identifies }, interactions)),
    token,
    globalRequestsPerSecond: options.globalRequestsPerSecond ?? 50,
    channelRequestsPer5s: options.channelRequestsPer5s ?? 5,
    latencyMs: options.latencyMs ?? 0,
    checkBody,
    problems: world.problems,
    closing: closing.signal,
  });
  const door = await openFrontDoor(world, rest, gateway, options.port ?? 0);
  world.originUrl = door.url;
  if (options.guildLocale !== 'none') furnish(world, options.guildLocale ?? 'ko');

  const observers = new Emitter<SimulatedEvent>();
  world.events.observe((event) => {
    const seen = toSimulatedEvent(world, actors, event);
    if (seen !== undefined) observers.emit(seen);
  });
  gateway.presence.observe((isOnline) => observers.emit({ type: 'presence', isOnline }));

  const guildOf = (id: string) => {
    const guild = world.guilds.get(id);
    if (guild === undefined) throw new Error('The bot is not in that guild any more.');
    return guild;
  };
  const discord: SimulatedDiscord = {
    apiUrl: `${door.url}/api`,
    token,
    bot: world.bot,
    applicationId: world.applicationId,
    get guilds() {
      return [...world.guilds.values()].map((guild) => actors.ofGuild(guild));
    },
    get channels() {
      return [...world.channels.values()].map((channel) => actors.ofChannel(channel));
    },
    get users() {
      return [...world.users.values()];
    },
    get commands() {
      return [...world.commands.values()];
    },
    requests: rest.requests,
    problems: world.problems,
    createGuild: (made) => actors.ofGuild(addGuild(world, made)),
    removeGuild: ({ id }) => removeGuild(world, id),
    createUser: (made) => addUser(world, made),
    createRole: (name, id) => addCommonRole(world, name, id),
    createChannel: ({ id }, name, { kind } = {}) => actors.ofChannel(addChannel(world, guildOf(id), name, kind)),
    removeChannel: ({ id }) => removeChannel(world, id),
    restrict({ id }, restriction) {
      const channel = world.channels.get(id);
      if (channel !== undefined) restrict(world, channel, restriction);
    },
    setUnavailable: ({ id }, isUnavailable) => setUnavailable(world, id, isUnavailable),
    openDm: (user) => actors.ofChannel(openDm(world, user)),
    createGroup: (name, members) => actors.ofChannel(addGroup(world, name, members)),
    channel(id) {
      const channel = world.channels.get(id);
      return channel === undefined ? undefined : actors.ofChannel(channel);
    },
    async waitForBot({ timeoutMs } = {}) {
      await waitForChange({
        look: () => world.isBotOnline,
        observe: gateway.presence.observe,
        describe: () => 'the bot has not come online.',
        ...(timeoutMs !== undefined && { timeoutMs }),
      });
    },
    observe: observers.observe,
    faults: rest.faults,
    moderation: {
      block: (word, by = 'automod') => void world.blockedWords.set(word.toLowerCase(), by),
      clear: () => world.blockedWords.clear(),
    },
    gateway: {
      get identifies() {
        return gateway.identifies;
      },
      get resumes() {
        return gateway.resumes;
      },
      drop: () => gateway.drop(),
      close: (code) => gateway.close(code),
      requestReconnect: () => gateway.requestReconnect(),
      invalidateSession: (isResumable) => gateway.invalidateSession(isResumable),
      answerHeartbeats(isAnswering) {
        gateway.answersHeartbeats = isAnswering;
      },
      setDown(isDown) {
        door.isDown = isDown;
        if (isDown) gateway.drop();
      },
      repeat: (eventName, count = 1) => gateway.repeat(eventName, count),
      reverse: (eventName, count) => gateway.reverse(eventName, count),
    },
    async close() {
      closing.abort();
      door.isDown = true;
      interactions.close();
      gateway.drop();
      await door.close();
    },
    [Symbol.asyncDispose]: () => discord.close(),
  };
  return discord;
}

/** The small world that is there when nobody asked for another. */
function furnish(world: World, locale: string): void {
  const guild = addGuild(world, { name: 'Jupan', locale });
  addChannel(world, guild, 'general');
  addChannel(world, guild, 'random');
}

/** Discord's form: the id of the bot, a time and a signature. */
function createToken(botId: string): string {
  const part = (bytes: number) => randomBytes(bytes).toString('base64url');
  return `${Buffer.from(botId).toString('base64url')}.${part(4)}.${part(28)}`;
}
