/**
 * Keeps what is spent within the budgets. Before each request, what it can cost at most is reserved on every account that the
 * question counts toward; afterwards what it did cost is entered instead. So no sum goes over its cap, however many turns
 * run at once, in however many processes, and whenever one of them dies.
 */
import { randomUUID } from 'node:crypto';
import type { Logger } from '../../log.ts';
import type { Question, SpentBudget, Usage } from '../turn.ts';
import { grant, inUse, isToBeTold, reserve, settle } from './account.ts';
import type { Ledger } from './ledger.ts';
import { type BudgetRule, type Due, duesOf, perDollar } from './rules.ts';

/** What a request costs, or can cost at most. */
export interface Price {
  readonly tokens: number;
  /** US dollars. Undefined where no price is known: budgets in dollars then do not hold. */
  readonly costUsd: number | undefined;
}

/** There is not enough of this budget. */
export class BudgetError extends Error {
  readonly budget: SpentBudget;

  constructor(budget: SpentBudget) {
    super(`The budget of the ${budget.of} for the ${budget.per} is spent.`);
    this.budget = budget;
  }
}

export interface Reservation {
  /** Enters what it did cost. Never rejects: what cannot be entered stays reserved, and counts as spent some hours later. */
  settle(price: Price): Promise<void>;
}

/** Most of an account is spent. */
export interface NearlySpent {
  readonly rule: BudgetRule;
  /** Id of the server, channel or member whose it is; empty for the bot's. */
  readonly holder: string;
  /** Of the cap, from 0 to 1. */
  readonly share: number;
}

export interface BudgetsOptions {
  readonly rules: readonly BudgetRule[];
  readonly ledger: Ledger;
  readonly log: Logger;
  readonly onNearlySpent?: ((nearly: NearlySpent) => void) | undefined;
  /** Milliseconds since 1970 UTC. Default: the clock's. */
  readonly now?: () => number;
}

/** Counted when a turn begins, and not with its requests. */
const isCounted = ({ rule }: Due) => rule.unit === 'questions';

export class Budgets {
  readonly #options: BudgetsOptions;
  readonly #now: () => number;

  constructor(options: BudgetsOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /**
   * Counts the question, where questions are counted: once, though its turn may begin anew in another process.
   * @throws {BudgetError} when there have been enough.
   * @throws {AppError} `store-failed`: then nothing may be spent.
   */
  async begin(question: Question): Promise<Reservation> {
    const dues = this.#dues(question).filter(isCounted);
    return await this.#reserveAll(dues, () => 1, question.id);
  }

  /**
   * Reserves what a request can cost at most.
   * @throws {BudgetError} when there is not enough for it.
   * @throws {AppError} `store-failed`: then nothing may be spent.
   */
  async reserve(question: Question, most: Price): Promise<Reservation> {
    const dues = this.#dues(question).filter((due) => !isCounted(due) && amountOf(due, most) !== undefined);
    // Not by the turn's id: a request of a process that died may have been paid for.
    return await this.#reserveAll(dues, (due) => amountOf(due, most) ?? 0, randomUUID());
  }

  /**
   * Lets as much again be spent of that budget in its period.
   * @param id For what: each once.
   * @returns false when it was done for that before.
   * @throws {AppError} `store-failed`
   */
  async extend({ account: key, cap }: SpentBudget, id: string): Promise<boolean> {
    return await this.#options.ledger.change<boolean>(key, (account) => {
      const granted = grant(account, id, cap);
      return { account: granted ?? account, result: granted !== undefined };
    });
  }

  #dues(question: Question): readonly Due[] {
    return duesOf(question, this.#options.rules, this.#now());
  }

  /** On all of them or on none. One after another, in an order that is always the same. */
  async #reserveAll(dues: readonly Due[], amountOn: (due: Due) => number, id: string): Promise<Reservation> {
    const done: Due[] = [];
    try {
      for (const due of dues) {
        if (!(await this.#reserveOne(due, amountOn(due), id))) throw new BudgetError(toSpent(due));
        done.push(due);
      }
    } catch (error) {
      await Promise.all(done.map((due) => this.#settleOne(due, id, 0)));
      throw error;
    }
    return {
      settle: async (price) => {
        await Promise.all(dues.map((due) => this.#settleOne(due, id, amountOf(due, price) ?? 0)));
      },
    };
  }

  async #reserveOne(due: Due, amount: number, id: string): Promise<boolean> {
    const { ledger, log, onNearlySpent } = this.#options;
    const { rule, account: key, holder, cap } = due;
    const { hasRoom, share } = await ledger.change<{ hasRoom: boolean; share?: number }>(key, (account) => {
      const reserved = reserve(account, { id, amount, cap, now: this.#now() });
      if (reserved === undefined) return { account, result: { hasRoom: false } };
      if (!isToBeTold(reserved, cap)) return { account: reserved, result: { hasRoom: true } };
      const told = { ...reserved, isTold: true as const };
      return { account: told, result: { hasRoom: true, share: inUse(told) / (cap + told.granted) } };
    });
    if (share !== undefined) {
      log.warn('budget-nearly-spent', { ...rule, holder });
      onNearlySpent?.({ rule, holder, share });
    }
    return hasRoom;
  }

  async #settleOne({ account: key }: Due, id: string, amount: number): Promise<void> {
    const { ledger, log } = this.#options;
    await ledger
      .change(key, (account) => ({ account: settle(account, id, amount), result: undefined }))
      .catch((error: unknown) => log.error('budget-not-settled', { error }));
  }
}

/** Rounded up; undefined where the price is not known in that unit. */
function amountOf({ rule }: Due, { tokens, costUsd }: Price): number | undefined {
  if (rule.unit === 'questions') return 1;
  if (rule.unit === 'tokens') return Math.ceil(tokens);
  return costUsd === undefined ? undefined : Math.ceil(costUsd * perDollar);
}

function toSpent({ rule: { of, per }, account, cap, until }: Due): SpentBudget {
  return { of, per, account, cap, until };
}

export function toPrice({ promptTokens, outputTokens, costUsd }: Usage): Price {
  return { tokens: promptTokens + outputTokens, costUsd };
}
