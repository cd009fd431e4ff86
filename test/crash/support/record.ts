/** What the bot has on record, read from outside: the store's file is all that a dead process leaves. */
import { DatabaseSync } from 'node:sqlite';
import { noSeal, type Seal } from '../../../src/agent/store/seal.ts';
import { readTurn } from '../../../src/agent/store/turn-record.ts';
import type { Turn } from '../../../src/agent/turn.ts';

export interface RecordReader extends Disposable {
  /** The unfinished turn of that question. */
  unfinished(questionId: string): Turn | undefined;
  allUnfinished(): Turn[];
  history(channelId: string): Turn[];
  /** Whether there is an entry of the conversation in the index of what expires, of that hour or an earlier one. */
  isEntered(conversation: string, hour: string): boolean;
  /** All of a kind besides turns, as JSON by their keys. */
  all(kind: 'document' | 'grant' | 'login' | 'pin'): ReadonlyMap<string, unknown>;
}

/** @param seal Of an encrypted store. */
export function openRecord(path: string, seal: Seal = noSeal): RecordReader {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  const one = database.prepare('SELECT value FROM entries WHERE key = ?');
  const many = database.prepare('SELECT key, value FROM entries WHERE key >= ? AND key < ?');
  const entered = database.prepare('SELECT 1 FROM entries WHERE key >= ? AND key < ? AND substr(key, -length(?)) = ?');
  const toTurn = (json: unknown): Turn => {
    const turn = readTurn(json);
    if (turn === undefined) throw new Error(`No turn: ${JSON.stringify(json)}`);
    return turn;
  };
  const parse = (key: string, stored: unknown): unknown => {
    const text = seal.open(key, String(stored));
    if (text === undefined) throw new Error(`${key} cannot be opened.`);
    return JSON.parse(text);
  };
  const read = (key: string): unknown => {
    const row = one.get(key);
    return row === undefined ? undefined : parse(key, row.value);
  };
  const readAll = (kind: string): (readonly [string, unknown])[] => {
    const start = `jupan:${kind}:`;
    return many
      .all(start, `jupan:${kind};`)
      .map(({ key, value }) => [String(key).slice(start.length), parse(String(key), value)]);
  };
  return {
    unfinished(questionId) {
      const json = read(`jupan:turn:${questionId}`);
      return json === undefined ? undefined : toTurn(json);
    },
    allUnfinished: () => readAll('turn').map(([, json]) => toTurn(json)),
    history(channelId) {
      const history = read(`jupan:history:${channelId}`);
      const turns: unknown = Object(history).turns;
      return Array.isArray(turns) ? turns.map(toTurn) : [];
    },
    isEntered(conversation, hour) {
      const end = `:${conversation}`;
      return entered.get('jupan:expiry:', `jupan:expiry:${hour};`, end, end) !== undefined;
    },
    all: (kind) => new Map(readAll(kind)),
    [Symbol.dispose]: () => database.close(),
  };
}
