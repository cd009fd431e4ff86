/** A store in memory that keeps JSON, as real ones do, and fails when a test says so. */

import type { Decision } from '../../../src/agent/decision.ts';
import { isOneOf } from '../../../src/agent/store/history-record.ts';
import { dayOf, type SettledTurn, settledKey } from '../../../src/agent/store/settled-turn.ts';
import type { HistoryNotes, TurnStore } from '../../../src/agent/store/turn-store.ts';
import type { JsonValue, Turn } from '../../../src/agent/turn.ts';
import { AppError } from '../../../src/errors.ts';

export interface MemoryStore extends TurnStore {
  /** Every record that was written, oldest first, as it was then. */
  readonly saved: readonly Turn[];
  /** The log of decisions. */
  readonly decisions: readonly Decision[];
  /** Resolves with the first record written, by now or later, that `look` accepts. */
  whenSaved(look: (turn: Turn) => boolean): Promise<Turn>;
  /** Resolves with the channel's history once `look` accepts it. */
  whenKept(channelId: string, look: (turns: readonly Turn[], notes: HistoryNotes) => boolean): Promise<HistoryNotes>;
  /** While it returns true for a call's name, that call fails. */
  failsOn: (call: string) => boolean;
  /** Awaited inside every write of a record, before and after it is there. */
  beforeSave: () => Promise<void>;
  afterSave: () => Promise<void>;
}

