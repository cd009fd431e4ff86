/** The body of a request for a completion: what is set, what the provider's cache wants, and no more. */
import { createHmac } from 'node:crypto';
import type { OpenAI } from 'openai';
import type { ModelConfig } from '../../config/types.ts';
import type { ChatMessage, ContentPart } from './messages.ts';
import { isOnOpenai, isReasoningModel } from './openai-server.ts';
import type { ModelRequest } from './types.ts';

export type ModelBody = OpenAI.ChatCompletionCreateParamsStreaming;

/** What an answer may have where the operator has not said. */
const usualOutputTokens = 1_000;
/** A model's reasoning counts as its output. OpenAI advises to leave room for as much. Source: https://platform.openai.com/docs/guides/reasoning#allocating-space-for-reasoning */
const reasoningOutputTokens = 25_000;

/** @param salt Of this installation, so that nobody who knows an id can tell its pseudonym. */
export function toBody(config: ModelConfig, request: ModelRequest, salt: string): ModelBody {
  const { messages, tools, mayCallTools, channelId, authorId } = request;
  const role = isReasoningModel(config) ? 'developer' : 'system';
  return {
    model: config.name,
    messages: messages.map((message) => toWireMessage(message, role)),
    max_completion_tokens: toOutputTokens(config, request.maxOutputTokens),
    ...(tools.length === 0 ? {} : { tools: [...tools], ...(mayCallTools ? {} : { tool_choice: 'none' as const }) }),
    // Which efforts there are is the server's business; the SDK's list is only today's.
    ...(config.reasoningEffort === undefined
      ? {}
      : { reasoning_effort: config.reasoningEffort as OpenAI.ReasoningEffort }),
    ...(config.temperature === undefined ? {} : { temperature: config.temperature }),
    // Requests of one channel begin alike: the key leads them to the machine that has their beginning in its cache.
    prompt_cache_key: toPseudonym(`channel ${channelId}`, salt),
    safety_identifier: toPseudonym(`author ${authorId}`, salt),
    stream: true,
    // Padding against listeners on the way is of no use to a bot that posts what it reads.
    stream_options: { include_usage: true, ...(isOnOpenai(config) ? { include_obfuscation: false } : {}) },
  };
}

/** The most that an answer may have. @param wanted For a request that wants less than an answer. */
export function toOutputTokens(config: ModelConfig, wanted: number | undefined): number {
  const { reasoningEffort, maxOutputTokens } = config;
  const reasons = reasoningEffort === undefined ? isReasoningModel(config) : reasoningEffort !== 'none';
  if (!reasons) return wanted ?? maxOutputTokens ?? usualOutputTokens;
  return Math.max(wanted ?? 0, maxOutputTokens ?? reasoningOutputTokens);
}

/** @param system How the model calls what the program itself says. */
function toWireMessage(message: ChatMessage, system: 'system' | 'developer'): OpenAI.ChatCompletionMessageParam {
  if (message.role === 'system') return { role: system, content: message.content };
  if (message.role !== 'user') return message;
  const { content } = message;
  return { role: 'user', content: typeof content === 'string' ? content : content.map(toWirePart) };
}

function toWirePart(part: ContentPart): OpenAI.ChatCompletionContentPart {
  return part.type === 'image' ? { type: 'image_url', image_url: { url: part.url } } : part;
}

/** Always the same for the same id, which the provider is not told. */
function toPseudonym(id: string, salt: string): string {
  return `jupan-${createHmac('sha256', salt).update(id).digest('hex').slice(0, 32)}`;
}
