/**
 * What a simulated Discord offers to those who run it in their process: tests, benchmarks and the playground. The bot
 * never sees any of this; it meets the simulator on the wire, as REST at `apiUrl` and a gateway behind it.
 *
 * Actors act as members do (`says`, `asks`); observers see what a member's client would see.
 */

import type { CdnFault } from './face/cdn.ts';
import type { ChannelRestriction, SimulatedChannel } from './face/channel.ts';
import type { SimulatedCommand } from './face/command.ts';
import type { EndpointFace } from './face/delivery.ts';
import type { SimulatedEvent } from './face/event.ts';
import type { ContentFilter } from './face/filter.ts';
import type { SimulatedGuild } from './face/guild.ts';
import type { LoggedRequest, RestFault } from './face/request.ts';
import type { Locale, SimulatedUser } from './face/user.ts';

export type { SimulatedChannel } from './face/channel.ts';
export type { SimulatedChoice, SimulatedCommand } from './face/command.ts';
export type { SimulatedDialog } from './face/dialog.ts';
export type { SimulatedEvent } from './face/event.ts';
export type { SimulatedGuild } from './face/guild.ts';
export type { SimulatedAttachment, SimulatedFile, SimulatedMessage } from './face/message.ts';
export type { SimulatedDiscordOptions } from './face/options.ts';
export type { RestFault } from './face/request.ts';
export type { SimulatedUser } from './face/user.ts';

/**
 * Faults, all of them usable at any moment and side by side (a soak can mix them):
 * - of a request, through `faults`: a status before the work is done, 500 or a reset after it, a reset before it, a delay,
 *   429 with any wait, in a bucket or global;
 * - of the gateway, through `gateway`: a cut socket, any close code, op 7, op 9, unanswered heartbeats, an outage,
 *   dispatches that come twice, in another order, or as nobody documents them;
 * - of one process among several: `cutOff`;
 * - of places: `removeChannel`, `removeGuild`, `restrict`, `setUnavailable`; of messages: `edits` and `deletes` of a channel;
 * - of permissions, one at a time: `deny`, `overwrite`, `setThread` of a channel; `deny`, `setRole`, `timeOut` of a guild.
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
  /** The REST requests so far: the newest, see {@link SimulatedDiscordOptions.retainedRequests}; a body over 256 KiB is left out. */
  readonly requests: readonly LoggedRequest[];
  /** What Discord would have refused or never gets from a good bot, one sentence each: unknown route, body against the published schema, over-long message, late acknowledgement. Tests assert that it is empty. */
  readonly problems: readonly string[];
  /** @param options.hasBot Whether the bot is added to it. Default true; false leaves those who installed the application for themselves. */
  createGuild(options: { readonly name: string; readonly locale?: Locale; readonly hasBot?: boolean }): SimulatedGuild;
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
  /** @param options.kind Default `text`. */
  createChannel(
    guild: SimulatedGuild,
    name: string,
    options?: { readonly kind?: 'text' | 'voice' | 'forum' },
  ): SimulatedChannel;
  removeChannel(channel: SimulatedChannel): void;
  /** What the bot may not do in the channel from now on, by one word; undefined lifts it, and every overwrite for the bot. */
  restrict(channel: SimulatedChannel, restriction: ChannelRestriction | undefined): void;
  /** The guild is down at Discord (GUILD_DELETE with `unavailable`, its routes answer 503) until called with false. */
  setUnavailable(guild: SimulatedGuild, isUnavailable: boolean): void;
  openDm(user: SimulatedUser): SimulatedChannel;
  /** A group of users, in which the bot can only be used by those who installed the application for themselves. */
  createGroup(name: string, members: readonly SimulatedUser[]): SimulatedChannel;
  channel(id: string): SimulatedChannel | undefined;
  /** Resolves once a session of the bot is READY (or resumed) and its guilds were sent. */
  waitForBot(options?: { readonly timeoutMs?: number }): Promise<void>;
  /** Nothing comes through any more from that process of this machine (Linux), to the API and the gateway alike, until called with false. */
  cutOff(pid: number, isCutOff: boolean): void;
  /** Calls `listener` for every event until the returned function is called. */
  observe(listener: (event: SimulatedEvent) => void): () => void;
  /** What stands before the API and knows the address alone. */
  readonly edge: {
    /** Invalid requests (401, 403, 429) so far in the present ten minutes. */
    readonly invalidRequests: number;
    /** Answers every request with a 429 that does not say when to come back, for so long. */
    shutOut(forMs: number): void;
  };
  /** Where interactions go instead of the gateway once its address is set. */
  readonly endpoint: EndpointFace;
  readonly faults: { add(fault: RestFault): void; clear(): void };
  /** Where the files of messages are fetched. */
  readonly cdn: {
    /** With its port, for `DISCORD_CDN_HOSTS`. */
    readonly host: string;
    /** Ids of the files that were asked for, oldest first. */
    readonly fetched: readonly string[];
    /** What goes wrong with the next `times` (default 1) files that are asked for. */
    fail(fault: CdnFault, times?: number): void;
  };
  /** The switch of the developer portal. A session that stands stays as it is; the next one is refused (4014) if it asks for what is not granted. */
  grantMessageContent(isGranted: boolean): void;
  /** Words, in whatever case, for which Discord refuses what the bot writes, new or edited, until `clear`. */
  readonly moderation: {
    /** @param by Default `automod`. */
    block(word: string, by?: ContentFilter): void;
    clear(): void;
  };
  readonly gateway: {
    /** Number of IDENTIFYs and RESUMEs seen. */
    readonly identifies: number;
    readonly resumes: number;
    /** The sessions that have a socket now: which shard of how many, and the port of the client's end. */
    readonly sessions: readonly { readonly shard: readonly [id: number, count: number]; readonly port: number }[];
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
    /** Tells that shard of commands that are used where the bot is not, as no document says which; undefined: the one of the guild's number. */
    tellOfOtherGuilds(shardId: number | undefined): void;
    /** Refuses new gateway connections and REST (connection reset) until called with false: an outage. */
    setDown(isDown: boolean): void;
    /** Sends the last `count` dispatches (default 1) of this type a second time, as Discord sometimes does. */
    repeat(eventName: string, count?: number): void;
    /** Keeps back the next `count` dispatches of this type, then sends them last first. */
    reverse(eventName: string, count: number): void;
    /** Sends every session a dispatch as it stands, whatever the session asked for: one that no document knows, or a broken one. */
    dispatch(eventName: string, data: unknown): void;
  };
  close(): Promise<void>;
}
