/**
 * Traces of ended turns. Nothing waits for them: they are gathered, sent a second later, and lost when a collector is away and
 * more have come than may wait. Loaded only where there is a collector.
 */
import {
  defaultResource,
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from '@opentelemetry/resources';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace';
import type { Turn } from '../agent/turn.ts';
import type { TracesConfig } from '../config/types.ts';
import type { Logger } from '../log.ts';
import { resolvesWithin } from '../waiting.ts';
import { openExporter } from './exporter.ts';
import { type Origin, toReadableSpans } from './readable-spans.ts';
import { toTrace } from './to-trace.ts';

export interface TracesOptions extends TracesConfig {
  /** As the operator has named it. */
  readonly model: string;
  /** Of Jupan. */
  readonly version: string;
  readonly log: Logger;
}

export interface Traces {
  /** Takes an ended turn: once more changes nothing but the way there. Never throws. */
  add(turn: Turn): void;
  /** Sends what is left, within 1.5 s. Never rejects. @returns whether everything that was added has arrived. */
  close(): Promise<boolean>;
}

/** The end of the program has other things to do. */
const closeMs = 1_500;
const gatherMs = 1_000;
/** Spans that wait to be sent; further ones are lost. */
const mostWaiting = 2_048;

export async function openTraces({ protocol, model, hasContent, version, log }: TracesOptions): Promise<Traces> {
  const exporter = await openExporter(protocol, log);
  const processor = new BatchSpanProcessor({ exporter, scheduledDelayMillis: gatherMs, maxQueueSize: mostWaiting });
  const origin: Origin = { version, resource: toResource(version) };
  return {
    add: (turn) => {
      try {
        const trace = toTrace(turn, { model, hasContent });
        for (const span of toReadableSpans(trace, origin)) processor.onEnd(span);
      } catch (error) {
        // A trace is not worth an answer.
        log.error('trace-not-made', { turnId: turn.question.id, error });
      }
    },
    close: async () => {
      const isDone = await resolvesWithin(processor.shutdown(), closeMs).catch(() => false);
      return isDone && !exporter.hasLost;
    },
  };
}

/** `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` win. */
function toResource(version: string): Origin['resource'] {
  return defaultResource()
    .merge(resourceFromAttributes({ 'service.name': 'jupan', 'service.version': version }))
    .merge(detectResources({ detectors: [resourceAttributesEnvDetector, serviceNameEnvDetector] }));
}
