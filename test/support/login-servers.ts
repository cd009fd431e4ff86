/** A tool server whose members log in, with a real OpenID provider as its authorization server, and a browser to log in with. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import {
  CallToolRequestSchema,
  ListToolsRequestSchema,
  ReadResourceRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import Provider, { type Configuration } from 'oidc-provider';
import { freePort } from './program.ts';

/** One call, made with the token of that account. */
export interface LoginCall {
  readonly account: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface LoginServersOptions {
  readonly tokenSeconds?: number;
  /** Where others find what listens there. Default: there. */
  readonly toPublic?: (origin: string, which: 'provider' | 'tools') => Promise<string> | string;
  /** Called at every call of a tool. */
  readonly onCall?: (call: LoginCall) => void;
}

export interface LoginServers extends AsyncDisposable {
  /** Of the tool server. */
  readonly url: string;
  readonly provider: Provider;
  /** Whose tools were called, oldest first. */
  readonly callers: readonly string[];
  /** The same with what they were called with. */
  readonly calls: readonly LoginCall[];
  /** Bearer tokens that the tool server was shown, oldest first. */
  readonly shown: readonly string[];
  /** Logins that the provider was told are over. */
  readonly revoked: number;
}

export async function startLoginServers({
  tokenSeconds = 3600,
  toPublic = (origin) => origin,
  onCall = () => {},
}: LoginServersOptions = {}): Promise<LoginServers> {
  const [providerPort, toolPort] = [await freePort(), await freePort()];
  const issuer = await toPublic(`http://127.0.0.1:${providerPort}`, 'provider');
  const url = `${await toPublic(`http://127.0.0.1:${toolPort}`, 'tools')}/mcp`;
  const provider = new Provider(issuer, toConfiguration(url, tokenSeconds));
  let revoked = 0;
  provider.on('grant.revoked', () => {
    revoked += 1;
  });
  const handle = provider.callback();
  const authorization = createServer((request, response) => {
    if (request.url?.startsWith('/interaction/') === true)
      interact(provider, url, request, response).catch(() => response.destroy());
    else handle(request, response);
  }).listen(providerPort, '127.0.0.1');
  const calls: LoginCall[] = [];
  const shown: string[] = [];
  const tools = createServer((request, response) => {
    const onToolCall = (call: LoginCall) => {
      calls.push(call);
      onCall(call);
    };
    serveTools({ provider, url, issuer, onToolCall, shown }, request, response).catch(() => response.destroy());
  }).listen(toolPort, '127.0.0.1');
  await Promise.all([once(authorization, 'listening'), once(tools, 'listening')]);
  return {
    url,
    provider,
    get callers() {
      return calls.map(({ account }) => account);
    },
    calls,
    shown,
    get revoked() {
      return revoked;
    },
    [Symbol.asyncDispose]: async () => {
      for (const server of [authorization, tools]) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

function toConfiguration(url: string, tokenSeconds: number): Configuration {
  return {
    scopes: ['openid', 'offline_access'],
    cookies: { keys: ['a test'] },
    pkce: { required: () => true },
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    findAccount: (_context, accountId) => ({ accountId, claims: async () => ({ sub: accountId }) }),
    ttl: { AccessToken: tokenSeconds, RefreshToken: 86_400, Grant: 86_400, Interaction: 600, Session: 600 },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    features: {
      devInteractions: { enabled: false },
      registration: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          scope: 'wiki',
          audience: url,
          accessTokenFormat: 'opaque',
          accessTokenTTL: tokenSeconds,
        }),
      },
    },
  };
}

/** The person says by a cookie who they are, and agrees to everything. */
async function interact(
  provider: Provider,
  url: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  const account = /(?:^|; )account=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? 'nobody';
  if (account === 'refuses')
    return await provider.interactionFinished(
      request,
      response,
      { error: 'access_denied' },
      { mergeWithLastSubmission: false },
    );
  if (prompt.name === 'login')
    return await provider.interactionFinished(request, response, { login: { accountId: account } });
  const known = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const grant =
    known ?? new provider.Grant({ accountId: session?.accountId ?? account, clientId: String(params.client_id) });
  grant.addOIDCScope('openid offline_access');
  grant.addResourceScope(url, 'wiki');
  await provider.interactionFinished(
    request,
    response,
    { consent: { grantId: await grant.save() } },
    { mergeWithLastSubmission: true },
  );
}

interface ToolSide {
  readonly provider: Provider;
  readonly url: string;
  readonly issuer: string;
  readonly onToolCall: (call: LoginCall) => void;
  readonly shown: string[];
}

/** Each person has a tool of their own name besides those that all have, and a desk. */
async function serveTools(side: ToolSide, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { provider, url, issuer, onToolCall, shown } = side;
  const described = new URL('/.well-known/oauth-protected-resource/mcp', url);
  if (request.url === described.pathname) {
    const metadata = { resource: url, authorization_servers: [issuer], scopes_supported: ['wiki'] };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(metadata));
    return;
  }
  const bearer = request.headers.authorization?.replace('Bearer ', '') ?? '';
  if (bearer !== '') shown.push(bearer);
  const token = bearer === '' ? undefined : await provider.AccessToken.find(bearer);
  if (token === undefined || token.isExpired || request.method !== 'POST') {
    const challenge = `Bearer resource_metadata="${described.href}"`;
    response.writeHead(token === undefined || token.isExpired ? 401 : 405, { 'www-authenticate': challenge }).end();
    return;
  }
  const account = token.accountId;
  const server = new Server({ name: 'wiki', version: '1' }, { capabilities: { tools: {}, resources: {} } });
  const annotations = { readOnlyHint: true };
  server.setRequestHandler(ListToolsRequestSchema, async () => ({
    tools: ['whoami', 'desk', `notes_of_${account}`].map((name) => ({
      name,
      inputSchema: { type: 'object' },
      annotations,
    })),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    onToolCall({ account, arguments: params.arguments ?? {} });
    if (params.name === 'desk') return { content: [{ type: 'resource_link', uri: 'wiki://desk', name: 'your desk' }] };
    return { content: [{ type: 'text', text: `you are ${account}` }] };
  });
  server.setRequestHandler(ReadResourceRequestSchema, async ({ params: { uri } }) => ({
    contents: [{ uri, text: `the desk of ${account}` }],
  }));
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
  await server.connect(transport as Parameters<typeof server.connect>[0]);
  await transport.handleRequest(request, response);
}

export interface Page {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** Where the browser ended, also where nobody answers. */
  readonly url: string;
}

/** A browser with cookies, that follows where it is sent. */
export class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();
  readonly visited: string[] = [];

