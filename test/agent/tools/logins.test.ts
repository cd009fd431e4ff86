/** Logins at servers, and at authorization servers, that lie: one plain reason each, and nobody gets what is not theirs. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import type { BegunLogin } from '../../../src/agent/login.ts';
import { createGuardedFetch } from '../../../src/agent/tools/login/guarded-fetch.ts';
import { startAgent, type TestAgent } from '../support/start-agent.ts';

interface Lies {
  readonly token?: object;
  readonly metadata?: object;
  /** In place of an answer to the tool server's own address. */
  readonly redirectsTo?: string;
  readonly refresh?: { readonly status: number; readonly body: object };
}

/** A tool server and its authorization server in one, which takes everybody, and says what the test makes it say. */
async function startLiar(lies: Lies = {}) {
  const tokenRequests: URLSearchParams[] = [];
  const json = (response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  const handle = (request: IncomingMessage, body: string, response: ServerResponse) => {
    const path = request.url?.replace(/[?].*/, '');
    if (path === '/.well-known/oauth-authorization-server') {
      if (lies.redirectsTo !== undefined) return response.writeHead(302, { location: lies.redirectsTo }).end();
      const endpoints = { authorization_endpoint: `${origin}/authorize`, token_endpoint: `${origin}/token` };
      const known = { registration_endpoint: `${origin}/register`, response_types_supported: ['code'] };
      return json(response, 200, { issuer: origin, ...endpoints, ...known, ...lies.metadata });
    }
    if (path === '/register') return json(response, 201, { ...JSON.parse(body), client_id: 'jupan' });
    if (path === '/token') {
      const form = new URLSearchParams(body);
      tokenRequests.push(form);
      if (form.get('grant_type') === 'refresh_token' && lies.refresh !== undefined)
        return json(response, lies.refresh.status, lies.refresh.body);
      return json(response, 200, lies.token ?? { access_token: 'good-token', token_type: 'Bearer' });
    }
    if (request.headers.authorization !== 'Bearer good-token')
      return json(response, 401, {}, { 'www-authenticate': 'Bearer' });
    return json(response, 404, {});
  };
  const server = createServer(async (request, response) => {
    handle(request, Buffer.concat(await Array.fromAsync(request)).toString(), response);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const world = await startAgent({
    toolServers: [{ name: 'wiki', url: `${origin}/mcp`, headers: {}, login: {} }],
    limits: { approvalMs: 1_500 },
    respond: ({ messages }) =>
      messages.at(-1)?.role === 'tool'
        ? { text: messages.at(-1)?.text ?? '' }
        : { toolCalls: [{ name: 'connect_wiki', arguments: {} }] },
  });
  return {
    origin,
    world,
    tokenRequests,
    [Symbol.asyncDispose]: async () => {
      await world[Symbol.asyncDispose]();
      server.closeAllConnections();
      server.close();
    },
  };
}

const { signal } = new AbortController();

function begin({ agent }: TestAgent): Promise<BegunLogin> {
  return agent.logins.begin({ server: 'wiki', personId: 'u1', note: null, signal });
}

/** As the person's browser is sent back. */
async function comeBack(world: TestAgent, parameters: Record<string, string> = {}, personId = 'u1') {
  const begun = await begin(world);
  const url = new URL(begun.type === 'failed' ? 'http://failed' : begun.url);
  const back = new URLSearchParams({ code: 'the-code', state: url.searchParams.get('state') ?? '', ...parameters });
  const finish = () => world.agent.logins.finish({ parameters: back, proof: { personId } });
  return { finished: await finish(), finish, url, back };
}

const isConnected = async ({ agent }: TestAgent) => (await agent.logins.connections('u1'))[0]?.since !== undefined;
const failed = (reason: string) => ({ type: 'failed', reason });

test('a login that all is well with is made, with PKCE, and what brought it back is good once', async () => {
  await using liar = await startLiar();
  const { finished, finish, url } = await comeBack(liar.world);
  expect(finished).toEqual({ type: 'connected', server: 'wiki' });
  expect(await isConnected(liar.world)).toBe(true);
  expect(url.searchParams.get('code_challenge_method')).toBe('S256');
  expect(liar.tokenRequests[0]?.get('code_verifier')?.length).toBeGreaterThan(42);
  expect(await finish()).toEqual(failed('expired'));
  expect(liar.tokenRequests).toHaveLength(1);
});

test.each<[string, Lies]>([
  ['of a megabyte', { token: { access_token: 'x'.repeat(1_000_000), token_type: 'Bearer' } }],
  ['that fits no header', { token: { access_token: 'two\r\nlines', token_type: 'Bearer' } }],
  ['longer than any header may be', { token: { access_token: 'x'.repeat(10_000), token_type: 'Bearer' } }],
  ['of another kind', { token: { access_token: 'good-token', token_type: 'mac' } }],
  ['that is none', { token: { hello: 'you' } }],
])('a token %s is not taken', async (_what, lies) => {
  await using liar = await startLiar(lies);
  const { finished } = await comeBack(liar.world);
  expect(finished).toEqual(failed('unusable'));
  expect(await isConnected(liar.world)).toBe(false);
  expect(JSON.stringify(liar.world.log)).not.toMatch(/xxxxx|good-token|the-code/);
});

test('a code that another issuer has sent is shown to nobody', async () => {
  await using liar = await startLiar();
  const { finished } = await comeBack(liar.world, { iss: 'https://mix-up.example' });
  expect(finished).toEqual(failed('unusable'));
  expect(liar.tokenRequests).toEqual([]);
});

test('a foreign state, and the state of somebody else, connect nobody; its owner can still use it', async () => {
  await using liar = await startLiar();
  const { agent } = liar.world;
  const foreign = new URLSearchParams({ code: 'the-code', state: 'x'.repeat(43) });
  expect(await agent.logins.finish({ parameters: foreign, proof: { personId: 'u1' } })).toEqual(failed('expired'));
  const { finished, back } = await comeBack(liar.world, {}, 'u2');
  expect(finished).toEqual(failed('somebody-else'));
  // Nor can a browser that was never known to be anybody's.
  expect(await agent.logins.finish({ parameters: back, proof: { binder: 'x' } })).toEqual(failed('somebody-else'));
  const own = await agent.logins.finish({ parameters: back, proof: { personId: 'u1' } });
  expect(own).toEqual({ type: 'connected', server: 'wiki' });
});

test('a state that is used twice at once is good for one of the two', async () => {
  await using liar = await startLiar();
  const { agent } = liar.world;
  const begun = await begin(liar.world);
  const state = begun.type === 'failed' ? '' : (new URL(begun.url).searchParams.get('state') ?? '');
  const back = { parameters: new URLSearchParams({ code: 'the-code', state }), proof: { personId: 'u1' } };
  const both = await Promise.all([agent.logins.finish(back), agent.logins.finish(back)]);
  expect(both.map(({ type }) => type).sort()).toEqual(['connected', 'failed']);
});

test.each<[string, Lies]>([
  ['names an issuer that it is not', { metadata: { issuer: 'https://somebody.example' } }],
  ['sends elsewhere who asks what it is', { redirectsTo: 'http://127.0.0.2:1/secrets' }],
  ['would have people log in by a program', { metadata: { authorization_endpoint: 'javascript:alert(1)' } }],
  ['knows no PKCE with S256', { metadata: { code_challenge_methods_supported: ['plain'] } }],
])('nobody is sent to an authorization server that %s', async (_what, lies) => {
  await using liar = await startLiar(lies);
  const begun = await begin(liar.world);
  // What redirects is as good as not there: then it is the tool server's own, by the revision of March 2025.
  if (begun.type !== 'failed') expect(new URL(begun.url).origin).toBe(liar.origin);
  else expect(begun).toEqual(failed('unusable'));
});

test('a refresh that is refused ends the login, and the asker is asked to log in again', async () => {
  await using liar = await startLiar({
    token: { access_token: 'too-old', token_type: 'Bearer', refresh_token: 'used-up', expires_in: 1 },
    refresh: { status: 400, body: { error: 'invalid_grant', error_description: 'used-up was stolen' } },
  });
  await comeBack(liar.world);
  const asked: string[] = [];
  const turn = await liar.world.ask('hello', {
    onChange: (_turn, _draft, { logins }) => asked.push(...logins.map(({ server }) => server)),
  });
  expect(asked).toContain('wiki');
  expect(turn.steps[0]?.results[0]).toMatchObject({ ok: false, text: expect.stringContaining('did not in time') });
  expect(liar.tokenRequests.filter((form) => form.get('grant_type') === 'refresh_token')).toHaveLength(1);
  expect(await isConnected(liar.world)).toBe(false);
  expect(JSON.stringify(liar.world.log)).not.toMatch(/used-up|too-old/);
});

test('forgetting a person forgets their logins, also those under way', async () => {
  await using liar = await startLiar();
  await comeBack(liar.world);
  const begun = await begin(liar.world);
  await liar.world.agent.forgetPerson({ authorId: 'u1', until: Date.now() });
  expect(await isConnected(liar.world)).toBe(false);
  const state = begun.type === 'failed' ? '' : (new URL(begun.url).searchParams.get('state') ?? '');
  const back = new URLSearchParams({ code: 'the-code', state });
  const finished = await liar.world.agent.logins.finish({ parameters: back, proof: { personId: 'u1' } });
  expect(finished).toEqual(failed('expired'));
});

test('a server in the public network can name no address of a private one', async () => {
  const guarded = createGuardedFetch({ allowsPrivate: false });
  for (const address of [
    'http://example.com/',
    'http://127.0.0.1/',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://10.0.0.1/',
  ])
    await expect(guarded(address)).rejects.toThrow(/https|private/);
  await expect(guarded('https://localhost:1/')).rejects.toMatchObject({ code: 'address-refused' });
});
