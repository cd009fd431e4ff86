/** A channel's ended turns: kept whole, and dropped from the old end in blocks. */
import type { AgentLimits } from './limits.ts';
import { toMessages } from './prompt.ts';
import type { TurnStore } from './store/turn-store.ts';
import type { Turn } from './turn.ts';

export interface History {
  /** Oldest first. */
  load(channelId: string): Promise<Turn[]>;
  /** Adds the ended turn; does nothing when it is there. Additions to one channel follow one another. */
  add(turn: Turn): Promise<void>;
  /** Deletes it, after the additions that are under way. */
  forget(channelId: string): Promise<void>;
}

type HistoryLimits = Pick<AgentLimits, 'historyTurns' | 'historyTokens'>;

export function createHistory(store: TurnStore, limits: HistoryLimits): History {
  const lastChange = new Map<string, Promise<void>>();

  async function addNow(turn: Turn): Promise<void> {
    const { channelId, id } = turn.question;
    const turns = await store.loadHistory(channelId);
    if (turns.some(({ question }) => question.id === id)) return;
    // What the front end remembers is of no use once the turn is shown.
    await store.saveHistory(channelId, trimHistory([...turns, { ...turn, delivery: null }], limits));
  }

  /** Changes to one channel's history follow one another. */
  async function inOrder(channelId: string, change: () => Promise<void>): Promise<void> {
    const before = lastChange.get(channelId) ?? Promise.resolve();
    const changed = before.catch(() => {}).then(change); // Its own caller was told of an earlier failure.
    lastChange.set(channelId, changed);
    try {
      await changed;
    } finally {
      if (lastChange.get(channelId) === changed) lastChange.delete(channelId);
    }
  }

  return {
    load: (channelId) => store.loadHistory(channelId),
    add: (turn) => inOrder(turn.question.channelId, () => addNow(turn)),
    forget: (channelId) => inOrder(channelId, () => store.forget(channelId)),
  };
}

/**
 * All turns while they are within the limits; past one, the newest that fit in half of it. Between two cuts the start of
 * the prompt stays the same to the byte, which is what providers cache.
 */
export function trimHistory(turns: readonly Turn[], { historyTurns, historyTokens }: HistoryLimits): readonly Turn[] {
  const sizes = turns.map(estimateTokens);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (turns.length <= historyTurns && total <= historyTokens) return turns;
  let tokens = 0;
  let first = turns.length;
  while (first > 0 && turns.length - first < historyTurns / 2) {
    tokens += sizes[first - 1] ?? 0;
    if (tokens > historyTokens / 2) break;
    first -= 1;
  }
  return turns.slice(first);
}

/** Errs on the high side: English has about four bytes a token, Korean about three to five. */
function estimateTokens(turn: Turn): number {
  return Math.ceil(Buffer.byteLength(JSON.stringify(toMessages(turn))) / 3);
}
