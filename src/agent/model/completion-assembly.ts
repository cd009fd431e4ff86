/** Puts an answer together from the chunks of its stream. Servers leave out what the SDK's types promise. */
import type { OpenAI } from 'openai';
import type { Prices } from '../../config/types.ts';
import type { Usage } from '../turn.ts';
import { CallAssembly } from './call-assembly.ts';
import { ModelError } from './model-error.ts';
import { costOf } from './prices.ts';
import type { ModelAnswer } from './types.ts';

export class CompletionAssembly {
  readonly #prices: Prices | undefined;
  readonly #calls = new CallAssembly();
  #text = '';
  #finish: string | undefined;
  #usage: Usage | undefined;
  #isAnything = false;

  /** @param prices Undefined: nobody has said what the model costs. */
  constructor(prices: Prices | undefined) {
    this.#prices = prices;
  }

  get text(): string {
    return this.#text;
  }

  add({ choices, usage }: OpenAI.ChatCompletionChunk): void {
    this.#isAnything = true;
    this.#usage = toUsage(usage, this.#prices) ?? this.#usage;
    const choice = choices?.[0];
    const delta = choice?.delta;
    this.#text += toText(delta?.content) + toText(delta?.refusal);
    for (const piece of delta?.tool_calls ?? []) this.#calls.add(piece);
    // Some servers write an empty reason into every chunk.
    this.#finish = choice?.finish_reason || this.#finish;
  }

  /** The stream is over. @throws {ModelError} when what came is no whole answer. */
  finish(): ModelAnswer {
    if (!this.#isAnything)
      throw new ModelError('model-error', 'The model server answered with something else than a stream of chunks.');
    if (this.#finish === undefined)
      throw new ModelError('model-cut-off', "The model's stream ended without finish_reason.");
    if (this.#finish === 'error')
      throw new ModelError('model-cut-off', 'The model server ended its stream with an error.');
    return {
      text: this.#text,
      calls: this.#calls.finish(),
      finish: toFinish(this.#finish),
      ...(this.#usage === undefined ? {} : { usage: this.#usage }),
    };
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
