/**
 * What the model says, as a function of the request alone: any life of the bot may ask. Asked again for the same step, it
 * says something else, as models do, so that what was shown and not recorded cannot pass for what is on record.
 */
import type { Answer } from '../../../src/simulator/model/answer.ts';
import type { ChatRequest } from '../../../src/simulator/model/chat-request.ts';

export interface Asked {
  /** The whole question, such as `[adding 3.1] please`; the name and number in it are unlike those of all others. */
  readonly label: string;
  /** How many answers of the model to this question the request holds. */
  readonly step: number;
  /** How often this step was asked for, this time included. */
  readonly attempt: number;
}

/** @param request As the model gets it. */
export type Plan = (asked: Asked, request: ChatRequest) => Answer | Promise<Answer>;

export interface Script {
  /** Every step asked for, in the order the requests came. */
  readonly asked: readonly Asked[];
  readonly respond: (request: ChatRequest) => Answer | Promise<Answer> | undefined;
}

export function createScript(plans: ReadonlyMap<string, Plan>): Script {
  const asked: Asked[] = [];
  return {
    asked,
    respond(request) {
      const { messages } = request;
      const start = messages.findLastIndex(({ role }) => role === 'user');
      const [, name = '', number] = /\[(\S+) ([\d.]+)\]/.exec(messages[start]?.text ?? '') ?? [];
      const plan = plans.get(name);
      if (plan === undefined) return undefined;
      const label = `${name} ${number}`;
      const step = messages.slice(start).filter(({ role }) => role === 'assistant').length;
      const attempt = asked.filter((earlier) => earlier.label === label && earlier.step === step).length + 1;
      const now = { label, step, attempt };
      asked.push(now);
      return plan(now, request);
    },
  };
}
