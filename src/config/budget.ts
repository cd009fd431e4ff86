/** What may be spent and how much is done at once, as the operator's file says. */
import type { OperatorFile } from './operator-schema.ts';

export interface BudgetConfig {
  readonly rules: readonly BudgetRuleConfig[];
  /** Roles whose members may let more be spent. */
  readonly roleIds: readonly string[];
  /** People who are told when most of a budget is spent. */
  readonly watcherIds: readonly string[];
  readonly limits: LimitsConfig;
}

export interface BudgetRuleConfig {
  readonly of: 'bot' | 'server' | 'channel' | 'member' | 'role';
  readonly per: 'day' | 'month';
  readonly unit: 'dollars' | 'tokens' | 'questions';
  readonly cap: number;
  readonly id?: string;
}

/** Undefined: any number. */
export interface LimitsConfig {
  readonly questionsPerMinute: number | undefined;
  readonly turnsAtOnce: number | undefined;
  readonly turnsAtOncePerServer: number | undefined;
  readonly waitingPerChannel: number;
}

const usualWaitingPerChannel = 200;
const units = ['dollars', 'tokens', 'questions'] as const;

export function toBudget({
  budgets = [],
  budgetRoles = [],
  budgetWatchers = [],
  limits = {},
}: OperatorFile): BudgetConfig {
  return {
    rules: budgets.flatMap(({ of, per, id, ...caps }) =>
      units.flatMap((unit) => {
        const cap = caps[unit];
        return cap === undefined ? [] : [{ of, per, unit, cap, ...(id === undefined ? {} : { id }) }];
      }),
    ),
    roleIds: budgetRoles,
    watcherIds: budgetWatchers,
    limits: {
      questionsPerMinute: limits.questionsPerMinute,
      turnsAtOnce: limits.turnsAtOnce,
      turnsAtOncePerServer: limits.turnsAtOncePerServer,
      waitingPerChannel: limits.waitingPerChannel ?? usualWaitingPerChannel,
    },
  };
}
