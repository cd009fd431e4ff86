/** Tells what members and moderators do to questions, and to the places where they were asked. */
import { type Client, Events } from 'discord.js';
import type { Change, Pending } from '../channel/pending-questions.ts';
import { toAskedQuestion } from './question.ts';

export interface ChangeWatchers {
  readonly onChange: (messageId: string, change: Change) => void;
  /** Called with what tells whether a place is out of reach for good. */
  readonly onLeave: (isGone: (place: Pick<Pending, 'channelId' | 'guildId'>) => boolean) => void;
}

/** Needs the partials of messages: none is cached, and discord.js would not tell of them. */
export function watchChanges(client: Client, { onChange, onLeave }: ChangeWatchers): void {
  client.on(Events.MessageUpdate, (_before, message) => {
    // Without its text or its channel, an update says nothing of the question.
    if (message.partial || client.user === null || !client.channels.cache.has(message.channelId)) return;
    onChange(message.id, toAskedQuestion(message, client.user.id) ?? 'deleted');
  });
  client.on(Events.MessageDelete, ({ id }) => onChange(id, 'deleted'));
  client.on(Events.MessageBulkDelete, (messages) => {
    for (const id of messages.keys()) onChange(id, 'deleted');
  });
  const leaveChannel = ({ id }: { readonly id: string }) => onLeave(({ channelId }) => channelId === id);
  client.on(Events.ChannelDelete, leaveChannel);
  client.on(Events.ThreadDelete, leaveChannel);
  // discord.js tells of guilds that are merely unavailable by another event: those come back.
  client.on(Events.GuildDelete, ({ id }) => onLeave(({ guildId }) => guildId === id));
}
