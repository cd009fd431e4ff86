/**
 * Presses, dialogs and commands of the menu of a message: each is the deed of the visitor whose window it comes from, and what becomes of it is told to that
 * window alone. What the bot answers in words goes the way of all messages.
 */
import type { WebSocket } from 'ws';
import type { SimulatedChannel, SimulatedDiscord, SimulatedEvent } from '../simulator/discord/discord.ts';
import { toDialog, toMessage } from './to-wire.ts';
import { isFor, type Visitor } from './visitor.ts';
import type { Windows } from './windows.ts';
import type { Button, PanelPart, ToServer } from './wire.ts';

type Request = ToServer & { type: 'use-on-message' | 'press' | 'choose' | 'submit-dialog' };

/** The window that an interaction was made in, and under which id it knows it. */
interface Origin {
  readonly socket: WebSocket;
  readonly requestId: string;
}

export class Interactions {
  readonly #discord: SimulatedDiscord;
  readonly #windows: Pick<Windows, 'send'>;
  /** By the id of the interaction, until the bot has taken it or its time has passed. */
  readonly #origins = new Map<string, Origin>();

  constructor(discord: SimulatedDiscord, windows: Pick<Windows, 'send'>) {
    this.#discord = discord;
    this.#windows = windows;
  }

  async start(socket: WebSocket, channel: SimulatedChannel, visitor: Visitor, request: Request): Promise<void> {
    const { requestId } = request;
    try {
      this.follow(await interact(channel, visitor, request, this.#discord), socket, requestId);
    } catch {
      // The button or the dialog is gone: the page says so where it was pressed.
      this.#windows.send(socket, { type: 'interaction-end', requestId, isAcknowledged: false });
    }
  }

  /** What becomes of the interaction is told to the window that it was made in. */
  follow(interactionId: string, socket: WebSocket, requestId: string): void {
    this.#origins.set(interactionId, { socket, requestId });
  }

  tell(event: SimulatedEvent & { type: 'dialog-open' | 'interaction-end' }): void {
    const interactionId = event.type === 'dialog-open' ? event.pressId : event.interactionId;
    const origin = this.#origins.get(interactionId);
    if (origin === undefined) return;
    const { socket, requestId } = origin;
    if (event.type === 'interaction-end') {
      this.#origins.delete(interactionId);
      this.#windows.send(socket, { type: 'interaction-end', requestId, isAcknowledged: event.isAcknowledged });
      return;
    }
    const { pressId, channelId } = event;
    const dialog = this.#discord.channel(channelId)?.dialogOf(pressId);
    if (dialog === undefined) return;
    this.#windows.send(socket, { type: 'dialog-open', requestId, pressId, channelId, dialog: toDialog(dialog) });
  }
}

/** @throws {Error} when there is no such button for this visitor, or no such dialog. @returns the interaction's id. */
async function interact(
  channel: SimulatedChannel,
  visitor: Visitor,
  request: Request,
  discord: SimulatedDiscord,
): Promise<string> {
  const { user } = visitor;
  if (request.type === 'submit-dialog') return channel.submits(user, request.pressId, request.values);
  const { messageId } = request;
  const message = channel.messages.find(({ id }) => id === messageId);
  if (request.type === 'use-on-message') {
    if (message === undefined || !isFor(message, visitor)) throw new Error('There is no such message.');
    return channel.uses(user, messageId, request.command);
  }
  const { customId } = request;
  if (message === undefined || !isFor(message, visitor)) throw new Error('There is no such message.');
  if (request.type === 'choose') return channel.selects(user, messageId, customId, request.values);
  const { buttons, panel } = toMessage(message, discord);
  const all = [...buttons.flat(), ...panel.flatMap(buttonsOf)];
  const isThere = all.some((button) => button.style !== 'link' && button.customId === customId && !button.isDisabled);
  if (!isThere) throw new Error('There is no such button.');
  return channel.presses(user, messageId, customId);
}

function buttonsOf(part: PanelPart): readonly Button[] {
  if (part.type === 'buttons') return part.buttons;
  return part.type === 'text' && part.button !== null ? [part.button] : [];
}
