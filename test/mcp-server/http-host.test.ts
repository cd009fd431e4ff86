import { once } from 'node:events';
import { connect } from 'node:net';
import { Server } from '@modelcontextprotocol/server';
import { afterEach, describe, expect, test } from 'vitest';
import { silentLogger } from '../../src/log.ts';
import { createCalculator } from '../../src/mcp-server/calculator.ts';
import { type HttpHost, type HttpHostOptions, startHttpHost } from '../../src/mcp-server/http-host.ts';

const open: HttpHost[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((host) => host.close()));
});

async function start(options: Partial<HttpHostOptions> = {}): Promise<HttpHost & { port: number }> {
  const host = await startHttpHost({
    host: '127.0.0.1',
    port: 0,
    log: silentLogger,
    createServer: () => createCalculator(() => Promise.reject(new Error('Nobody draws here.'))),
    ...options,
  });
  open.push(host);
  return { url: host.url, close: () => host.close(), port: Number(new URL(host.url).port) };
}

const ping = '{"jsonrpc":"2.0","id":7,"method":"ping"}';
const pong = { jsonrpc: '2.0', id: 7, result: {} };

/** Sends bytes as they are; resolves with all that came back when the server has closed the connection. */
async function exchange(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  // A reset after the answer is the server's right: it reads no further.
  socket.on('error', () => {});
  socket.write(bytes);
  // Not `once` of node:events, which takes the reset for a failure.
  await new Promise((resolve) => socket.on('close', resolve));
  return text;
}

interface RawRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function send(port: number, { method = 'POST', path = '/mcp', headers = {}, body = ping }: RawRequest = {}) {
  const all = {
    Host: `127.0.0.1:${port}`,
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === '' ? [] : [`${name}: ${value}`]));
  return parse(await exchange(port, `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`));
}

function parse(text: string) {
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const status = Number(head.split(' ')[1]);
  return { status, head: head.toLowerCase(), json: body === '' ? undefined : JSON.parse(body) };
}

const refusal = (code: number, message: RegExp) => ({
  jsonrpc: '2.0',
  error: { code, message: expect.stringMatching(message) },
  id: null,
});

describe('who may ask', () => {
  test.each([
    ['127.0.0.1:8000', ''],
    ['localhost', ''],
    ['LOCALHOST:1', ''],
    ['[::1]:8000', ''],
    ['localhost', 'http://localhost:3000'],
    ['localhost', 'https://127.0.0.1'],
    ['localhost', 'http://[::1]:5173'],
  ])('Host %s with Origin "%s" is answered', async (Host, Origin) => {
    const { port } = await start();
    expect(await send(port, { headers: { Host, Origin } })).toMatchObject({ status: 200, json: pong });
  });

  test.each([
    ['evil.example.com', ''],
    ['localhost.evil.example.com', ''],
    ['evil.example.com:8000', 'http://localhost'],
    ['127.0.0.1@evil.example.com', ''],
    ['192.168.0.7', ''],
    ['localhost', 'http://evil.example.com'],
    ['localhost', 'http://localhost.evil.example.com'],
    ['localhost', 'http://localhost@evil.example.com'],
    ['localhost', 'null'],
    ['localhost', 'file://'],
    ['', ''],
  ])('Host "%s" with Origin "%s" is refused', async (Host, Origin) => {
    const { port } = await start();
    const { status, json } = await send(port, { headers: { Host, Origin } });
    expect(status).toBe(403);
    expect(json).toEqual(refusal(-32000, /^Forbidden/));
  });

  test('a server that listens everywhere answers to addresses and plain names, not to names with a dot', async () => {
    const { port, url } = await start({ host: '0.0.0.0' });
    expect(url).toBe(`http://127.0.0.1:${port}/mcp`);
    for (const Host of ['192.168.0.7:8000', 'calculator:8000', '[fe80::1]']) {
      expect(await send(port, { headers: { Host } })).toMatchObject({ status: 200 });
    }
    for (const headers of [{ Host: 'evil.example.com' }, { Host: 'calculator', Origin: 'http://192.168.0.9' }]) {
      expect(await send(port, { headers })).toMatchObject({ status: 403 });
    }
  });
});

