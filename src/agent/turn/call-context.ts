/** What a call may do while it is under way: report how far it is, and ask its asker something. */
import type { PlacedCall } from '../call-place.ts';
import type { AgentLimits } from '../limits.ts';
import type { CallContext } from '../tools/tool.ts';
import type { Countdown } from './countdown.ts';
import type { LiveTurn } from './live-turn.ts';
import type { PeopleTime } from './people-time.ts';

export interface LiveContext {
  readonly limits: AgentLimits;
  readonly signal: AbortSignal;
  readonly live: LiveTurn;
  readonly people: PeopleTime;
  /** The time of the turn, which stands still while a person is asked. */
  readonly clock: Pick<Countdown, 'pausedFor'>;
}

export function toCallContext(
  { turn, call, place }: PlacedCall,
  { limits, signal, live, people, clock }: LiveContext,
): CallContext {
  return {
    askerId: turn.question.authorId,
    signal,
    onProgress: (progress) => live.progressed(call.id, progress),
    askForm: async (form, gone) => {
      const ended = AbortSignal.any([signal, gone, AbortSignal.timeout(limits.approvalMs)]);
      const answered = people.during(ended, (either) => live.ask(form, call.id, place, either));
      return await clock.pausedFor(answered);
    },
    askLogin: async (server, wait) => {
      const ended = AbortSignal.any([signal, AbortSignal.timeout(limits.approvalMs)]);
      const login = { callId: call.id, server };
      return await clock.pausedFor(people.during(ended, (either) => live.askLogin(login, wait, either)));
    },
  };
}
