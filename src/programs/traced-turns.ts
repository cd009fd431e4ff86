/** Wires traces to the agent, where somebody wants them. Nothing of the bot waits for them or fails with them. */
import type { Agent } from '../agent/agent.ts';
import type { Turn } from '../agent/turn.ts';
import type { Traces } from '../traces/traces.ts';
import type { ProgramContext } from './program.ts';
import { readVersion } from './version.ts';

export interface TracedTurns {
  /** Takes an ended turn. Never throws. */
  readonly add: (turn: Turn) => void;
  /** Sends what a process before this one may not have sent: after the start. Never rejects. */
  resend(agent: Promise<Agent>): Promise<void>;
  /** Sends what is left, for two seconds at most. Never rejects. */
  close(agent: Promise<Agent>): Promise<void>;
}

export function traceTurns({ config, log }: Pick<ProgramContext, 'config' | 'log'>): TracedTurns | undefined {
  const { traces: wanted, model, discord } = config;
  if (wanted === undefined) return undefined;
  let opened: Promise<Traces | undefined> | undefined;
  /** Until then, there may be turns of an earlier process that nobody has sent. */
  let isResent = false;
  // Late: a start has other things to load.
  const open = () => {
    opened ??= import('../traces/traces.ts')
      .then(({ openTraces }) => openTraces({ ...wanted, model: model.name, version: readVersion(), log }))
      .catch((error: unknown) => void log.error('traces-not-opened', { error }));
    return opened;
  };
  // Of the part of Discord that this process answers.
  const mark = `traces-sent:${discord.shards?.ids.join('-') ?? 'all'}`;
  return {
    add: (turn) => void open().then((traces) => traces?.add(turn)),
    resend: async (agent) => {
      const had = await agent.catch(() => undefined); // Reported when it was opened.
      if (had === undefined) return;
      try {
        const [traces, { resend }] = await Promise.all([open(), import('../traces/resend.ts')]);
        const sentUntil = await had.recall(mark);
        if (traces === undefined) return;
        await resend(traces, had, typeof sentUntil === 'number' ? sentUntil : 0);
        isResent = true;
      } catch (error) {
        log.warn('traces-not-resent', { error });
      }
    },
    close: async (agent) => {
      const now = Date.now();
      const isAllAdded = isResent;
      const areSent = await (await opened)?.close();
      if (areSent === true && isAllAdded) await agent.then((had) => had.remember(mark, now)).catch(() => undefined); // Sent twice then.
    },
  };
}
