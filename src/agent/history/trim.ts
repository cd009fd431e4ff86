/** How many of a channel's turns are kept, and what each takes of a prompt. */
import { picturesOf } from '../attachments/pictures.ts';
import type { AgentLimits } from '../limits.ts';
import { type ChatMessage, callsOf, partsOf } from '../model/messages.ts';
import type { Turn } from '../turn.ts';
import { toEarlierMessages } from './prompt.ts';
import type { CountTokens } from './token-count.ts';

export type HistoryLimits = Pick<AgentLimits, 'historyTurns' | 'historyTokens'>;

/** The larger the blocks that are cut off, the longer the start of the prompt stays the same, and the less is remembered. */
const keptShare = 1 / 3;
/** What the framing of one message takes. */
const tokensPerMessage = 4;
/** What a picture takes at most of gpt-4o: eight tiles of 170, and 85. Source: https://platform.openai.com/docs/guides/images-vision#calculating-costs */
const tokensPerImage = 1_445;

/**
 * All turns while they are within the limits; past one, the newest that fit in a third of it. Between two cuts the start of
 * the prompt stays the same to the byte, which is what providers cache. The newest turn stays for as long as it is within
 * the whole limit.
 * @param sizes In tokens, of each turn.
 */
export function trimHistory(
  turns: readonly Turn[],
  sizes: readonly number[],
  { historyTurns, historyTokens }: HistoryLimits,
): readonly Turn[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (turns.length <= historyTurns && total <= historyTokens) return turns;
  let tokens = 0;
  let first = turns.length;
  while (first > 0 && turns.length - first < historyTurns * keptShare) {
    tokens += sizes[first - 1] ?? 0;
    const limit = first === turns.length ? historyTokens : historyTokens * keptShare;
    if (tokens > limit) break;
    first -= 1;
  }
  return turns.slice(first);
}

/** The tokens that the turn takes of every later prompt. */
export function countTurn(turn: Turn, count: CountTokens): number {
  const pictures = new Map(picturesOf(turn).map(({ key }) => [key, '']));
  return sum(toEarlierMessages(turn, pictures).map((message) => countMessage(message, count)));
}

/** No turn has more tokens than bytes and pictures, so that short histories need no tokenizer. */
export function mostTokens(turn: Turn): number {
  return countTurn(turn, (text) => Buffer.byteLength(text));
}

/** A picture counts the same whatever it shows. */
export function countMessage(message: ChatMessage, count: CountTokens): number {
  const parts = partsOf(message).map((part) => (part.type === 'image' ? tokensPerImage : count(part.text)));
  const calls = callsOf(message).flatMap((call) => [count(call.function.name), count(call.function.arguments)]);
  return tokensPerMessage + sum(parts) + sum(calls);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
