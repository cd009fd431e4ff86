/** What people decide about tools, as it stands in the log of decisions for good. Of a call's arguments there is a hash, and no word. */
import { createHash } from 'node:crypto';

/**
 * - `approved`, `denied` one call, by a person;
 * - `granted` calls of a tool from now on, `revoked` that, `used` a call was let pass by that;
 * - `accepted` what a server now says of its tools;
 * - `added`, `removed`, `changed` a tool server of a guild.
 */
export const decisionKinds = [
  'approved',
  'denied',
  'granted',
  'revoked',
  'used',
  'accepted',
  'added',
  'removed',
  'changed',
] as const;
export type DecisionKind = (typeof decisionKinds)[number];

export interface Decision {
  readonly what: DecisionKind;
  /** Ids of those who decided; `operator` for whoever may use the store itself. */
  readonly by: readonly string[];
  readonly server: string;
  /** As the server names it. Several are joined by `, `. */
  readonly tool: string;
  readonly turnId?: string;
  /** The place of the call in its turn: `step.call`. */
  readonly call?: string;
  readonly channelId?: string;
  /** Whose tool server it is, where a guild has added it. */
  readonly guildId?: string;
  /** SHA-256 of the arguments as the model wrote them. */
  readonly argumentsHash?: string;
  /** What the tool said of itself, as {@link hashOf} of it. */
  readonly toolHash?: string;
  readonly grantId?: string;
  /** When a grant ends, in ms since 1970 UTC. */
  readonly until?: number;
}

/** SHA-256, in hexadecimal. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
