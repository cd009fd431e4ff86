/** Calls that wait for people. The record holds what is asked and decided, so that a decision outlives the process; here are those who wait. */
import { resolvesWithin } from '../../waiting.ts';
import { placeOf } from '../call-place.ts';
import { type Decision, hashOf } from '../decision.ts';
import { type Grant, grantIdOf } from '../grants/grant.ts';
import type { Grants } from '../grants/grants.ts';
import { type Approval, type ModelStep, resultOf, type ToolCall, type Turn } from '../turn.ts';
import type { TurnWriter } from './turn-writer.ts';

export interface Verdict {
  readonly decision: 'approved' | 'denied';
  /** Id of who decides. Whether they may is not asked here. */
  readonly by: string;
  /** As in `ApprovalVote`; of an approval alone. */
  readonly standing?: 'here' | 'asker' | undefined;
}

/**
 * - `decided` the call is made now, or is not; `granted`, and later ones are made unasked;
 * - `counted` it is one of several that are needed; `counted-before` it was already;
 * - `gone` the turn has no such call that waits.
 */
export type DecideOutcome = 'decided' | 'granted' | 'counted' | 'counted-before' | 'gone';

export interface Approvals {
  /** Resolves with the decision, `denied` when time is up or the signal aborts. The record is then the same. */
  wait(turn: Turn, approval: Approval, signal: AbortSignal): Promise<'approved' | 'denied'>;
  /** @throws what the store throws: the decision then does not count. */
  decide(turn: Turn, callId: string, verdict: Verdict): Promise<DecideOutcome>;
}

export interface ApprovalsOptions {
  readonly writer: Pick<TurnWriter, 'save' | 'saveSoon'>;
  readonly grants: Pick<Grants, 'give' | 'takeBack'>;
  readonly logDecision: (decision: Decision) => Promise<unknown>;
  /** How a standing approval would be bound. */
  readonly ruleHashOf: (approval: Approval) => string;
  /** How long a standing approval counts, in ms. */
  readonly grantMs: number;
}

export function createApprovals(options: ApprovalsOptions): Approvals {
  return new WaitingApprovals(options);
}

/** A call that waits, with all that it is a part of. */
interface Asked {
  readonly turn: Turn;
  readonly step: ModelStep;
  readonly call: ToolCall;
  readonly approval: Approval;
}

class WaitingApprovals implements Approvals {
  readonly #options: ApprovalsOptions;
  readonly #waiting = new Map<Approval, () => void>();
  /** The last decision about each that is being made. */
  readonly #deciding = new WeakMap<Approval, Promise<unknown>>();

  constructor(options: ApprovalsOptions) {
    this.#options = options;
  }

