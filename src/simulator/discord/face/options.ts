/** How a simulated Discord is set up. */

import type { Locale } from './user.ts';

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
  /** Messages that one interaction's webhook makes in 2 s before a 429 (discord-api-docs issue 2701). Default 5, or Infinity where `channelRequestsPer5s` is. */
  readonly followUpsPer2s?: number;
  /** Messages that all interactions of one channel make together in `webhookMessageWindowMs` before a 429 that no header foretells. Default 30, or Infinity where `channelRequestsPer5s` is. */
  readonly webhookMessageLimit?: number;
  /** Default 60 000. */
  readonly webhookMessageWindowMs?: number;
  /** Invalid requests (401, 403, 429) in `invalidRequestWindowMs` that shut the address out until that time is over. Default 10 000. */
  readonly invalidRequestLimit?: number;
  /** Default 10 minutes. */
  readonly invalidRequestWindowMs?: number;
  /** From which age a message takes only 3 edits in 20 s before a 429 with code 30046. Default an hour. */
  readonly oldMessageAfterMs?: number;
  /** How long the signed address of a file is good. Default a day. */
  readonly fileAddressLifeMs?: number;
  /** Added before every REST answer. Default 0. */
  readonly latencyMs?: number;
  /** By how much the clock of Discord, as its `Date` header says, is ahead of that of this machine. Default 0. */
  readonly clockAheadMs?: number;
  /** Default 41 250. */
  readonly heartbeatIntervalMs?: number;
  /** How long a command waits for its acknowledgement. Default 3000. */
  readonly acknowledgeWithinMs?: number;
  /** How long the token of an interaction can be written with. Default 15 minutes. */
  readonly interactionTokenLifeMs?: number;
  /** How many missed events a session keeps for RESUME. Default 1000; a session that missed more starts anew. */
  readonly resumableEvents?: number;
  /** How many requests `requests` retains, the newest. Default 100 000. */
  readonly retainedRequests?: number;
  /** Times that the bot may identify in a day: more, and every session is closed for good, as where Discord takes the token away. Default 1000. */
  readonly sessionStarts?: number;
  /** Shards that may identify in the same 5 s, each with another rest of their division by it: a shard that comes sooner is sent away with op 9. Default Infinity, of which the bot is told 1. */
  readonly maxConcurrency?: number;
  /** Shards that `GET /gateway/bot` recommends at least. Default 1. */
  readonly recommendedShards?: number;
  /** Guilds that one shard may serve: more, and the gateway hangs up with 4011. Default 2500. */
  readonly guildsPerShard?: number;
  /** Checks every body against Discord's published schema, whose loading takes about 0.2 s. Default true. */
  readonly checkBodies?: boolean;
  /** The application is granted the privileged Message Content intent. Default false; see {@link SimulatedDiscord.grantMessageContent}. */
  readonly grantsMessageContent?: boolean;
  /** The switch of the developer portal that lets anybody add the bot to a server. Default true. */
  readonly isPublic?: boolean;
  /** The switch of the developer portal that lets users install the application for themselves. Default true. */
  readonly allowsUserInstall?: boolean;
  /** Whether a mention of the bot's own role brings the text along without that intent, which no document says. Default false. */
  readonly showsTextToBotRole?: boolean;
  /** Language of the guild that is there from the start, with the channels `general` and `random`; `none` starts without a guild. Default `en-US`, as Discord says of every guild that is no Community and has chosen no other. */
  readonly guildLocale?: Locale | 'none';
}