describe('what is refused, always with a JSON-RPC error', () => {
  test.each<[string, RawRequest, number, number, RegExp]>([
    ['malformed JSON', { body: '{"jsonrpc":' }, 400, -32700, /not valid JSON/],
    ['no body', { body: '' }, 400, -32700, /not valid JSON/],
    ['arrays nested 100,000 deep', { body: '['.repeat(100_000) }, 400, -32700, /not valid JSON/],
    ['JSON that is no message', { body: '{"hello":1}' }, 400, -32600, /not a JSON-RPC message/],
    ['JSON that is null', { body: 'null' }, 400, -32600, /not a JSON-RPC message/],
    ['an empty batch', { body: '[]' }, 400, -32600, /not a JSON-RPC message/],
    ['a batch of 101', { body: `[${Array(101).fill(ping)}]` }, 400, -32600, /not a JSON-RPC message/],
    ['another content type', { headers: { 'Content-Type': 'text/plain' } }, 415, -32000, /application\/json/],
    ['no content type', { headers: { 'Content-Type': '' } }, 415, -32000, /application\/json/],
    [
      'a disguised content type',
      { headers: { 'Content-Type': 'text/plain; a=application/json' } },
      415,
      -32000,
      /json/,
    ],
    ['a compressed body', { headers: { 'Content-Encoding': 'gzip' } }, 415, -32000, /not compressed/],
    ['an Accept without JSON', { headers: { Accept: 'text/html' } }, 406, -32000, /application\/json/],
    ['an unknown revision', { headers: { 'MCP-Protocol-Version': '1999-01-01' } }, 400, -32000, /2025-11-25/],
    ['another path', { path: '/' }, 404, -32000, /endpoint is \/mcp/],
    ['another path by GET', { method: 'GET', path: '/favicon.ico', body: '' }, 404, -32000, /endpoint is \/mcp/],
    ['GET', { method: 'GET', body: '' }, 405, -32000, /POST/],
    ['DELETE', { method: 'DELETE', body: '' }, 405, -32000, /POST/],
    ['CONNECT', { method: 'CONNECT', path: 'localhost:80', body: '' }, 405, -32000, /no proxy/],
    ['another expectation', { headers: { Expect: 'something' } }, 417, -32000, /100-continue/],
    ['an announced body over 1 MiB', { headers: { 'Content-Length': '1048577' } }, 413, -32000, /1048576 bytes/],
  ])('%s', async (_name, request, status, code, message) => {
    const { port } = await start();
    const answer = await send(port, request);
    expect(answer.status).toBe(status);
    expect(answer.json).toEqual(refusal(code, message));
    expect(answer.head).toContain('content-type: application/json');
    if (status === 405 && request.method !== 'CONNECT') expect(answer.head).toContain('\r\nallow: post');
  });

  test('a body that turns out over 1 MiB is cut off, though its sender goes on', async () => {
    const { port } = await start();
    const head = `POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    const { status, json } = parse(await exchange(port, head + chunk.repeat(17)));
    expect(status).toBe(413);
    expect(json).toEqual(refusal(-32000, /1048576 bytes/));
  });

  test('a body far over 1 MiB, whose sender reads only when it has sent it all', async () => {
    const { port } = await start();
    const socket = connect(port, '127.0.0.1').pause();
    socket.on('error', () => {});
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    const closed = new Promise((resolve) => socket.on('close', resolve));
    const length = 4 * 1024 * 1024;
    socket.write(
      `POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`,
    );
    socket.write(' '.repeat(length), () => socket.resume());
    await closed;
    expect(parse(text)).toMatchObject({ status: 413, json: refusal(-32000, /1048576 bytes/) });
  });

  test('bytes that are not UTF-8', async () => {
    const { url } = await start();
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array([0x22, 0xff, 0x22]) });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual(refusal(-32700, /not valid JSON/));
  });

  test('what is not HTTP', async () => {
    const { port } = await start();
    const { status, json } = parse(await exchange(port, 'HELO calculator\r\n\r\n'));
    expect(status).toBe(400);
    expect(json).toEqual(refusal(-32000, /not HTTP/));
  });

  test('headers over 16 KiB', async () => {
    const { port } = await start();
    expect(await send(port, { headers: { 'X-Long': 'x'.repeat(20_000) } })).toMatchObject({ status: 431 });
  });

  test('a request that dawdles', async () => {
    const { port } = await start({ requestTimeoutMs: 200 });
    for (const beginning of [
      'POST /mcp HTTP/1.1\r\nHost: loc',
      'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 40\r\n\r\n{"json',
    ]) {
      expect(parse(await exchange(port, beginning))).toMatchObject({ status: 408, json: refusal(-32000, /in time/) });
    }
  });
});

describe('what is answered', () => {
  test('one message with one, a batch with a batch, a notification with 202', async () => {
    const { port } = await start();
    const other = ping.replace('7', '"eight"');
    expect(await send(port)).toMatchObject({ status: 200, json: pong });
    expect(await send(port, { body: `[${ping},${other}]` })).toMatchObject({
      status: 200,
      json: [pong, { ...pong, id: 'eight' }],
    });
    const notification = '{"jsonrpc":"2.0","method":"notifications/initialized"}';
    expect(await send(port, { body: notification })).toMatchObject({ status: 202, json: undefined });
  });

  test('any Accept that takes JSON, any charset parameter, any query', async () => {
    const { port } = await start();
    for (const Accept of ['application/json, text/event-stream', '*/*', 'application/*']) {
      expect(await send(port, { headers: { Accept } })).toMatchObject({ status: 200 });
    }
    const headers = { 'Content-Type': 'Application/JSON; charset=utf-8' };
    expect(await send(port, { path: '/mcp?x=1', headers })).toMatchObject({ status: 200 });
  });

  test('an unknown method with -32601', async () => {
    const { port } = await start();
    const { json } = await send(port, { body: ping.replace('ping', 'resources/list') });
    expect(json).toMatchObject({ id: 7, error: { code: -32601 } });
  });

  test('a failing server with an internal error and nothing of its inside', async () => {
    const { port } = await start({
      createServer: () => {
        throw new Error('secret inside');
      },
    });
    const { status, json } = await send(port);
    expect(status).toBe(500);
    expect(json).toEqual(refusal(-32603, /^Internal error\.$/));
  });
});

describe('slow servers, clients that go, and closing', () => {
  /** A server whose ping is answered when the test says so. */
  function createSlowServer() {
    const asked = Promise.withResolvers<AbortSignal>();
    const answer = Promise.withResolvers<void>();
    const create = (): Server => {
      const server = new Server({ name: 'slow', version: '1' });
      server.setRequestHandler('ping', async (_request, { mcpReq: { signal } }) => {
        asked.resolve(signal);
        await answer.promise;
        return {};
      });
      return server;
    };
    return { createServer: create, asked: asked.promise, answer: () => answer.resolve() };
  }

  test('a client that hangs up aborts what runs for it', async () => {
    const slow = createSlowServer();
    const { url } = await start({ createServer: slow.createServer });
    const hangUp = new AbortController();
    const headers = { 'Content-Type': 'application/json' };
    const request = fetch(url, { method: 'POST', headers, body: ping, signal: hangUp.signal });
    const signal = await slow.asked;
    hangUp.abort();
    await expect(request).rejects.toThrow();
    if (!signal.aborted) await once(signal, 'abort');
    slow.answer();
  });

  test('a request that is never answered does not keep the client waiting', async () => {
    const slow = createSlowServer();
    const { port } = await start({ createServer: slow.createServer, requestTimeoutMs: 200 });
    const { status, json } = await send(port);
    expect(status).toBe(504);
    expect(json).toEqual(refusal(-32001, /in time/));
    const signal = await slow.asked;
    if (!signal.aborted) await once(signal, 'abort');
    slow.answer();
  });

  test('closing answers what runs, refuses what comes, and is over with the last answer', async () => {
    const slow = createSlowServer();
    const { url, close, port } = await start({ createServer: slow.createServer });
    const request = fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: ping });
    await slow.asked;
    const closed = close();
    expect(close()).toBe(closed);
    const late = connect(port, '127.0.0.1');
    const [error] = await once(late, 'error');
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    slow.answer();
    const response = await request;
    expect(response.headers.get('connection')).toBe('close');
    expect(await response.json()).toEqual(pong);
    await closed;
  });

  test('closing does not wait for ever for an answer that never comes', async () => {
    const slow = createSlowServer();
    const { url, close } = await start({ createServer: slow.createServer, closeTimeoutMs: 200 });
    const request = fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: ping });
    const outcome = expect(request).rejects.toThrow();
    await slow.asked;
    await close();
    await outcome;
    slow.answer();
  });
});
