/**
 * Calls that a server of revision 2025-11-25 refuses until the asker has opened a page: the page is shown, and the call made again.
 * Source: https://modelcontextprotocol.io/specification/2025-11-25/client/elicitation#url-elicitation-required-error
 */
import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/client';
import { ToolFailure } from '../tool-failure.ts';
import type { AnswerInput } from './input-rounds.ts';
import { requiredPages } from './page-request.ts';

/** A server that wants more pages after them gets no further call. */
const mostTries = 3;

/** @throws what asking throws, and {@link ToolFailure} when the asker does not go, or the server is never content. */
export async function afterRequiredPages<Result>(
  ask: () => Promise<Result>,
  answer: AnswerInput | undefined,
): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      const isRequired = error instanceof ProtocolError && error.code === ProtocolErrorCode.UrlElicitationRequired;
      const pages = isRequired ? requiredPages(error.data) : undefined;
      if (pages === undefined || answer === undefined) throw error;
      if (tries >= mostTries)
        throw new ToolFailure('refused', 'The tool server asked for too much before it would answer.');
      await openAll(pages, answer);
    }
  }
}

/** One after another, as a person would. */
async function openAll(pages: readonly unknown[], answer: AnswerInput): Promise<void> {
  for (const params of pages) {
    const reply = await answer({ method: 'elicitation/create', params: { mode: 'url', ...toFields(params) } });
    if (!isAccepted(reply))
      throw new ToolFailure(
        'refused',
        'Not run: the asker did not open the page that the tool server wants opened first.',
      );
  }
}

function toFields(params: unknown): object {
  return typeof params === 'object' && params !== null ? params : {};
}

function isAccepted(reply: unknown): boolean {
  return typeof reply === 'object' && reply !== null && 'action' in reply && reply.action === 'accept';
}
