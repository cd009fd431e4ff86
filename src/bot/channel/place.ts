/** Where a turn is shown: the port that every chat platform implements. Single requests; what stands of the turn is for others to know. */
import type { Form } from '../../agent/form.ts';
import type { JsonValue, Question } from '../../agent/turn.ts';
import type { ShownMessage } from './shown-message.ts';

/** What a platform can show. */
export interface Surface {
  /** The platform's name, for sentences that members read. */
  readonly name: string;
  /** UTF-16 units that a message may have. */
  readonly messageLength: number;
  /** UTF-16 units that the label of a button may have. */
  readonly buttonLabelLength: number;
  /** Bytes of all files of one message together, and their number. */
  readonly uploadBytes: number;
  readonly uploadFiles: number;
  /** A time as members read it where they are, such as «in 3 hours». @param time Milliseconds since 1970 UTC. */
  toTime(time: number): string;
  /** Lines of a notice, without the effect that the platform would give to signs in them. */
  toPlainLines(lines: readonly string[]): string[];
  /** Somebody's name in a text, as the platform writes it of a member. */
  toMention(userId: string): string;
  /** Whether the platform can show everything of the form that must be answered. */
  canShow(form: Form): boolean;
}

/** A message as it stands at the place. */
export interface StandingMessage {
  readonly id: string;
  readonly content: string;
  /** Of what can be pressed below it. */
  readonly buttonIds: readonly string[];
}

export interface AttachedFile {
  readonly name: string;
  readonly data: Uint8Array;
  /** What a picture shows, for whoever cannot see it: one line of at most 1,024 characters. */
  readonly description?: string;
}

/** All requests reject with a {@link PlaceError}. */
export interface Place {
  readonly surface: Surface;
  /** Names the place in the lanes of the request queue. Changes when the place moves. */
  readonly lane: string;
  /** Whether its requests count toward the platform's limit over everything. */
  readonly isCounted: boolean;
  /** How many messages of a turn it takes. Absent: any number. */
  readonly mostMessages?: number;
  /** Whether the question cannot be seen there, so that the first message is headed by it. */
  readonly quotesQuestion: boolean;
  /** @param isFirst Whether nothing of the turn stands yet. @returns The message as it stands: what an earlier try has posted may say something else. */
  create(message: ShownMessage, isFirst: boolean, files: readonly AttachedFile[]): Promise<StandingMessage>;
  /** The message may have been another one, of another turn. */
  edit(messageId: string, message: ShownMessage): Promise<void>;
  remove(messageId: string): Promise<void>;
  /** Shows for a few seconds that the bot is typing. Absent where the platform shows by itself that it is at work. */
  readonly type?: () => Promise<void>;
  /**
   * Looks for the oldest message of the turn that is none of those known: what an unclear failure or a crash may have left
   * behind. Absent where a create that is tried again posts nothing twice.
   */
  readonly find?: (knownIds: ReadonlySet<string>) => Promise<StandingMessage | undefined>;
  /** Looks for a message of the bot that may be of the turn, is none of those known, and says what it should. Undefined too where the bot cannot look. */
  findSaying(knownIds: ReadonlySet<string>, isIt: (content: string) => boolean): Promise<StandingMessage | undefined>;
}

/**
 * Opens the place of a turn from what the front end remembers with it.
 * @param question One that is asked again is replied to where it was asked first.
 * @param delivery As {@link Turn.delivery}: the platform finds in it what it has put there.
 * @param acknowledged Settles when the platform knows that the question is taken: nothing can be written before. Absent: long ago.
 */
export type OpenPlace = (
  question: Pick<Question, 'id' | 'channelId' | 'originalId'> & Partial<Pick<Question, 'text'>>,
  delivery: JsonValue,
  acknowledged?: Promise<void>,
) => Place;

/**
 * What a failed request means for the turn:
 * - `limited` the platform wants it later: no failure at all;
 * - `moved` the turn goes on at another lane from now on: to be asked again at once;
 * - `place-gone` nothing of the turn can be shown there any more; `message-gone` the message to edit was deleted;
 * - `refused` the platform will never take this very content; `forbidden` the bot lacks the permission for this request;
 * - `unauthorized` the bot itself is not accepted any more;
 * - `unclear` it may or may not have been done (5xx, time-out, lost connection): to be tried again.
 */
export type RequestFailure =
  | { readonly type: 'limited'; readonly retryAfterMs: number; readonly isGlobal: boolean }
  | {
      readonly type: 'moved' | 'place-gone' | 'message-gone' | 'refused' | 'forbidden' | 'unauthorized' | 'unclear';
    };

export class PlaceError extends Error {
  readonly failure: RequestFailure;

  constructor(failure: RequestFailure, options?: ErrorOptions) {
    super(`The request failed: ${failure.type}.`, options);
    this.failure = failure;
  }
}

/** What a place throws besides is a defect of this program, and is tried again as unclear. */
export function failureOf(error: unknown): RequestFailure {
  return error instanceof PlaceError ? error.failure : { type: 'unclear' };
}
