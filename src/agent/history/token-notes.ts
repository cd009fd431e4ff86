/** The notes on what each turn of a history takes of a prompt: counted once, stored beside it. */
import type { Logger } from '../../log.ts';
import type { HistoryNotes } from '../store/turn-store.ts';
import type { Turn } from '../turn.ts';
import { loadTokenCounter, tokenCounter } from './token-count.ts';
import { countTurn, type HistoryLimits, mostTokens } from './trim.ts';

/** What is stored of a channel. */
export interface Stored {
  readonly turns: readonly Turn[];
  readonly notes: HistoryNotes;
}

/**
 * Counts what was not counted before. A history that is short enough in bytes is not counted at all: until one is longer,
 * the process needs no tokenizer. While it loads, the history grows by the turns that end meanwhile.
 */
export function countTokens(
  turns: readonly Turn[],
  notes: HistoryNotes,
  log: Logger,
  { historyTokens }: HistoryLimits,
): Stored {
  const known = notes.tokens ?? {};
  const isShort = turns.reduce((sum, turn) => sum + (known[turn.question.id] ?? mostTokens(turn)), 0) <= historyTokens;
  if (isShort) return { turns, notes };
  const counter = tokenCounter();
  if (counter === undefined) {
    loadTokenCounter().catch((error: unknown) => log.error('tokenizer-load-fail', { error }));
    return { turns, notes };
  }
  const tokens = turns.map(({ question }, place) => {
    const turn = turns[place];
    return [question.id, known[question.id] ?? (turn === undefined ? 0 : countTurn(turn, counter))] as const;
  });
  return { turns, notes: { ...notes, tokens: Object.fromEntries(tokens) } };
}

/** Turns that are not counted take nothing: then all of them are short, or the tokenizer is on its way. */
export function sizesOf({ turns, notes }: Stored): number[] {
  return turns.map(({ question }) => notes.tokens?.[question.id] ?? 0);
}

/** Without the counts of turns that are gone. */
export function notesOf(turns: readonly Turn[], { tokens, ...notes }: HistoryNotes): HistoryNotes {
  if (tokens === undefined) return notes;
  const left = turns.flatMap(({ question: { id } }) => {
    const size = tokens[id];
    return size === undefined ? [] : [[id, size] as const];
  });
  return { ...notes, tokens: Object.fromEntries(left) };
}
