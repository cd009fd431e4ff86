/** The steps of OAuth 2.1 with an authorization server that a tool server names, through the MCP SDK, which knows all of MCP's rules for it. */
import {
  checkResourceAllowed,
  computeScopeUnion,
  discoverOAuthServerInfo,
  exchangeAuthorization,
  extractWWWAuthenticateParams,
  OAuthError,
  type OAuthServerInfo,
  type OAuthTokens,
  RegistrationRejectedError,
  refreshAuthorization,
  registerClient,
  resourceUrlFromServerUrl,
  startAuthorization,
  validateAuthorizationResponseIssuer,
} from '@modelcontextprotocol/client';
import type { RemoteToolServerConfig } from '../../../config/tool-servers.ts';
import { AppError } from '../../../errors.ts';
import type { Fetch } from '../mcp/stream-watch.ts';
import type { Challenge } from './challenge.ts';
import { toClientMetadata } from './client-metadata.ts';
import { clientSchema, type LoginClient, metadataSchema, type Party } from './login-store.ts';

/** Who this program is, where it was not registered by hand. */
export interface OwnIdentity {
  readonly redirectUri: string;
  /** Where what it says of itself can be read; undefined where nobody can reach it. Source: draft-ietf-oauth-client-id-metadata-document */
  readonly metadataUrl: string | undefined;
  /** Earlier registrations. */
  readonly load: (issuer: string) => Promise<LoginClient | undefined>;
  readonly save: (issuer: string, client: LoginClient) => Promise<void>;
}

/** In characters. Larger ones fit no header. */
const longestToken = 8_192;

/** What the server says to whoever comes without a token: undefined where it says nothing of logins. */
export async function askForChallenge(config: RemoteToolServerConfig, fetch: Fetch): Promise<Challenge | undefined> {
  const response = await fetch(config.url, {
    method: 'POST',
    headers: {
      ...config.headers,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'ping' }),
  });
  return response.status === 401 ? toChallenge(response) : undefined;
}

export function toChallenge(response: Response): Challenge {
  const { resourceMetadataUrl, scope } = extractWWWAuthenticateParams(response);
  return { resourceMetadataUrl: resourceMetadataUrl?.href, scope };
}

/** Finds out with whom a person logs in for that server, and as which client. @throws whatever is in the way. */
export async function findParty(
  { url, login }: RemoteToolServerConfig,
  challenge: Challenge | undefined,
  own: OwnIdentity,
  fetch: Fetch,
): Promise<Party> {
  const named = challenge?.resourceMetadataUrl;
  const found = await discoverOAuthServerInfo(url, {
    fetchFn: fetch,
    ...(named === undefined ? {} : { resourceMetadataUrl: new URL(named) }),
  });
  const metadata = metadataSchema.optional().parse(found.authorizationServerMetadata);
  const authorizationServer = String(found.authorizationServerUrl);
  const issuer = metadata?.issuer ?? authorizationServer;
  if (login?.issuer !== undefined && withoutSlash(login.issuer) !== withoutSlash(issuer))
    throw new AppError('issuer-mismatch', 'The tool server names another authorization server than MCP_CONFIG does.');
  const resource = toResource(url, found);
  const scope = toScope(login?.scope ?? challenge?.scope, found, metadata?.scopes_supported);
  const party = { authorizationServer, metadata, resource, scope };
  return { ...party, client: await findClient(party, issuer, login, own, fetch) };
}

/** Prepared by hand, described by an address of ours, registered before, or registered now: in this order. */
async function findClient(
  { authorizationServer, metadata, scope }: Omit<Party, 'client'>,
  issuer: string,
  login: RemoteToolServerConfig['login'],
  own: OwnIdentity,
  fetch: Fetch,
): Promise<LoginClient> {
  if (login?.clientId !== undefined)
    return {
      client_id: login.clientId,
      ...(login.clientSecret === undefined ? {} : { client_secret: login.clientSecret }),
    };
  if (metadata?.client_id_metadata_document_supported === true && own.metadataUrl !== undefined)
    return { client_id: own.metadataUrl, token_endpoint_auth_method: 'none' };
  const known = await own.load(issuer);
  if (known !== undefined) return known;
  const asked = {
    ...(metadata === undefined ? {} : { metadata }),
    clientMetadata: toClientMetadata(own.redirectUri),
    fetchFn: fetch,
  };
  // Some take in a registration no scopes but their own, and those of a tool server all the same when somebody logs in.
  const registered = await registerClient(authorizationServer, {
    ...asked,
    ...(scope === undefined ? {} : { scope }),
  }).catch((error: unknown) => {
    if (scope === undefined || !(error instanceof RegistrationRejectedError)) throw error;
    return registerClient(authorizationServer, asked);
  });
  const client = clientSchema.parse(registered);
  await own.save(issuer, client);
  return client;
}

