/** A channel's ended turns: stored whole, and dropped from the old end in blocks, with a summary of them if wanted. */
import type { Logger } from '../../log.ts';
import { picturesOf } from '../attachments/pictures.ts';
import type { AgentLimits } from '../limits.ts';
import type { HistoryNotes, TurnStore } from '../store/turn-store.ts';
import { conversationOf, type Turn } from '../turn.ts';
import type { ChannelHistory } from './channel-history.ts';
import { keepPictures, toPast } from './past-turn.ts';
import type { Summarise } from './summary.ts';
import { countTokens, notesOf, type Stored, sizesOf } from './token-notes.ts';
import { type HistoryLimits, trimHistory } from './trim.ts';

export type { ChannelHistory } from './channel-history.ts';

export interface History {
  load(channelId: string): Promise<ChannelHistory>;
  /**
   * Adds the ended turn, in the place of the one that it replaces; does nothing when it is there. Additions to one channel
   * follow one another.
   * @returns the turn, or as it was there before: an earlier process may have ended it otherwise, and that holds. Undefined when it is
   *   not to be found there: the history has no room for it, or it failed where an answer stands.
   */
  add(turn: Turn): Promise<Turn | undefined>;
  /** The keys of those of the turn's pictures that later questions are shown: their bytes must stay. */
  keptPictures(turn: Turn): Promise<readonly string[]>;
  /** Deletes it, after the additions that are under way. */
  forget(channelId: string): Promise<void>;
  /** Takes the author's turns out of every conversation. @returns of how many conversations. */
  forgetAuthor(authorId: string): Promise<number>;
  /** Gives up the summaries that are being made: the next start makes them. */
  close(): void;
}

export interface HistoryOptions {
  readonly limits: HistoryLimits & Pick<AgentLimits, 'historyPictures'>;
  readonly log: Logger;
  /** Undefined: what is dropped is gone. */
  readonly summarise: Summarise | undefined;
}

export function createHistory(store: TurnStore, options: HistoryOptions): History {
  return new StoredHistory(store, options);
}

class StoredHistory implements History {
  readonly #store: TurnStore;
  readonly #options: HistoryOptions;
  readonly #lastChange = new Map<string, Promise<unknown>>();
  /** Channels whose oldest turns are being summarised. */
  readonly #summarising = new Map<string, AbortController>();

  constructor(store: TurnStore, options: HistoryOptions) {
    this.#store = store;
    this.#options = options;
  }