  async wait(turn: Turn, approval: Approval, signal: AbortSignal): Promise<'approved' | 'denied'> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.set(approval, resolve);
    try {
      // It may have been decided before anybody waited.
      if (approval.decision === undefined)
        await resolvesWithin(promise, Math.max(0, approval.until - Date.now()), signal);
    } finally {
      this.#waiting.delete(approval);
    }
    if (approval.decision === undefined && !signal.aborted) {
      approval.decision = 'denied';
      approval.decidedAt = Date.now();
      this.#options.writer.saveSoon(turn);
    }
    return approval.decision ?? 'denied';
  }

  async decide(turn: Turn, callId: string, verdict: Verdict): Promise<DecideOutcome> {
    const asked = openCall(turn, callId);
    if (asked === undefined) return 'gone';
    const before = this.#deciding.get(asked.approval);
    const decided = Promise.resolve(before).then(() => this.#decideNow(turn, callId, verdict));
    this.#deciding.set(
      asked.approval,
      decided.catch(() => undefined), // Whoever decided is told.
    );
    return await decided;
  }

  async #decideNow(turn: Turn, callId: string, verdict: Verdict): Promise<DecideOutcome> {
    const asked = openCall(turn, callId);
    if (asked === undefined) return 'gone';
    const { approval } = asked;
    const { decision, by } = verdict;
    if (decision === 'approved' && approval.votes?.some((vote) => vote.by === by)) return 'counted-before';
    // Before it counts: what is not in the log was not decided.
    await this.#options.logDecision(toDecision(asked, verdict));
    // Time may have decided meanwhile.
    if (openCall(turn, callId) === undefined) return 'gone';
    if (decision === 'denied') return await this.#settle(asked, verdict);
    const votes = [...(approval.votes ?? []), toVote(verdict)];
    if (votes.length < (approval.quorum ?? 1)) {
      await this.#keep(turn, approval, { votes });
      return 'counted';
    }
    return await this.#approve(asked, verdict, votes);
  }

  async #approve(asked: Asked, verdict: Verdict, votes: NonNullable<Approval['votes']>): Promise<DecideOutcome> {
    const { grants } = this.#options;
    const isPlain = votes.every(({ standing }) => standing === undefined) && asked.approval.quorum === undefined;
    const kept = isPlain ? {} : { votes };
    const grant = this.#toGrant(asked, votes);
    if (grant === undefined) return await this.#settle(asked, verdict, kept);
    await grants.give(grant);
    try {
      await this.#settle(asked, verdict, kept);
      return 'granted';
    } catch (error) {
      await grants.takeBack(grant.id).catch(() => undefined); // It ends by itself, and can be ended by a command.
      throw error;
    }
  }

  async #settle(
    { turn, approval }: Asked,
    { decision, by }: Verdict,
    kept: Partial<Approval> = {},
  ): Promise<'decided'> {
    await this.#keep(turn, approval, { ...kept, decision, by, decidedAt: Date.now() });
    this.#waiting.get(approval)?.();
    return 'decided';
  }

  /** @throws what the store throws: the record is then as it was. */
  async #keep(turn: Turn, approval: Approval, change: Partial<Approval>): Promise<void> {
    const { votes } = approval;
    Object.assign(approval, change);
    try {
      await this.#options.writer.save(turn);
    } catch (error) {
      delete approval.decision;
      delete approval.by;
      delete approval.decidedAt;
      if (votes === undefined) delete approval.votes;
      else approval.votes = votes;
      throw error;
    }
  }

  /** Only where all who approved want the same, and the call could have one at all. */
  #toGrant({ turn, approval }: Asked, votes: NonNullable<Approval['votes']>): Grant | undefined {
    const { server, tool, toolHash } = approval;
    const scope = votes[0]?.standing;
    const isOfAll = votes.every(({ standing }) => standing === scope);
    if (scope === undefined || !isOfAll || this.#options.grantMs === 0) return undefined;
    if (server === undefined || tool === undefined || toolHash === undefined) return undefined;
    const { channelId, authorId, guildId } = turn.question;
    const targetId = scope === 'here' ? channelId : authorId;
    const grantedAt = Date.now();
    return {
      id: grantIdOf(server, tool, scope, targetId),
      scope,
      targetId,
      ...(guildId === undefined ? {} : { guildId }),
      server,
      tool,
      toolHash,
      ruleHash: this.#options.ruleHashOf(approval),
      by: votes.map(({ by }) => by),
      grantedAt,
      until: grantedAt + this.#options.grantMs,
    };
  }
}

/** Undefined when it does not wait, or not any more. */
function openCall(turn: Turn, callId: string): Asked | undefined {
  const step = turn.steps.at(-1);
  const approval = step?.approvals?.find((asked) => asked.callId === callId);
  const call = step?.calls.find(({ id }) => id === callId);
  if (step === undefined || call === undefined || approval === undefined || turn.end !== undefined) return undefined;
  const isOpen = approval.decision === undefined && resultOf(step, call) === undefined && approval.until > Date.now();
  return isOpen ? { turn, step, call, approval } : undefined;
}

function toVote({ by, standing }: Verdict): NonNullable<Approval['votes']>[number] {
  return standing === undefined ? { by } : { by, standing };
}

/** Of a call, as it stands in the log. */
function toDecision({ turn, step, call, approval }: Asked, { decision, by }: Verdict): Decision {
  return { what: decision, by: [by], ...subjectOf(turn, step, call, approval) };
}

/** What was decided about, without a word of it. */
export function subjectOf(
  turn: Turn,
  step: ModelStep,
  call: ToolCall,
  { server = '', tool = call.name, toolHash }: Approval,
): Omit<Decision, 'what' | 'by'> {
  return {
    server,
    tool,
    turnId: turn.question.id,
    call: placeOf(turn, step, call),
    channelId: turn.question.channelId,
    argumentsHash: hashOf(call.arguments),
    ...(toolHash === undefined ? {} : { toolHash }),
  };
}
