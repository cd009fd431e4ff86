/** Takes a login back at its authorization server. Source: RFC 7009 */
import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  customFetch,
  None,
  processRevocationResponse,
  revocationRequest,
} from 'oauth4webapi';
import type { Fetch } from '../mcp/stream-watch.ts';
import type { LoginClient, StoredConnection } from './login-store.ts';

/** Does nothing where the authorization server knows no such thing. @throws whatever is in the way. */
export async function revoke({ party, accessToken, refreshToken }: StoredConnection, fetch: Fetch): Promise<void> {
  const { metadata, client } = party;
  if (metadata?.revocation_endpoint === undefined) return;
  const server = { issuer: metadata.issuer, revocation_endpoint: metadata.revocation_endpoint };
  const identity = { client_id: client.client_id };
  const auth = toClientAuth(client, metadata.token_endpoint_auth_methods_supported ?? []);
  // The refresh token first: with it, servers are to end everything that came of it.
  const tokens = refreshToken === undefined ? [accessToken] : [refreshToken, accessToken];
  for (const token of tokens) {
    const response = await revocationRequest(server, identity, auth, token, {
      // Which addresses may be asked, and how, is the guard's to know.
      [allowInsecureRequests]: true,
      [customFetch]: (url, init) => fetch(url, { ...init, body: String(init.body) }),
    });
    await processRevocationResponse(response);
  }
}

function toClientAuth(
  { client_secret: secret, token_endpoint_auth_method: own }: LoginClient,
  supported: readonly string[],
): ClientAuth {
  if (secret === undefined || own === 'none') return None();
  const isPost = own === 'client_secret_post' || (supported.length > 0 && !supported.includes('client_secret_basic'));
  return isPost ? ClientSecretPost(secret) : ClientSecretBasic(secret);
}
