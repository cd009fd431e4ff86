/**
 * The model: one streamed chat completion as text and checked tool calls, or a {@link ModelError}. The only file that
 * knows the `openai` SDK, which is loaded on first use because loading it takes a tenth of a second.
 */
import type { OpenAI } from 'openai';
import type { ModelConfig } from '../config.ts';
import { CallAssembly } from './call-assembly.ts';
import type { AgentLimits } from './limits.ts';
import type { ChatMessage, ToolDefinition } from './messages.ts';
import { ModelError } from './model-error.ts';
import { toModelError } from './model-failure.ts';
import type { ToolCall, Usage } from './turn.ts';

export interface ModelRequest {
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolDefinition[];
  /** False: the tools are sent, so that the prompt's start stays the same, but the model must answer in prose. */
  readonly mayCallTools: boolean;
  /** Whose history the messages are, and who asks: the provider is told a hash of each. */
  readonly channelId: string;
  readonly authorId: string;
  readonly signal: AbortSignal;
  /** Called as text comes in, with all of it so far. Once it was called, a broken stream is not asked again. */
  readonly onText: (text: string) => void;
}

export interface ModelAnswer {
  readonly text: string;
  readonly calls: readonly ToolCall[];
  /** `length`: cut by the output limit, calls included. `filtered`: withheld by the provider. */
  readonly finish: 'whole' | 'length' | 'filtered';
  readonly usage?: Usage;
}

export interface Model {
  /** Loads what the first request needs. */
  warmUp(): Promise<void>;
  /** @throws {ModelError}, or anything at all once the signal is aborted. */
  complete(request: ModelRequest): Promise<ModelAnswer>;
}

export function createModel(config: ModelConfig, limits: Pick<AgentLimits, 'streamIdleMs' | 'modelResponseMs'>): Model {
  let client: Promise<OpenAI> | undefined;
  const open = () => {
    client ??= openClient(config, limits.modelResponseMs);
    return client;
  };
  return {
    warmUp: async () => void (await open()),
    complete: async (request) => {
      let isShown = false;
      const onText = (text: string) => {
        isShown = true;
        request.onText(text);
      };
      const attempt = async () => readStream(await open(), config, { ...request, onText }, limits.streamIdleMs);
      try {
        return await attempt();
      } catch (error) {
        const isWorthAnother = error instanceof ModelError && error.code === 'model-cut-off' && !isShown;
        if (!isWorthAnother || request.signal.aborted) throw error;
        return attempt();
      }
    },
  };
}

async function openClient(config: ModelConfig, timeout: number): Promise<OpenAI> {
  const { OpenAI } = await import('openai');
  return new OpenAI({
    apiKey: config.apiKey,
    baseURL: config.baseUrl ?? null,
    timeout,
    maxRetries: 2,
    // The SDK would print what it cannot read to the console.
    logLevel: 'off',
    fetch: fetchWithoutVainRetries,
  });
}

async function readStream(
  client: OpenAI,
  config: ModelConfig,
  request: ModelRequest,
  idleMs: number,
): Promise<ModelAnswer> {
  const watchdog = new AbortController();
  const signal = AbortSignal.any([request.signal, watchdog.signal]);
  let idleTimer: NodeJS.Timeout | undefined;
  const calls = new CallAssembly();
  let text = '';
  let finish: string | undefined;
  let usage: Usage | undefined;
  let isAnything = false;
  try {
    const stream = await client.chat.completions.create(toBody(config, request), { signal });
    idleTimer = setTimeout(() => watchdog.abort(), idleMs);
    for await (const chunk of stream) {
      isAnything = true;
      idleTimer.refresh();
      usage = toUsage(chunk.usage) ?? usage;
      // Compatible servers leave out what the types promise.
      const choice = chunk.choices?.[0];
      const delta = choice?.delta;
      const written = (delta?.content ?? '') + (delta?.refusal ?? '');
      if (written !== '') {
        text += written;
        request.onText(text);
      }
      for (const piece of delta?.tool_calls ?? []) calls.add(piece);
      finish = choice?.finish_reason ?? finish;
    }
  } catch (error) {
    request.signal.throwIfAborted();
    if (!watchdog.signal.aborted) throw await toModelError(error, idleTimer !== undefined);
  } finally {
    clearTimeout(idleTimer);
  }
  // An abort ends the SDK's loop as if the stream were complete.
  request.signal.throwIfAborted();
  if (watchdog.signal.aborted) {
    throw new ModelError('model-cut-off', `The model's stream was silent for ${idleMs} ms.`);
  }
  if (!isAnything) {
    throw new ModelError('model-error', 'The model server answered with something else than a stream of chunks.');
  }
  if (finish === undefined) throw new ModelError('model-cut-off', "The model's stream ended without finish_reason.");
  return { text, calls: calls.finish(), finish: toFinish(finish), ...(usage === undefined ? {} : { usage }) };
}

function toBody(config: ModelConfig, { messages, tools, mayCallTools }: ModelRequest) {
  return {
    model: config.name,
    messages: [...messages],
    max_completion_tokens: config.maxOutputTokens,
    ...(tools.length === 0 ? {} : { tools: [...tools], ...(mayCallTools ? {} : { tool_choice: 'none' as const }) }),
    // Which efforts there are is the server's business; the SDK's list is only today's.
    ...(config.reasoningEffort === undefined
      ? {}
      : { reasoning_effort: config.reasoningEffort as OpenAI.ReasoningEffort }),
    ...(config.temperature === undefined ? {} : { temperature: config.temperature }),
    stream: true as const,
    stream_options: { include_usage: true },
  };
}

function toUsage(usage: OpenAI.CompletionUsage | null | undefined): Usage | undefined {
  if (usage === null || usage === undefined) return undefined;
  return {
    promptTokens: usage.prompt_tokens ?? 0,
    cachedTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
    outputTokens: usage.completion_tokens ?? 0,
  };
}

function toFinish(reason: string): ModelAnswer['finish'] {
  if (reason === 'length') return 'length';
  return reason === 'content_filter' ? 'filtered' : 'whole';
}

/** The SDK retries every 429: also an empty account, and after its own short pause when the server asked for more than a minute. */
async function fetchWithoutVainRetries(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init);
  if (response.status !== 429) return response;
  const body = await response.text();
  const headers = new Headers(response.headers);
  const isVain = body.includes('insufficient_quota') || Number(headers.get('retry-after')) > 60;
  if (isVain) headers.set('x-should-retry', 'false');
  headers.delete('content-encoding');
  return new Response(body, { status: response.status, statusText: response.statusText, headers });
}
