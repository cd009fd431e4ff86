/** What takes the place of a model that nobody has chosen by name and that its server does not know any more. */
import type { OpenAI } from 'openai';
import type { ModelConfig } from '../../config/types.ts';
import { familyOf } from './prices.ts';

/** Announced by OpenAI on 2026-10-14. The successor takes tools on chat completions only without reasoning. */
const successors: Readonly<Record<string, { readonly name: string; readonly reasoningEffort: string }>> = {
  'gpt-4o': { name: 'gpt-6-luna', reasoningEffort: 'none' },
};

const lookUpTimeoutMs = 15_000;

/** The settings of the successor as they are written in `.env`; undefined where none is known. */
export function successorSettings(name: string): string | undefined {
  const successor = successors[familyOf(name)];
  return successor && `OPENAI_MODEL=${successor.name} OPENAI_REASONING_EFFORT=${successor.reasoningEffort}`;
}

/**
 * What to ask with from now on. Undefined where the operator has named the model, where no successor is known, or where the
 * server does not have it either.
 */
export async function findSuccessor(client: OpenAI, config: ModelConfig): Promise<ModelConfig | undefined> {
  const successor = config.isDefault ? successors[familyOf(config.name)] : undefined;
  if (successor === undefined) return undefined;
  try {
    await client.models.retrieve(successor.name, { timeout: lookUpTimeoutMs, maxRetries: 0 });
  } catch {
    return undefined;
  }
  // Prices that the operator has set are those of the model that is gone.
  return {
    ...config,
    ...successor,
    reasoningEffort: config.reasoningEffort ?? successor.reasoningEffort,
    prices: undefined,
  };
}

/** Not every 404 speaks of the model: servers without the route answer with one, too. */
export function isUnknownModel({
  status,
  code,
  message,
}: Pick<InstanceType<typeof OpenAI.APIError>, 'status' | 'code' | 'message'>): boolean {
  if (status !== 404) return false;
  const [, ...behind] = message.toLowerCase().split('model');
  return code === 'model_not_found' || behind.some((text) => /not found|not exist/.test(text));
}