  async load(channelId: string): Promise<ChannelHistory> {
    if (this.#options.summarise === undefined)
      return { turns: await this.#store.loadHistory(channelId), summary: undefined };
    const { turns, notes } = await this.#read(channelId);
    return { turns, summary: notes.summary };
  }

  add(turn: Turn): Promise<Turn | undefined> {
    return this.#inOrder(conversationOf(turn.question), () => this.#addNow(turn));
  }

  async keptPictures(turn: Turn): Promise<readonly string[]> {
    if (this.#options.limits.historyPictures === 0 || picturesOf(turn).length === 0) return [];
    const turns = await this.#store.loadHistory(conversationOf(turn.question));
    const past = turns.find(({ question }) => question.id === turn.question.id);
    return past === undefined ? [] : picturesOf(past).map(({ key }) => key);
  }

  forget(channelId: string): Promise<void> {
    this.#summarising.get(channelId)?.abort();
    return this.#inOrder(channelId, () => this.#store.forget(channelId));
  }

  async forgetAuthor(authorId: string): Promise<number> {
    let count = 0;
    for await (const page of this.#store.conversations()) {
      for (const conversation of page) {
        this.#summarising.get(conversation)?.abort();
        if (await this.#inOrder(conversation, () => this.#store.forgetAuthorIn(conversation, authorId))) count += 1;
      }
    }
    return count;
  }

  close(): void {
    for (const stop of this.#summarising.values()) stop.abort();
  }

  async #read(channelId: string): Promise<Stored> {
    const [turns, notes] = await Promise.all([
      this.#store.loadHistory(channelId),
      this.#store.loadHistoryNotes(channelId),
    ]);
    return { turns, notes };
  }

  async #addNow(turn: Turn): Promise<Turn | undefined> {
    const { limits, log, summarise } = this.#options;
    const { id } = turn.question;
    const channelId = conversationOf(turn.question);
    const before = await this.#read(channelId);
    const { notes } = before;
    const earlier = before.turns.find(({ question }) => question.id === id);
    if (earlier !== undefined) return earlier;
    const together = withTurn(before.turns, toPast(turn));
    if (together === undefined) return undefined;
    const turns = keepPictures(together, limits.historyPictures);
    // A turn takes less without its pictures than was counted.
    const unchanged = before.turns.filter((earlier) => turns.includes(earlier));
    const counted = countTokens(turns, notesOf(unchanged, notes), log, limits);
    const retained = trimHistory(counted.turns, sizesOf(counted), limits);
    if (retained.length === counted.turns.length || summarise === undefined) {
      await this.#save(channelId, before.turns, retained, notesOf(retained, counted.notes));
      return has(retained, id) ? turn : undefined;
    }
    // They stay until their summary is there, so that the start of the prompt changes once and not twice.
    await this.#save(channelId, before.turns, counted.turns, counted.notes);
    const lost = counted.turns.slice(0, counted.turns.length - retained.length);
    this.#startSummary(channelId, lost, (signal) => summarise(lost, notes.summary, signal));
    return has(retained, id) ? turn : undefined;
  }

  #startSummary(
    channelId: string,
    lost: readonly Turn[],
    summarise: (signal: AbortSignal) => ReturnType<Summarise>,
  ): void {
    if (this.#summarising.has(channelId)) return;
    const stop = new AbortController();
    this.#summarising.set(channelId, stop);
    const ids = new Set(lost.map(({ question }) => question.id));
    this.#summariseOrLog(channelId, summarise, stop.signal)
      .then((text) => this.#inOrder(channelId, () => this.#replace(channelId, ids, text, stop.signal)))
      .catch((error: unknown) => this.#options.log.error('history-not-trimmed', { channelId, error }))
      .finally(() => this.#summarising.delete(channelId));
  }

  /** Undefined on a failure: the turns then go without a trace. */
  async #summariseOrLog(
    channelId: string,
    summarise: (signal: AbortSignal) => ReturnType<Summarise>,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { log } = this.#options;
    try {
      const { text, usage } = await summarise(signal);
      log.info('history-summary', { channelId, ...usage });
      return text;
    } catch (error) {
      if (!signal.aborted) log.warn('history-summary-fail', { channelId, error });
      return undefined;
    }
  }

  async #replace(
    channelId: string,
    lost: ReadonlySet<string>,
    summary: string | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    // Forgotten meanwhile, or the process ends.
    if (signal.aborted) return;
    const { turns, notes } = await this.#read(channelId);
    const retained = turns.filter(({ question }) => !lost.has(question.id));
    const since = turns.find(({ question }) => lost.has(question.id))?.question.askedAt ?? Date.now();
    const summarised = summary === undefined ? notes : { ...notes, summary, summarySince: notes.summarySince ?? since };
    await this.#save(channelId, turns, retained, notesOf(retained, summarised));
  }

  /** Pictures that are shown no more go after the history that named them. Those that a crash leaves are swept. */
  async #save(channelId: string, before: readonly Turn[], after: readonly Turn[], notes: HistoryNotes): Promise<void> {
    await this.#store.saveHistory(channelId, after, notes);
    const kept = new Set(after.flatMap(picturesOf).map(({ key }) => key));
    const lost = before.flatMap(picturesOf).filter(({ key }) => !kept.has(key));
    await Promise.all(lost.map(({ key }) => this.#store.removeFile(key))).catch((error: unknown) =>
      this.#options.log.warn('picture-not-removed', { channelId, error }),
    );
  }

  /** Changes to one channel's history follow one another. */
  async #inOrder<Result>(channelId: string, change: () => Promise<Result>): Promise<Result> {
    const before = this.#lastChange.get(channelId) ?? Promise.resolve();
    const changed = before.catch(() => {}).then(change); // Its own caller was told of an earlier failure.
    this.#lastChange.set(channelId, changed);
    try {
      return await changed;
    } finally {
      if (this.#lastChange.get(channelId) === changed) this.#lastChange.delete(channelId);
    }
  }
}

function has(turns: readonly Turn[], turnId: string): boolean {
  return turns.some(({ question }) => question.id === turnId);
}

/** At its end, or in the place of the turn that it replaces. Undefined where it failed and that one is an answer. */
function withTurn(turns: readonly Turn[], turn: Turn): readonly Turn[] | undefined {
  const place = turns.findIndex(({ question }) => question.id === turn.replaces);
  if (place < 0) return [...turns, turn];
  if (turn.end?.type === 'failed' && turns[place]?.end?.type === 'answered') return undefined;
  return turns.with(place, turn);
}
