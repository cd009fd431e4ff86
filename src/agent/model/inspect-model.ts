/** Tries the model as a question would, and asks its server what it has. Changes nothing; a trial costs some dozen tokens. */
import type { ModelConfig, Prices } from '../../config/types.ts';
import { silentLogger } from '../../log.ts';
import { defaultLimits } from '../limits.ts';
import type { FailureCode } from '../turn.ts';
import { ChatCompletions } from './chat-completions.ts';
import { toModelError } from './failure.ts';
import { ModelError } from './model-error.ts';
import type { ModelNotice } from './notice.ts';
import { isOnOpenai } from './openai-server.ts';
import { pricesOf } from './prices.ts';

export interface ModelTrial {
  /** Undefined: it answered. */
  readonly failure: { readonly code: FailureCode; readonly reason: string } | undefined;
  readonly durationMs: number;
  /** What the operator should know of it all the same. */
  readonly notices: readonly ModelNotice[];
  readonly prices: Prices | undefined;
}

/** `unlisted`: the server has no list, or none that can be read. */
export type ModelList =
  | { readonly type: 'listed'; readonly names: readonly string[] }
  | { readonly type: 'unlisted' }
  | { readonly type: 'failed'; readonly code: FailureCode; readonly reason: string };

const trialTimeoutMs = 40_000;
const listTimeoutMs = 15_000;
/** The model answers, only not in the way that a question would want. */
const answersAllTheSame: ReadonlySet<FailureCode> = new Set(['model-empty', 'answer-too-long', 'answer-filtered']);
/** What OpenAI lists and no conversation can be had with. */
const otherPurposes =
  /embedding|tts|whisper|dall-e|image|audio|realtime|transcribe|moderation|search|sora|babbage|davinci|instruct|codex|computer-use|deep-research/;

/** Never rejects, save with the reason of the signal once that aborts. */
export async function tryModel(config: ModelConfig, signal: AbortSignal): Promise<ModelTrial> {
  const notices: ModelNotice[] = [];
  const model = new ChatCompletions(config, {
    limits: { ...defaultLimits, modelResponseMs: trialTimeoutMs, streamIdleMs: trialTimeoutMs },
    log: silentLogger,
    onReplaced: (notice) => void notices.push(notice),
  });
  const startedAt = performance.now();
  const failure = await answer(model, AbortSignal.any([signal, AbortSignal.timeout(trialTimeoutMs)]));
  signal.throwIfAborted();
  const durationMs = Math.round(performance.now() - startedAt);
  if (failure === undefined) {
    const notice = await model.lookUp(signal);
    if (notice !== undefined) notices.push(notice);
  }
  const replaced = notices.find(({ type }) => type === 'model-replaced');
  const asked = replaced?.type === 'model-replaced' ? { name: replaced.by, prices: undefined } : config;
  return { failure, durationMs, notices, prices: pricesOf(asked) };
}

/** With a tool, since servers refuse tools for some models. */
async function answer(model: ChatCompletions, signal: AbortSignal): Promise<ModelTrial['failure']> {
  const parameters = { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } } };
  try {
    await model.complete({
      messages: [{ role: 'user', content: 'Answer with the word OK.' }],
      tools: [{ type: 'function', function: { name: 'add', description: 'Adds two numbers.', parameters } }],
      mayCallTools: false,
      channelId: 'doctor',
      authorId: 'doctor',
      signal,
      onText: () => {},
      maxOutputTokens: 50,
    });
    return undefined;
  } catch (error) {
    if (signal.aborted) return { code: 'model-unreachable', reason: `no answer in ${trialTimeoutMs / 1000} s` };
    if (!(error instanceof ModelError)) throw error;
    return answersAllTheSame.has(error.code) ? undefined : { code: error.code, reason: reasonOf(error) };
  }
}

/** Names of models to talk with, in alphabetical order. Never rejects, save with the reason of the signal. */
export async function listModels(
  config: Pick<ModelConfig, 'apiKey' | 'baseUrl'>,
  signal: AbortSignal,
): Promise<ModelList> {
  const { OpenAI } = await import('openai');
  const client = new OpenAI({
    apiKey: config.apiKey,
    baseURL: config.baseUrl ?? null,
    timeout: listTimeoutMs,
    maxRetries: 1,
    logLevel: 'off',
  });
  try {
    const names: string[] = [];
    for await (const { id } of client.models.list({ signal })) if (typeof id === 'string') names.push(id);
    const fit = isOnOpenai(config) ? names.filter((name) => !otherPurposes.test(name)) : names;
    return fit.length === 0 ? { type: 'unlisted' } : { type: 'listed', names: fit.sort() };
  } catch (error) {
    signal.throwIfAborted();
    const { APIError, APIConnectionError } = await import('openai');
    const isThere = error instanceof APIError && !(error instanceof APIConnectionError);
    if (isThere && [404, 405, 501].includes(error.status ?? 0)) return { type: 'unlisted' };
    if (error instanceof TypeError) return { type: 'unlisted' };
    const context = { hasBegun: false, shortestWaitMs: 0, hasPictures: false };
    const failure = await toModelError(error, context);
    return { type: 'failed', code: failure.code, reason: reasonOf(failure) };
  }
}

function reasonOf(error: ModelError): string {
  let deepest: unknown = error;
  while (deepest instanceof Error && deepest.cause !== undefined) deepest = deepest.cause;
  const code = deepest instanceof Error && 'code' in deepest ? String(deepest.code) : '';
  return error.code === 'model-unreachable' && code !== '' ? code : error.message;
}
