/** Model servers that never stop, or count oddly: the turn ends in words, and the next one works. */
import { createServer, type ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { startAgent } from '../support/start-agent.ts';

type Write = (response: ServerResponse) => boolean;

/** A model server whose first answer is what `write` writes, until the client goes away; later ones are fine. */
async function askTwice(start: string, write: Write) {
  let isFirst = true;
  let sent = 0;
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    if (!isFirst) {
      response.end('data: {"choices":[{"delta":{"content":"fine"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n');
      return;
    }
    isFirst = false;
    response.write(start);
    const more = () => {
      while (!response.destroyed) {
        const before = response.writableLength;
        const isReady = write(response);
        sent += response.writableLength - before;
        if (!isReady) {
          response.once('drain', more);
          return;
        }
      }
    };
    more();
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  await using world = await startAgent({ model: { baseUrl: `http://127.0.0.1:${port}/v1` } });
  const first = await world.ask('hello');
  const second = await world.ask('and now?');
  server.closeAllConnections();
  server.close();
  return { first, second, log: world.log, sent };
}

const chunk = (delta: object) => `data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`;

describe('an answer without end', () => {
  const text = 'x'.repeat(10_000);
  let calls = 0;

  test.each<{ case: string; start?: string; write: Write; code: string; length: number }>([
    { case: 'of one line', start: 'data: ', write: (response) => response.write(text), code: 'model-error', length: 0 },
    {
      case: 'of text',
      write: (response) => response.write(chunk({ content: text })),
      code: 'answer-too-long',
      length: 200_000,
    },
    {
      case: 'of arguments',
      write: (response) =>
        response.write(chunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'add', arguments: text } }] })),
      code: 'model-error',
      length: 0,
    },
    {
      case: 'of arguments in the smallest pieces, the name with each',
      start: chunk({ tool_calls: [{ function: { name: 'add', arguments: '{"a":"' } }] }),
      write: (response) =>
        response.write(chunk({ tool_calls: [{ function: { name: 'add', arguments: '}}}}}}}}}}' } }] })),
      code: 'model-error',
      length: 0,
    },
    {
      case: 'of calls',
      write: (response) => {
        calls += 1;
        return response.write(chunk({ tool_calls: [{ index: calls, id: `${calls}`, function: { name: text } }] }));
      },
      code: 'model-error',
      length: 0,
    },
  ])(
    '$case: $code',
    async ({ start = '', write, code, length }) => {
      const { first, second, log, sent } = await askTwice(start, write);
      expect(first.end).toEqual({ type: 'failed', code });
      expect(first.steps.map((step) => step.text.length).reduce((sum, each) => sum + each, 0)).toBe(length);
      expect(second.end).toEqual({ type: 'answered' });
      expect(sent).toBeLessThan(50_000_000);
      const said = log.find(({ event }) => event === 'turn-end')?.fields.error;
      if (code === 'model-error') expect(String(said)).toMatch(/more than \d+/);
    },
    60_000,
  );
});

describe('a count of tokens that is', () => {
  const usageOf = (counted: string) =>
    `data: {"choices":[{"delta":{"content":"so"},"finish_reason":"stop"}],"usage":${counted}}\n\ndata: [DONE]\n\n`;

  test.each([
    ['text', '{"prompt_tokens":"12","completion_tokens":3}'],
    ['infinite', '{"prompt_tokens":1e999,"completion_tokens":3}'],
    ['negative', '{"prompt_tokens":12,"completion_tokens":-3}'],
    ['beyond all bounds', '{"prompt_tokens":1e300,"completion_tokens":1e300}'],
    ['missing', '{}'],
    ['no object', '[12, 3]'],
  ])('%s is none', async (_, counted) => {
    const { first, second } = await askTwice(usageOf(counted), (response) => {
      response.end();
      return false;
    });
    expect(first).toMatchObject({ end: { type: 'answered' }, steps: [{ text: 'so' }] });
    expect(first.steps[0]).not.toHaveProperty('usage');
    expect(second.end).toEqual({ type: 'answered' });
  });

  test('odd for the cached part is none there', async () => {
    const counted = '{"prompt_tokens":12,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":"all"}}';
    const { first } = await askTwice(usageOf(counted), (response) => {
      response.end();
      return false;
    });
    expect(first.steps[0]?.usage).toMatchObject({ promptTokens: 12, cachedTokens: 0, outputTokens: 3 });
  });
});
