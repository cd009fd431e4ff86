/** The operator's file with the budgets that were chosen. */
import type { OperatorFile } from '../config/operator-schema.ts';

export interface Budget {
  /** A month, for all together. */
  readonly dollars?: number | undefined;
  readonly tokens?: number | undefined;
  /** A day, for each member. */
  readonly questions?: number | undefined;
}

/** Undefined where nothing is limited. */
export function toBudgetFile({ dollars, tokens, questions }: Budget): string | undefined {
  const budgets: NonNullable<OperatorFile['budgets']> = [
    ...(dollars === undefined ? [] : [{ of: 'bot' as const, per: 'month' as const, dollars }]),
    ...(tokens === undefined ? [] : [{ of: 'bot' as const, per: 'month' as const, tokens }]),
    ...(questions === undefined ? [] : [{ of: 'member' as const, per: 'day' as const, questions }]),
  ];
  if (budgets.length === 0) return undefined;
  const file: OperatorFile = { $schema: './jupan.schema.json', budgets };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}
