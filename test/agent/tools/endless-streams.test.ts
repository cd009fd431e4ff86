/** Servers that never stop sending: they are left alone before they fill the memory, and the next call works. */
import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { BodyMeter } from '../../../src/agent/stream-bounds.ts';
import type { Turn } from '../../../src/agent/turn.ts';
import { startAgent } from '../support/start-agent.ts';
import { startToolServer, type TestTool, type TestToolServer } from '../support/tool-server.ts';

const mebibyte = 1024 * 1024;
const fine = { text: 'fine' };
const work = { toolCalls: [{ name: 'work', arguments: {} }] };
const tool: TestTool = { name: 'work', annotations: {}, run: () => 'done' };

function resultsOf(turn: Turn) {
  return turn.steps.flatMap(({ results }) => results.map(({ ok, text }) => ({ ok, text })));
}

function configOf({ url }: TestToolServer) {
  return { name: 'server', url, headers: {} };
}

/** Writes the same again and again until the reader goes away. @returns how many bytes it took. */
async function flood(response: ServerResponse, text: string): Promise<number> {
  const gone = Promise.withResolvers<void>();
  response.once('close', gone.resolve);
  const bytes = Buffer.from(text.repeat(Math.ceil(65_536 / text.length)));
  let sent = 0;
  while (!response.destroyed) {
    const drained = Promise.withResolvers<void>();
    response.write(bytes, () => drained.resolve());
    await Promise.race([drained.promise, gone.promise]);
    sent += bytes.length;
  }
  return sent;
}

describe('an answer without end', () => {
  test.each([
    ['of one event', 'text/event-stream', 'data: ', 'x'],
    [
      'of many events',
      'text/event-stream',
      '',
      'data: {"jsonrpc":"2.0","method":"notifications/message","params":{}}\n\n',
    ],
    ['of empty lines', 'text/event-stream', '', '\r'],
    ['of one JSON', 'application/json', '{"jsonrpc":"2.0","id":2,"result":"', 'x'],
  ])(
    '%s is not read to the end, and says so',
    async (_, type, start, text) => {
      await using server = await startToolServer({ tools: [tool] });
      await using world = await startAgent({
        toolServers: [configOf(server)],
        answers: [work, fine, work, fine],
        limits: { toolCallMs: 120_000 },
      });
      let sent: Promise<number> | undefined;
      server.intercept = (body, response) => {
        if (!body.includes('"method":"tools/call"')) return false;
        server.intercept = undefined;
        response.writeHead(200, { 'content-type': type });
        response.write(start);
        sent = flood(response, text);
        return true;
      };
      expect(resultsOf(await world.ask('go'))).toEqual([{ ok: false, text: expect.stringContaining('too large') }]);
      // What is on its way counts as sent.
      expect(await sent).toBeLessThan(100 * mebibyte);
      expect(resultsOf(await world.ask('again'))).toEqual([{ ok: true, text: 'done' }]);
    },
    120_000,
  );
});

test('a stream that stays open and is never quiet is closed, and the server used again', async () => {
  await using server = await startToolServer({ tools: [tool], hasSessions: true });
  const closed = Promise.withResolvers<void>();
  let floods = 0;
  server.intercept = (body, response) => {
    if (body !== '' || floods > 0) return false;
    floods += 1;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    void flood(response, ': nothing\n\n').then(() => closed.resolve());
    return true;
  };
  await using world = await startAgent({ toolServers: [configOf(server)], answers: [fine, work, fine] });
  await world.ask('hello');
  await closed.promise;
  expect(world.log.filter(({ event }) => event === 'tool-server-too-much')).toHaveLength(1);
  expect(resultsOf(await world.ask('go'))).toEqual([{ ok: true, text: 'done' }]);
}, 60_000);

describe('the meter of a body', () => {
  const bounds = { eventBytes: 10, totalBytes: 10_000 };
  const read = (...chunks: string[]) => {
    const meter = new BodyMeter(bounds);
    for (const chunk of chunks) meter.read(Buffer.from(chunk));
    return meter;
  };

  test.each([['data: 1\n\n'], ['data: 1\r\n\r\n'], ['data: 1\r\r'], ['\n\n\n']])(
    'takes one event after another, however lines end: %j',
    (event) => {
      expect(() => read(...Array.from({ length: 20 }, () => event))).not.toThrow();
      // The same, byte for byte.
      expect(() => read(...event.repeat(20))).not.toThrow();
    },
  );

  test('takes no event that is too large, in however many lines and pieces', () => {
    expect(() => read('data: 12345')).toThrow('an event');
    expect(() => read('a: 1\n', 'b: 2\n', 'c: 3\n')).toThrow('an event');
  });

  test('counts a line for more than it has', () => {
    expect(() => read('\n'.repeat(200))).toThrow('a response');
  });

  test.each([
    ['id: 1\n', true],
    ['data: 1\nid:2\n', true],
    ['data: id:\n', false],
    ['idle: 1\n', false],
    ['xid: 1\n', false],
  ])('finds an id in %j: %j', (text, hasIds) => {
    const meter = new BodyMeter({ eventBytes: 100, totalBytes: 10_000 });
    for (const byte of Buffer.from(text)) meter.read(Uint8Array.of(byte));
    expect(meter.hasIds).toBe(hasIds);
  });
});
