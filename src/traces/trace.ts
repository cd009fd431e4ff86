/** A trace as plain data: what is sent of a turn. */

export type TraceAttributes = Readonly<Record<string, string | number | boolean>>;

export interface TraceSpan {
  /** In hex, from `spanIdOf`. */
  readonly id: string;
  /** Absent: it is the turn. */
  readonly parentId?: string;
  readonly name: string;
  /** `client`: somebody else did it. */
  readonly kind: 'internal' | 'client';
  /** Milliseconds since 1970 UTC. Where the record does not say, that of what came before. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attributes: TraceAttributes;
  readonly isFailed: boolean;
}

export interface TraceEvent {
  readonly name: string;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly attributes: TraceAttributes;
}

export interface Trace {
  /** In hex, from `traceIdOf`. */
  readonly id: string;
  /** The turn first. */
  readonly spans: readonly [TraceSpan, ...TraceSpan[]];
  /** Of the turn's span. */
  readonly events: readonly TraceEvent[];
  /** The turn whose question was asked again. */
  readonly earlier?: { readonly traceId: string; readonly spanId: string };
}
