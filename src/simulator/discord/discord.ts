/**
 * What a simulated Discord offers to those who run it in their process: tests, benchmarks and the playground. The bot
 * never sees any of this; it meets the simulator on the wire, as REST at `apiUrl` and a gateway behind it.
 *
 * Actors act as members do (`says`, `asks`); observers see what a member's client would see.
 */

export type Locale = 'ko' | 'en-US' | (string & {});

export interface SimulatedUser {
  readonly id: string;
  readonly name: string;
  /** What channels show. */
  readonly displayName: string;
  /** The language of the member's own client: what an interaction carries as `locale`. */
  readonly locale: Locale;
  readonly isBot: boolean;
  /** Roles that the member has in every guild, by {@link SimulatedDiscord.createRole}. */
  readonly roleIds: readonly string[];
  /** Whether the member may manage messages: what `/forget` is for. Default false. */
  readonly isModerator: boolean;
}

export interface SimulatedGuild {
  readonly id: string;
  readonly name: string;
  readonly locale: Locale;
  /** The role that Discord gives every bot in a guild; `<@&botRoleId>` mentions it. */
  readonly botRoleId: string;
}

export interface SimulatedAttachment {
  readonly id: string;
  readonly filename: string;
  readonly contentType: string;
  readonly size: number;
  readonly data: Uint8Array;
  /** Where the simulator serves it. */
  readonly url: string;
  readonly description?: string;
}

/** A message as it stands now. Every change makes a new object; `message-update` carries it. */
export interface SimulatedMessage {
  readonly id: string;
  readonly channelId: string;
  readonly author: SimulatedUser;
  readonly content: string;
  /** Milliseconds since 1970 UTC. */
  readonly createdAt: number;
  readonly editedAt?: number;
  /** Every content the message ever had, oldest first, the present one last. */
  readonly revisions: readonly string[];
  /** The message it replies to. */
  readonly repliesTo?: string;
  /** Users that this message pings (a highlight in their client): what `allowed_mentions` let through. */
  readonly pings: readonly string[];
  readonly attachments: readonly SimulatedAttachment[];
  /** Message components (buttons) as the bot sent them, Discord's JSON. */
  readonly components: readonly unknown[];
  readonly nonce?: string;
  /** True when only the member who used the command sees it. */
  readonly isEphemeral?: boolean;
  /** Set on a response to a slash command, a press or a dialog: who used which. `isThinking` until the deferred response is filled. */
  readonly interaction?: {
    readonly id: string;
    readonly user: SimulatedUser;
    /** Of the command, or the button's `custom_id`. */
    readonly command: string;
    readonly isThinking: boolean;
    /** The message whose button was pressed, where it answers a press or a dialog. */
    readonly pressedMessageId?: string;
  };
}

export interface SayOptions {
  readonly repliesTo?: string;
  /** Whether a reply pings the replied-to author, as members choose. Default true. */
  readonly pingsRepliedTo?: boolean;
  /** Marks the message as written through a webhook. Default false. */
  readonly isWebhook?: boolean;
  /** Marks it as a system message ("… started a thread"). Default false. */
  readonly isSystem?: boolean;
}

export interface SimulatedChannel {
  readonly id: string;
  readonly name: string;
  readonly kind: 'text' | 'thread' | 'dm';
  readonly guild?: SimulatedGuild;
  /** The channel that a thread hangs under. */
  readonly parentId?: string;
  /** Oldest first; deleted messages are gone. */
  readonly messages: readonly SimulatedMessage[];
  /** Posts as that member and dispatches MESSAGE_CREATE. `<@id>`, `<@!id>`, `<@&role>`, `@everyone` in the text mention as on Discord. */
  says(user: SimulatedUser, content: string, options?: SayOptions): SimulatedMessage;
  /** Uses a slash command with its options by name, e.g. `asks(user, 'ask', { question: '1+1' })`. Resolves with the interaction's id once dispatched. Rejects when the bot has not registered the command. */
  asks(user: SimulatedUser, command: string, options: Readonly<Record<string, string>>): Promise<string>;
  /** Presses the button with that `custom_id`. Resolves with the interaction's id once dispatched. */
  presses(user: SimulatedUser, messageId: string, customId: string): Promise<string>;
  /** Sends the dialog off that the bot has opened for that press, with values by `custom_id`; of a select several, a line each. Resolves with the new interaction's id once dispatched. Rejects when no such dialog is open or a required field is empty, as a member's client would. */
  submits(user: SimulatedUser, pressId: string, values: Readonly<Record<string, string>>): Promise<string>;
  /** The dialog that the bot has opened for that press, Discord's JSON; undefined when it has not. */
  dialogOf(pressId: string): SimulatedDialog | undefined;
  edits(messageId: string, content: string): void;
  deletes(messageId: string): void;
  /** Resolves with the first defined value that `look` returns, looking now and after every change of this channel. Rejects after `timeoutMs` (default 5000) with the transcript in the message. */
  waitFor<Found>(
    look: (channel: SimulatedChannel) => Found | undefined | false,
    options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal },
  ): Promise<Found>;
  /** One line a message, `name: content`, a reply as `name ↩ content`; for assertions and failure messages. */
  transcript(): string;
  startThread(name: string): SimulatedChannel;
}

