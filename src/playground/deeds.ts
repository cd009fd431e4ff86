/** What a visitor does in the page becomes an actor's deed in the simulated Discord. */
import type { WebSocket } from 'ws';
import type { SimulatedChannel, SimulatedDiscord, SimulatedFile } from '../simulator/discord/discord.ts';
import type { Announcements } from './announcements.ts';
import type { Interactions } from './interactions.ts';
import { toChoices, toLanguage } from './to-wire.ts';
import type { Uploads } from './uploads.ts';
import { isFor, isVisible, type Visitor } from './visitor.ts';
import type { Visitors } from './visitors.ts';
import type { Windows } from './windows.ts';
import type { ToServer } from './wire.ts';

export interface DeedsContext {
  readonly discord: SimulatedDiscord;
  readonly windows: Windows;
  readonly visitors: Visitors;
  readonly announcements: Announcements;
  readonly interactions: Interactions;
  readonly uploads: Uploads;
}

/**
 * @returns false when the request refers to something that is not there for this visitor.
 * @throws {Error} when the simulator refuses what Discord would refuse.
 */
export async function obey(
  socket: WebSocket,
  visitor: Visitor,
  request: ToServer,
  context: DeedsContext,
): Promise<boolean> {
  const { discord, windows, visitors, announcements, interactions, uploads } = context;
  if (request.type === 'join') return false;
  if (request.type === 'change-member') {
    visitors.change(visitor, request.name, request.language);
    announcements.tellMembers();
    announcements.tellCommands(socket, visitor);
    return true;
  }
  const channel = discord.channel(request.channelId);
  if (!channel || !isVisible(channel, visitor)) return false;
  switch (request.type) {
    case 'say':
      return say(channel, visitor, request, uploads);
    case 'forward':
      return forward(channel, visitor, request, discord);
    case 'edit':
    case 'delete':
      return changeOwnMessage(channel, visitor, request);
    case 'start-thread':
      if (channel.kind !== 'text') return false;
      windows.send(socket, { type: 'thread-start', channelId: channel.startThread(request.name).id });
      return true;
    case 'use-command':
      await useCommand(socket, channel, visitor, request, context);
      return true;
    case 'complete':
      await complete(socket, channel, visitor, request, windows);
      return true;
    case 'use-on-message':
    case 'press':
    case 'choose':
    case 'submit-dialog':
      await interactions.start(socket, channel, visitor, request);
      return true;
    default:
      request satisfies never;
      return false;
  }
}

function say(
  channel: SimulatedChannel,
  { user }: Visitor,
  { content, repliesTo, files: ids }: ToServer & { type: 'say' },
  uploads: Uploads,
): boolean {
  const files = ids.flatMap((id) => toFile(uploads, id) ?? []);
  // An upload that is gone is not left out in silence.
  if (files.length < ids.length || (content === '' && files.length === 0)) return false;
  channel.says(user, content, { files, ...(repliesTo === null ? {} : { repliesTo }) });
  for (const id of ids) uploads.drop(id);
  return true;
}

function forward(
  channel: SimulatedChannel,
  visitor: Visitor,
  { fromChannelId, messageId }: ToServer & { type: 'forward' },
  discord: SimulatedDiscord,
): boolean {
  const from = discord.channel(fromChannelId);
  const message = from?.messages.find(({ id }) => id === messageId);
  if (message === undefined || !isVisible(from, visitor) || !isFor(message, visitor)) return false;
  channel.forwards(visitor.user, message);
  return true;
}

function toFile(uploads: Uploads, id: string): SimulatedFile | undefined {
  const upload = uploads.get(id);
  return upload && { name: upload.filename, data: upload.data, contentType: upload.contentType };
}

function changeOwnMessage(
  channel: SimulatedChannel,
  { user }: Visitor,
  request: ToServer & { type: 'edit' | 'delete' },
): boolean {
  const message = channel.messages.find(({ id }) => id === request.messageId);
  if (message?.author.id !== user.id) return false;
  if (request.type === 'edit') channel.edits(message.id, request.content);
  else channel.deletes(message.id);
  return true;
}

async function useCommand(
  socket: WebSocket,
  channel: SimulatedChannel,
  { user }: Visitor,
  { requestId, command, options }: ToServer & { type: 'use-command' },
  { discord, windows, interactions, uploads }: DeedsContext,
): Promise<void> {
  try {
    const definition = discord.commands.find(({ kind, name }) => kind === 'slash' && name === command);
    const isFile = (name: string) => definition?.options.some((option) => option.name === name && option.isFile);
    const given = Object.entries(options).map(([name, value]) => {
      const file = isFile(name) ? toFile(uploads, value) : value;
      if (file === undefined) throw new Error('The upload is gone.');
      return [name, file];
    });
    const interactionId = await channel.asks(user, command, Object.fromEntries(given));
    for (const [name, value] of Object.entries(options)) if (isFile(name)) uploads.drop(value);
    interactions.follow(interactionId, socket, requestId);
    windows.send(socket, { type: 'command-sent', requestId, interactionId });
  } catch {
    // The bot has not registered the command, or its file is not kept any more: the page says so at the command.
    windows.send(socket, { type: 'command-refused', requestId });
  }
}

async function complete(
  socket: WebSocket,
  channel: SimulatedChannel,
  { user }: Visitor,
  { requestId, command, option, typed, options }: ToServer & { type: 'complete' },
  windows: Windows,
): Promise<void> {
  // The bot has no such option, or is not there to say anything: nothing is suggested.
  const choices = await channel.completes(user, command, option, typed, options).catch(() => []);
  windows.send(socket, { type: 'choices', requestId, choices: toChoices(choices, toLanguage(user.locale)) });
}
