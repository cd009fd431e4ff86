/** A story that is played in steps. */
import type { ChatRequest } from '../../../../src/simulator/model/chat-request.ts';
import type { Actor } from '../actor.ts';
import type { Asked, Plan } from '../script.ts';
import type { Story } from '../stories.ts';

export function feature(
  name: string,
  plan: Plan,
  play: (actor: Actor) => Promise<void>,
  more: Partial<Pick<Story, 'refusals' | 'isUnordered'>> = {},
): Story {
  return { name, plan, ask: async () => [], play, ...more };
}

/** One call, then an answer. */
export const withCall =
  (toCall: (asked: Asked, request: ChatRequest) => { readonly name: string; readonly more?: object }): Plan =>
  (asked, request) => {
    const { label, step, attempt } = asked;
    if (step > 0) return { text: `The answer to ${label}, try ${attempt}.` };
    const { name, more = {} } = toCall(asked, request);
    return { toolCalls: [{ name, arguments: { for: label, attempt, ...more } }] };
  };

/** Of the run of its story. */
export function numberOf(label: string): number {
  return Number(/ (\d+)\./.exec(label)?.[1]);
}
