/** What the bot has on record, read from outside: the store's file is all that a dead process leaves. */
import { DatabaseSync } from 'node:sqlite';
import { readTurn } from '../../../src/agent/store/turn-record.ts';
import type { Turn } from '../../../src/agent/turn.ts';

export interface RecordReader extends Disposable {
  /** The unfinished turn of that question. */
  unfinished(questionId: string): Turn | undefined;
  allUnfinished(): Turn[];
  history(channelId: string): Turn[];
}

export function openRecord(path: string): RecordReader {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  const one = database.prepare('SELECT value FROM entries WHERE key = ?');
  const many = database.prepare("SELECT value FROM entries WHERE key >= 'jupan:turn:' AND key < 'jupan:turn;'");
  const toTurn = (json: unknown): Turn => {
    const turn = readTurn(json);
    if (turn === undefined) throw new Error(`No turn: ${JSON.stringify(json)}`);
    return turn;
  };
  const read = (key: string): unknown => {
    const row = one.get(key);
    return row === undefined ? undefined : JSON.parse(String(row.value));
  };
  return {
    unfinished(questionId) {
      const json = read(`jupan:turn:${questionId}`);
      return json === undefined ? undefined : toTurn(json);
    },
    allUnfinished: () => many.all().map(({ value }) => toTurn(JSON.parse(String(value)))),
    history(channelId) {
      const history = read(`jupan:history:${channelId}`);
      const turns: unknown = Object(history).turns;
      return Array.isArray(turns) ? turns.map(toTurn) : [];
    },
    [Symbol.dispose]: () => database.close(),
  };
}
