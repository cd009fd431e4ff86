/** Turns an answer into OpenAI's JSON: the chunks of a stream, or one whole completion. Knows nothing of HTTP. */
import type { AnswerToolCall, Completion, TokenUsage } from './answer.ts';
import type { ChatRequest } from './chat-request.ts';
import { Hold } from './hold.ts';

/** What a stream is made of: `data:` payloads, and holds between them. */
export type StreamPiece = string | Hold;

/** The stream of an answer, `[DONE]` included. */
export function* toStream(completion: Completion, request: ChatRequest, id: string): Generator<StreamPiece> {
  const head = { id, object: 'chat.completion.chunk', created: secondsNow(), model: request.model };
  const usage = request.includesUsage ? { usage: null } : {};
  const chunk = (delta: object, reason: string | null = null): string => {
    const choices = [{ index: 0, delta, logprobs: null, finish_reason: reason }];
    const filling = request.includesObfuscation ? { obfuscation: toFilling(delta) } : {};
    return JSON.stringify({ ...head, choices, ...usage, ...filling });
  };

  yield chunk({ role: 'assistant', content: completion.toolCalls === undefined ? '' : null, refusal: null });
  for (const piece of toPieces(completion.text)) yield piece instanceof Hold ? piece : chunk({ content: piece });
  if (completion.refusal !== undefined) yield chunk({ refusal: completion.refusal });
  for (const [place, call] of (completion.toolCalls ?? []).entries()) {
    for (const delta of toCallDeltas(call, place, id)) {
      yield delta instanceof Hold ? delta : chunk({ tool_calls: [delta] });
    }
  }
  for (const piece of completion.rawChunks ?? [])
    yield piece instanceof Hold || typeof piece === 'string' ? piece : JSON.stringify({ ...head, ...piece });
  const reason = toFinishReason(completion);
  if (reason !== null) yield chunk({}, reason);
  const count = toUsage(completion, request);
  if (request.includesUsage && count !== undefined) yield withUsage({ ...head, choices: [] }, count);
  if (completion.hasDone !== false) yield '[DONE]';
}

/** The answer to a request that did not ask for a stream. */
export function toWhole(completion: Completion, request: ChatRequest, id: string): string {
  const calls = completion.toolCalls?.map((call, place) => ({
    ...(call.id === null ? {} : { id: call.id ?? toCallId(id, place) }),
    type: 'function',
    function: { name: call.name, arguments: join(toFragments(call.arguments)) },
  }));
  const text = join(toPieces(completion.text));
  const message = {
    role: 'assistant',
    content: text === '' && (calls !== undefined || completion.refusal !== undefined) ? null : text,
    refusal: completion.refusal ?? null,
    ...(calls === undefined ? {} : { tool_calls: calls }),
  };
  const usage = toUsage(completion, request);
  const choices = [{ index: 0, message, logprobs: null, finish_reason: toFinishReason(completion) }];
  const body = { id, object: 'chat.completion', created: secondsNow(), model: request.model, choices };
  return usage === undefined ? JSON.stringify(body) : withUsage(body, usage);
}

/** The holds of an answer, in order: without a stream the body waits for all of them. */
export function holdsOf({ text, toolCalls = [], rawChunks = [] }: Completion): Hold[] {
  return [...toPieces(text), ...toolCalls.flatMap((call) => toFragments(call.arguments)), ...rawChunks].filter(
    (piece) => piece instanceof Hold,
  );
}

function toPieces(text: Completion['text']): readonly StreamPiece[] {
  return typeof text === 'string' ? (text === '' ? [] : [text]) : (text ?? []);
}

function* toCallDeltas(call: AnswerToolCall, place: number, completionId: string): Generator<object | Hold> {
  const id = call.id === null ? {} : { id: call.id ?? toCallId(completionId, place) };
  if (call.index !== undefined) {
    const index = call.index === null ? {} : { index: call.index };
    yield {
      ...index,
      ...id,
      type: 'function',
      function: { name: call.name, arguments: join(toFragments(call.arguments)) },
    };
    return;
  }
  yield { index: place, ...id, type: 'function', function: { name: call.name, arguments: '' } };
  for (const fragment of toFragments(call.arguments))
    yield fragment instanceof Hold ? fragment : { index: place, function: { arguments: fragment } };
}

/** The arguments in fragments of a few characters, as a model writes them. */
function toFragments(value: AnswerToolCall['arguments']): readonly StreamPiece[] {
  if (Array.isArray(value)) return value;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.match(/.{1,12}/gsu) ?? [];
}

function toCallId(completionId: string, place: number): string {
  return `call_${completionId.replace('chatcmpl-', '')}_${place}`;
}

/** Makes chunks equally long, a step at a time. */
function toFilling(delta: object): string {
  const step = 16;
  return 'x'.repeat(step - (JSON.stringify(delta).length % step));
}

function toFinishReason({ finishReason, toolCalls }: Completion): string | null {
  if (finishReason !== undefined) return finishReason;
  return toolCalls === undefined ? 'stop' : 'tool_calls';
}

function join(pieces: readonly unknown[]): string {
  return pieces.filter((piece) => typeof piece === 'string').join('');
}

/** The body's JSON with a usage that is JSON already, which may hold what no value here can. */
function withUsage(body: object, usage: string): string {
  return `${JSON.stringify(body).slice(0, -1)},"usage":${usage}}`;
}

/** JSON; undefined for none. */
function toUsage(completion: Completion, request: ChatRequest): string | undefined {
  const { usage, rawUsage } = completion;
  if (rawUsage !== undefined) return rawUsage;
  if (usage === null) return undefined;
  const counts = usage ?? estimateUsage(completion, request);
  const { promptTokens, completionTokens, cachedTokens = 0, reasoningTokens = 0 } = counts;
  return JSON.stringify({
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoningTokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  });
}

/** Of a usual one: four tiles of 170, and 85. Source: https://platform.openai.com/docs/guides/images-vision#calculating-costs */
const tokensPerPicture = 765;

/** About four characters a token: near enough to fill in a plausible count. */
function estimateUsage(completion: Completion, { messages, tools }: ChatRequest): TokenUsage {
  const asked = messages.reduce((length, { text, toolCalls }) => length + text.length + 20 * toolCalls.length, 0);
  const shown = messages.reduce((count, { pictures }) => count + pictures.length, 0);
  const offered = tools.reduce((length, { description }) => length + description.length + 40, 0);
  const written = [
    ...toPieces(completion.text),
    ...(completion.toolCalls ?? []).flatMap((call) => toFragments(call.arguments)),
  ];
  return {
    promptTokens: Math.ceil((asked + offered) / 4) + 4 * messages.length + tokensPerPicture * shown,
    completionTokens: Math.ceil(join(written).length / 4) + 1,
  };
}

function secondsNow(): number {
  return Math.floor(Date.now() / 1000);
}
