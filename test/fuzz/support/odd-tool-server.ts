/** A tool server that answers with texts to the letter: no SDK stands between them and the wire. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** In texts, `"$id"` stands for the id of the request, `"$token"` for what its progress is reported under. */
export interface CallScript {
  readonly isStream: boolean;
  /** Messages on the stream before the answer. */
  readonly before: readonly string[];
  /** The whole message; undefined: the connection is cut in its place. */
  readonly answer: string | undefined;
}

export interface ToolScript {
  /** The results of `initialize` and `tools/list`. */
  readonly hello: string;
  readonly tools: string;
  /** One after the other; further calls are answered with `done`. */
  readonly calls: readonly CallScript[];
}

export interface OddToolServer extends AsyncDisposable {
  readonly url: string;
  /** Plays this from now on. */
  play(script: ToolScript): void;
}

const done: CallScript = {
  isStream: false,
  before: [],
  answer: JSON.stringify({ jsonrpc: '2.0', id: '$id', result: { content: [{ type: 'text', text: 'done' }] } }),
};

export async function startOddToolServer(script: ToolScript): Promise<OddToolServer> {
  const player = new Player(script);
  const server = createServer((request, response) => {
    player.answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // A TCP server has an address with a port.
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    play: (next) => player.play(next),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

class Player {
  #script: ToolScript;
  #calls = 0;

  constructor(script: ToolScript) {
    this.#script = script;
  }

  play(script: ToolScript): void {
    this.#script = script;
    this.#calls = 0;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') return void response.writeHead(405, { allow: 'POST' }).end();
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const { id, method, params } = JSON.parse(Buffer.concat(parts).toString('utf8'));
    // A notification, or the answer to something that was asked on a stream.
    if (id === undefined || method === undefined) return void response.writeHead(202).end();
    const fill = (text: string) =>
      text
        .replaceAll('"$id"', () => JSON.stringify(id))
        .replaceAll('"$token"', () => JSON.stringify(params?._meta?.progressToken ?? null));
    const result = (text: string) => fill(`{"jsonrpc":"2.0","id":"$id","result":${text}}`);
    if (method === 'initialize') return writeJson(response, result(this.#script.hello));
    if (method === 'tools/list') return writeJson(response, result(this.#script.tools));
    const call = this.#script.calls[this.#calls] ?? done;
    this.#calls += 1;
    const answer = call.answer === undefined ? undefined : fill(call.answer);
    if (call.isStream) writeStream(response, call.before.map(fill), answer);
    else if (answer === undefined) response.destroy();
    else writeJson(response, answer);
  }
}

function writeJson(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(text);
}

function writeStream(response: ServerResponse, before: readonly string[], answer: string | undefined): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const events = [...before, ...(answer === undefined ? [] : [answer])];
  // A line break in the text is the text's own affair: it breaks the event.
  for (const text of events) response.write(`event: message\ndata: ${text}\n\n`);
  if (answer === undefined) response.destroy();
  else response.end();
}
