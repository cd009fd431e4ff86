/** Which API the model is asked over. */
import type { ModelConfig } from '../../config/types.ts';
import type { Logger } from '../../log.ts';
import { ChatCompletions, type ChatCompletionsLimits } from './chat-completions.ts';
import type { Model } from './types.ts';

export function createModel(config: ModelConfig, options: { limits: ChatCompletionsLimits; log: Logger }): Model {
  return new ChatCompletions(config, options);
}
