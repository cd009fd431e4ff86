/**
 * A model behind OpenAI's chat completions, streamed: `Model` over the `openai` SDK, which is loaded on first use because
 * loading it takes a tenth of a second.
 */
import type { OpenAI } from 'openai';
import type { ModelConfig } from '../../config/types.ts';
import type { Logger } from '../../log.ts';
import { untilAborted } from '../../waiting.ts';
import type { Price } from '../budget/budgets.ts';
import { mostPromptTokens } from '../budget/most-tokens.ts';
import type { AgentLimits } from '../limits.ts';
import { toBody, toOutputTokens } from './body.ts';
import { CompletionAssembly } from './completion-assembly.ts';
import { toModelError } from './failure.ts';
import { createModelFetch } from './fetch.ts';
import { findModelNotice } from './look-up.ts';
import { type ChatMessage, partsOf } from './messages.ts';
import { ModelError } from './model-error.ts';
import type { ModelNotice } from './notice.ts';
import { ModelParameters } from './parameters.ts';
import { costOf, pricesOf } from './prices.ts';
import { findSuccessor, isUnknownModel } from './successor.ts';
import type { Model, ModelAnswer, ModelRequest } from './types.ts';

type Limits = Pick<AgentLimits, 'streamIdleMs' | 'modelResponseMs' | 'modelRetryMs'>;

export interface ModelOptions {
  readonly limits: Limits;
  readonly log: Logger;
  /** Called once when another model takes the place of the one that its server does not know any more. */
  readonly onReplaced?: (notice: ModelNotice & { readonly type: 'model-replaced' }) => void;
  /** Of this installation: what the provider is told of ids is hashed with it. Default: the same for all. */
  readonly salt?: () => Promise<string>;
}

const usualSalt = 'jupan';

const quotaAdvice = 'The account has no money left: add credit, or raise its limit.';

const noPicturesAdvice =
  'Pictures are left out from now on. Set OPENAI_MODEL to one that takes them, if they are wanted.';

export class ChatCompletions implements Model {
  #config: ModelConfig;
  #replacing: Promise<boolean> | undefined;
  readonly #onReplaced: NonNullable<ModelOptions['onReplaced']>;
  readonly #limits: Limits;
  readonly #log: Logger;
  readonly #salt: () => Promise<string>;
  readonly #parameters: ModelParameters;
  /** Models that have said that they take no pictures. */
  readonly #blind = new Set<string>();
  #client: Promise<OpenAI> | undefined;

  constructor(config: ModelConfig, options: ModelOptions) {
    const { limits, log, salt = async () => usualSalt, onReplaced = () => {} } = options;
    this.#config = config;
    this.#onReplaced = onReplaced;
    this.#limits = limits;
    this.#log = log;
    this.#salt = salt;
    this.#parameters = new ModelParameters(log);
  }

  get takesPictures(): boolean {
    return !this.#blind.has(this.#config.name);
  }

  async warmUp(): Promise<void> {
    await this.#open();
  }

  async lookUp(signal: AbortSignal): Promise<ModelNotice | undefined> {
    const { name } = this.#config;
    const notice = await findModelNotice(await this.#open(), this.#config, signal);
    const isReplaced = notice?.type === 'model-unknown' && (await this.#replace(name, signal));
    return isReplaced ? undefined : notice;
  }

  async mostOf({ messages, tools, maxOutputTokens }: Parameters<Model['mostOf']>[0]): Promise<Price> {
    const prices = pricesOf(this.#config);
    const promptTokens = await mostPromptTokens(messages, tools);
    const outputTokens = toOutputTokens(this.#config, maxOutputTokens);
    const most = { promptTokens, cachedTokens: 0, outputTokens };
    return { tokens: promptTokens + outputTokens, costUsd: prices && costOf(most, prices) };
  }

  async complete(request: ModelRequest): Promise<ModelAnswer> {
    const { name } = this.#config;
    try {
      return await this.#complete(request);
    } catch (error) {
      if (error instanceof ModelError) this.#remember(error, name);
      throw error;
    }
  }

  #remember(error: ModelError, name: string): void {
    if (error.code === 'model-quota') this.#log.error('model-quota', { error, advice: quotaAdvice });
    if (error.pictureRefusal !== 'model' || this.#blind.has(name)) return;
    this.#blind.add(name);
    this.#log.warn('model-takes-no-pictures', { error, advice: noPicturesAdvice });
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
    // The model may be another one by the time it has answered.
    const answer = new CompletionAssembly(() => pricesOf(this.#config));
    let idleTimer: NodeJS.Timeout | undefined;
    try {
      const stream = await this.#begin(request, signal);
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
          hasPictures: request.messages.some(hasPicture),
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

  /** Asks again for as long as the server's refusals teach what it does not take: parameters, or a model that is gone. */
  async #begin(request: ModelRequest, signal: AbortSignal) {
    const client = await this.#open();
    const salt = await this.#salt();
    for (;;) {
      const body = this.#parameters.adjust(toBody(this.#config, request, salt));
      try {
        return await client.chat.completions.create(body, { signal });
      } catch (error) {
        const { APIError } = await import('openai');
        if (!(error instanceof APIError)) throw error;
        const isMended = isUnknownModel(error)
          ? await this.#replace(body.model, signal)
          : this.#parameters.learn(body, error);
        if (!isMended) throw error;
      }
    }
  }

  /** @returns whether another model is asked from now on than the one of that name. */
  async #replace(name: string, signal: AbortSignal): Promise<boolean> {
    if (this.#config.name !== name) return true;
    this.#replacing ??= this.#findSuccessor().finally(() => {
      this.#replacing = undefined;
    });
    return await untilAborted(this.#replacing, signal);
  }

  async #findSuccessor(): Promise<boolean> {
    const before = this.#config;
    const successor = await findSuccessor(await this.#open(), before);
    if (successor === undefined) return false;
    this.#config = successor;
    this.#onReplaced({ type: 'model-replaced', model: before.name, by: successor.name });
    return true;
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

function hasPicture(message: ChatMessage): boolean {
  return partsOf(message).some(({ type }) => type === 'image');
}
