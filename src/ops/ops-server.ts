/** The operator's port: whether the process lives, whether it answers questions, and what it does in numbers. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { closePort, listenAt } from '../http-port.ts';
import type { Counts, Measures } from './measures.ts';

export interface OpsSource {
  /** Whether each part that answers need is there. Never rejects, and takes two seconds at most. */
  ready(): Promise<Readonly<Record<string, boolean>>>;
  counts(): Counts;
}

export interface OpsServerOptions {
  readonly host: string;
  readonly port: number;
  readonly measures: Measures;
  readonly source: OpsSource;
}

export interface OpsServer {
  /** Lets go of the port. Never rejects. */
  close(): Promise<void>;
}

/** @throws {ConfigError} naming OPS_PORT or OPS_HOST when it cannot listen there. */
export async function startOpsServer({ host, port, measures, source }: OpsServerOptions): Promise<OpsServer> {
  const server = createServer((request, response) => {
    answer(request, response, { measures, source }).catch(() => response.destroy()); // Of this very port nothing depends.
  });
  await listenAt(server, { host, port, setting: 'OPS', otherwise: 'Set it to a free port, or leave it out.' });
  return { close: () => closePort(server) };
}

async function answer(
  { method, url = '/' }: IncomingMessage,
  response: ServerResponse,
  { measures, source }: Pick<OpsServerOptions, 'measures' | 'source'>,
): Promise<void> {
  if (method !== 'GET' && method !== 'HEAD') return write(response, 405, 'text/plain', 'Only GET is answered here.\n');
  const path = url.replace(/[?#].*/, '');
  if (path === '/healthz') return write(response, 200, 'text/plain', 'ok\n');
  if (path === '/readyz') {
    const ready = await source.ready();
    const isReady = Object.values(ready).every(Boolean);
    return write(response, isReady ? 200 : 503, 'application/json', `${JSON.stringify(ready)}\n`);
  }
  if (path === '/metrics')
    return write(response, 200, measures.contentType, await measures.text(await source.ready(), source.counts()));
  write(response, 404, 'text/plain', 'There are /healthz, /readyz and /metrics.\n');
}

function write(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}
