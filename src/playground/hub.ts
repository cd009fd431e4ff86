/**
 * Joins open windows to the simulated Discord: what a member does in the page becomes an actor's deed, what a member's
 * client would be told goes to every window that may see it.
 */
import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import type { SimulatedDiscord, SimulatedEvent } from '../simulator/discord/discord.ts';
import { createInteractions } from './interactions.ts';
import { toChannel, toCommand, toGuild, toLanguage, toLocale, toMember, toMessage } from './to-wire.ts';
import { isFor, isVisible, type Visitor } from './visitor.ts';
import { type Language, type ModelAtWork, parseToServer, type ToPage, type ToServer } from './wire.ts';
import { pickName } from './world.ts';

export interface Hub {
  /** Takes over a socket that has just opened. */
  connect(socket: WebSocket): void;
  /** Closes every window's socket and stops listening to the simulator. */
  close(): void;
}

/** Messages of one channel that a window is told of when it joins. */
const shownMessages = 300;

export function createHub(discord: SimulatedDiscord, model: ModelAtWork): Hub {
  const runId = randomUUID();
  const windows = new Map<WebSocket, Visitor | undefined>();
  /** Everybody who ever came, by secret. */
  const visitors = new Map<string, Visitor>();
  let isBotOnline = false;

  const send = (socket: WebSocket, message: ToPage) => socket.send(JSON.stringify(message));

  const interactions = createInteractions(discord, send);

  /** To every window, or to those whose visitor `mayKnow`. */
  function broadcast(message: ToPage, mayKnow: (visitor: Visitor) => boolean = () => true): void {
    for (const [socket, visitor] of windows) if (visitor && mayKnow(visitor)) send(socket, message);
  }

  const insiders = (channelId: string) => (visitor: Visitor) => isVisible(discord.channel(channelId), visitor);

  function members() {
    const present = new Set(windows.values());
    return [
      toMember(discord.bot, isBotOnline),
      ...[...visitors.values()].map((visitor) => toMember(visitor.user, present.has(visitor))),
    ];
  }

  function commandsFor({ user }: Visitor) {
    return discord.commands.map((command) => toCommand(command, toLanguage(user.locale)));
  }

  function sendCommands(socket: WebSocket, visitor: Visitor): void {
    send(socket, { type: 'commands', commands: commandsFor(visitor) });
  }

  function tell(event: SimulatedEvent): void {
    switch (event.type) {
      case 'message-create':
      case 'message-update': {
        const { message } = event;
        const isInside = insiders(message.channelId);
        broadcast(
          { type: 'message', message: toMessage(message) },
          (visitor) => isInside(visitor) && isFor(message, visitor),
        );
        break;
      }
      case 'message-delete':
        broadcast(event, insiders(event.channelId));
        break;
      case 'typing': {
        const { channelId, user } = event;
        broadcast({ type: 'typing', channelId, userId: user.id }, insiders(channelId));
        break;
      }
      case 'channel-create':
        broadcast({ type: 'channel', channel: toChannel(event.channel) }, insiders(event.channel.id));
        break;
      case 'channel-delete':
        broadcast({ type: 'channel-delete', channelId: event.channel.id });
        break;
      case 'commands-update':
        for (const [socket, visitor] of windows) if (visitor) sendCommands(socket, visitor);
        break;
      case 'dialog-open':
      case 'interaction-end':
        interactions.tell(event);
        break;
      case 'presence':
        isBotOnline = event.isOnline;
        broadcast({ type: 'members', members: members() });
        break;
      default:
        event satisfies never;
    }
  }

  function welcome(socket: WebSocket, visitor: Visitor): void {
    windows.set(socket, visitor);
    const channels = discord.channels.filter((channel) => isVisible(channel, visitor));
    send(socket, {
      type: 'welcome',
      runId,
      memberId: visitor.user.id,
      secret: visitor.secret,
      botId: discord.bot.id,
      model,
      guilds: discord.guilds.map(toGuild),
      channels: channels.map(toChannel),
      messages: channels
        .flatMap((channel) => channel.messages.slice(-shownMessages))
        // As on Discord, what only one member saw is gone once their window is opened anew.
        .filter(({ isEphemeral }) => isEphemeral !== true)
        .map(toMessage),
      members: members(),
      commands: commandsFor(visitor),
    });
    broadcast({ type: 'members', members: members() });
  }

  function join({ secret, name, language }: ToServer & { type: 'join' }): Visitor {
    const known = secret === null ? undefined : visitors.get(secret);
    if (known) return known;
    const taken = [...visitors.values()].map(({ user }) => user.displayName);
    const displayName = name ?? pickName(language, taken);
    // Everybody may try every command, `/forget` too.
    const user = discord.createUser({ name: displayName, displayName, locale: toLocale(language), isModerator: true });
    const visitor = { secret: randomUUID(), user, dm: discord.openDm(user) };
    visitors.set(visitor.secret, visitor);
    return visitor;
  }

  function change({ user }: Visitor, name: string, language: Language): void {
    // Members can change both on Discord. The simulator has no deed for it, and makes its payloads of this very object.
    Object.assign(user, { displayName: name, locale: toLocale(language) });
    broadcast({ type: 'members', members: members() });
  }

  /** @returns false when the message refers to something that is not there for this visitor. */
  async function obey(socket: WebSocket, visitor: Visitor, request: ToServer): Promise<boolean> {
    if (request.type === 'join') return false;
    if (request.type === 'change-member') {
      change(visitor, request.name, request.language);
      sendCommands(socket, visitor);
      return true;
    }
    const { user } = visitor;
    const channel = discord.channel(request.channelId);
    if (!channel || !isVisible(channel, visitor)) return false;
    switch (request.type) {
      case 'say':
        channel.says(user, request.content, request.repliesTo === null ? {} : { repliesTo: request.repliesTo });
        return true;
      case 'edit':
      case 'delete': {
        const message = channel.messages.find(({ id }) => id === request.messageId);
        if (message?.author.id !== user.id) return false;
        if (request.type === 'edit') channel.edits(message.id, request.content);
        else channel.deletes(message.id);
        return true;
      }
      case 'start-thread':
        if (channel.kind !== 'text') return false;
        send(socket, { type: 'thread-start', channelId: channel.startThread(request.name).id });
        return true;
      case 'use-command': {
        const { requestId } = request;
        try {
          const interactionId = await channel.asks(user, request.command, request.options);
          send(socket, { type: 'command-sent', requestId, interactionId });
        } catch {
          // The bot has not registered the command, or is not there to take it: the page says so at the command.
          send(socket, { type: 'command-refused', requestId });
        }
        return true;
      }
      case 'press':
      case 'submit-dialog':
        await interactions.start(socket, channel, visitor, request);
        return true;
      default:
        request satisfies never;
        return false;
    }
  }

  async function receive(socket: WebSocket, frame: string): Promise<void> {
    const request = parseToServer(frame);
    const visitor = windows.get(socket);
    if (request?.type === 'join' && visitor === undefined) return welcome(socket, join(request));
    let isDone = false;
    try {
      isDone = request !== undefined && visitor !== undefined && (await obey(socket, visitor, request));
    } catch {
      // The simulator refuses what Discord would refuse; the member has just been typing it and can mend it.
    }
    if (!isDone) send(socket, { type: 'refused' });
  }

  const stopObserving = discord.observe(tell);
  return {
    connect(socket) {
      windows.set(socket, undefined);
      socket.on('message', (data, isBinary) => {
        void receive(socket, isBinary ? '' : String(data));
      });
      socket.on('close', () => {
        windows.delete(socket);
        broadcast({ type: 'members', members: members() });
      });
      // A socket that fails is closed by ws, and its close is dealt with above.
      socket.on('error', () => {});
    },
    close() {
      stopObserving();
      for (const socket of windows.keys()) socket.close(1001);
    },
  };
}
