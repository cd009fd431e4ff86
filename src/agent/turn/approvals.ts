/** Calls that wait for a person. The record holds what is asked and decided, so that a decision outlives the process; here are those who wait. */
import { resolvesWithin } from '../../waiting.ts';
import { type Approval, resultOf, type Turn } from '../turn.ts';
import type { TurnWriter } from './turn-writer.ts';

export interface Approvals {
  /** Resolves with the decision, `denied` when time is up or the signal aborts. The record is then the same. */
  wait(turn: Turn, approval: Approval, signal: AbortSignal): Promise<'approved' | 'denied'>;
  /**
   * @returns false when the turn has no such call that waits.
   * @throws what the store throws: the decision then does not count.
   */
  decide(turn: Turn, callId: string, decision: 'approved' | 'denied', by: string): Promise<boolean>;
}

export function createApprovals(writer: Pick<TurnWriter, 'save' | 'saveSoon'>): Approvals {
  return new WaitingApprovals(writer);
}

class WaitingApprovals implements Approvals {
  readonly #writer: Pick<TurnWriter, 'save' | 'saveSoon'>;
  readonly #waiting = new Map<Approval, () => void>();

  constructor(writer: Pick<TurnWriter, 'save' | 'saveSoon'>) {
    this.#writer = writer;
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
      this.#writer.saveSoon(turn);
    }
    return approval.decision ?? 'denied';
  }

  async decide(turn: Turn, callId: string, decision: 'approved' | 'denied', by: string): Promise<boolean> {
    const step = turn.steps.at(-1);
    const approval = step?.approvals?.find((asked) => asked.callId === callId);
    const call = step?.calls.find(({ id }) => id === callId);
    const isOpen = approval?.decision === undefined && step !== undefined && call !== undefined;
    if (approval === undefined || !isOpen || resultOf(step, call) !== undefined || approval.until <= Date.now())
      return false;
    approval.decision = decision;
    approval.by = by;
    approval.decidedAt = Date.now();
    try {
      await this.#writer.save(turn);
    } catch (error) {
      delete approval.decision;
      delete approval.by;
      delete approval.decidedAt;
      throw error;
    }
    this.#waiting.get(approval)?.();
    return true;
  }
}
