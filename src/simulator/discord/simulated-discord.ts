/** The parts of a simulated Discord as the one object that tests and the playground hold. */

import type { Actors } from './actors/actors.ts';
import { restrict } from './actors/restrictions.ts';
import { toSimulatedEvent } from './actors/simulated-event.ts';
import { waitForChange } from './actors/wait.ts';
import type { SimulatedDiscord } from './discord.ts';
import type { EndpointFace } from './face/delivery.ts';
import type { SimulatedEvent } from './face/event.ts';
import type { FrontDoor } from './front-door.ts';
import type { Gateway } from './gateway/gateway.ts';
import type { Rest } from './rest/rest.ts';
import { addChannel, addGroup, openDm, removeChannel } from './world/channels.ts';
import { Emitter } from './world/emitter.ts';
import { addCommonRole, addGuild, removeGuild, setUnavailable } from './world/guilds.ts';
import type { Guild, World } from './world/state.ts';
import { addUser } from './world/world.ts';

interface Parts {
  readonly world: World;
  readonly token: string;
  readonly actors: Actors;
  readonly rest: Rest;
  readonly gateway: Gateway;
  readonly door: FrontDoor;
  readonly close: () => Promise<void>;
}

export function createFace(parts: Parts): SimulatedDiscord {
  const { world, token, actors, rest, gateway, door, close } = parts;
  return {
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
      return [...world.commands.values()].flatMap((command) =>
        command.subcommands.length === 0 ? [command] : command.subcommands,
      );
    },
    requests: rest.requests,
    problems: world.problems.all,
    ...makers(parts),
    async waitForBot({ timeoutMs } = {}) {
      await waitForChange({
        look: () => world.isBotOnline,
        observe: gateway.presence.observe,
        describe: () => 'the bot has not come online.',
        ...(timeoutMs !== undefined && { timeoutMs }),
      });
    },
    cutOff: (pid, isCutOff) => door.cutOff(pid, isCutOff),
    observe: observersOf(parts).observe,
    edge: {
      get invalidRequests() {
        return rest.edge.invalid;
      },
      shutOut: (forMs) => rest.edge.shutOut(forMs),
    },
    endpoint: endpointOf(world),
    faults: rest.faults,
    cdn: {
      host: new URL(door.url).host,
      fetched: world.cdn.fetched,
      fail: (fault, times) => world.cdn.fail(fault, times),
    },
    grantMessageContent(isGranted) {
      world.mayReadContent = isGranted;
    },
    moderation: {
      block: (word, by = 'automod') => void world.blockedWords.set(word.toLowerCase(), by),
      clear: () => world.blockedWords.clear(),
    },
    gateway: gatewayFaults(parts),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** What comes into being and goes. */
function makers({ world, actors }: Parts) {
  return {
    createGuild: (made) => actors.ofGuild(addGuild(world, made)),
    removeGuild: ({ id }) => removeGuild(world, id),
    createUser: (made) => addUser(world, made),
    createRole: (name, id) => addCommonRole(world, name, id),
    createChannel: ({ id }, name, { kind } = {}) => actors.ofChannel(addChannel(world, guildOf(world, id), name, kind)),
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
  } satisfies Partial<SimulatedDiscord>;
}

function guildOf(world: World, id: string): Guild {
  const guild = world.guilds.get(id);
  if (guild === undefined) throw new Error('The bot is not in that guild any more.');
  return guild;
}

function observersOf({ world, actors, gateway }: Parts): Emitter<SimulatedEvent> {
  const observers = new Emitter<SimulatedEvent>();
  world.events.observe((event) => {
    const seen = toSimulatedEvent(world, actors, event);
    if (seen !== undefined) observers.emit(seen);
  });
  gateway.presence.observe((isOnline) => observers.emit({ type: 'presence', isOnline }));
  return observers;
}

function endpointOf({ endpoint, interactionsById }: World): EndpointFace {
  const payloadOf = (interactionId: string) => JSON.stringify(interactionsById.get(interactionId)?.payload ?? null);
  return {
    publicKey: endpoint.publicKey,
    deliveries: endpoint.deliveries,
    set: (url) => endpoint.set(url),
    sign: (body, atSeconds) => endpoint.sign(body, atSeconds),
    repeat: (interactionId) => endpoint.deliver(interactionId, payloadOf(interactionId)),
    payloadOf,
  };
}

function gatewayFaults({ gateway, door }: Parts): SimulatedDiscord['gateway'] {
  return {
    get identifies() {
      return gateway.identifies;
    },
    get resumes() {
      return gateway.resumes;
    },
    get sessions() {
      return gateway.sessions;
    },
    drop: () => gateway.drop(),
    close: (code) => gateway.close(code),
    requestReconnect: () => gateway.requestReconnect(),
    invalidateSession: (isResumable) => gateway.invalidateSession(isResumable),
    answerHeartbeats(isAnswering) {
      gateway.answersHeartbeats = isAnswering;
    },
    tellOfOtherGuilds(shardId) {
      gateway.shardOfOtherGuilds = shardId;
    },
    setDown(isDown) {
      door.isDown = isDown;
      if (isDown) gateway.drop();
    },
    repeat: (eventName, count = 1) => gateway.repeat(eventName, count),
    reverse: (eventName, count) => gateway.reverse(eventName, count),
    dispatch: (eventName, data) => gateway.dispatch(eventName, data),
  };
}
