/** Logs in other programs with Discord, for the scope `identify`. Source: https://docs.discord.com/developers/topics/oauth2 */

import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SimulatedUser } from '../face/user.ts';

interface Grant {
  readonly user: SimulatedUser;
  readonly redirectUri: string;
}

/** A browser says whom it is logged in as by this cookie, and lets every program know. */
const session = /(?:^|; )simulated-user=(\d+)/;

export class Logins {
  readonly #users: ReadonlyMap<string, SimulatedUser>;
  readonly #codes = new Map<string, Grant>();
  readonly #tokens = new Map<string, SimulatedUser>();

  constructor(users: ReadonlyMap<string, SimulatedUser>) {
    this.#users = users;
  }

  /** @returns whether it was for this. */
  serve(request: IncomingMessage, response: ServerResponse): boolean {
    const url = new URL(request.url ?? '/', 'http://simulated');
    const { authorization = '' } = request.headers;
    if (url.pathname === '/oauth2/authorize') this.#authorize(url.searchParams, request, response);
    else if (url.pathname === '/api/v10/oauth2/token') void this.#exchange(request, response);
    else if (url.pathname === '/api/v10/oauth2/token/revoke') answer(response, 200, {});
    else if (url.pathname === '/api/v10/users/@me' && authorization.startsWith('Bearer '))
      this.#tell(authorization.slice('Bearer '.length), response);
    else return false;
    return true;
  }

  #authorize(asked: URLSearchParams, { headers }: IncomingMessage, response: ServerResponse): void {
    const user = this.#users.get(session.exec(headers.cookie ?? '')?.[1] ?? '');
    const redirectUri = asked.get('redirect_uri') ?? '';
    if (user === undefined || asked.get('scope') !== 'identify' || !URL.canParse(redirectUri))
      return void answer(response, 401, { message: '401: Unauthorized', code: 0 });
    const code = randomBytes(15).toString('base64url');
    this.#codes.set(code, { user, redirectUri });
    const back = new URL(redirectUri);
    back.searchParams.set('code', code);
    back.searchParams.set('state', asked.get('state') ?? '');
    response.writeHead(302, { location: back.href }).end();
  }

  /** A code is good once. */
  async #exchange(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(Buffer.concat(await Array.fromAsync(request)).toString());
    const code = form.get('code') ?? '';
    const grant = this.#codes.get(code);
    this.#codes.delete(code);
    if (grant === undefined || grant.redirectUri !== form.get('redirect_uri') || !form.get('client_secret'))
      return answer(response, 400, { error: 'invalid_grant' });
    const token = randomBytes(15).toString('base64url');
    this.#tokens.set(token, grant.user);
    answer(response, 200, { access_token: token, token_type: 'Bearer', expires_in: 604_800, scope: 'identify' });
  }

  #tell(token: string, response: ServerResponse): void {
    const user = this.#tokens.get(token);
    if (user === undefined) return void answer(response, 401, { message: '401: Unauthorized', code: 0 });
    answer(response, 200, { id: user.id, username: user.name, global_name: user.displayName, avatar: null });
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
