/** Which API the model is asked over. */
import type { ModelConfig } from '../../config/types.ts';
import { ChatCompletions, type ModelOptions } from './chat-completions.ts';
import type { Model } from './types.ts';

export function createModel(config: ModelConfig, options: ModelOptions): Model {
  return new ChatCompletions(config, options);
}
