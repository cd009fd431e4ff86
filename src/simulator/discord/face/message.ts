/** A message as members see it, with what only tests want to know. */

import type { SimulatedUser } from './user.ts';

export interface SimulatedAttachment {
  readonly id: string;
  readonly filename: string;
  readonly contentType: string;
  readonly size: number;
  /** Empty once 512 MiB of newer files have come. */
  readonly data: Uint8Array;
  /** Where the simulator serves it: signed anew each time it is read, and good for a day. */
  readonly url: string;
  readonly description?: string;
}

/** A file as a member picks it. */
export interface SimulatedFile {
  readonly name: string;
  readonly data: Uint8Array;
  /** Default `application/octet-stream`. */
  readonly contentType?: string;
  readonly description?: string;
}

/** What a message was when somebody sent it on. Discord does not say by whom it was. */
export interface SimulatedSnapshot {
  readonly content: string;
  readonly createdAt: number;
  readonly attachments: readonly SimulatedAttachment[];
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
  /** The message that it sends on. */
  readonly forwarded?: SimulatedSnapshot;
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
    /** Whether the command is one of the menu of a message. */
    readonly isFromMenu: boolean;
    readonly isThinking: boolean;
    /** The message whose button was pressed, where it answers a press or a dialog. */
    readonly pressedMessageId?: string;
  };
}
