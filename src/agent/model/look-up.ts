/** Asks the server about the model, so that the operator hears of an unknown or soon retired one before its users do. */
import type { OpenAI } from 'openai';
import type { ModelConfig } from '../../config/types.ts';
import { type ModelNotice, toRetirement } from './notice.ts';
import { isUnknownModel } from './successor.ts';

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
    const { APIError } = await import('openai');
    if (error instanceof APIError && isUnknownModel(error)) return { type: 'model-unknown', model: config.name };
    return toRetirement(config, undefined, now);
  }
}
