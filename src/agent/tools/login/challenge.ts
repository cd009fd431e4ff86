/** What a tool server answers whose token is missing, too old or not good enough. */
import { ToolFailure } from '../tool-failure.ts';

export interface Challenge {
  /** Where the server describes itself. Source: RFC 9728 */
  readonly resourceMetadataUrl: string | undefined;
  /** What the token must be good for, as the server writes it. */
  readonly scope: string | undefined;
}

/** The asker must log in, or log in again; nothing was run. */
export class LoginNeeded extends ToolFailure {
  readonly challenge: Challenge | undefined;

  constructor(challenge?: Challenge, options?: ErrorOptions) {
    super('login-needed', 'The asker must log in at the tool server first.', options);
    this.challenge = challenge;
  }
}

/** What one person shows one server. */
export interface MemberCredentials {
  /** @throws {LoginNeeded} where there is none that is good any more. */
  token(): Promise<string>;
  /** The server has refused it: resolves once there is another one. @throws {LoginNeeded} */
  renew(challenge: Challenge): Promise<void>;
}
