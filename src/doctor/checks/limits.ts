/** What may be spent, as the operator's file says. */
import { type Check, isBad, skipped } from '../check.ts';

export const checkLimits: Check = async (context) => {
  const { config, words } = context;
  if (isBad(context, 'JUPAN_CONFIG')) return skipped(words);
  const { rules } = config.budget;
  if (rules.length === 0) return [{ status: 'ok', text: words.limitsNone }];
  const details = rules.map(({ of, id, per, cap, unit }) => words.limit(of, id, per, cap, unit));
  return [{ status: 'ok', text: words.limitsFine(rules.length), details }];
};
