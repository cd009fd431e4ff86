/** What the agent stores, as it sees it: unfinished turns, channel histories, small values. Knows no database. */
import type { AccountStore } from '../budget/ledger.ts';
import type { Decision } from '../decision.ts';
import type { Documents } from '../document.ts';
import type { JsonValue, Question, Turn } from '../turn.ts';
import type { ChainHead } from './decision-chain.ts';
import type { CheckedEntry } from './decision-log.ts';
import type { Forgotten, HistoryNotes } from './history-record.ts';
import type { SettledTurn } from './settled-turn.ts';

export type { Forgotten, HistoryNotes } from './history-record.ts';
export type { SettledTurn } from './settled-turn.ts';

/** Undefined: it stays as it is. */
export type HistoryChange = (history: KeptHistory) => KeptHistory | undefined;

interface KeptHistory {
  readonly turns: readonly Turn[];
  readonly notes: HistoryNotes;
}

/**
 * Every call rejects with an `AppError` of code `store-failed` when the store does not do it in time, and does it again
 * once the store is back. Writes under one key land in the order called.
 */
export interface TurnStore extends AccountStore {
  /** Writes the unfinished turn's record whole. */
  saveTurn(turn: Turn): Promise<void>;
  /**
   * Every unfinished turn, oldest question first.
   * @param onNewer Told of those that only a newer version can read: they are left as they are.
   */
  loadTurns(onNewer?: (turn: Pick<Turn, 'delivery'>) => void): Promise<Turn[]>;
  /** True when a turn with this id is unfinished or in its channel's history; there, also when its question was asked again. */
  hasTurn(channelId: string, turnId: string): Promise<boolean>;
  removeTurn(turn: Turn): Promise<void>;
  /** The channel's ended turns, oldest first; [] when there are none. Throws when the store cannot be read: never an empty list instead. */
  loadHistory(channelId: string): Promise<Turn[]>;
  /** What is known of the history besides its turns; {} when there is nothing. */
  loadHistoryNotes(channelId: string): Promise<HistoryNotes>;
  /** Both at once; without notes, there are none afterwards. */
  saveHistory(channelId: string, turns: readonly Turn[], notes?: HistoryNotes): Promise<void>;
  /** Changes it as {@link saveHistory} does, if nobody else changes it meanwhile. @returns whether it was changed. */
  rewriteHistory(channelId: string, change: HistoryChange): Promise<boolean>;
  /** Keeps it for two months, see `settledDays`. */
  saveSettled(settled: SettledTurn): Promise<void>;
  /** Undefined when there is none, or none any more. */
  loadSettled(question: Pick<Question, 'id' | 'askedAt'>): Promise<SettledTurn | undefined>;
  /** All of the questions that were asked on that day (UTC), in any order. @param day Any time of it, in ms since 1970 UTC. */
  listSettled(day: number): Promise<SettledTurn[]>;
  /** Stores a file of an unfinished turn; written again under the same key, it is replaced. */
  saveFile(key: string, data: Uint8Array): Promise<void>;
  /** Undefined when there is none. */
  loadFile(key: string): Promise<Uint8Array | undefined>;
  removeFile(key: string): Promise<void>;
  /** Removes the channel's history and everything that was set aside of it. */
  forget(channelId: string): Promise<void>;
  /** Of all histories, some at a time, in any order: see `conversationOf`. */
  conversations(): AsyncIterable<readonly string[]>;
  /** Takes what people want forgotten out of that history, and a summary that may be of it. @returns whether there was anything of theirs, as far as that is known. */
  forgetIn(conversation: string, forgotten: readonly Forgotten[]): Promise<boolean>;
  /**
   * Removes what else is kept of what somebody wants forgotten: of settled turns, in copies of what could not be read, and what says when
   * something was asked in conversations of theirs alone. @returns of how many settled turns.
   */
  forgetRestOf(forgotten: Forgotten): Promise<number>;
  /** Removes their turns that are not settled. Only while nobody answers with the store. @returns of how many. */
  dropTurnsOf(forgotten: Forgotten): Promise<number>;
  removeSettled(question: Pick<Question, 'id' | 'askedAt'>): Promise<void>;
  /** What is stored of logins at tool servers: small texts, in a kind of their own. */
  readLogin(key: string): Promise<string | undefined>;
  writeLogin(key: string, text: string): Promise<void>;
  removeLogin(key: string): Promise<void>;
  /** Those whose keys start so, by key. */
  listLogins(start: string): Promise<ReadonlyMap<string, string>>;
  /** Of front ends. */
  readonly documents: Documents;
  /** Appends to the log of decisions. Resolves with where it ends then, once it is stored. */
  logDecision(decision: Decision): Promise<ChainHead>;
  /** The log of decisions, every entry in its order, and what is wrong with it. */
  checkDecisions(): AsyncIterable<CheckedEntry>;
  /** What was fixed of a tool server's words, as `change` last gave it. */
  loadPins(key: string): Promise<JsonValue | undefined>;
  /** Of all servers, by key, in any order. */
  listPins(): Promise<ReadonlyMap<string, JsonValue>>;
  /** Changes that in one step; `change` may be called again where another process was first. */
  changePins(key: string, change: (stored: JsonValue | undefined) => JsonValue): Promise<void>;
  /** All standing approvals, by key, in any order. */
  listGrants(): Promise<ReadonlyMap<string, JsonValue>>;
  loadGrant(key: string): Promise<JsonValue | undefined>;
  saveGrant(key: string, grant: JsonValue): Promise<void>;
  removeGrant(key: string): Promise<void>;
  recall(key: string): Promise<JsonValue | undefined>;
  remember(key: string, value: JsonValue): Promise<void>;
  /** Lets the calls under way end, refuses later ones. Never rejects. */
  close(): Promise<void>;
}
