/** What the simulated Discord remembers. Plain records: how they change stands in the files beside this one. */

import type { MessageType, OverwriteType } from 'discord-api-types/v10';
import type { Cdn } from '../cdn/cdn.ts';
import type { ChannelKind } from '../face/channel.ts';
import type { SimulatedChoice, SimulatedCommand } from '../face/command.ts';
import type { ContentFilter } from '../face/filter.ts';
import type { SimulatedMessage } from '../face/message.ts';
import type { Locale, SimulatedUser } from '../face/user.ts';
import type { JsonObject } from '../payload/json.ts';
import type { Emitter } from './emitter.ts';
import type { Files } from './files.ts';
import type { InteractionsEndpoint } from './interactions-endpoint.ts';
import type { Logins } from './logins.ts';
import type { MessageLog } from './message-log.ts';
import type { OldEdits } from './old-edits.ts';
import type { Problems } from './problems.ts';
import type { Snowflakes } from './snowflakes.ts';
import type { WebhookMessages } from './webhook-messages.ts';

export interface Role {
  readonly id: string;
  readonly name: string;
  permissions: bigint;
  isMentionable: boolean;
  /** The bot whose own role it is; then nobody can give or take it. */
  readonly botId?: string;
}

export interface Guild {
  readonly id: string;
  readonly name: string;
  readonly locale: Locale;
  readonly botRoleId: string;
  /** Whom {@link SimulatedUser.isModerator} says to be one has it. */
  readonly moderatorRoleId: string;
  readonly ownerId: string;
  /** Milliseconds since 1970 UTC when the bot came in. */
  readonly joinedAt: number;
  /** `@everyone` first, under the guild's own id. */
  readonly roles: Map<string, Role>;
  /** By member, beside {@link SimulatedUser.roleIds}. */
  readonly givenRoles: Map<string, Set<string>>;
  /** By member: until when they may only look on, in milliseconds since 1970 UTC. */
  readonly timeouts: Map<string, number>;
  /** False where the application is there for those alone who installed it for themselves. */
  readonly hasBot: boolean;
  isUnavailable: boolean;
}

/** What a channel grants and denies a role or a member. */
export interface Overwrite {
  readonly type: OverwriteType;
  readonly allow: bigint;
  readonly deny: bigint;
}

export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly kind: ChannelKind;
  readonly guild?: Guild;
  /** The channel that a thread hangs under. */
  readonly parent?: Channel;
  /** Who is in a direct message beside the bot. */
  readonly recipients: readonly SimulatedUser[];
  readonly position: number;
  readonly log: MessageLog<Message>;
  /** By the id of the role or the member. A thread has none of its own. */
  readonly overwrites: Map<string, Overwrite>;
  /** Of a thread: who opened it. */
  readonly ownerId?: string;
  /** Of a thread: seen by its members and by moderators alone. */
  readonly isPrivate: boolean;
  /** Of a thread. */
  readonly memberIds: Set<string>;
  isArchived: boolean;
  isLocked: boolean;
  /** Stays when that message is deleted, as on Discord. */
  lastMessageId?: string;
}

/** A message with what goes over the wire but concerns no member. */
export interface Message extends SimulatedMessage {
  readonly wire: {
    readonly type: MessageType;
    readonly flags: number;
    readonly embeds: readonly unknown[];
    readonly mentions: readonly SimulatedUser[];
    readonly mentionedRoleIds: readonly string[];
    readonly mentionsEveryone: boolean;
    readonly webhookId?: string;
    readonly interaction?: Interaction;
    /** The message that it sends on, as it was then. */
    readonly forwarded?: Message;
  };
}

