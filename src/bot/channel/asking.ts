/** How questions are asked, for the first time and again. */
import type { TakeOptions } from '../../agent/agent.ts';
import type { FailureCode, Turn } from '../../agent/turn.ts';
import type { Address } from './delivery.ts';
import type { PostedRecord } from './posted-messages.ts';
import type { Language } from './texts/catalogue.ts';

/** How a question is answered. */
export interface Asking {
  readonly language: Language;
  readonly address: Address;
  /** Whether the question is found again after a restart, and so need not be answered when it cannot be stored. */
  readonly isFoundAgain: boolean;
  /** Settles when the platform has the acknowledgement that it waits for: nothing can be written before. */
  readonly acknowledged?: Promise<void>;
  /** Whether it was asked while nobody listened: then no limit holds. Default false. */
  readonly isMissed?: boolean;
  /** The channel that it was asked in, where it is answered in another. */
  readonly askedIn?: string;
  /** As {@link TakeOptions.mayBeIn}. */
  readonly mayBeIn?: TakeOptions['mayBeIn'];
  /** As {@link TakeOptions.complete}. */
  readonly complete?: TakeOptions['complete'];
}

/** An answer that is wanted anew, and where it is to stand. */
export interface Again {
  /** Ended, and in the history. */
  readonly old: Turn;
  /** What stands of it, as far as the new answer can be written over it. */
  readonly posted: PostedRecord;
  /** Of the new asking. */
  readonly id: string;
  /** Milliseconds since 1970 UTC. */
  readonly askedAt: number;
  readonly language: Language;
  readonly address: Address;
  /** As {@link TakeOptions.complete}. */
  readonly complete?: TakeOptions['complete'];
}

/**
 * What came of asking again: how the turn ended, or why there was none. `under-way` it is being asked again already;
 * `question-gone` there is nothing to answer any more; `closing` a later process goes on with it; `line` says why no more is
 * taken now.
 */
export type AgainEnd = 'answered' | FailureCode | 'under-way' | 'question-gone' | 'closing' | { readonly line: string };
