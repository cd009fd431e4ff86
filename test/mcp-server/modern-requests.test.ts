/** The HTTP host and requests of MCP 2026-07-28, as they stand on the wire. */
import { once } from 'node:events';
import { Server, SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/server';
import { afterEach, expect, test } from 'vitest';
import { silentLogger } from '../../src/log.ts';
import { createCalculator } from '../../src/mcp-server/calculator.ts';
import { type HttpHost, startHttpHost } from '../../src/mcp-server/http-host.ts';
import { parseWithExactNumbers } from '../../src/mcp-server/wire-number.ts';

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};
const open: HttpHost[] = [];

afterEach(async () => {
  for (const host of open.splice(0)) await host.close();
});

async function start(createServer: () => Server, errors: string[] = []): Promise<string> {
  const log = { ...silentLogger, error: (event: string) => void errors.push(event) };
  const host = await startHttpHost({ host: '127.0.0.1', port: 0, log, createServer, parseJson: parseWithExactNumbers });
  open.push(host);
  return host.url;
}

const calculator = () => createCalculator(() => Promise.reject(new Error('Nobody draws here.')));

/** @param args JSON text, digit by digit as it is sent. */
function call(name: string, args: string, headers: Record<string, string> = {}): RequestInit {
  return {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'MCP-Protocol-Version': '2026-07-28',
      'Mcp-Method': 'tools/call',
      'Mcp-Name': name,
      ...headers,
    },
    body: `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${name}","arguments":${args},"_meta":${JSON.stringify(meta)}}}`,
  };
}

/** A server whose tool runs until its call is given up; listing the revision itself or not. */
function createSlowServer(revisions: readonly string[]) {
  const asked = Promise.withResolvers<AbortSignal>();
  const create = (): Server => {
    const options = { capabilities: { tools: {} }, supportedProtocolVersions: [...revisions] };
    const server = new Server({ name: 'slow', version: '1' }, options);
    server.setRequestHandler('tools/call', async (_request, { mcpReq }) => {
      asked.resolve(mcpReq.signal);
      await once(mcpReq.signal, 'abort');
      return { content: [] };
    });
    return server;
  };
  return { create, asked: asked.promise };
}

test('numbers keep every digit, in the call and in the result', async () => {
  const response = await fetch(await start(calculator), call('add', '{"a":9007199254740993,"b":1}'));
  expect(response.status).toBe(200);
  const text = await response.text();
  expect(text).toContain('"text":"9007199254740994"');
  expect(text).toContain('"structuredContent":{"result":9007199254740994}');
  expect(text).toContain('"resultType":"complete"');
});

test('headers that say something else than the body are refused', async () => {
  const response = await fetch(await start(calculator), call('add', '{"a":1,"b":1}', { 'Mcp-Name': 'subtract' }));
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ id: 1, error: { code: -32020 } });
});

test('a revision that nobody knows yet is answered with those that are spoken', async () => {
  const init = call('add', '{"a":1,"b":1}', { 'MCP-Protocol-Version': '2999-01-01' });
  const response = await fetch(await start(calculator), {
    ...init,
    body: String(init.body).replace('2026-07-28', '2999-01-01'),
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { code: -32022, data: { supported: ['2026-07-28'] } } });
});

test.each([
  ['that lists the revision', ['2026-07-28', ...SUPPORTED_PROTOCOL_VERSIONS]],
  ['that leaves it to the host', SUPPORTED_PROTOCOL_VERSIONS],
])('a server %s has a call given up when its client hangs up, and nobody complains', async (_, revisions) => {
  const slow = createSlowServer(revisions);
  const errors: string[] = [];
  const url = await start(slow.create, errors);
  const hangUp = new AbortController();
  const asked = fetch(url, { ...call('wait', '{}'), signal: hangUp.signal });
  const signal = await slow.asked;
  hangUp.abort();
  await expect(asked).rejects.toThrow();
  if (!signal.aborted) await once(signal, 'abort');
  expect((await fetch(url, call('wait', '{}', { 'Mcp-Name': 'other' }))).status).toBe(400);
  expect(errors).toEqual([]);
});

test('what a server says before its answer comes before it, as an event stream', async () => {
  const create = (): Server => {
    const options = { capabilities: { tools: {} }, supportedProtocolVersions: ['2026-07-28'] };
    const server = new Server({ name: 'telling', version: '1' }, options);
    server.setRequestHandler('tools/call', async (_request, { mcpReq }) => {
      await mcpReq.notify({ method: 'notifications/progress', params: { progressToken: 1, progress: 1 } });
      return { content: [{ type: 'text', text: 'done' }] };
    });
    return server;
  };
  const response = await fetch(await start(create), call('tell', '{}'));
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const text = await response.text();
  expect(text.indexOf('notifications/progress')).toBeGreaterThan(-1);
  expect(text.indexOf('"text":"done"')).toBeGreaterThan(text.indexOf('notifications/progress'));
});
