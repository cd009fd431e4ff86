/** The body of a request for a completion: what is set, what the provider's cache wants, and no more. */
import { createHash } from 'node:crypto';
import type { OpenAI } from 'openai';
import type { ModelConfig } from '../../config/types.ts';
import type { ModelRequest } from './model.ts';

export type ModelBody = OpenAI.ChatCompletionCreateParamsStreaming;

export function toBody(
  config: ModelConfig,
  { messages, tools, mayCallTools, channelId, authorId, maxOutputTokens }: ModelRequest,
): ModelBody {
  return {
    model: config.name,
    messages: [...messages],
    max_completion_tokens: maxOutputTokens ?? config.maxOutputTokens,
    ...(tools.length === 0 ? {} : { tools: [...tools], ...(mayCallTools ? {} : { tool_choice: 'none' as const }) }),
    // Which efforts there are is the server's business; the SDK's list is only today's.
    ...(config.reasoningEffort === undefined
      ? {}
      : { reasoning_effort: config.reasoningEffort as OpenAI.ReasoningEffort }),
    ...(config.temperature === undefined ? {} : { temperature: config.temperature }),
    // Requests of one channel begin alike: the key leads them to the machine that has their beginning in its cache.
    prompt_cache_key: toPseudonym(`channel ${channelId}`),
    safety_identifier: toPseudonym(`author ${authorId}`),
    stream: true,
    stream_options: { include_usage: true },
  };
}

/** Always the same for the same id, which the provider is not told. */
function toPseudonym(id: string): string {
  return `jupan-${createHash('sha256').update(id).digest('hex').slice(0, 32)}`;
}
