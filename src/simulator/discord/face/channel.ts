/** A channel, and what members and admins do there. */

import type { SimulatedChoice } from './command.ts';
import type { SimulatedDialog } from './dialog.ts';
import type { SimulatedGuild } from './guild.ts';
import type { SimulatedFile, SimulatedMessage } from './message.ts';
import type { PermissionName } from './permission.ts';
import type { SimulatedUser } from './user.ts';

export interface SayOptions {
  /** At most 10, of 20 MiB each; then the text may be empty. */
  readonly files?: readonly SimulatedFile[];
  /** Discord's JSON, as other bots and webhooks send it; then the text may be empty. */
  readonly embeds?: readonly object[];
  readonly repliesTo?: string;
  /** Whether a reply pings the replied-to author, as members choose. Default true. */
  readonly pingsRepliedTo?: boolean;
  /** Marks the message as written through a webhook. Default false. */
  readonly isWebhook?: boolean;
  /** Marks it as a system message ("… started a thread"). Default false. */
  readonly isSystem?: boolean;
}

/** `voice` has a text of its own, `forum` has posts (threads) alone, `group` is a direct message without the bot. */
export type ChannelKind = 'text' | 'voice' | 'forum' | 'thread' | 'dm' | 'group';

/** How a thread stands. */
export interface ThreadState {
  /** Nobody wrote in it for long: nothing can be changed there until somebody writes or opens it. */
  readonly isArchived: boolean;
  /** Only moderators can write in it or open it. */
  readonly isLocked: boolean;
}

export interface ThreadOptions {
  /** Seen by those who were added and by moderators alone. Default false. */
  readonly isPrivate?: boolean;
  /** Who opens it. Default the owner of the guild. */
  readonly owner?: SimulatedUser;
  /** Who is in it from the start. Default nobody. */
  readonly members?: readonly SimulatedUser[];
}

export interface SimulatedChannel extends ThreadState {
  readonly id: string;
  readonly name: string;
  readonly kind: ChannelKind;
  readonly guild?: SimulatedGuild;
  /** The channel that a thread hangs under. */
  readonly parentId?: string;
  /** Oldest first; deleted messages are gone. */
  readonly messages: readonly SimulatedMessage[];
  /** Posts as that member and dispatches MESSAGE_CREATE. `<@id>`, `<@!id>`, `<@&role>`, `@everyone` in the text mention as on Discord. */
  says(user: SimulatedUser, content: string, options?: SayOptions): SimulatedMessage;
  /** Sends a message of this or another channel on to this one, without a word. */
  forwards(user: SimulatedUser, message: SimulatedMessage): SimulatedMessage;
  /** Uses a slash command with its options by name, e.g. `asks(user, 'ask', { question: '1+1' })`; a file is picked for an option that takes one. Resolves with the interaction's id once dispatched. Rejects when the bot has not registered the command. */
  asks(
    user: SimulatedUser,
    command: string,
    options: Readonly<Record<string, string | SimulatedFile>>,
  ): Promise<string>;
  /** Uses a command of the menu of a message. Resolves with the interaction's id once dispatched; see {@link dialogOf}. */
  uses(user: SimulatedUser, messageId: string, command: string): Promise<string>;
  /** Types into an option of a slash command that has autocomplete: what the bot suggests. Rejects when the option has none, and when the bot does not answer in time. @param given The other options by name. */
  completes(
    user: SimulatedUser,
    command: string,
    option: string,
    typed: string,
    given?: Readonly<Record<string, string>>,
  ): Promise<readonly SimulatedChoice[]>;
  /** Presses the button with that `custom_id`. Resolves with the interaction's id once dispatched. */
  presses(user: SimulatedUser, messageId: string, customId: string): Promise<string>;
  /** Picks values in the select with that `custom_id`: options, or ids of roles, channels and users. Resolves with the interaction's id once dispatched. Rejects when the select does not offer them, as a member's client would. */
  selects(user: SimulatedUser, messageId: string, customId: string, values: readonly string[]): Promise<string>;
  /** Sends the dialog off that the bot has opened for that press or command, with values by `custom_id`; of a select several, a line each. Resolves with the new interaction's id once dispatched. Rejects when no such dialog is open or a required field is empty, as a member's client would. */
  submits(user: SimulatedUser, pressId: string, values: Readonly<Record<string, string>>): Promise<string>;
  /** The dialog that the bot has opened for that press or command, Discord's JSON; undefined when it has not. */
  dialogOf(pressId: string): SimulatedDialog | undefined;
  edits(messageId: string, content: string): void;
  deletes(messageId: string): void;
  /** Resolves with the first defined value that `look` returns, looking now and after every change of this channel. Rejects after `timeoutMs` (default 15 000) with the transcript in the message. */
  waitFor<Found>(
    look: (channel: SimulatedChannel) => Found | undefined | false,
    options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal },
  ): Promise<Found>;
  /** One line a message, `name: content`, a reply as `name ↩ content`; for assertions and failure messages. */
  transcript(): string;
  startThread(name: string, options?: ThreadOptions): SimulatedChannel;
  /** Takes permissions from the bot in this channel by an overwrite for it alone, which is Discord's last word. In a thread: in the channel that it hangs under. */
  deny(...permissions: readonly PermissionName[]): void;
  /** Gives permissions to the bot in this channel, likewise. */
  allow(...permissions: readonly PermissionName[]): void;
  /** Sets the overwrite for a role (by its id; the guild's id is `@everyone`) or a member; with neither it is removed. */
  overwrite(
    target: string | SimulatedUser,
    overwrite: { readonly allow?: readonly PermissionName[]; readonly deny?: readonly PermissionName[] },
  ): void;
  /** Archives, opens, locks or unlocks; what is left out stays. */
  setThread(changes: Partial<ThreadState>): void;
  /** Adds somebody to a thread, the bot included. */
  addMember(user: SimulatedUser): void;
  removeMember(user: SimulatedUser): void;
}

/**
 * - `no-access` the bot cannot see the channel any more (50001),
 * - `no-writing` it may read but not write (50013),
 * - `archived` a thread that nobody wrote in for long: nothing can be changed there (50083) until somebody writes or opens it,
 * - `locked` a thread that was archived and locked (50083).
 */
export type ChannelRestriction = 'no-access' | 'no-writing' | 'archived' | 'locked';
