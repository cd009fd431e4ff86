/** The turn store over any backend: turns, histories and small values as JSON text behind keyv. */
import { createHash } from 'node:crypto';
import { AppError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import type { JsonValue, Turn } from '../turn.ts';
import { answerTimeoutMs, type Backend } from './backend.ts';
import { within } from './deadline.ts';
import { isEncrypted } from './encryption.ts';
import { turnOfFileKey } from './file-key.ts';
import { Records, type RecordsOptions } from './records.ts';
import { isOlder, sweep } from './retention.ts';
import { type HistoryNotes, type HistoryRecord, isHistory, readNotes, readTurn } from './turn-record.ts';
import type { TurnStore } from './turn-store.ts';

type Kind = 'turn' | 'history' | 'value' | 'file';

export interface TurnStoreOptions extends RecordsOptions {
  /** How long a turn stays in its channel's history. Default: for ever. */
  readonly ttlMs?: number | undefined;
}

/** What only the program that opened the store does with it. */
export interface SweptTurnStore extends TurnStore {
  /** Deletes what is too old and what belongs to nothing any more. Stops soon after the store was closed. */
  sweep(): Promise<void>;
}

/** @param namespace Parts the records of this program from those of others in the same place. Letters, digits and `_`. */
export function createTurnStore(
  backend: Backend,
  log: Logger,
  namespace: string,
  options: TurnStoreOptions = {},
): SweptTurnStore {
  const { ttlMs } = options;
  const createRecords = (kind: string) => new Records(kind, backend, `${namespace}:${kind}:`, options);
  const records = {
    turn: createRecords('turn'),
    history: createRecords('history'),
    value: createRecords('value'),
    file: createRecords('file'),
  };
  const unreadable = createRecords('unreadable');
  const keptAside = new Set<string>();
  const underWay = new Set<Promise<unknown>>();
  const closing = new AbortController();

  /**
   * Keeps what this version cannot read for whoever can. The record itself is left for the next write to replace: a
   * removal could meet that write.
   */
  async function setAside(kind: Kind, key: string, text: string): Promise<void> {
    const name = `${kind}:${key}:${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
    if (keptAside.has(name)) return;
    for await (const earlier of unreadable.keys(`${name}:`)) if (earlier.length > 0) return void keptAside.add(name);
    const asideKey = `${name}:${Date.now()}`;
    await unreadable.write(asideKey, text);
    keptAside.add(name);
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

  async function readHistory(channelId: string): Promise<Turn[]> {
    const text = await records.history.read(channelId);
    if (text === undefined) return [];
    const history = parseJson(text);
    const kept = isHistory(history) ? history.turns : undefined;
    const turns = kept?.map(readTurn).filter((turn) => turn !== undefined) ?? [];
    if (turns.length !== kept?.length) await setAside('history', channelId, text);
    return turns;
  }

  async function loadHistory(channelId: string): Promise<Turn[]> {
    const turns = await readHistory(channelId);
    return ttlMs === undefined ? turns : turns.filter((turn) => !isOlder(turn, Date.now() - ttlMs));
  }

  async function loadHistoryNotes(channelId: string): Promise<HistoryNotes> {
    const text = await records.history.read(channelId);
    const notes = text === undefined ? {} : readNotes(parseJson(text));
    // A summary is as old as the oldest turn in it.
    const isOld = ttlMs !== undefined && (notes.summarySince ?? 0) < Date.now() - ttlMs;
    return isOld && notes.tokens !== undefined ? { tokens: notes.tokens } : isOld ? {} : notes;
  }

  async function saveHistory(channelId: string, turns: readonly Turn[], notes?: HistoryNotes): Promise<void> {
    const record: HistoryRecord = { version: 2, turns, ...(notes === undefined ? {} : { notes }) };
    await records.history.write(channelId, JSON.stringify(record));
  }

  /** Turns of the channel that are still being answered stay: they are no past yet. */
  async function forget(channelId: string): Promise<void> {
    const turnIds = new Set((await readHistory(channelId)).map(({ question }) => question.id));
    await records.history.remove(channelId);
    await removeAll(unreadable, `history:${channelId}:`, () => true);
    // What cannot be read can still be searched for whose it is.
    await removeAll(unreadable, 'turn:', async (key) => {
      const isOfChannel = (await unreadable.read(key))?.includes(`"channelId":${JSON.stringify(channelId)}`) === true;
      if (isOfChannel) turnIds.add(key.split(':')[1] ?? '');
      return isOfChannel;
    });
    await removeAll(records.file, '', async (key) => {
      const turnId = turnOfFileKey(key);
      return turnId !== undefined && turnIds.has(turnId) && !(await records.turn.has(turnId));
    });
    await backend.scrub();
  }

  async function removeAll(
    from: Records,
    start: string,
    isIt: (key: string) => boolean | Promise<boolean>,
  ): Promise<void> {
    for await (const page of from.keys(start)) {
      for (const key of page) if (await isIt(key)) await from.remove(key);
    }
  }

  function open<Arguments extends unknown[], Result>(run: (...args: Arguments) => Promise<Result>) {
    return async (...args: Arguments): Promise<Result> => {
      if (closing.signal.aborted) throw new AppError('store-failed', 'The store is closed.');
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
      // However old: a question is answered once.
      return (await readHistory(channelId)).some((turn) => turn.question.id === turnId);
    }),
    loadHistory: open(loadHistory),
    loadHistoryNotes: open(loadHistoryNotes),
    saveHistory: open(saveHistory),
    saveFile: open((key, data) => records.file.write(key, Buffer.from(data).toString('base64'))),
    loadFile: open(async (key) => {
      const text = await records.file.read(key);
      return text === undefined || isEncrypted(text) ? undefined : Buffer.from(text, 'base64');
    }),
    removeFile: open((key) => records.file.remove(key)),
    forget: open(forget),
    recall: open(async (key) => {
      const text = await records.value.read(key);
      if (text === undefined) return undefined;
      const value = parseJson(text);
      if (value === undefined) await setAside('value', key, text);
      return value;
    }),
    remember: open((key, value) => records.value.write(key, JSON.stringify(value))),
    sweep: open(async () => {
      const { turn: turns, history: histories, file: files } = records;
      const counts = await sweep({ turns, histories, files, unreadable, ttlMs, signal: closing.signal });
      if (Object.values(counts).every((count) => count === 0)) return;
      await backend.scrub();
      log.info('store-swept', { ...counts });
    }),
    async close() {
      if (closing.signal.aborted) return;
      closing.abort();
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
