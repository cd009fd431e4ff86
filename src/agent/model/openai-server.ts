/** What is known of OpenAI's own server and models, and holds for no other. */
import type { ModelConfig } from '../../config/types.ts';

export function isOnOpenai({ baseUrl }: Pick<ModelConfig, 'baseUrl'>): boolean {
  return baseUrl === undefined || new URL(baseUrl).hostname === 'api.openai.com';
}

/** o1 and newer: they reason before they answer, and take what the program says from a `developer`. Source: https://platform.openai.com/docs/guides/reasoning */
export function isReasoningModel({ name, baseUrl }: Pick<ModelConfig, 'name' | 'baseUrl'>): boolean {
  return isOnOpenai({ baseUrl }) && /^(?:o\d|gpt-(?:[5-9]|\d\d))/.test(name);
}