/** A dialog (modal) as a member sees it. */
export interface SimulatedDialog {
  readonly customId: string;
  readonly title: string;
  readonly fields: readonly SimulatedField[];
}

export interface SimulatedField {
  readonly customId: string;
  readonly label: string;
  readonly description?: string;
  readonly isRequired: boolean;
  /** Of a select; empty for a text field. */
  readonly options: readonly { readonly value: string; readonly label: string; readonly isPreset: boolean }[];
  readonly allowsSeveral: boolean;
  readonly isLong: boolean;
  /** Characters that a text field takes. */
  readonly minLength: number;
  readonly maxLength: number;
  /** What a text field holds at first. */
  readonly value: string;
  readonly placeholder: string;
}

/** What a member's client would be told. `typing` without `until` in the past means: show it for 10 s or until that user posts. */
export type SimulatedEvent =
  | { readonly type: 'message-create' | 'message-update'; readonly message: SimulatedMessage }
  | { readonly type: 'message-delete'; readonly channelId: string; readonly messageId: string }
  | { readonly type: 'typing'; readonly channelId: string; readonly user: SimulatedUser }
  | { readonly type: 'channel-create' | 'channel-delete'; readonly channel: SimulatedChannel }
  /** The bot answers that user's press with a dialog; see {@link SimulatedChannel.dialogOf}. */
  | { readonly type: 'dialog-open'; readonly pressId: string; readonly channelId: string; readonly user: SimulatedUser }
  /** The bot has acknowledged a command, a press or a dialog, or let its time pass. The id is what `asks`, `presses` and `submits` resolve with. */
  | { readonly type: 'interaction-end'; readonly interactionId: string; readonly isAcknowledged: boolean }
  | { readonly type: 'commands-update'; readonly commands: readonly SimulatedCommand[] }
  /** The bot's gateway session came up or went away: the green or grey dot beside its name. */
  | { readonly type: 'presence'; readonly isOnline: boolean };

export interface SimulatedCommand {
  readonly name: string;
  readonly description: string;
  readonly descriptionLocalizations: Readonly<Record<string, string>>;
  readonly options: readonly {
    readonly name: string;
    readonly description: string;
    readonly isRequired: boolean;
    readonly maxLength?: number;
  }[];
}

/** One REST request as it came in and was answered. */
export interface LoggedRequest {
  readonly method: string;
  /** With ids, e.g. `/channels/123/messages`. */
  readonly path: string;
  /** Without ids, e.g. `/channels/{channel.id}/messages`; undefined for a route the simulator does not have. */
  readonly route?: string;
  readonly body?: unknown;
  readonly status: number;
  /** Milliseconds since 1970 UTC, fractions kept. */
  readonly receivedAt: number;
  readonly answeredAt: number;
}

/** Something to go wrong with the next `times` (default 1) requests that match. Consumed as it strikes. */
export interface RestFault {
  readonly method?: string;
  /** As in {@link LoggedRequest.route}; a string must be equal, a pattern match the path. */
  readonly route?: string | RegExp;
  readonly times?: number;
  /** How many matching requests pass before. Default 0. */
  readonly skip?: number;
  readonly effect:
    | {
        readonly type: 'status';
        readonly status: number;
        /** JSON, or a text that is sent as a page. */
        readonly body?: unknown;
        readonly headers?: Readonly<Record<string, string>>;
      }
    /** Does the work, then answers 500: the unclear failure. */
    | { readonly type: 'fail-after-storing' }
    | { readonly type: 'reset' }
    | { readonly type: 'reset-after-storing' }
    | { readonly type: 'delay'; readonly delayMs: number }
    | { readonly type: 'rate-limit'; readonly retryAfterMs: number; readonly isGlobal?: boolean };
}

/**
 * - `no-access` the bot cannot see the channel any more (50001),
 * - `no-writing` it may read but not write (50013),
 * - `archived` a thread that nobody wrote in for long: nothing can be changed there (50083) until somebody writes or opens it,
 * - `locked` a thread that was archived and locked (50083).
 */
export type ChannelRestriction = 'no-access' | 'no-writing' | 'archived' | 'locked';

