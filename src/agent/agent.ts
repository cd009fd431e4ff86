/** The agent as front ends see it. It has never heard of Discord: a terminal drives the same one. */
import type { JsonValue, Question, Turn } from './turn.ts';

export interface RunOptions {
  /** Stops the model stream and the tool calls. Aborted with a {@link StopReason} as its reason. */
  readonly signal: AbortSignal;
  /**
   * Called after every change of the record, and while the model writes. Must not throw; what it starts is not awaited.
   * @param draft Text of the step that is being written, whole so far. Not part of the record; undefined once the step is.
   */
  readonly onChange: (draft: string | undefined) => void;
}

/** `stop`: somebody cancelled, the turn ends as `stopped`. `suspend`: the process ends, the record stays open and a later process goes on. */
export type StopReason = 'stop' | 'suspend';

export interface Agent {
  /**
   * Takes a question: once this resolves, the turn is stored and will be answered, whatever happens to the process.
   * @returns undefined when a turn with this question's id was taken before.
   * @throws {AppError} `store-failed` when it could not be stored: the question is not taken.
   */
  accept(question: Question, delivery: JsonValue): Promise<Turn | undefined>;

  /**
   * Goes on with the turn until it has ended: model steps and tool results that are in the record are not run again.
   * Never rejects: failures end in `turn.end`. Leaves `turn.end` unset only when suspended.
   * Turns of one channel must be run one after another, in the order asked.
   */
  run(turn: Turn, options: RunOptions): Promise<void>;

  /** Stores `turn.delivery` as it is now. Calls for one turn are written in order; a call made while one is written joins the next. */
  saveDelivery(turn: Turn): Promise<void>;

  /** Everything of the ended turn is shown: it leaves the list of unfinished turns. Its place in the history stays. */
  settle(turn: Turn): Promise<void>;

  /** Turns that were accepted and not settled, by this process or an earlier one, oldest question first. */
  unfinished(): Promise<Turn[]>;

  /** Small values that a front end keeps beside the turns, such as what it has last seen. Undefined when never set. */
  recall(key: string): Promise<JsonValue | undefined>;
  remember(key: string, value: JsonValue): Promise<void>;

  /** Lets go of tool servers and store. Turns that still run must have been aborted before. */
  close(): Promise<void>;
}
