/** A member's own login at a tool server, as front ends see it: begun for one person, finished by nobody else. */
import type { JsonValue } from './turn.ts';

/**
 * Why nobody is connected, in a word that a front end has a sentence for.
 * - `expired` the link is unknown, used up or too old; `somebody-else` it was made for another person;
 * - `denied` the person, or the server's authorization server, said no; `unreachable` it did not answer;
 * - `unusable` it does not speak what is needed, or says what cannot be right; `not-stored` the store is away;
 * - `unavailable` there is no such server, or nobody can connect from here.
 */
export const loginFailures = [
  'expired',
  'somebody-else',
  'denied',
  'unreachable',
  'unusable',
  'not-stored',
  'unavailable',
] as const;
export type LoginFailure = (typeof loginFailures)[number];

export interface FailedLogin {
  readonly type: 'failed';
  readonly reason: LoginFailure;
}

export interface LoginStart {
  /** As the operator names it. */
  readonly server: string;
  readonly personId: string;
  /** What the front end wants to know again when the person comes back; it is stored and never looked at. */
  readonly note: JsonValue;
  readonly signal: AbortSignal;
}

/**
 * - `link` an address of this program's own callback;
 * - `paste` the authorization server's address: it ends at one that nobody listens at, which the person hands over.
 */
export type BegunLogin = { readonly type: 'link' | 'paste'; readonly url: string } | FailedLogin;

export type FinishedLogin = { readonly type: 'connected'; readonly server: string } | FailedLogin;

/** What the authorization server sent the person back with, and who that person is known to be. */
export interface LoginReturn {
  readonly parameters: URLSearchParams;
  /** What {@link Logins.identify} gave the browser that comes back, or the person who hands over the address. */
  readonly proof: { readonly binder: string } | { readonly personId: string };
}

export interface ConnectionState {
  readonly server: string;
  /** In ms since 1970 UTC; undefined: not connected. */
  readonly since: number | undefined;
}

/** Never rejects, save where it says so. */
export interface Logins {
  /** Whether there is any server with such logins. */
  readonly isUsed: boolean;
  begin(start: LoginStart): Promise<BegunLogin>;
  /** What was noted for that link; undefined when it is not good any more. Changes nothing: links are looked at by machines, too. */
  look(ticket: string): Promise<{ readonly note: JsonValue } | undefined>;
  /** The browser with that link is this person's. @returns where it goes next, and what it has to show when it comes back. */
  identify(
    ticket: string,
    personId: string,
  ): Promise<{ readonly type: 'go'; readonly url: string; readonly binder: string } | FailedLogin>;
  finish(back: LoginReturn): Promise<FinishedLogin>;
  /** Every server with such logins. @throws {AppError} `store-failed` */
  connections(personId: string): Promise<readonly ConnectionState[]>;
  /** Takes the login back at its authorization server, as far as that can be done, and deletes it. @returns whether there was one. @throws {AppError} `store-failed` */
  disconnect(personId: string, server: string): Promise<boolean>;
}
