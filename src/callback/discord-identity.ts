/** Whose browser it is: asked of Discord, which asks the person. Source: https://discord.com/developers/docs/topics/oauth2#authorization-code-grant */
import { isRecord } from '../json.ts';

export interface DiscordIdentityOptions {
  /** REST base without the version, e.g. `https://discord.com/api`. */
  readonly apiUrl: string;
  /** Where browsers are sent. */
  readonly authorizeUrl: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
}

const withinMs = 10_000;

export class DiscordIdentity {
  readonly #options: DiscordIdentityOptions;

  constructor(options: DiscordIdentityOptions) {
    this.#options = options;
  }

  /** Where the browser is sent, and comes back from with that state. */
  askAt(applicationId: string, state: string): string {
    const { authorizeUrl, redirectUri } = this.#options;
    const url = new URL(authorizeUrl);
    const asked = {
      response_type: 'code',
      client_id: applicationId,
      scope: 'identify',
      redirect_uri: redirectUri,
      state,
    };
    for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
    return url.href;
  }

  /** @returns the member's id; undefined when Discord does not say. Never rejects. */
  async identify(applicationId: string, code: string): Promise<string | undefined> {
    const { clientSecret, redirectUri } = this.#options;
    const client = { client_id: applicationId, client_secret: clientSecret };
    try {
      const grant = { ...client, grant_type: 'authorization_code', code, redirect_uri: redirectUri };
      const { access_token: token } = await this.#ask('/oauth2/token', {
        method: 'POST',
        body: new URLSearchParams(grant),
      });
      if (typeof token !== 'string' || token === '') return undefined;
      const { id } = await this.#ask('/users/@me', { headers: { authorization: `Bearer ${token}` } });
      // It has told all that is asked of it.
      const over = new URLSearchParams({ ...client, token, token_type_hint: 'access_token' });
      await this.#ask('/oauth2/token/revoke', { method: 'POST', body: over }).catch(() => undefined); // It ends by itself.
      return typeof id === 'string' ? id : undefined;
    } catch {
      return undefined;
    }
  }

  async #ask(path: string, init: RequestInit): Promise<Readonly<Record<string, unknown>>> {
    const signal = AbortSignal.timeout(withinMs);
    const response = await fetch(`${this.#options.apiUrl}/v10${path}`, { ...init, redirect: 'error', signal });
    const answer: unknown = await response.json();
    return response.ok && isRecord(answer) ? answer : {};
  }
}
