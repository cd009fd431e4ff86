/** What windows are told without having asked: what a member's client would be told, to whom may see it. */
import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import type { SimulatedDiscord, SimulatedEvent } from '../simulator/discord/discord.ts';
import type { Interactions } from './interactions.ts';
import { toChannel, toCommand, toGuild, toLanguage, toMember, toMessage } from './to-wire.ts';
import { isFor, isVisible, type Visitor } from './visitor.ts';
import type { Visitors } from './visitors.ts';
import type { Windows } from './windows.ts';
import type { Command, Member, ModelAtWork } from './wire.ts';

export interface AnnouncementsOptions {
  readonly discord: SimulatedDiscord;
  readonly model: ModelAtWork;
  readonly windows: Windows;
  readonly visitors: Visitors;
  readonly interactions: Interactions;
}

/** Messages of one channel that a window is told of when it joins. */
const shownMessages = 300;

export class Announcements {
  readonly #options: AnnouncementsOptions;
  readonly #runId = randomUUID();
  #isBotOnline = false;

  constructor(options: AnnouncementsOptions) {
    this.#options = options;
  }

  tell(event: SimulatedEvent): void {
    const { windows, interactions } = this.#options;
    switch (event.type) {
      case 'message-create':
      case 'message-update': {
        const { message } = event;
        const isInside = this.#insiders(message.channelId);
        windows.broadcast(
          { type: 'message', message: toMessage(message, this.#options.discord) },
          (visitor) => isInside(visitor) && isFor(message, visitor),
        );
        break;
      }
      case 'message-delete':
        windows.broadcast(event, this.#insiders(event.channelId));
        break;
      case 'typing': {
        const { channelId, user } = event;
        windows.broadcast({ type: 'typing', channelId, userId: user.id }, this.#insiders(channelId));
        break;
      }
      case 'channel-create':
        windows.broadcast({ type: 'channel', channel: toChannel(event.channel) }, this.#insiders(event.channel.id));
        break;
      case 'channel-delete':
        windows.broadcast({ type: 'channel-delete', channelId: event.channel.id });
        break;
      case 'commands-update':
        for (const [socket, visitor] of windows.joined()) this.tellCommands(socket, visitor);
        break;
      case 'dialog-open':
      case 'interaction-end':
        interactions.tell(event);
        break;
      case 'presence':
        this.#isBotOnline = event.isOnline;
        this.tellMembers();
        break;
      default:
        event satisfies never;
    }
  }

  /** Everything there is for this visitor to see, to a window that has just joined. */
  welcome(socket: WebSocket, visitor: Visitor): void {
    const { discord, model, windows } = this.#options;
    const channels = discord.channels.filter((channel) => isVisible(channel, visitor));
    windows.send(socket, {
      type: 'welcome',
      runId: this.#runId,
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
        .map((message) => toMessage(message, discord)),
      members: this.#members(),
      commands: this.#commandsFor(visitor),
    });
    this.tellMembers();
  }

  /** To everybody: somebody came, went, or has another name. */
  tellMembers(): void {
    this.#options.windows.broadcast({ type: 'members', members: this.#members() });
  }

  /** In the visitor's language. */
  tellCommands(socket: WebSocket, visitor: Visitor): void {
    this.#options.windows.send(socket, { type: 'commands', commands: this.#commandsFor(visitor) });
  }

  #insiders(channelId: string): (visitor: Visitor) => boolean {
    return (visitor) => isVisible(this.#options.discord.channel(channelId), visitor);
  }

  #members(): Member[] {
    const { discord, windows, visitors } = this.#options;
    return [
      toMember(discord.bot, this.#isBotOnline),
      ...visitors.all.map((visitor) => toMember(visitor.user, windows.isPresent(visitor))),
    ];
  }

  #commandsFor({ user }: Visitor): Command[] {
    return this.#options.discord.commands.map((command) => toCommand(command, toLanguage(user.locale)));
  }
}
