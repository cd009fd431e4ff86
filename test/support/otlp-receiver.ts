/** A collector that takes traces by OTLP over HTTP, as JSON or protobuf, on a real socket, and keeps what it was sent. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { isRecord } from '../../src/json.ts';
import { type Field, readFields, textOf } from './protobuf.ts';

export interface ReceivedSpan {
  /** In hex. */
  readonly traceId: string;
  readonly spanId: string;
  /** Empty: it has none. */
  readonly parentId: string;
  readonly name: string;
  /** Milliseconds since 1970 UTC. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Those whose values are texts and numbers. */
  readonly attributes: Readonly<Record<string, string | number>>;
}

export interface OtlpReceiver extends AsyncDisposable {
  /** Its base address. */
  readonly url: string;
  /** In the order that they came, each as often as it came. */
  readonly spans: readonly ReceivedSpan[];
  readonly headers: IncomingHttpHeaders;
  /** All that came, as text, whatever it is. */
  readonly raw: string;
  /** `away`: asks to come back later. `silent`: takes everything and never answers. */
  mode: 'well' | 'away' | 'silent';
  /** Requests, also those that were turned away. */
  readonly requests: number;
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  let headers: IncomingHttpHeaders = {};
  const bodies: Buffer[] = [];
  let requests = 0;
  let mode: OtlpReceiver['mode'] = 'well';
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    requests += 1;
    if (mode === 'silent') return;
    if (mode === 'away' || request.url !== '/v1/traces') {
      response.writeHead(mode === 'away' ? 503 : 404).end();
      return;
    }
    headers = request.headers;
    bodies.push(body);
    const isJson = headers['content-type'] === 'application/json';
    spans.push(...(isJson ? spansOfJson(JSON.parse(body.toString())) : spansOfProtobuf(body)));
    response.writeHead(200, { 'content-type': headers['content-type'] }).end(isJson ? '{}' : '');
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    spans,
    get headers() {
      return headers;
    },
    get raw() {
      return Buffer.concat(bodies).toString('latin1');
    },
    get requests() {
      return requests;
    },
    get mode() {
      return mode;
    },
    set mode(next) {
      mode = next;
    },
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
function spansOfJson(body: unknown): ReceivedSpan[] {
  return listOf(body, 'resourceSpans')
    .flatMap((resource) => listOf(resource, 'scopeSpans'))
    .flatMap((scope) => listOf(scope, 'spans'))
    .map((span) => ({
      traceId: String(span.traceId),
      spanId: String(span.spanId),
      parentId: String(span.parentSpanId ?? ''),
      name: String(span.name),
      startedAt: toMs(BigInt(String(span.startTimeUnixNano))),
      endedAt: toMs(BigInt(String(span.endTimeUnixNano))),
      attributes: Object.fromEntries(
        listOf(span, 'attributes').flatMap(({ key, value }) => {
          if (!isRecord(value)) return [];
          const { stringValue, intValue } = value;
          return [[String(key), typeof stringValue === 'string' ? stringValue : Number(intValue)] as const];
        }),
      ),
    }));
}

function listOf(value: unknown, name: string): Readonly<Record<string, unknown>>[] {
  const list = isRecord(value) ? value[name] : undefined;
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

/** @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto */
function spansOfProtobuf(body: Buffer): ReceivedSpan[] {
  const inner = (message: Buffer, number: number) =>
    readFields(message).flatMap((field) =>
      field.number === number && Buffer.isBuffer(field.value) ? [field.value] : [],
    );
  return inner(body, 1)
    .flatMap((resource) => inner(resource, 2))
    .flatMap((scope) => inner(scope, 2))
    .map((span) => {
      const fields = readFields(span);
      const fieldOf = (number: number): Field['value'] => fields.find((field) => field.number === number)?.value ?? '';
      const hexOf = (number: number) => Buffer.from(textOf(fieldOf(number), 'latin1'), 'latin1').toString('hex');
      return {
        traceId: hexOf(1),
        spanId: hexOf(2),
        parentId: hexOf(4),
        name: textOf(fieldOf(5)),
        startedAt: toMs(BigInt(String(fieldOf(7)))),
        endedAt: toMs(BigInt(String(fieldOf(8)))),
        attributes: Object.fromEntries(inner(span, 9).map(toAttribute)),
      };
    });
}

function toAttribute(keyValue: Buffer): readonly [string, string | number] {
  const [key, any] = readFields(keyValue);
  const [value] = Buffer.isBuffer(any?.value) ? readFields(any.value) : [];
  return [textOf(key?.value ?? ''), Buffer.isBuffer(value?.value) ? textOf(value.value) : Number(value?.value)];
}

function toMs(nanoseconds: bigint): number {
  return Number(nanoseconds / 1_000_000n);
}
