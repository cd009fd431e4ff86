/**
 * A wire between the bot and one of its peers, with a checkpoint wherever something crosses it. Knows nothing of what the
 * peers mean to each other: it passes HTTP on, or drops an exchange when a checkpoint says that the bot has died there.
 */
import { Agent, createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';

/**
 * - `arrives` the request is here, and the peer has not seen it;
 * - `handled` the peer has done it, and the bot has not heard;
 * - `part` a piece of a streamed answer went to the bot; `answered` all of it did.
 */
export type Phase = 'arrives' | 'handled' | 'part' | 'answered';

export interface Checkpoint {
  /** Such as `discord POST /channels/#/messages`. */
  readonly request: string;
  readonly phase: Phase;
}

/** One request and what came of it, in the clock of `performance.now()`. */
export interface Exchange {
  readonly request: string;
  readonly arrivedAt: number;
  /** When the whole answer had left for the bot. Undefined: it has not. */
  answeredAt?: number;
}

export interface Wire extends AsyncDisposable {
  /** Stands for the peer: the same paths behind it. */
  readonly origin: string;
  /** In the order they came. */
  readonly exchanges: readonly Exchange[];
}

export interface WireOptions {
  readonly name: string;
  readonly target: string;
  /** Called at every checkpoint; false drops the exchange there. */
  readonly pass: (checkpoint: Checkpoint) => boolean;
  /** What a request is besides its method and path, from its body. Default: nothing. */
  readonly describe?: (body: string) => string;
  /** Told of every request. Default: nobody is. */
  readonly onRequest?: (path: string, method: string, body: string) => void;
}

export async function startWire({ name, target, pass, describe = () => '', onRequest }: WireOptions): Promise<Wire> {
  const exchanges: Exchange[] = [];
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(target);

  async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const arrivedAt = performance.now();
    const body = await readAll(request);
    onRequest?.(url, method, body.toString());
    const what = `${name} ${method} ${withoutIds(url)} ${describe(body.toString())}`.trim();
    const at = (phase: Phase) => pass({ request: what, phase });
    const exchange: Exchange = { request: what, arrivedAt };
    exchanges.push(exchange);
    if (!at('arrives')) return hangUp(response);
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      send({ agent, hostname, port, method, path: url, headers }, resolve).once('error', reject).end(body);
    });
    if (answer.headers['content-type']?.startsWith('text/event-stream') === true) {
      if (!at('handled')) return hangUp(response);
      response.writeHead(answer.statusCode ?? 502, answer.headers).flushHeaders();
      response.once('close', () => answer.destroy());
      for await (const part of answer) {
        await write(response, part);
        if (!at('part')) return hangUp(response);
      }
    } else {
      const whole = await readAll(answer);
      if (!at('handled')) return hangUp(response);
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      await write(response, whole);
    }
    response.end();
    exchange.answeredAt = performance.now();
    at('answered');
  }

  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    // Whoever broke off, the other side sees the same.
    forward(request, response).catch(() => hangUp(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    exchanges,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function hangUp(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

/** Resolves when the bytes have left this process. */
async function write(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  await new Promise<void>((resolve) => response.write(bytes, () => resolve()));
}

/** Ids and tokens differ from run to run. */
function withoutIds(url: string): string {
  return url
    .replace(/\?.*/, '')
    .replace(/\/\d{15,}\/[\w.-]{30,}/g, '/#/#')
    .replace(/\d{15,}/g, '#');
}
