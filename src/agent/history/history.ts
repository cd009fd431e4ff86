/** A channel's ended turns: kept whole, and dropped from the old end in blocks, with a summary of them if wanted. */
import type { Logger } from '../../log.ts';
import type { HistoryNotes, TurnStore } from '../store/turn-store.ts';
import type { Turn } from '../turn.ts';
import type { Summarise } from './summary.ts';
import { loadTokenCounter, tokenCounter } from './token-count.ts';
import { countTurn, type HistoryLimits, mostTokens, trimHistory } from './trim.ts';

export interface ChannelHistory {
  /** Oldest first. */
  readonly turns: readonly Turn[];
  /** Of the turns before them. */
  readonly summary: string | undefined;
}

export interface History {
  load(channelId: string): Promise<ChannelHistory>;
  /**
   * Adds the ended turn; does nothing when it is there. Additions to one channel follow one another.
   * @returns false when the history has no room for it: it is not to be found there.
   */
  add(turn: Turn): Promise<boolean>;
  /** Deletes it, after the additions that are under way. */
  forget(channelId: string): Promise<void>;
  /** Gives up the summaries that are being made: the next start makes them. */
  close(): void;
}

export interface HistoryOptions {
  readonly limits: HistoryLimits;
  readonly log: Logger;
  /** Undefined: what is dropped is gone. */
  readonly summarise: Summarise | undefined;
}

interface Kept {
  readonly turns: readonly Turn[];
  readonly notes: HistoryNotes;
}

export function createHistory(store: TurnStore, { limits, log, summarise }: HistoryOptions): History {
  const lastChange = new Map<string, Promise<unknown>>();
  /** Channels whose oldest turns are being summarised. */
  const summarising = new Map<string, AbortController>();

  async function read(channelId: string): Promise<Kept> {
    const [turns, notes] = await Promise.all([store.loadHistory(channelId), store.loadHistoryNotes(channelId)]);
    return { turns, notes };
  }

  async function addNow(turn: Turn): Promise<boolean> {
    const { channelId, id } = turn.question;
    const { turns, notes } = await read(channelId);
    if (turns.some(({ question }) => question.id === id)) return true;
    // What the front end remembers is of no use once the turn is shown.
    const counted = count([...turns, { ...turn, delivery: null }], notes, log, limits);
    const kept = trimHistory(counted.turns, sizesOf(counted), limits);
    if (kept.length === counted.turns.length || summarise === undefined) {
      await store.saveHistory(channelId, kept, notesOf(kept, counted.notes));
      return kept.length > 0;
    }
    // They stay until their summary is there, so that the start of the prompt changes once and not twice.
    await store.saveHistory(channelId, counted.turns, counted.notes);
    startSummary(channelId, counted.turns.slice(0, counted.turns.length - kept.length), notes.summary, summarise);
    return kept.length > 0;
  }

  function startSummary(channelId: string, lost: readonly Turn[], earlier: string | undefined, write: Summarise): void {
    if (summarising.has(channelId)) return;
    const stop = new AbortController();
    summarising.set(channelId, stop);
    const ids = new Set(lost.map(({ question }) => question.id));
    summariseOrLog(channelId, () => write(lost, earlier, stop.signal), stop.signal)
      .then((text) => inOrder(channelId, () => replace(channelId, ids, text, stop.signal)))
      .catch((error: unknown) => log.error('history-not-trimmed', { channelId, error }))
      .finally(() => summarising.delete(channelId));
  }

  /** Undefined on a failure: the turns then go without a trace. */
  async function summariseOrLog(channelId: string, write: () => ReturnType<Summarise>, signal: AbortSignal) {
    try {
      const { text, usage } = await write();
      log.info('history-summary', { channelId, ...usage });
      return text;
    } catch (error) {
      if (!signal.aborted) log.warn('history-summary-fail', { channelId, error });
      return undefined;
    }
  }

  async function replace(
    channelId: string,
    lost: ReadonlySet<string>,
    summary: string | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    // Forgotten meanwhile, or the process ends.
    if (signal.aborted) return;
    const { turns, notes } = await read(channelId);
    const kept = turns.filter(({ question }) => !lost.has(question.id));
    const since = turns.find(({ question }) => lost.has(question.id))?.question.askedAt ?? Date.now();
    const summarised = summary === undefined ? notes : { ...notes, summary, summarySince: notes.summarySince ?? since };
    await store.saveHistory(channelId, kept, notesOf(kept, summarised));
  }

  /** Changes to one channel's history follow one another. */
  async function inOrder<Result>(channelId: string, change: () => Promise<Result>): Promise<Result> {
    const before = lastChange.get(channelId) ?? Promise.resolve();
    const changed = before.catch(() => {}).then(change); // Its own caller was told of an earlier failure.
    lastChange.set(channelId, changed);
    try {
      return await changed;
    } finally {
      if (lastChange.get(channelId) === changed) lastChange.delete(channelId);
    }
  }

  return {
    load: async (channelId) => {
      if (summarise === undefined) return { turns: await store.loadHistory(channelId), summary: undefined };
      const { turns, notes } = await read(channelId);
      return { turns, summary: notes.summary };
    },
    add: (turn) => inOrder(turn.question.channelId, () => addNow(turn)),
    forget: (channelId) => {
      summarising.get(channelId)?.abort();
      return inOrder(channelId, () => store.forget(channelId));
    },
    close: () => {
      for (const stop of summarising.values()) stop.abort();
    },
  };
}

/**
 * Counts what was not counted before. A history that is short enough in bytes is not counted at all: until one is longer,
 * the process needs no tokenizer. While it loads, the history grows by the turns that end meanwhile.
 */
function count(turns: readonly Turn[], notes: HistoryNotes, log: Logger, { historyTokens }: HistoryLimits): Kept {
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
function sizesOf({ turns, notes }: Kept): number[] {
  return turns.map(({ question }) => notes.tokens?.[question.id] ?? 0);
}

/** Without the counts of turns that are gone. */
function notesOf(turns: readonly Turn[], { tokens, ...notes }: HistoryNotes): HistoryNotes {
  if (tokens === undefined) return notes;
  const kept = turns.flatMap(({ question: { id } }) => {
    const size = tokens[id];
    return size === undefined ? [] : [[id, size] as const];
  });
  return { ...notes, tokens: Object.fromEntries(kept) };
}
