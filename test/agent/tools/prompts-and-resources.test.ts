/** What servers offer besides tools, in both eras of MCP: prompts, resources, and what completes their arguments. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type McpConnection, openMcpConnection } from '../../../src/agent/tools/mcp/connection.ts';
import { silentLogger } from '../../../src/log.ts';
import { createFixtureServer } from '../../mcp-server/fixture-server.ts';
import { type ModernToolServer, startModernToolServer } from '../support/modern-tool-server.ts';

const { signal } = new AbortController();
const room = { textLength: 1_000, fileBytes: 1_000 };

/** As a server answers that knows no revision from 2026-07-28 on. */
const unknownMethod = (body: string) => {
  const { id } = JSON.parse(body);
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } });
};

describe.each(['modern', 'legacy'] as const)('a server of the %s era', (era) => {
  let server: ModernToolServer;
  let connection: McpConnection;

  beforeAll(async () => {
    server = await startModernToolServer({ createServer: createFixtureServer, legacy: 'stateless' });
    server.intercept = (body, response) => {
      if (era === 'modern' || !body.includes('"method":"server/discover"')) return false;
      response.writeHead(200, { 'content-type': 'application/json' }).end(unknownMethod(body));
      return true;
    };
    const events = { onStale: () => {}, onClose: () => {} };
    connection = await openMcpConnection(
      { name: 'server', url: server.url, headers: {} },
      events,
      silentLogger,
      signal,
    );
  });

  afterAll(async () => {
    await connection.close();
    await server[Symbol.asyncDispose]();
  });

  test('is spoken to as such', () => {
    expect(connection.era).toBe(era);
  });

  test('lists its prompts, and says what one of them does with these arguments', async () => {
    const names = (await connection.listPrompts(signal)).map(({ name }) => name);
    expect(names).toContain('test_prompt_with_arguments');
    const given = { arg1: 'one', arg2: 'two' };
    const said = await connection.promptParts('test_prompt_with_arguments', given, room, signal);
    expect(said).toEqual([{ role: 'user', type: 'text', text: 'Arguments: one, two' }]);
  });

  test('has the pictures of a prompt given out as bytes', async () => {
    const [picture] = await connection.promptParts('test_prompt_with_image', {}, room, signal);
    expect(picture).toMatchObject({ role: 'user', type: 'bytes' });
  });

  test('lists its resources and templates, and gives out text and bytes of one', async () => {
    expect((await connection.listResources(signal)).map(({ uri }) => uri)).toContain('test://static-text');
    const [template] = await connection.listResourceTemplates(signal);
    expect(template?.uriTemplate).toBe('test://template/{id}/data');
    expect(await connection.resourceParts('test://static-text', room, signal)).toMatchObject([{ type: 'text' }]);
    expect(await connection.resourceParts('test://static-binary', room, signal)).toMatchObject([{ type: 'bytes' }]);
  });

  test('completes an argument', async () => {
    const reference = { type: 'ref/prompt', name: 'test_prompt_with_arguments' } as const;
    const question = { argument: { name: 'arg1', value: 'o' }, written: { arg2: 'two' } };
    expect(await connection.complete(reference, question, signal)).toEqual(['one', 'other']);
    expect(server.sent('completion/complete').at(-1)).toContain('"arg2":"two"');
  });

  test('that refuses a prompt is quoted', async () => {
    const { intercept } = server;
    server.intercept = (body, response) => {
      const { id } = JSON.parse(body);
      const error = { code: -32602, message: 'There is no such prompt.' };
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ jsonrpc: '2.0', id, error }));
      return true;
    };
    const asked = connection.promptParts('none', {}, room, signal);
    await expect(asked).rejects.toMatchObject({ code: 'refused', message: 'There is no such prompt.' });
    server.intercept = intercept;
  });

  test('that does not answer in time is left', async () => {
    const { intercept } = server;
    server.intercept = () => true;
    const asked = connection.resourceParts('test://static-text', room, AbortSignal.timeout(50));
    await expect(asked).rejects.toMatchObject({ name: 'TimeoutError' });
    server.intercept = intercept;
  });
});

test('a server that lists thousands of pages, odd things and itself again is read to a bound', async () => {
  await using server = await startModernToolServer({ createServer: createFixtureServer });
  let pages = 0;
  server.intercept = (body, response) => {
    if (!body.includes('"method":"resources/list"')) return false;
    const { id } = JSON.parse(body);
    pages += 1;
    const resources = Array.from({ length: 100 }, (_, count) => ({ uri: `test://${pages}/${count}`, name: 'x' }));
    const result = { resultType: 'complete', ttlMs: 0, cacheScope: 'private', resources, nextCursor: `${pages}` };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, result }));
    return true;
  };
  const events = { onStale: () => {}, onClose: () => {} };
  const config = { name: 'server', url: server.url, headers: {} };
  const connection = await openMcpConnection(config, events, silentLogger, signal);
  expect(await connection.listResources(signal)).toHaveLength(5_000);
  expect(pages).toBeLessThanOrEqual(51);
  await connection.close();
});
