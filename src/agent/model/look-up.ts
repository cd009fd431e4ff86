/** Asks the server about the model, so that the operator hears of an unknown or soon retired one before its users do. */
import type { OpenAI } from 'openai';
import type { ModelConfig } from '../../config/types.ts';
import { type ModelNotice, toRetirement } from './notice.ts';

const lookUpTimeoutMs = 15_000;

/** Servers that have no such route, or do not answer, are left alone: the first question will say what is wrong. */
export async function findModelNotice(
  client: OpenAI,
  config: Pick<ModelConfig, 'name' | 'baseUrl'>,
  signal: AbortSignal,
): Promise<ModelNotice | undefined> {
  const now = Date.now();
  try {
    const model = await client.models.retrieve(config.name, { signal, timeout: lookUpTimeoutMs, maxRetries: 0 });
    const date = typeof model?.shutdown_date === 'string' ? model.shutdown_date.slice(0, 10) : undefined;
    return toRetirement(config, date, now);
  } catch (error) {
    if (await isUnknownModel(error)) return { type: 'model-unknown', model: config.name };
    return toRetirement(config, undefined, now);
  }
}

/** Not every 404 speaks of the model: servers without the route answer with one, too. */
async function isUnknownModel(error: unknown): Promise<boolean> {
  const { APIError } = await import('openai');
  if (!(error instanceof APIError) || error.status !== 404) return false;
  const [, ...behind] = error.message.toLowerCase().split('model');
  return error.code === 'model_not_found' || behind.some((text) => /not found|not exist/.test(text));
}
