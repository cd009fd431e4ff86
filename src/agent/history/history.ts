/** A channel's ended turns: stored whole, and dropped from the old end in blocks, with a summary of them if wanted. */
import type { Logger } from '../../log.ts';
import { InOrder } from '../../waiting.ts';
import { picturesOf } from '../attachments/pictures.ts';
import { type ForgottenPeople, isDeletedSince } from '../forgotten-people.ts';
import type { AgentLimits } from '../limits.ts';
import { isOneOf } from '../store/history-record.ts';
import type { Forgotten, HistoryNotes, TurnStore } from '../store/turn-store.ts';
import { conversationOf, type Turn } from '../turn.ts';
import type { ChannelHistory } from './channel-history.ts';
import { keepPictures, toPast } from './past-turn.ts';
import type { Summarise } from './summary.ts';
import { summaryNotes } from './summary-notes.ts';
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
  /** Takes it out of every conversation. @returns of how many, as far as that is known. Rejects at the end where one could not be changed. */
  forgetAuthor(forgotten: Forgotten): Promise<number>;
  /**
   * Once a turn is stored with all that is kept of it: takes out of its conversation again what somebody wanted forgotten while it was
   * being answered or written. @returns whether the turn is among it.
   */
  keepOut(turn: Turn): Promise<boolean>;
  /** Gives up the summaries that are being made: the next start makes them. */
  close(): void;
}

export interface HistoryOptions {
  readonly limits: HistoryLimits & Pick<AgentLimits, 'historyPictures'>;
  readonly log: Logger;
  /** Undefined: what is dropped is gone. */
  readonly summarise: Summarise | undefined;
  readonly forgotten: Pick<ForgottenPeople, 'all'>;
}

/** After so many, the store is not there. */
const mostFailures = 10;

export function createHistory(store: TurnStore, options: HistoryOptions): History {
  return new StoredHistory(store, options);
}

/** What a summary is made of: turns, and the summary before. */
interface MadeOf {
  readonly lost: readonly Turn[];
  readonly earlier: string | undefined;
}

class StoredHistory implements History {
  readonly #store: TurnStore;
  readonly #options: HistoryOptions;
  /** Changes to one channel's history. */
  readonly #changes = new InOrder();
  /** Channels whose oldest turns are being summarised. */
  readonly #summarising = new Map<string, AbortController>();
  /** Of turns that were added here, when what stood there before was read, in ms since 1970 UTC. */
  readonly #readAt = new WeakMap<Turn, number>();

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
    return this.#changes.run(conversationOf(turn.question), () => this.#addNow(turn));
  }

  async keptPictures(turn: Turn): Promise<readonly string[]> {
    if (this.#options.limits.historyPictures === 0 || picturesOf(turn).length === 0) return [];
    const turns = await this.#store.loadHistory(conversationOf(turn.question));
    const past = turns.find(({ question }) => question.id === turn.question.id);
    return past === undefined ? [] : picturesOf(past).map(({ key }) => key);
  }

  forget(channelId: string): Promise<void> {
    this.#summarising.get(channelId)?.abort();
    return this.#changes.run(channelId, () => this.#store.forget(channelId));
  }

  async forgetAuthor(forgotten: Forgotten): Promise<number> {
    const failures: unknown[] = [];
    let count = 0;
    for await (const page of this.#store.conversations()) {
      for (const conversation of page) {
        this.#summarising.get(conversation)?.abort();
        const forget = () => this.#store.forgetIn(conversation, [forgotten]);
        // One that cannot be changed must not keep all others.
        const found = this.#changes.run(conversation, forget).catch((error: unknown) => void failures.push(error));
        if ((await found) === true) count += 1;
        if (failures.length >= mostFailures) throw failures[0];
      }
    }
    if (failures.length > 0) throw failures[0];
    return count;
  }

  async keepOut(turn: Turn): Promise<boolean> {
    const conversation = conversationOf(turn.question);
    const people = await this.#options.forgotten.all();
    const isOwn = isOneOf(people)(turn);
    // Of a turn that an earlier process has added, it is not known what that one had read, and when.
    const readAt = this.#readAt.get(turn) ?? Number.NEGATIVE_INFINITY;
    const forgotten = people.filter((person) => isDeletedSince(person, readAt) || isOneOf([person])(turn));
    if (forgotten.length > 0)
      await this.#changes.run(conversation, () => this.#store.forgetIn(conversation, forgotten));
    return isOwn;
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
    const readAt = Date.now();
    const before = await this.#read(channelId);
    const { notes } = before;
    const earlier = before.turns.find(({ question }) => question.id === id);
    if (earlier !== undefined) return earlier;
    this.#readAt.set(turn, readAt);
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
    this.#startSummary(channelId, { lost, earlier: notes.summary }, summarise);
    return has(retained, id) ? turn : undefined;
  }

  #startSummary(channelId: string, made: MadeOf, summarise: Summarise): void {
    if (this.#summarising.has(channelId)) return;
    const stop = new AbortController();
    this.#summarising.set(channelId, stop);
    this.#summariseOrLog(channelId, made, summarise, stop.signal)
      .then((text) => this.#changes.run(channelId, () => this.#replace(channelId, made, text, stop.signal)))
      .catch((error: unknown) => this.#options.log.error('history-not-trimmed', { channelId, error }))
      .finally(() => this.#summarising.delete(channelId));
  }

  /** Undefined on a failure: the turns then go without a trace. */
  async #summariseOrLog(
    channelId: string,
    { lost, earlier }: MadeOf,
    summarise: Summarise,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { log } = this.#options;
    try {
      const { text, usage } = await summarise(lost, earlier, signal);
      log.info('history-summary', { channelId, ...usage });
      return text;
    } catch (error) {
      if (!signal.aborted) log.warn('history-summary-fail', { channelId, error });
      return undefined;
    }
  }

  async #replace(channelId: string, made: MadeOf, summary: string | undefined, signal: AbortSignal): Promise<void> {
    // Forgotten meanwhile, or the process ends.
    if (signal.aborted) return;
    const isLost = new Set(made.lost.map(({ question }) => question.id));
    let before: readonly Turn[] = [];
    let after: readonly Turn[] = [];
    const isDone = await this.#store.rewriteHistory(channelId, ({ turns, notes }) => {
      before = turns;
      after = turns.filter(({ question }) => !isLost.has(question.id));
      const isWhole = before.length - after.length === isLost.size && notes.summary === made.earlier;
      // It would tell of what was forgotten or asked again meanwhile.
      if (summary !== undefined && !isWhole) return undefined;
      const summarised = summary === undefined ? notes : summaryNotes(notes, made.lost, summary);
      return { turns: after, notes: notesOf(after, summarised) };
    });
    // Else the next turn has one made of what is left.
    if (isDone) await this.#removePictures(channelId, before, after);
  }

  async #save(channelId: string, before: readonly Turn[], after: readonly Turn[], notes: HistoryNotes): Promise<void> {
    await this.#store.saveHistory(channelId, after, notes);
    await this.#removePictures(channelId, before, after);
  }

  /** Pictures that are shown no more go after the history that named them. Those that a crash leaves are swept. */
  async #removePictures(channelId: string, before: readonly Turn[], after: readonly Turn[]): Promise<void> {
    const kept = new Set(after.flatMap(picturesOf).map(({ key }) => key));
    const lost = before.flatMap(picturesOf).filter(({ key }) => !kept.has(key));
    await Promise.all(lost.map(({ key }) => this.#store.removeFile(key))).catch((error: unknown) =>
      this.#options.log.warn('picture-not-removed', { channelId, error }),
    );
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
