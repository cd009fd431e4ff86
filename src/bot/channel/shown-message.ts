/** What should stand in a channel: plain data between the presenter, which says it, and the writer, which makes it so. */
import type { FileReference } from '../../agent/turn.ts';

/**
 * - `notice` tool calls and warnings, `progress` the same while a tool tells how far it is,
 * - `text` what the model wrote beside its tool calls,
 * - `draft` an answer being written, `final` the answer or the one line on why there is none.
 */
export type Stage = 'notice' | 'progress' | 'text' | 'draft' | 'final';

/** One message that should stand in the channel. */
export interface ShownMessage {
  /** Which message of the turn this is, the same for as long as the turn lives: at most 6 ASCII characters. */
  readonly key: string;
  readonly content: string;
  readonly stage: Stage;
  /** Whether it is sent as a reply to the question. */
  readonly isReply: boolean;
  /** Who is told of it by their name in its text, once: a member whose question no reply can point at. Absent: nobody. */
  readonly mentions?: string;
  /** Below the message. Absent: none. */
  readonly buttons?: readonly ShownButton[];
  /** Attached when it is created. Absent: none. */
  readonly files?: readonly ShownFile[];
  /** Nobody misses it: where it cannot be had, nothing stands in its place. Absent: it must stand. */
  readonly isExtra?: boolean;
  /** What stands in its place where the platform does not take its files. Absent: a line that says so. */
  readonly otherwise?: readonly ShownMessage[];
}

/** The key of the line on why there is no whole answer. */
export const failureKey = 'x0';

export interface ShownButton {
  /** What comes back when it is pressed; see {@link ButtonPress}. */
  readonly id: string;
  readonly label: string;
  readonly style: 'good' | 'bad' | 'plain';
}

/** A file of the record, whose bytes the store has; a text that is attached as one; or formulas, which are drawn when it is posted. */
export type ShownFile = (
  | FileReference
  | { readonly name: string; readonly text: string }
  | { readonly name: string; readonly formulas: readonly string[] }
) & {
  /** In words, for those who cannot see it. Absent: the name says enough. */
  readonly description?: string;
};

/** One picture of formulas in LaTeX, as PNG; undefined where there is none to be had in time. Never rejects. */
export type DrawFormulas = (formulas: readonly string[]) => Promise<Uint8Array | undefined>;
