/** A trace as the packages of OpenTelemetry take it. */
import { type SpanContext, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Trace, TraceSpan } from './trace.ts';

type Time = ReadableSpan['startTime'];

export interface Origin {
  readonly resource: Resource;
  readonly version: string;
}

export function toReadableSpans({ id, spans, events, earlier }: Trace, { resource, version }: Origin): ReadableSpan[] {
  const contextOf = (spanId: string, traceId = id): SpanContext => ({
    traceId,
    spanId,
    traceFlags: TraceFlags.SAMPLED,
  });
  return spans.map((span) => {
    const isTurn = span.parentId === undefined;
    const context = contextOf(span.id);
    return {
      name: span.name,
      kind: span.kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL,
      spanContext: () => context,
      ...(span.parentId === undefined ? {} : { parentSpanContext: contextOf(span.parentId) }),
      ...timesOf(span),
      ended: true,
      status: { code: span.isFailed ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
      attributes: span.attributes,
      links: isTurn && earlier !== undefined ? [{ context: contextOf(earlier.spanId, earlier.traceId) }] : [],
      events: isTurn ? events.map(({ name, at, attributes }) => ({ name, time: toTime(at), attributes })) : [],
      resource,
      instrumentationScope: { name: 'jupan', version },
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    };
  });
}

function timesOf({ startedAt, endedAt }: TraceSpan): Pick<ReadableSpan, 'startTime' | 'endTime' | 'duration'> {
  return { startTime: toTime(startedAt), endTime: toTime(endedAt), duration: toTime(endedAt - startedAt) };
}

/** Seconds and nanoseconds. */
function toTime(ms: number): Time {
  return [Math.floor(ms / 1000), Math.round((ms % 1000) * 1_000_000)];
}