  /** @param cookies By origin: who is logged in there. */
  constructor(cookies: Readonly<Record<string, string>>) {
    for (const [origin, cookie] of Object.entries(cookies)) this.#keep(origin, cookie);
  }

  /** @param stopsAt Goes no further than where the address begins so. */
  async open(address: string, stopsAt?: string): Promise<Page> {
    let url = address;
    for (let hops = 0; hops < 20; hops += 1) {
      if (stopsAt !== undefined && url.startsWith(stopsAt)) break;
      this.visited.push(url);
      const { origin } = new URL(url);
      const cookie = [...(this.#cookies.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(url, { redirect: 'manual', headers: { cookie, 'accept-language': 'en' } });
      for (const set of response.headers.getSetCookie()) this.#keep(origin, set);
      const location = response.headers.get('location');
      if (location === null)
        return { status: response.status, text: await response.text(), headers: response.headers, url };
      url = new URL(location, url).href;
    }
    return { status: 0, text: '', headers: new Headers(), url };
  }

  #keep(origin: string, cookie: string): void {
    const [pair = ''] = cookie.split(';');
    const place = pair.indexOf('=');
    const kept = this.#cookies.get(origin) ?? new Map<string, string>();
    this.#cookies.set(origin, kept.set(pair.slice(0, place), pair.slice(place + 1)));
  }
}
