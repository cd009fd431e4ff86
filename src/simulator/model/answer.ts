/** What a responder answers with, as data: what a model says, or an HTTP response in its place. */
import type { Hold } from './hold.ts';

/** The last two are what some compatible servers write: on a failure, and where there is no reason yet. */
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'error' | '';

export interface AnswerToolCall {
  readonly name: string;
  /** Text goes out to the letter, malformed or not; a list is text in fragments. */
  readonly arguments: string | readonly (string | Hold)[] | Readonly<Record<string, unknown>>;
  /** Default: made up. `null` leaves it out, as some servers do. */
  readonly id?: string | null;
  /** Default: the call's place, the call being streamed in fragments. Given or `null` (left out), the whole call is one chunk, as on servers that number badly. */
  readonly index?: number | null;
}

export interface TokenUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens?: number;
  /** Of the completion tokens: those that nobody sees. Default 0. */
  readonly reasoningTokens?: number;
}

export interface Completion {
  /** A list is streamed as one chunk each; a string as one chunk. */
  readonly text?: string | readonly (string | Hold)[];
  readonly refusal?: string;
  readonly toolCalls?: readonly AnswerToolCall[];
  /** Chunk bodies (objects) or `data:` payloads (strings) sent to the letter after text and calls, for streams that no option makes. Streams only. */
  readonly rawChunks?: readonly (string | object | Hold)[];
  /** Comment lines before the first chunk, by which a server keeps the connection open. Streams only. */
  readonly comments?: readonly string[];
  /** Default: `tool_calls` or `stop`. `null` leaves it out. */
  readonly finishReason?: FinishReason | null;
  /** Default: an estimate from the lengths. `null` leaves it out. */
  readonly usage?: TokenUsage | null;
  /** JSON in place of the usage, sent to the letter: texts for numbers, numbers that no double holds. */
  readonly rawUsage?: string;
  /** Default: as the server is set. */
  readonly chunkDelayMs?: number;
  /** Cuts the connection after so many chunks (the first chunk holds only the role); without a stream, before the body. */
  readonly cutAfterChunks?: number;
  /** Whether the stream closes with `[DONE]`. Default true. */
  readonly hasDone?: boolean;
}

/** Anything else on the wire: an error status, a page of HTML. Text goes out as it is, the rest as JSON. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A stream that never ends by itself: one piece over and over, as fast as the client reads, until it goes. */
export interface EndlessAnswer {
  /** Sent once before. Default nothing. */
  readonly head?: string;
  readonly endless: string;
}

export type Answer = Completion | HttpAnswer | EndlessAnswer;

/** Splits text as models stream it: words with the space before them. */
export function toWords(text: string): string[] {
  return text.match(/\s*\S+|\s+$/g) ?? [];
}