/** @returns where the person goes, and the verifier of PKCE that belongs to it. */
export async function toAuthorization(
  { authorizationServer, metadata, client, scope, resource }: Party,
  redirectUrl: string,
  state: string,
): Promise<{ url: string; verifier: string }> {
  const { authorizationUrl, codeVerifier } = await startAuthorization(authorizationServer, {
    ...(metadata === undefined ? {} : { metadata }),
    ...(scope === undefined ? {} : { scope }),
    ...(resource === undefined ? {} : { resource }),
    clientInformation: client,
    redirectUrl,
    state,
  });
  // A browser is sent there: nothing but a page is to be found.
  if (!/^https?:$/.test(authorizationUrl.protocol)) throw new AppError('address-refused', 'The login is no web page.');
  return { url: authorizationUrl.href, verifier: codeVerifier };
}

/** Who sent the person back must be who they were sent to, also with bad news. Source: RFC 9207 @throws {IssuerMismatchError} */
export function checkIssuer({ metadata }: Party, parameters: URLSearchParams): void {
  validateAuthorizationResponseIssuer({
    iss: parameters.get('iss') ?? undefined,
    expectedIssuer: metadata?.issuer,
    issParameterSupported: metadata?.authorization_response_iss_parameter_supported === true,
  });
}

interface Redeemed {
  readonly code: string;
  readonly iss: string | undefined;
  readonly verifier: string;
  readonly redirectUri: string;
}

export async function redeem(
  { authorizationServer, metadata, client, resource }: Party,
  { code, iss, verifier, redirectUri }: Redeemed,
  fetchFn: Fetch,
): Promise<OAuthTokens> {
  const tokens = await exchangeAuthorization(authorizationServer, {
    ...(metadata === undefined ? {} : { metadata }),
    ...(resource === undefined ? {} : { resource }),
    ...(iss === undefined ? {} : { iss }),
    clientInformation: client,
    authorizationCode: code,
    codeVerifier: verifier,
    redirectUri,
    fetchFn,
  });
  return checkTokens(tokens);
}

/** @throws {OAuthError} when the authorization server has ended the login, anything else when it could not be asked. */
export async function refresh(
  { authorizationServer, metadata, client, resource }: Party,
  refreshToken: string,
  fetchFn: Fetch,
): Promise<OAuthTokens> {
  const tokens = await refreshAuthorization(authorizationServer, {
    ...(metadata === undefined ? {} : { metadata }),
    ...(resource === undefined ? {} : { resource }),
    clientInformation: client,
    refreshToken,
    fetchFn,
  });
  return checkTokens(tokens);
}

/** Whether the authorization server has said no, rather than nothing. */
export function isFinal(error: unknown): boolean {
  return error instanceof OAuthError && error.code !== 'server_error' && error.code !== 'temporarily_unavailable';
}

/** It does not know this client, or any more. */
export function isUnknownClient(error: unknown): boolean {
  return error instanceof OAuthError && (error.code === 'invalid_client' || error.code === 'unauthorized_client');
}

function checkTokens(tokens: OAuthTokens): OAuthTokens {
  const { access_token: access, refresh_token: refreshing = '', token_type: type } = tokens;
  const isUsable = (token: string) => token.length <= longestToken && /^[\x21-\x7e]*$/.test(token);
  if (access === '' || !isUsable(access) || !isUsable(refreshing) || type.toLowerCase() !== 'bearer')
    throw new AppError('token-refused', 'The authorization server gave a token that cannot be used.');
  return tokens;
}

/** The server must be what the document about it says it is. Source: RFC 9728, section 3.3 */
function toResource(url: string, { resourceMetadata }: OAuthServerInfo): string | undefined {
  if (resourceMetadata === undefined) return undefined;
  const { resource } = resourceMetadata;
  if (!checkResourceAllowed({ requestedResource: resourceUrlFromServerUrl(url), configuredResource: resource }))
    throw new AppError('resource-mismatch', 'The tool server describes another resource than itself.');
  return resource;
}

/** A login that can be refreshed is asked for where the authorization server knows such. */
function toScope(asked: string | undefined, { resourceMetadata }: OAuthServerInfo, supported?: readonly string[]) {
  const scope = asked ?? resourceMetadata?.scopes_supported?.join(' ');
  return scope && supported?.includes('offline_access') ? computeScopeUnion(scope, 'offline_access') : scope;
}

function withoutSlash(issuer: string): string {
  return issuer.endsWith('/') ? issuer.slice(0, -1) : issuer;
}