export function createMemoryStore(): MemoryStore {
  const turns = new Map<string, string>();
  const histories = new Map<string, string>();
  const notes = new Map<string, string>();
  const values = new Map<string, string>();
  const logins = new Map<string, string>();
  const files = new Map<string, Uint8Array>();
  const settled = new Map<string, SettledTurn>();
  const saved: Turn[] = [];
  const decisions: Decision[] = [];
  const grants = new Map<string, string>();
  const watchers = new Set<() => void>();
  const attempt = (call: string) => {
    if (store.failsOn(call)) throw new AppError('store-failed', `The test made ${call} fail.`);
  };
  const readHistory = (channelId: string): Turn[] => JSON.parse(histories.get(channelId) ?? '[]');
  const store: MemoryStore = {
    saved,
    decisions,
    failsOn: () => false,
    beforeSave: async () => {},
    afterSave: async () => {},
    saveTurn: async (turn) => {
      attempt('saveTurn');
      const text = JSON.stringify(turn);
      await store.beforeSave();
      turns.set(turn.question.id, text);
      saved.push(JSON.parse(text));
      for (const watch of watchers) watch();
      await store.afterSave();
    },
    whenSaved: async (look) => {
      const { promise, resolve } = Promise.withResolvers<Turn>();
      const watch = () => {
        const found = saved.find(look);
        if (found !== undefined) resolve(found);
      };
      watchers.add(watch);
      watch();
      return promise.finally(() => watchers.delete(watch));
    },
    whenKept: async (channelId, look) => {
      const { promise, resolve } = Promise.withResolvers<HistoryNotes>();
      const watch = () => {
        const noted: HistoryNotes = JSON.parse(notes.get(channelId) ?? '{}');
        if (look(readHistory(channelId), noted)) resolve(noted);
      };
      watchers.add(watch);
      watch();
      return promise.finally(() => watchers.delete(watch));
    },
    readLogin: async (key) => {
      attempt('readLogin');
      return logins.get(key);
    },
    writeLogin: async (key, text) => {
      attempt('writeLogin');
      logins.set(key, text);
    },
    removeLogin: async (key) => void logins.delete(key),
    listLogins: async (start) => new Map([...logins].filter(([key]) => key.startsWith(start))),
    loadTurns: async () => [...turns.values()].map((text): Turn => JSON.parse(text)),
    hasTurn: async (channelId, turnId) => {
      attempt('hasTurn');
      const isIt = ({ question: { id, originalId } }: Turn) => id === turnId || originalId === turnId;
      return turns.has(turnId) || readHistory(channelId).some(isIt);
    },
    removeTurn: async (turn) => {
      attempt('removeTurn');
      turns.delete(turn.question.id);
    },
    saveSettled: async (turn) => {
      attempt('saveSettled');
      settled.set(settledKey({ id: turn.turnId, askedAt: turn.askedAt }), turn);
    },
    conversations: async function* () {
      yield [...histories.keys()];
    },
    forgetIn: async (conversation, forgotten) => {
      attempt('forgetIn');
      const before = readHistory(conversation);
      const after = before.filter((turn) => !isOneOf(forgotten)(turn));
      histories.set(conversation, JSON.stringify(after));
      return after.length < before.length;
    },
    forgetRestOf: async ({ authorId, until }) => {
      const own = [...settled].filter(([, turn]) => turn.authorId === authorId && turn.askedAt <= until);
      for (const [key] of own) settled.delete(key);
      return own.length;
    },
    dropTurnsOf: async (forgotten) => {
      const own = [...turns].filter(([, text]) => isOneOf([forgotten])(JSON.parse(text)));
      for (const [key] of own) turns.delete(key);
      return own.length;
    },
    removeSettled: async (question) => void settled.delete(settledKey(question)),
    changeAccount: async (key, change) => {
      attempt('changeAccount');
      values.set(
        `account ${key}`,
        JSON.stringify(change(JSON.parse(values.get(`account ${key}`) ?? 'null') ?? undefined)),
      );
    },
    loadSettled: async (question) => settled.get(settledKey(question)),
    listSettled: async (day) => [...settled].flatMap(([key, turn]) => (key.startsWith(dayOf(day)) ? [turn] : [])),
    loadHistory: async (channelId) => {
      attempt('loadHistory');
      return readHistory(channelId);
    },
    loadHistoryNotes: async (channelId) => JSON.parse(notes.get(channelId) ?? '{}'),
    saveHistory: async (channelId, kept, noted = {}) => {
      attempt('saveHistory');
      histories.set(channelId, JSON.stringify(kept));
      notes.set(channelId, JSON.stringify(noted));
      for (const watch of watchers) watch();
    },
    rewriteHistory: async (channelId, change) => {
      attempt('rewriteHistory');
      const before = { turns: readHistory(channelId), notes: JSON.parse(notes.get(channelId) ?? '{}') };
      const changed = change(before);
      if (changed === undefined) return false;
      histories.set(channelId, JSON.stringify(changed.turns));
      notes.set(channelId, JSON.stringify(changed.notes));
      for (const watch of watchers) watch();
      return true;
    },
    saveFile: async (key, data) => {
      attempt('saveFile');
      files.set(key, data);
    },
    loadFile: async (key) => files.get(key),
    removeFile: async (key) => void files.delete(key),
    forget: async (channelId) => {
      histories.delete(channelId);
      notes.delete(channelId);
      for (const watch of watchers) watch();
    },
    documents: {
      load: async (kind, key) => {
        attempt('loadDocument');
        const text = values.get(`document ${kind.name}:${key}`);
        return text === undefined ? undefined : (await kind.loadReader())(JSON.parse(text));
      },
      change: async (kind, key, change) => {
        attempt('changeDocument');
        const name = `document ${kind.name}:${key}`;
        const read = await kind.loadReader();
        const text = values.get(name);
        const content = change(text === undefined ? undefined : read(JSON.parse(text)));
        if (content === undefined) values.delete(name);
        else values.set(name, JSON.stringify(content));
      },
    },
    logDecision: async (decision) => {
      attempt('logDecision');
      decisions.push(decision);
      return { number: decisions.length, hash: '' };
    },
    checkDecisions: async function* () {},
    loadPins: async (key) => {
      attempt('loadPins');
      return JSON.parse(values.get(`pin ${key}`) ?? 'null') ?? undefined;
    },
    listPins: async () => new Map(),
    changePins: async (key, change) => {
      attempt('changePins');
      values.set(`pin ${key}`, JSON.stringify(change(JSON.parse(values.get(`pin ${key}`) ?? 'null') ?? undefined)));
    },
    listGrants: async () => new Map([...grants].map(([key, text]): [string, JsonValue] => [key, JSON.parse(text)])),
    loadGrant: async (key) => {
      attempt('loadGrant');
      return JSON.parse(grants.get(key) ?? 'null') ?? undefined;
    },
    saveGrant: async (key, grant) => {
      attempt('saveGrant');
      grants.set(key, JSON.stringify(grant));
    },
    removeGrant: async (key) => void grants.delete(key),
    recall: async (key): Promise<JsonValue | undefined> => {
      const text = values.get(key);
      return text === undefined ? undefined : JSON.parse(text);
    },
    remember: async (key, value) => void values.set(key, JSON.stringify(value)),
    close: async () => {},
  };
  return store;
}
