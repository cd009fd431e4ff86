/** A connection to the model server costs two or three round trips: it is used for the next request, too. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { startAgent } from '../support/start-agent.ts';

/** A model server that says that its answer is whole, and ends the stream when the test does. */
async function startServer() {
  let connections = 0;
  const answering: ServerResponse[] = [];
  const server = createServer((request, response) => {
    request.resume();
    answering.push(response);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: {"choices":[{"delta":{"content":"fine"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n');
  });
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    baseUrl: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/v1`,
    connections: () => connections,
    endStream: async () => {
      const response = answering.pop();
      if (response === undefined || response.destroyed) return;
      const closed = once(response, 'close');
      response.end();
      await closed;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

test('an answer does not wait for the end of its stream, and what ends a moment later can be used again', async () => {
  await using server = await startServer();
  await using world = await startAgent({ model: { baseUrl: server.baseUrl } });
  const questions = Array.from({ length: 12 }, (_, index) => `question ${index}`);
  for (const question of questions) {
    expect((await world.ask(question)).end).toEqual({ type: 'answered' });
    await server.endStream();
  }
  // Not quite one: a question may be asked before this process has read the end.
  expect(server.connections()).toBeLessThan(questions.length / 2);
});
