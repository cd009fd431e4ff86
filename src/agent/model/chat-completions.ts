/**
 * A model behind OpenAI's chat completions, streamed: `Model` over the `openai` SDK, which is loaded on first use because
 * loading it takes a tenth of a second.
 */
import type { OpenAI } from 'openai';
import type { ModelConfig } from '../../config/types.ts';
import type { Logger } from '../../log.ts';
import type { AgentLimits } from '../limits.ts';
import { type ModelBody, toBody } from './body.ts';
import { CompletionAssembly } from './completion-assembly.ts';
import { toModelError } from './failure.ts';
import { createModelFetch } from './fetch.ts';
import { findModelNotice } from './look-up.ts';
import { ModelError } from './model-error.ts';
import type { ModelNotice } from './notice.ts';
import { ModelParameters } from './parameters.ts';
import { pricesOf } from './prices.ts';
import type { Model, ModelAnswer, ModelRequest } from './types.ts';

type Limits = Pick<AgentLimits, 'streamIdleMs' | 'modelResponseMs' | 'modelRetryMs'>;

export interface ModelOptions {
  readonly limits: Limits;
  readonly log: Logger;
  /** Of this installation: what the provider is told of ids is hashed with it. Default: the same for all. */
  readonly salt?: () => Promise<string>;
}

const usualSalt = 'jupan';

const quotaAdvice = 'The account has no money left: add credit, or raise its limit.';

export class ChatCompletions implements Model {
  readonly #config: ModelConfig;
  readonly #limits: Limits;
  readonly #log: Logger;
  readonly #salt: () => Promise<string>;
  readonly #parameters: ModelParameters;
  #client: Promise<OpenAI> | undefined;

  constructor(config: ModelConfig, { limits, log, salt = async () => usualSalt }: ModelOptions) {
    this.#config = config;
    this.#limits = limits;
    this.#log = log;
    this.#salt = salt;
    this.#parameters = new ModelParameters(log);
  }

  async warmUp(): Promise<void> {
    await this.#open();
  }

  async lookUp(signal: AbortSignal): Promise<ModelNotice | undefined> {
    return findModelNotice(await this.#open(), this.#config, signal);
  }

  async complete(request: ModelRequest): Promise<ModelAnswer> {
    try {
      return await this.#complete(request);
    } catch (error) {
      if (error instanceof ModelError && error.code === 'model-quota')
        this.#log.error('model-quota', { error, advice: quotaAdvice });
      throw error;
    }
  }

  /** Asks again when the stream broke before anything of it was shown. */
  async #complete(request: ModelRequest): Promise<ModelAnswer> {
    let isShown = false;
    const onText = (text: string) => {
      isShown = true;
      request.onText(text);
    };
    try {
      return await this.#stream({ ...request, onText });
    } catch (error) {
      const isWorthAnother = error instanceof ModelError && error.code === 'model-cut-off' && !isShown;
      if (!isWorthAnother || request.signal.aborted) throw error;
      return await this.#stream({ ...request, onText });
    }
  }

  async #open(): Promise<OpenAI> {
    this.#client ??= openClient(this.#config, this.#limits);
    return await this.#client;
  }

  async #stream(request: ModelRequest): Promise<ModelAnswer> {
    const idleMs = this.#limits.streamIdleMs;
    const watchdog = new AbortController();
    const signal = AbortSignal.any([request.signal, watchdog.signal]);
    const answer = new CompletionAssembly(pricesOf(this.#config));
    let idleTimer: NodeJS.Timeout | undefined;
    try {
      const stream = await this.#begin(toBody(this.#config, request, await this.#salt()), signal);
      idleTimer = setTimeout(() => watchdog.abort(), idleMs);
      for await (const chunk of stream) {
        idleTimer.refresh();
        const before = answer.text.length;
        answer.add(chunk);
        if (answer.text.length > before) request.onText(answer.text);
        if (answer.isFull) break;
      }
    } catch (error) {
      request.signal.throwIfAborted();
      if (!watchdog.signal.aborted)
        throw await toModelError(error, {
          hasBegun: idleTimer !== undefined,
          shortestWaitMs: this.#limits.modelRetryMs,
        });
    } finally {
      clearTimeout(idleTimer);
    }
    // An abort ends the SDK's loop as if the stream were complete.
    request.signal.throwIfAborted();
    if (watchdog.signal.aborted) {
      throw new ModelError('model-cut-off', `The model's stream was silent for ${idleMs} ms.`);
    }
    return answer.finish();
  }

  /** Asks again for as long as the server's refusals teach which of the parameters it does not take. */
  async #begin(body: ModelBody, signal: AbortSignal) {
    const client = await this.#open();
    for (;;) {
      const adjusted = this.#parameters.adjust(body);
      try {
        return await client.chat.completions.create(adjusted, { signal });
      } catch (error) {
        const { APIError } = await import('openai');
        if (!(error instanceof APIError) || !this.#parameters.learn(adjusted, error)) throw error;
      }
    }
  }
}

async function openClient(config: ModelConfig, limits: Limits): Promise<OpenAI> {
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
