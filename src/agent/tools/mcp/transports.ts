/** How a tool server is reached: Streamable HTTP, the event stream that came before it, or a child process. */
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import { getDefaultEnvironment } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { RemoteToolServerConfig, ToolServerConfig } from '../../../config/tool-servers.ts';
import { AppError } from '../../../errors.ts';
import type { Logger } from '../../../log.ts';
import type { Fetch } from './stream-watch.ts';

export interface TransportOptions {
  readonly log: Logger;
  /** Makes the requests of HTTP transports. */
  readonly fetch: Fetch;
}

/** The ways to reach the server, the likeliest first. */
export async function openTransports(
  config: ToolServerConfig,
  options: TransportOptions,
): Promise<(() => Transport)[]> {
  if ('command' in config) {
    const { ChildTransport } = await import('./child-transport.ts');
    // Not its words, which may be anybody's.
    const onStderr = (length: number) => options.log.debug('tool-server-stderr', { server: config.name, length });
    const env = { ...getDefaultEnvironment(), ...config.env };
    return [() => new ChildTransport({ ...config, env }, onStderr)];
  }
  const authProvider = await openAuth(config);
  const { SSEClientTransport } = await import('@modelcontextprotocol/sdk/client/sse.js');
  const shared = {
    requestInit: { headers: { ...config.headers } },
    fetch: keepSecretThere(config, options.fetch),
    ...(authProvider === undefined ? {} : { authProvider }),
  };
  // The SDK's transports declare optional members in a way that exactOptionalPropertyTypes does not take for Transport.
  const overHttp = () => new StreamableHTTPClientTransport(new URL(config.url), shared) as Transport;
  const overSse = () => new SSEClientTransport(new URL(config.url), shared) as Transport;
  if (config.type === 'sse') return [overSse];
  return config.type === 'http' ? [overHttp] : [overHttp, overSse];
}

async function openAuth({ oauth }: RemoteToolServerConfig): Promise<OAuthClientProvider | undefined> {
  if (oauth === undefined) return undefined;
  const { clientId, clientSecret, scope, issuer } = oauth;
  const { ClientCredentialsProvider } = await import('@modelcontextprotocol/sdk/client/auth-extensions.js');
  const credentials = { clientId, clientSecret, clientName: 'Jupan', ...(scope === undefined ? {} : { scope }) };
  return issuer === undefined
    ? new ClientCredentialsProvider(credentials)
    : new ClientCredentialsProvider({ ...credentials, expectedIssuer: issuer });
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
