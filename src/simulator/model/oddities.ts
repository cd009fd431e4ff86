/** What servers answer that no client expects: as answers for scripts. */
import type { Completion, EndlessAnswer } from './answer.ts';
import type { ChatRequest } from './chat-request.ts';

/** All that a reasoning model may write goes into reasoning: an answer without a word, cut off. */
export function reasonedAway({ body }: ChatRequest): Completion {
  const limit = Number(body.max_completion_tokens ?? body.max_tokens ?? 1000);
  const usage = { promptTokens: 20, completionTokens: limit, reasoningTokens: limit };
  return { text: '', finishReason: 'length', usage };
}

/**
 * Numbers of tokens that are none: a text, one that no double holds, one below zero, a list. Each is JSON for
 * {@link Completion.rawUsage}.
 */
export const oddUsages = [
  '{"prompt_tokens":"12","completion_tokens":"3","total_tokens":"15"}',
  '{"prompt_tokens":1e999,"completion_tokens":1,"total_tokens":1e999}',
  '{"prompt_tokens":-1,"completion_tokens":0.5,"total_tokens":-0.5}',
  '{"prompt_tokens":[12],"completion_tokens":{},"total_tokens":null}',
  '"none"',
  '[]',
] as const;

/** One event of the stream that never comes to its end: no line break, ever. */
export function endlessLine(pieceBytes = 64 * 1024): EndlessAnswer {
  return { head: 'data: ', endless: 'x'.repeat(pieceBytes) };
}

/** Well-formed events without end, each with a piece of text. */
export function endlessText(piece: string): EndlessAnswer {
  const chunk = { id: 'chatcmpl-endless', object: 'chat.completion.chunk', created: 0, model: 'gpt-4o' };
  const choices = [{ index: 0, delta: { content: piece }, finish_reason: null }];
  return { endless: `data: ${JSON.stringify({ ...chunk, choices })}\n\n`.repeat(100) };
}

/** Signs of life without end: comments, which carry nothing. */
export function endlessComments(): EndlessAnswer {
  return { endless: ': still here\n\n'.repeat(1000) };
}
