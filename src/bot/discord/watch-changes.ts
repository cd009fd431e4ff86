/** Tells what members and moderators do to questions, and to the places where they were asked. */
import { type Client, Events, type Message, SnowflakeUtil } from 'discord.js';
import type { Change, Pending } from '../channel/pending-questions.ts';

export interface ChangeWatchers {
  /** Whether a question is known whose turn has not begun. */
  readonly isPending: (messageId: string) => boolean;
  readonly onChange: (messageId: string, change: Change) => void;
  /** What became of a message that was changed; undefined: that is not told. */
  readonly toChange: (message: Message) => Change | undefined;
  /** Called with every message that is gone, whatever it was. */
  readonly onDelete: (message: { readonly id: string; readonly channelId: string }) => void;
  /** Called with what tells whether a place is out of reach for good. */
  readonly onLeave: (isGone: (place: Pick<Pending, 'channelId' | 'guildId'>) => boolean) => void;
}

/** Discord may tell of a change before it tells of the message, and catch-up may just be reading it; nobody asks an older one any more. */
const mayBecomeKnownMs = 10 * 60_000;

/** Needs the partials of messages: none is cached, and discord.js would not tell of them. */
export function watchChanges(
  client: Client,
  { isPending, onChange, toChange, onDelete, onLeave }: ChangeWatchers,
): void {
  /** Most messages that are edited or deleted are no questions, and only so many changes are remembered. */
  const change = (messageId: string, to: Change) => {
    const isYoung = SnowflakeUtil.timestampFrom(messageId) > Date.now() - mayBecomeKnownMs;
    if (isYoung || isPending(messageId)) onChange(messageId, to);
  };
  client.on(Events.MessageUpdate, (_before, message) => {
    // Without its text or its channel, an update says nothing of the question.
    if (message.partial || client.user === null || !client.channels.cache.has(message.channelId)) return;
    // The bot's own answers change with every draft; a preview that Discord adds is no edit.
    if (message.author.bot || message.webhookId !== null || message.editedTimestamp === null) return;
    const to = toChange(message);
    if (to !== undefined) change(message.id, to);
  });
  const remove = ({ id, channelId }: { readonly id: string; readonly channelId: string }) => {
    onDelete({ id, channelId });
    change(id, 'deleted');
  };
  client.on(Events.MessageDelete, remove);
  client.on(Events.MessageBulkDelete, (messages) => {
    for (const message of messages.values()) remove(message);
  });
  const leaveChannel = ({ id }: { readonly id: string }) => onLeave(({ channelId }) => channelId === id);
  client.on(Events.ChannelDelete, leaveChannel);
  client.on(Events.ThreadDelete, leaveChannel);
  // discord.js tells of guilds that are merely unavailable by another event: those come back.
  client.on(Events.GuildDelete, ({ id }) => onLeave(({ guildId }) => guildId === id));
}
