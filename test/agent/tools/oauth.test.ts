/** Credentials of this program: they go to whom the operator has named, and to nobody whom a tool server names. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { startAgent } from '../support/start-agent.ts';

async function listen(handle: (request: IncomingMessage, body: string, response: ServerResponse) => void) {
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    handle(request, Buffer.concat(parts).toString(), response);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  return {
    origin: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function toJson(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** An authorization server, and a tool server with one tool that sends its clients there. */
async function startServers() {
  const tokenRequests: string[] = [];
  const authorization = await listen((request, body, response) => {
    if (request.method === 'POST') {
      tokenRequests.push(`${request.headers.authorization} ${body}`);
      return toJson(response, 200, { access_token: 'good', token_type: 'Bearer' });
    }
    const { origin } = authorization;
    return toJson(response, 200, {
      issuer: origin,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
      response_types_supported: ['code'],
      grant_types_supported: ['client_credentials'],
    });
  });
  const tools = await listen((request, body, response) => {
    if (request.url?.startsWith('/.well-known/oauth-protected-resource') === true)
      return toJson(response, 200, {
        resource: `${tools.origin}/mcp`,
        authorization_servers: [authorization.origin],
      });
    if (request.headers.authorization !== 'Bearer good')
      return toJson(response, 401, {}, { 'www-authenticate': 'Bearer' });
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const { id, method, params } = JSON.parse(body);
    if (id === undefined) return void response.writeHead(202).end();
    const opened = {
      protocolVersion: params.protocolVersion,
      capabilities: { tools: {} },
      serverInfo: { name: 'test', version: '1' },
    };
    const listed = { tools: [{ name: 'work', inputSchema: { type: 'object' } }] };
    return toJson(response, 200, { jsonrpc: '2.0', id, result: method === 'initialize' ? opened : listed });
  });
  return {
    authorization,
    tools,
    tokenRequests,
    [Symbol.asyncDispose]: async () => {
      await authorization[Symbol.asyncDispose]();
      await tools[Symbol.asyncDispose]();
    },
  };
}

const credentials = { clientId: 'jupan', clientSecret: 'the-secret' };

test('a secret without an issuer goes to no other server, and the log says what to set', async () => {
  await using servers = await startServers();
  const { tools, tokenRequests } = servers;
  await using world = await startAgent({
    toolServers: [{ name: 'files', url: `${tools.origin}/mcp`, headers: {}, oauth: credentials }],
    answers: [{ text: 'fine' }],
  });
  await world.ask('hello');
  expect(tokenRequests).toEqual([]);
  const failure = world.log.find(({ event }) => event === 'tool-server-fail')?.fields.error;
  expect(String(failure)).toMatch(/"files" wants the client secret to be sent to http.*"issuer"/);
});

test('a secret goes to the issuer that the operator has named', async () => {
  await using servers = await startServers();
  const { authorization, tools, tokenRequests } = servers;
  const oauth = { ...credentials, issuer: authorization.origin };
  await using world = await startAgent({
    toolServers: [{ name: 'files', url: `${tools.origin}/mcp`, headers: {}, oauth }],
    answers: [{ text: 'fine' }],
  });
  await world.ask('hello');
  expect(tokenRequests).toHaveLength(1);
  expect(world.model.requests[0]?.tools.map(({ name }) => name)).toEqual(['work']);
});
