/** What may be spent. */
import type { Budget } from '../budget-file.ts';
import type { StepContext } from './step.ts';

/** @param hasPrice Whether it is known what the model costs: dollars can be counted only then. */
export async function askBudget(context: StepContext, hasPrice: boolean): Promise<Budget> {
  const { words } = context;
  const inAll = await askNumber(context, hasPrice ? words.budget : words.budgetTokens, hasPrice);
  const questions = await askNumber(context, words.budgetMember, false);
  return hasPrice ? { dollars: inAll, questions } : { tokens: inAll, questions };
}

/** Undefined: no limit. */
async function askNumber(
  { console, words }: StepContext,
  message: string,
  mayHaveFraction: boolean,
): Promise<number | undefined> {
  const isGood = (value: string) => Number(value) > 0 && (mayHaveFraction || Number.isSafeInteger(Number(value)));
  const typed = await console.text({
    message: `${message} (${words.budgetEmpty})`,
    check: (value) => (value === '' || isGood(value) ? undefined : words.notANumber),
  });
  return typed === '' ? undefined : Number(typed);
}
