/**
 * A standing approval: calls of one tool are made without asking, in one channel or for one asker, until a time. It is never
 * looser than the operator's rule for that tool, and bound to what the tool says of itself. Plain data.
 */
import { isRecord } from '../../json.ts';
import { hashOf } from '../decision.ts';
import type { ApprovalVote, JsonValue } from '../turn.ts';

export type StandingScope = NonNullable<ApprovalVote['standing']>;

/** Who must approve calls of a tool, as the operator says. */
export interface ApprovalRule {
  /** Somebody else than the asker must. */
  readonly notAsker: boolean;
  /** How many different people must. From 1. */
  readonly quorum: number;
  /** Roles that may, besides the asker. */
  readonly roleIds: readonly string[];
}

export interface Grant {
  readonly id: string;
  readonly scope: StandingScope;
  /** The channel, or the asker. */
  readonly targetId: string;
  /** Where it was given. */
  readonly guildId?: string;
  readonly server: string;
  readonly tool: string;
  readonly toolHash: string;
  /** That of the rule under which it was given: under another one it does not count. */
  readonly ruleHash: string;
  /** Who gave it. */
  readonly by: readonly string[];
  /** Milliseconds since 1970 UTC. */
  readonly grantedAt: number;
  readonly until: number;
}

/** A call that a grant may cover. */
export interface GrantedCall {
  readonly server: string;
  readonly tool: string;
  readonly toolHash: string;
  readonly rule: ApprovalRule;
  readonly channelId: string;
  readonly askerId: string;
}

/** Of the same tool and the same place or person there is one. */
export function grantIdOf(server: string, tool: string, scope: StandingScope, targetId: string): string {
  return hashOf(JSON.stringify([server, tool, scope, targetId])).slice(0, 32);
}

export function ruleHashOf({ notAsker, quorum, roleIds }: ApprovalRule): string {
  return hashOf(JSON.stringify([notAsker, quorum, roleIds.toSorted()]));
}

export function covers(grant: Grant, call: GrantedCall, now: number): boolean {
  const isEnough = new Set(grant.by).size >= call.rule.quorum;
  const isByOthers = !call.rule.notAsker || !grant.by.includes(call.askerId);
  return (
    now < grant.until &&
    grant.toolHash === call.toolHash &&
    grant.ruleHash === ruleHashOf(call.rule) &&
    isEnough &&
    isByOthers
  );
}

/** Undefined for what is none. */
export function readGrant(id: string, value: JsonValue | undefined): Grant | undefined {
  return isGrant(value) && value.id === id ? value : undefined;
}

function isGrant(value: unknown): value is Grant {
  return (
    isRecord(value) &&
    (value.scope === 'here' || value.scope === 'asker') &&
    ['id', 'targetId', 'server', 'tool', 'toolHash', 'ruleHash'].every((name) => typeof value[name] === 'string') &&
    (value.guildId === undefined || typeof value.guildId === 'string') &&
    Array.isArray(value.by) &&
    value.by.every((id) => typeof id === 'string') &&
    Number.isFinite(value.grantedAt) &&
    Number.isFinite(value.until)
  );
}

/** As it is stored. */
export function writeGrant(grant: Grant): JsonValue {
  return { ...grant };
}