/** A member's use of a command or a button, and how far its answer has come. */
export interface Interaction {
  readonly id: string;
  readonly token: string;
  readonly user: SimulatedUser;
  readonly channel: Channel;
  /** Of the command, or the button's `custom_id`. */
  readonly name: string;
  readonly payload: JsonObject;
  /** The message that carries the pressed button. */
  readonly pressedMessageId?: string;
  /** Made where the bot itself is not: the user's own installation is all that lets it answer. */
  readonly isUserInstalled: boolean;
  /** Messages made by the webhook of a user's own installation, of which Discord counts five. */
  followUps: number;
  state: 'waiting' | 'late' | 'deferred' | 'answered';
  /** Whether the bot knows of it: a session was there, or the application's endpoint took it. */
  wasTold: boolean;
  originalId?: string;
  /** The dialog that answers it, as the bot sent it. */
  dialog?: JsonObject;
  /** Set on the submit of a dialog: its `custom_id`. */
  readonly dialogId?: string;
  /** Set while a member types into an option of a command: which. It takes suggestions and no message. */
  readonly typedOption?: string;
  /** What the bot suggests for it. */
  choices?: readonly SimulatedChoice[];
  /** Set on the submit of a dialog: what the dialog has answered. */
  readonly openedBy?: Interaction;
}

/** Of the slash, or of the menu of a message. */
export interface Command extends SimulatedCommand {
  readonly id: string;
  readonly guildId?: string;
  readonly payload: JsonObject;
  /** What is used in its place. Empty: it is used itself. */
  readonly subcommands: readonly Subcommand[];
}

/** Its name is the whole one, with that of its command. */
export interface Subcommand extends SimulatedCommand {
  readonly payload: JsonObject;
}

/** Everything that happens, for the gateway and for observers. */
export type WorldEvent =
  | { readonly type: 'message-create' | 'message-update'; readonly channel: Channel; readonly message: Message }
  | { readonly type: 'message-delete'; readonly channel: Channel; readonly messageId: string }
  | { readonly type: 'typing'; readonly channel: Channel; readonly user: SimulatedUser }
  | { readonly type: 'channel-create' | 'channel-delete'; readonly channel: Channel }
  | { readonly type: 'guild-create' | 'guild-delete'; readonly guild: Guild }
  | { readonly type: 'interaction-create' | 'interaction-end' | 'dialog-open'; readonly interaction: Interaction }
  | { readonly type: 'channel-update'; readonly channel: Channel }
  /** The bot sees the channel from now on: these are the threads there. */
  | { readonly type: 'threads-sync'; readonly channel: Channel }
  | {
      readonly type: 'thread-members';
      readonly channel: Channel;
      readonly user: SimulatedUser;
      readonly isMember: boolean;
    }
  | { readonly type: 'role-create' | 'role-update'; readonly guild: Guild; readonly role: Role }
  | { readonly type: 'member-update'; readonly guild: Guild; readonly user: SimulatedUser }
  | { readonly type: 'commands-update' };

export interface World {
  readonly snowflakes: Snowflakes;
  readonly bot: SimulatedUser;
  /** Owns the application and every guild; never speaks. */
  readonly owner: SimulatedUser;
  readonly applicationId: string;
  /** Whether the application is granted the privileged Message Content intent. */
  mayReadContent: boolean;
  /** Whether anybody may add the bot to a server. */
  readonly isPublic: boolean;
  /** Whether users may install the application for themselves. */
  readonly allowsUserInstall: boolean;
  /** Whether a mention of the bot's own role counts as one of the bot when it comes to the text. */
  readonly showsTextToBotRole: boolean;
  readonly users: Map<string, SimulatedUser>;
  readonly guilds: Map<string, Guild>;
  /** Names of the roles that every guild gets, by id. */
  readonly commonRoles: Map<string, string>;
  readonly channels: Map<string, Channel>;
  /** Channels of guilds that the bot was removed from: there, and out of its reach. */
  readonly lostChannelIds: Set<string>;
  readonly commands: Map<string, Command>;
  readonly interactionsById: Map<string, Interaction>;
  readonly interactionsByToken: Map<string, Interaction>;
  readonly files: Files;
  readonly cdn: Cdn;
  readonly logins: Logins;
  readonly endpoint: InteractionsEndpoint;
  readonly oldEdits: OldEdits;
  readonly webhookMessages: WebhookMessages;
  /** In lower case: what Discord refuses from the bot, and which of its filters does. */
  readonly blockedWords: Map<string, ContentFilter>;
  readonly events: Emitter<WorldEvent>;
  readonly problems: Problems;
  /** Whether a session of the bot has a socket. */
  isBotOnline: boolean;
  /** `http://127.0.0.1:PORT`, set once the simulator listens. */
  originUrl: string;
}
