import { expect, test } from 'vitest';
import { readConfig } from '../../src/config/read.ts';

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };
const tracesOf = (environment: Readonly<Record<string, string>>) => readConfig(environment, {}).traces;

test('traces are sent where a collector is named, and not where OpenTelemetry is switched off', () => {
  expect(tracesOf({})).toBeUndefined();
  expect(tracesOf(endpoint)).toEqual({ protocol: 'http/protobuf', hasContent: false });
  expect(tracesOf({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://example.org/v1/traces' })).toBeDefined();
  expect(tracesOf({ ...endpoint, OTEL_SDK_DISABLED: 'true' })).toBeUndefined();
  expect(tracesOf({ ...endpoint, OTEL_TRACES_EXPORTER: 'none' })).toBeUndefined();
});

test('what is meant for traces alone wins', () => {
  const protocols = {
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
    OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true',
  };
  expect(tracesOf({ ...endpoint, ...protocols })).toEqual({ protocol: 'http/json', hasContent: true });
});

test('what a collector is sent as a key is a secret, as it is written and as it is sent', () => {
  const { secrets } = readConfig({ OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abc123xyz, x-team=blue' }, {});
  expect(secrets).toEqual(expect.arrayContaining(['Bearer%20abc123xyz', 'Bearer abc123xyz', 'abc123xyz', 'blue']));
});

test.each([
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'localhost:4318'],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'no header'],
  ['OTEL_EXPORTER_OTLP_TRACES_HEADERS', 'a=%zz'],
  ['OTEL_TRACES_EXPORTER', 'zipkin'],
  ['OTEL_SDK_DISABLED', 'yes'],
])('%s as %s is said to be wrong', (variable, value) => {
  expect(() => readConfig({ [variable]: value }, {})).toThrow(variable);
});
