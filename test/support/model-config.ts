/** The settings of the model that a test does not care about. */
import type { ModelConfig } from '../../src/config/types.ts';

export function toModelConfig(baseUrl: string, given: Partial<ModelConfig> = {}): ModelConfig {
  return {
    apiKey: 'test-key',
    baseUrl,
    name: 'gpt-4o',
    isDefault: false,
    reasoningEffort: undefined,
    temperature: undefined,
    maxOutputTokens: 1000,
    systemPrompt: undefined,
    prices: undefined,
    ...given,
  };
}
