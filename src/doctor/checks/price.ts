/** Whether it is known what the model costs: budgets in dollars hold only then. */
import type { ModelTrial } from '../../agent/model/inspect-model.ts';
import { type Check, skipped } from '../check.ts';
import { hasNoModel } from './model.ts';

export const checkPrice =
  (trial: Promise<ModelTrial>): Check =>
  async (context) => {
    const { config, words } = context;
    if (hasNoModel(context)) return skipped(words);
    const { prices } = await trial;
    if (prices !== undefined) {
      return [{ status: 'ok', text: words.priceFine(prices.input, prices.cached, prices.output) }];
    }
    return config.budget.rules.some(({ unit }) => unit === 'dollars')
      ? [{ status: 'problem', text: words.priceUnknownBudget, advice: words.priceTodo }]
      : [{ status: 'ok', text: words.priceUnknown }];
  };