export interface SimulatedDiscordOptions {
  /** Default 0: any free one. */
  readonly port?: number;
  /** Default `Jupan`. */
  readonly botName?: string;
  /** Default made up. */
  readonly token?: string;
  /** REST requests a second over all channels before a global 429; interaction callbacks and webhooks do not count. Default 50; Infinity turns it off. */
  readonly globalRequestsPerSecond?: number;
  /** Creates, and edits, that one channel takes in 5 s before a 429. Default 5 each; Infinity turns it off. */
  readonly channelRequestsPer5s?: number;
  /** Added before every REST answer. Default 0. */
  readonly latencyMs?: number;
  /** Default 41 250. */
  readonly heartbeatIntervalMs?: number;
  /** How long a command waits for its acknowledgement. Default 3000. */
  readonly acknowledgeWithinMs?: number;
  /** How long the token of an interaction can be written with. Default 15 minutes. */
  readonly interactionTokenLifeMs?: number;
  /** How many missed events a session keeps for RESUME. Default 1000; a session that missed more starts anew. */
  readonly resumableEvents?: number;
  /** Checks every body against Discord's published schema, whose loading takes about 0.2 s. Default true. */
  readonly checkBodies?: boolean;
  /** The application was granted the privileged Message Content intent. Default false. */
  readonly grantsMessageContent?: boolean;
  /** Language of the guild that is there from the start, with the channels `general` and `random`; `none` starts without a guild. Default `ko`. */
  readonly guildLocale?: Locale | 'none';
}

/**
 * Faults, all of them usable at any moment and side by side (a soak can mix them):
 * - of a request, through `faults`: a status before the work is done, 500 or a reset after it, a reset before it, a delay,
 *   429 with any wait, in a bucket or global;
 * - of the gateway, through `gateway`: a cut socket, any close code, op 7, op 9, unanswered heartbeats, an outage,
 *   dispatches that come twice or in another order;
 * - of places: `removeChannel`, `removeGuild`, `restrict`, `setUnavailable`; of messages: `edits` and `deletes` of a channel.
 */
export interface SimulatedDiscord extends AsyncDisposable {
  /** REST base without version, for `DISCORD_API_URL`. */
  readonly apiUrl: string;
  readonly token: string;
  readonly bot: SimulatedUser;
  readonly applicationId: string;
  readonly guilds: readonly SimulatedGuild[];
  readonly channels: readonly SimulatedChannel[];
  readonly users: readonly SimulatedUser[];
  readonly commands: readonly SimulatedCommand[];
  /** Every REST request so far. */
  readonly requests: readonly LoggedRequest[];
  /** What Discord would have refused or never gets from a good bot, one sentence each: unknown route, body against the published schema, over-long message, late acknowledgement. Tests assert that it is empty. */
  readonly problems: readonly string[];
  createGuild(options: { readonly name: string; readonly locale?: Locale }): SimulatedGuild;
  removeGuild(guild: SimulatedGuild): void;
  createUser(options: {
    readonly name: string;
    readonly displayName?: string;
    readonly locale?: Locale;
    readonly isBot?: boolean;
    readonly roleIds?: readonly string[];
    readonly isModerator?: boolean;
  }): SimulatedUser;
  /** A role that every guild has from now on. @param id Default made up. @returns its id. */
  createRole(name: string, id?: string): string;
  createChannel(guild: SimulatedGuild, name: string): SimulatedChannel;
  removeChannel(channel: SimulatedChannel): void;
  /** What the bot may not do in the channel from now on; undefined lifts it. */
  restrict(channel: SimulatedChannel, restriction: ChannelRestriction | undefined): void;
  /** The guild is down at Discord (GUILD_DELETE with `unavailable`, its routes answer 503) until called with false. */
  setUnavailable(guild: SimulatedGuild, isUnavailable: boolean): void;
  openDm(user: SimulatedUser): SimulatedChannel;
  channel(id: string): SimulatedChannel | undefined;
  /** Resolves once a session of the bot is READY (or resumed) and its guilds were sent. */
  waitForBot(options?: { readonly timeoutMs?: number }): Promise<void>;
  /** Calls `listener` for every event until the returned function is called. */
  observe(listener: (event: SimulatedEvent) => void): () => void;
  readonly faults: { add(fault: RestFault): void; clear(): void };
  readonly gateway: {
    /** Number of IDENTIFYs and RESUMEs seen. */
    readonly identifies: number;
    readonly resumes: number;
    /** Cuts every socket without a close frame; events go on being queued for RESUME. */
    drop(): void;
    /** Closes every socket with that code. */
    close(code: number): void;
    /** Op 7. */
    requestReconnect(): void;
    /** Op 9. */
    invalidateSession(isResumable: boolean): void;
    /** Stops answering heartbeats until called with true. */
    answerHeartbeats(isAnswering: boolean): void;
    /** Refuses new gateway connections and REST (connection reset) until called with false: an outage. */
    setDown(isDown: boolean): void;
    /** Sends the last `count` dispatches (default 1) of this type a second time, as Discord sometimes does. */
    repeat(eventName: string, count?: number): void;
    /** Keeps back the next `count` dispatches of this type, then sends them last first. */
    reverse(eventName: string, count: number): void;
  };
  close(): Promise<void>;
}
