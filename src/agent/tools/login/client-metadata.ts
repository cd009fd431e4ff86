/** What this program says of itself. Source: RFC 7591, section 2 */
export function toClientMetadata(redirectUri: string) {
  return {
    client_name: 'Jupan',
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    application_type: new URL(redirectUri).protocol === 'https:' ? 'web' : 'native',
  };
}
