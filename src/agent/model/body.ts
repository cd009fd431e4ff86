/** The body of a request for a completion: what is set, what the provider's cache wants, and no more. */
import { createHash } from 'node:crypto';
import type { OpenAI } from 'openai';
import type { ModelConfig } from '../../config/types.ts';
import type { ChatMessage, ContentPart } from './messages.ts';
import type { ModelRequest } from './types.ts';

export type ModelBody = OpenAI.ChatCompletionCreateParamsStreaming;

export function toBody(
  config: ModelConfig,
  { messages, tools, mayCallTools, channelId, authorId, maxOutputTokens }: ModelRequest,
): ModelBody {
  return {
    model: config.name,
    messages: messages.map(toWireMessage),
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

function toWireMessage(message: ChatMessage): OpenAI.ChatCompletionMessageParam {
  if (message.role !== 'user') return message;
  const { content } = message;
  return { role: 'user', content: typeof content === 'string' ? content : content.map(toWirePart) };
}

function toWirePart(part: ContentPart): OpenAI.ChatCompletionContentPart {
  return part.type === 'image' ? { type: 'image_url', image_url: { url: part.url } } : part;
}

/** Always the same for the same id, which the provider is not told. */
function toPseudonym(id: string): string {
  return `jupan-${createHash('sha256').update(id).digest('hex').slice(0, 32)}`;
}
