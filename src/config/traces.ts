/**
 * Traces: whether they are sent, and how. Only the variables that OpenTelemetry has for it: what is read here is whether and what;
 * addresses, headers, time limits and batches are read by its own packages, which are not loaded where there is nobody to send to.
 *
 * @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
import type { Settings } from './settings.ts';

const protocols = ['http/protobuf', 'http/json'] as const;

export interface TracesConfig {
  readonly protocol: (typeof protocols)[number];
  /** Whether what people, models and tools wrote goes along. */
  readonly hasContent: boolean;
}

/** Undefined: nobody gets any. */
export function readTraces(settings: Settings): TracesConfig | undefined {
  const meaning = 'the http(s) address of a collector that takes OTLP, such as http://localhost:4318';
  const endpoints = [
    settings.url('OTEL_EXPORTER_OTLP_ENDPOINT', meaning),
    settings.url('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', `${meaning}/v1/traces`),
  ];
  readHeaders(settings, 'OTEL_EXPORTER_OTLP_HEADERS');
  readHeaders(settings, 'OTEL_EXPORTER_OTLP_TRACES_HEADERS');
  const general = settings.oneOf('OTEL_EXPORTER_OTLP_PROTOCOL', protocols);
  const protocol = settings.oneOf('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', protocols) ?? general ?? 'http/protobuf';
  const exporter = settings.oneOf('OTEL_TRACES_EXPORTER', ['otlp', 'none']) ?? 'otlp';
  const isDisabled = settings.oneOf('OTEL_SDK_DISABLED', ['true', 'false']) === 'true';
  settings.text('OTEL_SERVICE_NAME');
  settings.text('OTEL_RESOURCE_ATTRIBUTES');
  const content = settings.oneOf('OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT', ['true', 'false']);
  const isSent = endpoints.some((endpoint) => endpoint !== undefined) && exporter === 'otlp' && !isDisabled;
  return isSent ? { protocol, hasContent: content === 'true' } : undefined;
}

/** Most collectors that ask for a key take it there. */
function readHeaders(settings: Settings, variable: string): void {
  const pairs = settings.secret(variable)?.split(',') ?? [];
  for (const pair of pairs) {
    const place = pair.indexOf('=');
    const value = decode(pair.slice(place + 1).trim());
    if (place < 1 || value === undefined) {
      settings.report(variable, 'should be NAME=VALUE, or several of them separated by commas, percent-encoded.');
      return;
    }
    // Whole as it is sent, and the key alone: "Bearer KEY".
    settings.hide([pair.slice(place + 1).trim(), value, ...value.split(' ').slice(1)]);
  }
}

/** Undefined for what is not percent-encoded. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
