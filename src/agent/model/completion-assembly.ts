/** Puts an answer together from the chunks of its stream. Servers leave out what the SDK's types promise. */
import type { OpenAI } from 'openai';
import type { Prices } from '../../config/types.ts';
import { isRecord } from '../../json.ts';
import type { Usage } from '../turn.ts';
import { CallAssembly } from './call-assembly.ts';
import { ModelError } from './model-error.ts';
import { costOf } from './prices.ts';
import type { ModelAnswer } from './types.ts';

/** In characters: a hundred messages of a chat. */
const longestText = 200_000;

export class CompletionAssembly {
  readonly #prices: () => Prices | undefined;
  readonly #calls = new CallAssembly();
  #text = '';
  #finish: string | undefined;
  #usage: Usage | undefined;
  #isAnything = false;

  /** @param prices Asked when the tokens are counted. Undefined: nobody has said what the model costs. */
  constructor(prices: () => Prices | undefined) {
    this.#prices = prices;
  }

  get text(): string {
    return this.#text;
  }

  /** More text would be of no use to anybody: the answer ends here, as if cut by the output limit. */
  get isFull(): boolean {
    return this.#text.length >= longestText;
  }

  add({ choices, usage }: OpenAI.ChatCompletionChunk): void {
    this.#isAnything = true;
    this.#usage = toUsage(usage, this.#prices()) ?? this.#usage;
    const choice = choices?.[0];
    const delta = choice?.delta;
    this.#text = (this.#text + toText(delta?.content) + toText(delta?.refusal)).slice(0, longestText);
    for (const piece of delta?.tool_calls ?? []) this.#calls.add(piece);
    // Some servers write an empty reason into every chunk.
    this.#finish = choice?.finish_reason || this.#finish;
  }

  /** The stream is over. @throws {ModelError} when what came is no whole answer. */
  finish(): ModelAnswer {
    if (this.isFull) return { text: this.#text, calls: [], finish: 'length' };
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

/** Servers write here what they like: what is no count is nothing, because a record that holds it could not be read again. */
function toUsage(counted: unknown, prices: Prices | undefined): Usage | undefined {
  if (!isRecord(counted)) return undefined;
  const [promptTokens, outputTokens] = [toCount(counted.prompt_tokens), toCount(counted.completion_tokens)];
  if (promptTokens === undefined || outputTokens === undefined) return undefined;
  const details = isRecord(counted.prompt_tokens_details) ? counted.prompt_tokens_details : {};
  const usage = { promptTokens, cachedTokens: toCount(details.cached_tokens) ?? 0, outputTokens };
  return prices === undefined ? usage : { ...usage, costUsd: costOf(usage, prices) };
}

function toCount(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER ? value : undefined;
}

function toFinish(reason: string): ModelAnswer['finish'] {
  if (reason === 'length') return 'length';
  return reason === 'content_filter' ? 'filtered' : 'whole';
}
