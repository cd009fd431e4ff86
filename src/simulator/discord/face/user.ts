/** Who is on the simulated Discord. */

export type Locale = 'ko' | 'en-US' | (string & {});

export interface SimulatedUser {
  readonly id: string;
  readonly name: string;
  /** What channels show. */
  readonly displayName: string;
  /** The language of the member's own client: what an interaction carries as `locale`. */
  readonly locale: Locale;
  readonly isBot: boolean;
  /** Roles that the member has in every guild, by {@link SimulatedDiscord.createRole}. */
  readonly roleIds: readonly string[];
  /** Whether the member may manage messages: what `/forget` is for. Default false. */
  readonly isModerator: boolean;
}
