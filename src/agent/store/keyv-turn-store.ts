/** The turn store over any backend: turns, histories and small values as JSON text behind keyv. */
import { createHash } from 'node:crypto';
import { AppError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import type { JsonValue, Turn } from '../turn.ts';
import { answerTimeoutMs, type Backend } from './backend.ts';
import { within } from './deadline.ts';
import { Records } from './records.ts';
import { type HistoryNotes, type HistoryRecord, isHistory, readNotes, readTurn } from './turn-record.ts';
import type { TurnStore } from './turn-store.ts';

type Kind = 'turn' | 'history' | 'value' | 'file';

/** @param namespace Parts the records of this program from those of others in the same place. Letters, digits and `_`. */
export function createTurnStore(backend: Backend, log: Logger, namespace: string): TurnStore {
  const createRecords = (kind: string) => new Records(kind, backend, `${namespace}:${kind}:`);
  const records = {
    turn: createRecords('turn'),
    history: createRecords('history'),
    value: createRecords('value'),
    file: createRecords('file'),
  };
  const unreadable = createRecords('unreadable');
  const keptAside = new Set<string>();
  const underWay = new Set<Promise<unknown>>();
  let isClosed = false;

  /**
   * Keeps what this version cannot read for whoever can. The record itself is left for the next write to replace: a
   * removal could meet that write.
   */
  async function setAside(kind: Kind, key: string, text: string): Promise<void> {
    const asideKey = `${kind}:${key}:${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
    if (keptAside.has(asideKey)) return;
    await unreadable.write(asideKey, text);
    keptAside.add(asideKey);
    log.error('store-record-unreadable', { kind, key, keptAs: `${namespace}:unreadable:${asideKey}` });
  }

  async function toTurn(key: string, text: string): Promise<Turn | undefined> {
    const turn = readTurn(parseJson(text));
    if (turn !== undefined) return turn;
    await setAside('turn', key, text);
    // Nobody will write it again.
    await records.turn.remove(key);
    return undefined;
  }

  async function loadHistory(channelId: string): Promise<Turn[]> {
    const text = await records.history.read(channelId);
    if (text === undefined) return [];
    const history = parseJson(text);
    const kept = isHistory(history) ? history.turns : undefined;
    const turns = kept?.map(readTurn).filter((turn) => turn !== undefined) ?? [];
    if (turns.length !== kept?.length) await setAside('history', channelId, text);
    return turns;
  }

  async function loadHistoryNotes(channelId: string): Promise<HistoryNotes> {
    const text = await records.history.read(channelId);
    return text === undefined ? {} : readNotes(parseJson(text));
  }

  async function saveHistory(channelId: string, turns: readonly Turn[], notes?: HistoryNotes): Promise<void> {
    const record: HistoryRecord = { version: 1, turns, ...(notes === undefined ? {} : { notes }) };
    await records.history.write(channelId, JSON.stringify(record));
  }

  function open<Arguments extends unknown[], Result>(run: (...args: Arguments) => Promise<Result>) {
    return async (...args: Arguments): Promise<Result> => {
      if (isClosed) throw new AppError('store-failed', 'The store is closed.');
      const call = run(...args);
      underWay.add(call);
      try {
        return await call;
      } finally {
        underWay.delete(call);
      }
    };
  }

  return {
    saveTurn: open((turn) => records.turn.write(turn.question.id, JSON.stringify(turn))),
    removeTurn: open((turn) => records.turn.remove(turn.question.id)),
    loadTurns: open(async () => {
      const turns: Turn[] = [];
      for (const [key, text] of await records.turn.list()) {
        const turn = await toTurn(key, text);
        if (turn !== undefined) turns.push(turn);
      }
      return turns.sort(byAge);
    }),
    hasTurn: open(async (channelId, turnId) => {
      if (await records.turn.has(turnId)) return true;
      return (await loadHistory(channelId)).some((turn) => turn.question.id === turnId);
    }),
    loadHistory: open(loadHistory),
    loadHistoryNotes: open(loadHistoryNotes),
    saveHistory: open(saveHistory),
    saveFile: open((key, data) => records.file.write(key, Buffer.from(data).toString('base64'))),
    loadFile: open(async (key) => {
      const text = await records.file.read(key);
      return text === undefined ? undefined : Buffer.from(text, 'base64');
    }),
    removeFile: open((key) => records.file.remove(key)),
    forget: open((channelId) => records.history.remove(channelId)),
    recall: open(async (key) => {
      const text = await records.value.read(key);
      if (text === undefined) return undefined;
      const value = parseJson(text);
      if (value === undefined) await setAside('value', key, text);
      return value;
    }),
    remember: open((key, value) => records.value.write(key, JSON.stringify(value))),
    async close() {
      if (isClosed) return;
      isClosed = true;
      try {
        await within(answerTimeoutMs, Promise.allSettled(underWay), () => backend.reset());
      } catch {
        // Calls that get no answer are told so themselves.
      }
      await backend.close();
    },
  };
}

/** Undefined when it is no JSON. Its error is not kept: it quotes the text. */
function parseJson(text: string): JsonValue | undefined {
  try {
    // The one thing that JSON.parse can give, which its type does not say.
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

/** By the time of the question, and for questions of one millisecond by id: longer, then greater, as snowflakes grow. */
function byAge(left: Turn, right: Turn): number {
  const [a, b] = [left.question, right.question];
  return a.askedAt - b.askedAt || a.id.length - b.id.length || (a.id < b.id ? -1 : 1);
}
