/** What a model request costs: by the operator's prices, or by those that are known for the model. */
import type { ModelConfig, Prices } from '../../config/types.ts';
import type { Usage } from '../turn.ts';

/** US dollars for a million tokens, as of November 2026. A dated name such as `gpt-4o-2024-11-20` has the price of its family. */
const knownPrices: Readonly<Record<string, Prices>> = {
  'gpt-4o': { input: 2.5, cached: 1.25, output: 10 },
  'gpt-6-luna': { input: 0.1, cached: 0.01, output: 0.5 },
};

/** Undefined when nobody has said what the model costs: better no figure than a wrong one. */
export function pricesOf({ name, prices }: Pick<ModelConfig, 'name' | 'prices'>): Prices | undefined {
  return prices ?? knownPrices[familyOf(name)];
}

/** The name without the date of the snapshot. */
export function familyOf(name: string): string {
  return name.replace(/-\d{4}-\d{2}-\d{2}$/, '');
}

/** In US dollars. Cached tokens are a part of the prompt's. */
export function costOf({ promptTokens, cachedTokens, outputTokens }: Usage, prices: Prices): number {
  const cached = Math.min(cachedTokens, promptTokens);
  const millionths = (promptTokens - cached) * prices.input + cached * prices.cached + outputTokens * prices.output;
  return millionths / 1_000_000;
}
