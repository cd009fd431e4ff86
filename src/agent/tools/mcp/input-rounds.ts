/**
 * Requests that the server answers with questions first: from revision 2026-07-28 on it asks nothing by itself, but says
 * what it wants to know, and is asked again with the answers. Source:
 * https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr
 */
import { pause } from '../../../waiting.ts';
import { ToolFailure } from '../tool-failure.ts';

/** Answers one question of a server. @throws {ToolFailure} when there can be no answer. */
export type AnswerInput = (request: unknown) => Promise<unknown>;

/** What a server wants before it goes on; either part may be missing. */
export interface InputRequired {
  /** By a name that the answer goes back under. */
  readonly inputRequests?: Readonly<Record<string, unknown>>;
  /** The server's own note, which goes back to the letter. */
  readonly requestState?: string;
}

interface Rounds<Result> {
  readonly ask: (params: Readonly<Record<string, unknown>>) => Promise<Result | InputRequired>;
  readonly isInputRequired: (answer: unknown) => answer is InputRequired;
  readonly answer: AnswerInput | undefined;
  readonly signal: AbortSignal;
}

const mostRounds = 20;
/** Questions of one round. */
const mostQuestions = 20;
/** A server that asks nothing wants to be asked again later: so long at first, then twice as long each time. */
const firstPauseMs = 250;
const longestPauseMs = 10_000;

/** @throws what asking throws, and {@link ToolFailure} for a server that wants too much. */
export async function throughRounds<Result>(
  params: Readonly<Record<string, unknown>>,
  { ask, isInputRequired, answer, signal }: Rounds<Result>,
): Promise<Result> {
  let sent = params;
  let pauseMs = firstPauseMs;
  for (let round = 0; round < mostRounds; round += 1) {
    const result = await ask(sent);
    if (!isInputRequired(result)) return result;
    if (answer === undefined) break;
    const { inputRequests = {}, requestState } = result;
    const questions = Object.entries(inputRequests);
    if (questions.length > mostQuestions) break;
    if (questions.length === 0) {
      await pause(pauseMs, signal);
      pauseMs = Math.min(longestPauseMs, pauseMs * 2);
      signal.throwIfAborted();
    }
    const answers = await Promise.all(questions.map(async ([name, request]) => [name, await answer(request)] as const));
    sent = {
      ...params,
      ...(questions.length === 0 ? {} : { inputResponses: Object.fromEntries(answers) }),
      ...(requestState === undefined ? {} : { requestState }),
    };
  }
  throw new ToolFailure('refused', 'The tool server asked for too much before it would answer.');
}
