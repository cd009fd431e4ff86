/** A question in the store, or why it is not. */
import type { Agent } from '../../src/agent/agent.ts';
import type { JsonValue, Question, Turn } from '../../src/agent/turn.ts';

/** Tries once. @returns its turn; undefined when it was taken before. @throws when the store does not take it. */
export async function takeStored(
  agent: Agent,
  question: Question,
  delivery: JsonValue = null,
): Promise<Turn | undefined> {
  const { turn, stored } = agent.take(question, delivery, { signal: AbortSignal.abort() });
  const outcome = await stored;
  if (outcome === 'stored') return turn;
  if (outcome === 'known') return undefined;
  throw new Error(`The question is ${outcome}.`);
}
