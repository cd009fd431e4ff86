/**
 * Ended turns of a process that was killed before it had sent them: what is settled is nobody's work any more, so they are looked up
 * at the start. Some may arrive twice by that, under the same ids.
 */
import type { Agent, SettledTurn } from '../agent/agent.ts';
import { conversationOf } from '../agent/turn.ts';
import type { Traces } from './traces.ts';

/** How long ago a question may have been asked. */
const longestMs = 15 * 60_000;
/** Of turns: more than may wait to be sent at once would not arrive. */
const most = 100;

/**
 * @param sentUntil Turns that ended before it have arrived, in ms since 1970 UTC.
 * @throws {AppError} `store-failed`
 */
export async function resend(
  traces: Pick<Traces, 'add'>,
  agent: Pick<Agent, 'settledOn' | 'history'>,
  sentUntil: number,
): Promise<void> {
  const settled = await findSettled(agent, Date.now() - longestMs);
  const ids = new Set(settled.map(({ turnId }) => turnId));
  // It is not kept whether a question was private.
  const conversations = settled.flatMap((turn) => [turn.channelId, conversationOf({ ...turn, isPrivate: true })]);
  for (const conversation of new Set(conversations)) {
    for (const turn of await agent.history(conversation)) {
      if (ids.has(turn.question.id) && (turn.endedAt ?? 0) >= sentUntil) traces.add(turn);
    }
  }
}

/** Of the last minutes, which may reach over midnight; the newest last. */
async function findSettled(agent: Pick<Agent, 'settledOn'>, since: number): Promise<readonly SettledTurn[]> {
  const now = Date.now();
  const days = new Map([since, now].map((time) => [new Date(time).getUTCDate(), time]));
  const found = await Promise.all([...days.values()].map((day) => agent.settledOn(day)));
  return found
    .flat()
    .filter(({ askedAt }) => askedAt >= since)
    .toSorted((one, other) => one.askedAt - other.askedAt)
    .slice(-most);
}
