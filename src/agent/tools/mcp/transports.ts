/** How a tool server is reached: Streamable HTTP, the event stream that came before it, or a child process. */
import {
  type AuthProvider,
  type OAuthClientProvider,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import type { RemoteToolServerConfig, ToolServerConfig } from '../../../config/tool-servers.ts';
import { AppError } from '../../../errors.ts';
import type { Logger } from '../../../log.ts';
import { toChallenge } from '../login/authorization.ts';
import type { MemberCredentials } from '../login/challenge.ts';
import type { ServerWay } from './open-client.ts';
import { isBrokenByQuestion, isOlderTransport } from './request-failures.ts';
import type { Fetch } from './stream-watch.ts';

export interface TransportOptions {
  readonly log: Logger;
  /** Makes the requests of HTTP transports. */
  readonly fetch: Fetch;
  /** Of the one person that the connection is for. Undefined: it is for all. */
  readonly credentials?: MemberCredentials | undefined;
}

/** The ways to reach the server, the likeliest first. */
export async function openTransports(config: ToolServerConfig, options: TransportOptions): Promise<ServerWay[]> {
  if ('command' in config) {
    const { ChildTransport } = await import('./child-transport.ts');
    const { getDefaultEnvironment } = await import('@modelcontextprotocol/client/stdio');
    // Not its words, which may be anybody's.
    const onStderr = (length: number) => options.log.debug('tool-server-stderr', { server: config.name, length });
    const env = { ...getDefaultEnvironment(), ...config.env };
    return inBothEras(() => new ChildTransport({ ...config, env }, onStderr));
  }
  const { credentials } = options;
  const authProvider = credentials === undefined ? await openAuth(config) : toAuthProvider(credentials);
  const { SSEClientTransport } = await import('@modelcontextprotocol/client');
  const shared = {
    requestInit: { headers: { ...config.headers } },
    fetch: keepSecretThere(config, options.fetch),
    ...(authProvider === undefined ? {} : { authProvider }),
  };
  const overHttp = inBothEras(() => new StreamableHTTPClientTransport(new URL(config.url), shared));
  const overSse: ServerWay = {
    open: () => new SSEClientTransport(new URL(config.url), shared),
    revisions: 'legacy',
    mendsAfter: isOlderTransport,
  };
  if (config.type === 'sse') return [overSse];
  return config.type === 'http' ? overHttp : [...overHttp, overSse];
}

/** Most servers that do not know the question which revisions they speak say so; others break over it. */
function inBothEras(open: ServerWay['open']): ServerWay[] {
  return [
    { open, revisions: 'newest', mendsAfter: () => false },
    { open, revisions: 'legacy', mendsAfter: isBrokenByQuestion },
  ];
}

async function openAuth({ oauth }: RemoteToolServerConfig): Promise<OAuthClientProvider | undefined> {
  if (oauth === undefined) return undefined;
  const { clientId, clientSecret, scope, issuer } = oauth;
  const { ClientCredentialsProvider } = await import('@modelcontextprotocol/client');
  const credentials = { clientId, clientSecret, clientName: 'Jupan', ...(scope === undefined ? {} : { scope }) };
  return issuer === undefined
    ? new ClientCredentialsProvider(credentials)
    : new ClientCredentialsProvider({ ...credentials, expectedIssuer: issuer });
}

function toAuthProvider(credentials: MemberCredentials): AuthProvider {
  return {
    token: () => credentials.token(),
    onUnauthorized: ({ response }) => credentials.renew(toChallenge(response)),
  };
}

/**
 * Where the operator has not said whose the credentials are, they go to the tool server's own origin and nowhere else: a
 * server could name any other place for them.
 */
function keepSecretThere({ name, url, oauth }: RemoteToolServerConfig, fetch: Fetch): Fetch {
  if (oauth === undefined || oauth.issuer !== undefined) return fetch;
  const { origin } = new URL(url);
  return async (input, init) => {
    const target = new URL(input);
    if (target.origin === origin || !isTokenRequest(init)) return await fetch(input, init);
    throw new AppError(
      'oauth-elsewhere',
      `The tool server "${name}" wants the client secret to be sent to ${target.origin}. If that is right, name the authorization server as "issuer" in its "oauth" in MCP_CONFIG.`,
    );
  };
}

/** The one kind of request that shows the secret. Source: RFC 6749, section 4.4.2 */
function isTokenRequest(init: RequestInit | undefined): boolean {
  const isBasic = new Headers(init?.headers).get('authorization')?.startsWith('Basic ') === true;
  return isBasic || init?.body instanceof URLSearchParams;
}
