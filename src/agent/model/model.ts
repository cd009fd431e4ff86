/**
 * The model: one streamed chat completion as text and checked tool calls, or a {@link ModelError}. The only file that
 * knows the `openai` SDK, which is loaded on first use because loading it takes a tenth of a second.
 */
import type { OpenAI } from 'openai';
import type { ModelConfig, Prices } from '../../config/types.ts';
import type { Logger } from '../../log.ts';
import type { AgentLimits } from '../limits.ts';
import type { ToolCall, Usage } from '../turn.ts';
import { type ModelBody, toBody } from './body.ts';
import { CallAssembly } from './call-assembly.ts';
import { toModelError } from './failure.ts';
import { createModelFetch } from './fetch.ts';
import type { ChatMessage, ToolDefinition } from './messages.ts';
import { ModelError } from './model-error.ts';
import { findModelNotice, type ModelNotice } from './notice.ts';
import { createModelParameters, type ModelParameters } from './parameters.ts';
import { costOf, pricesOf } from './prices.ts';

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
  /** Default: the operator's. */
  readonly maxOutputTokens?: number;
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
  /** What the operator should know of the model before its users do; undefined when there is nothing, or nobody can tell. Rejects only when the SDK cannot be loaded. */
  lookUp(signal: AbortSignal): Promise<ModelNotice | undefined>;
  /** @throws {ModelError}, or anything at all once the signal is aborted. */
  complete(request: ModelRequest): Promise<ModelAnswer>;
}

type ModelLimits = Pick<AgentLimits, 'streamIdleMs' | 'modelResponseMs' | 'modelRetryMs'>;

interface Connection {
  readonly client: OpenAI;
  readonly config: ModelConfig;
  readonly parameters: ModelParameters;
  readonly limits: ModelLimits;
}

export function createModel(config: ModelConfig, { limits, log }: { limits: ModelLimits; log: Logger }): Model {
  const parameters = createModelParameters(log);
  let client: Promise<OpenAI> | undefined;
  const open = () => {
    client ??= openClient(config, limits);
    return client;
  };

  async function complete(request: ModelRequest): Promise<ModelAnswer> {
    let isShown = false;
    const onText = (text: string) => {
      isShown = true;
      request.onText(text);
    };
    const attempt = async () =>
      readStream({ client: await open(), config, parameters, limits }, { ...request, onText });
    try {
      return await attempt();
    } catch (error) {
      const isWorthAnother = error instanceof ModelError && error.code === 'model-cut-off' && !isShown;
      if (!isWorthAnother || request.signal.aborted) throw error;
      return attempt();
    }
  }

  return {
    warmUp: async () => void (await open()),
    lookUp: async (signal) => findModelNotice(await open(), config, signal),
    complete: async (request) => {
      try {
        return await complete(request);
      } catch (error) {
        if (error instanceof ModelError && error.code === 'model-quota')
          log.error('model-quota', { error, advice: 'The account has no money left: add credit, or raise its limit.' });
        throw error;
      }
    },
  };
}

async function openClient(config: ModelConfig, limits: ModelLimits): Promise<OpenAI> {
  const { OpenAI } = await import('openai');
  return new OpenAI({
    apiKey: config.apiKey,
    baseURL: config.baseUrl ?? null,
    timeout: limits.modelResponseMs,
    maxRetries: 2,
    // The SDK would print what it cannot read to the console.
    logLevel: 'off',
    fetch: createModelFetch(limits.modelRetryMs),
  });
}

async function readStream(connection: Connection, request: ModelRequest): Promise<ModelAnswer> {
  const { config, limits } = connection;
  const idleMs = limits.streamIdleMs;
  const prices = pricesOf(config);
  const watchdog = new AbortController();
  const signal = AbortSignal.any([request.signal, watchdog.signal]);
  let idleTimer: NodeJS.Timeout | undefined;
  const calls = new CallAssembly();
  let text = '';
  let finish: string | undefined;
  let usage: Usage | undefined;
  let isAnything = false;
  try {
    const stream = await openStream(connection, toBody(config, request), signal);
    idleTimer = setTimeout(() => watchdog.abort(), idleMs);
    for await (const chunk of stream) {
      isAnything = true;
      idleTimer.refresh();
      usage = toUsage(chunk.usage, prices) ?? usage;
      // Compatible servers leave out what the types promise.
      const choice = chunk.choices?.[0];
      const delta = choice?.delta;
      const written = toText(delta?.content) + toText(delta?.refusal);
      if (written !== '') {
        text += written;
        request.onText(text);
      }
      for (const piece of delta?.tool_calls ?? []) calls.add(piece);
      // Some servers write an empty reason into every chunk.
      finish = choice?.finish_reason || finish;
    }
  } catch (error) {
    request.signal.throwIfAborted();
    if (!watchdog.signal.aborted)
      throw await toModelError(error, { hasBegun: idleTimer !== undefined, shortestWaitMs: limits.modelRetryMs });
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
  if (finish === 'error') throw new ModelError('model-cut-off', 'The model server ended its stream with an error.');
  return { text, calls: calls.finish(), finish: toFinish(finish), ...(usage === undefined ? {} : { usage }) };
}

/** Asks again for as long as the server's refusals teach which of the parameters it does not take. */
async function openStream({ client, parameters }: Connection, body: ModelBody, signal: AbortSignal) {
  for (;;) {
    const adjusted = parameters.adjust(body);
    try {
      return await client.chat.completions.create(adjusted, { signal });
    } catch (error) {
      const { APIError } = await import('openai');
      if (!(error instanceof APIError) || !parameters.learn(adjusted, error)) throw error;
    }
  }
}

/** Some servers send a list of parts. */
function toText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part: unknown) => toText(Object(part).text)).join('');
}

function toUsage(counted: OpenAI.CompletionUsage | null | undefined, prices: Prices | undefined): Usage | undefined {
  if (counted === null || counted === undefined) return undefined;
  const usage = {
    promptTokens: counted.prompt_tokens ?? 0,
    cachedTokens: counted.prompt_tokens_details?.cached_tokens ?? 0,
    outputTokens: counted.completion_tokens ?? 0,
  };
  return prices === undefined ? usage : { ...usage, costUsd: costOf(usage, prices) };
}

function toFinish(reason: string): ModelAnswer['finish'] {
  if (reason === 'length') return 'length';
  return reason === 'content_filter' ? 'filtered' : 'whole';
}
