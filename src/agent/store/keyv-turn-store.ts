/** The turn store over any backend: turns, histories and small values as JSON text behind keyv. */
import { AppError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import type { Decision } from '../decision.ts';
import type { Documents } from '../document.ts';
import { isOfAuthorAlone, type JsonValue, type Question, type Turn } from '../turn.ts';
import { answerTimeoutMs, type Backend } from './backend.ts';
import { within } from './deadline.ts';
import { type ChainHead, writeHead } from './decision-chain.ts';
import { type CheckedEntry, DecisionLog } from './decision-log.ts';
import { ExpiryIndex } from './expiry-index.ts';
import { dropTurnsOf, type Forgetting, forgetChannel, forgetIn } from './forget.ts';
import { Histories } from './histories.ts';
import type { Forgotten, HistoryNotes } from './history-record.ts';
import { Records, type RecordsOptions, type StoredRecord } from './records.ts';
import { type Sweep, sweep } from './retention.ts';
import { SetAside } from './set-aside.ts';
import { dayOf, readSettledTurn, type SettledTurn, settledKey } from './settled-turn.ts';
import { StoredDocuments } from './stored-documents.ts';
import { isOfNewerVersion, type NewerRecord, parseJson, readTurn, writeTurn } from './turn-record.ts';
import type { HistoryChange, TurnStore } from './turn-store.ts';

/** What the store holds; a record's whole key is `NAMESPACE:KIND:KEY`. */
export const kinds = [
  'turn',
  'history',
  'expiry',
  'settled',
  'account',
  'document',
  'value',
  'login',
  'file',
  'decision',
  'pin',
  'grant',
  'unreadable',
] as const;
type Kind = (typeof kinds)[number];

export interface TurnStoreOptions extends RecordsOptions {
  /** How long a turn stays in its channel's history. Default: for ever. */
  readonly ttlMs?: number | undefined;
  /** Awaited before every call. Rejects when the store cannot be used yet, or when the signal aborts: it is closed. */
  readonly prepare?: ((signal: AbortSignal) => Promise<void>) | undefined;
  /** Called when the last call has ended, before the backend is closed. */
  readonly onClose?: (() => Promise<void>) | undefined;
}

/** What only the program that opened the store does with it. */
export interface SweptTurnStore extends TurnStore {
  /** Deletes what is too old and what belongs to nothing any more, see {@link Sweep}. Rejects soon after the store was closed. */
  sweep(reach: Sweep['reach']): Promise<void>;
}

const newerNote = 'Its record was written by a newer version, which goes on with it: this one leaves it alone.';

/** @param namespace Parts the records of this program from those of others in the same place. Letters, digits and `_`. */
export function createTurnStore(
  backend: Backend,
  log: Logger,
  namespace: string,
  options: TurnStoreOptions = {},
): SweptTurnStore {
  const create = (kind: Kind) => new Records(kind, backend, `${namespace}:${kind}:`, options);
  const records = {
    turn: create('turn'),
    history: create('history'),
    expiry: create('expiry'),
    settled: create('settled'),
    account: create('account'),
    document: create('document'),
    value: create('value'),
    login: create('login'),
    file: create('file'),
    decision: create('decision'),
    pin: create('pin'),
    grant: create('grant'),
    unreadable: create('unreadable'),
  };
  return new KeyvTurnStore(backend, log, records, options);
}

class KeyvTurnStore implements SweptTurnStore {
  readonly #backend: Backend;
  readonly #log: Logger;
  readonly #records: Readonly<Record<Kind, Records>>;
  readonly #setAside: SetAside;
  readonly #histories: Histories;
  readonly #expiry: ExpiryIndex;
  readonly #decisions: DecisionLog;
  readonly #options: TurnStoreOptions;
  readonly documents: Documents;
  /** Turns of newer versions that were logged. */
  readonly #saidNewer = new Set<string>();
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();

  constructor(backend: Backend, log: Logger, records: Readonly<Record<Kind, Records>>, options: TurnStoreOptions) {
    this.#backend = backend;
    this.#log = log;
    this.#records = records;
    this.#setAside = new SetAside(records.unreadable, log);
    this.#expiry = new ExpiryIndex(records.expiry);
    this.#histories = new Histories(records.history, this.#setAside, this.#expiry, options.ttlMs);
    this.#decisions = new DecisionLog(records.decision);
    this.#options = options;
    const documents = new StoredDocuments(records.document, this.#setAside);
    this.documents = {
      load: (kind, key) => this.#run(() => documents.load(kind, key)),
      change: (kind, key, change) => this.#run(() => documents.change(kind, key, change)),
    };
  }

  async saveTurn(turn: Turn): Promise<void> {
    const text = writeTurn(turn);
    await this.#run(() => this.#records.turn.write(turn.question.id, text));
  }

  async removeTurn(turn: Turn): Promise<void> {
    await this.#run(() => this.#records.turn.remove(turn.question.id));
  }

  loadTurns(onNewer?: (turn: Pick<Turn, 'delivery'>) => void): Promise<Turn[]> {
    return this.#run(async () => {
      const turns: Turn[] = [];
      for (const [key, record] of await this.#records.turn.list()) {
        const stored = record.text === undefined ? undefined : parseJson(record.text);
        const turn = readTurn(stored);
        // Under another key it would be settled there, and stay here.
        if (turn?.question.id === key) turns.push(turn);
        else if (isOfNewerVersion(stored)) this.#leaveToNewer(key, stored, onNewer);
        else {
          await this.#setAside.copy('turn', key, record);
          // Nobody will write it again.
          await this.#records.turn.remove(key);
        }
      }
      return turns.sort(byAge);
    });
  }

  #leaveToNewer(key: string, { delivery = null }: NewerRecord, onNewer?: (turn: Pick<Turn, 'delivery'>) => void): void {
    if (!this.#saidNewer.has(key)) this.#log.warn('turn-of-newer-version', { turnId: key, note: newerNote });
    this.#saidNewer.add(key);
    onNewer?.({ delivery });
  }

  hasTurn(channelId: string, turnId: string): Promise<boolean> {
    return this.#run(async () => {
      if (await this.#records.turn.has(turnId)) return true;
      // However old: a question is answered once.
      return await this.#histories.has(channelId, turnId);
    });
  }

  loadHistory(channelId: string): Promise<Turn[]> {
    return this.#run(() => this.#histories.turns(channelId));
  }

  loadHistoryNotes(channelId: string): Promise<HistoryNotes> {
    return this.#run(() => this.#histories.notes(channelId));
  }

  async saveHistory(channelId: string, turns: readonly Turn[], notes?: HistoryNotes): Promise<void> {
    await this.#run(() => this.#histories.write(channelId, turns, notes));
  }

  rewriteHistory(channelId: string, change: HistoryChange): Promise<boolean> {
    return this.#run(() => this.#histories.rewrite(channelId, change));
  }

  async saveSettled(settled: SettledTurn): Promise<void> {
    const key = settledKey({ id: settled.turnId, askedAt: settled.askedAt });
    await this.#run(() => this.#records.settled.write(key, JSON.stringify(settled)));
  }

  loadSettled(question: Pick<Question, 'id' | 'askedAt'>): Promise<SettledTurn | undefined> {
    return this.#run(async () => readSettledTurn((await this.#records.settled.read(settledKey(question)))?.text));
  }

  listSettled(day: number): Promise<SettledTurn[]> {
    return this.#run(async () => {
      const records = await this.#records.settled.list(`${dayOf(day)}:`);
      return [...records.values()].flatMap(({ text }) => readSettledTurn(text) ?? []);
    });
  }

  async changeAccount(key: string, change: (stored: unknown) => unknown): Promise<void> {
    await this.#run(() =>
      this.#records.account.change(key, (text) =>
        JSON.stringify(change(text === undefined ? undefined : parseJson(text))),
      ),
    );
  }

  async saveFile(key: string, data: Uint8Array): Promise<void> {
    await this.#run(() => this.#records.file.write(key, Buffer.from(data).toString('base64')));
  }

  loadFile(key: string): Promise<Uint8Array | undefined> {
    return this.#run(async () => {
      const record = await this.#records.file.read(key);
      if (record === undefined) return undefined;
      if (record.text !== undefined) return Buffer.from(record.text, 'base64');
      this.#setAside.say('file', key, record);
      return undefined;
    });
  }

  async removeFile(key: string): Promise<void> {
    await this.#run(() => this.#records.file.remove(key));
  }

  forget(channelId: string): Promise<void> {
    return this.#run(async () => {
      await forgetChannel(channelId, this.#forgetting());
      await this.#backend.scrub();
    });
  }

  conversations(): AsyncIterable<readonly string[]> {
    return this.#histories.conversations();
  }

  forgetIn(conversation: string, forgotten: readonly Forgotten[]): Promise<boolean> {
    return this.#run(() => forgetIn(conversation, forgotten, this.#forgetting()));
  }

  dropTurnsOf(forgotten: Forgotten): Promise<number> {
    return this.#run(() => dropTurnsOf(forgotten, this.#forgetting()));
  }

  #forgetting(): Forgetting {
    const { turn: turns, file: files } = this.#records;
    return { turns, files, histories: this.#histories, setAside: this.#setAside };
  }

  forgetRestOf({ authorId, until }: Forgotten): Promise<number> {
    return this.#run(async () => {
      let count = 0;
      const { settled } = this.#records;
      for await (const page of settled.keys()) {
        for (const key of page) {
          const turn = readSettledTurn((await settled.read(key))?.text);
          if (turn?.authorId !== authorId || turn.askedAt > until) continue;
          await settled.remove(key);
          count += 1;
        }
      }
      await this.#setAside.forgetAuthor({ authorId, until });
      // But of what was asked meanwhile.
      const isForgotten = async (conversation: string) =>
        isOfAuthorAlone(conversation, authorId) && !(await this.#records.history.has(conversation));
      await this.#expiry.forget(isForgotten);
      await this.#backend.scrub();
      return count;
    });
  }

  async removeSettled(question: Pick<Question, 'id' | 'askedAt'>): Promise<void> {
    await this.#run(() => this.#records.settled.remove(settledKey(question)));
  }

  readLogin(key: string): Promise<string | undefined> {
    return this.#run(async () => (await this.#records.login.read(key))?.text);
  }

  async writeLogin(key: string, text: string): Promise<void> {
    await this.#run(() => this.#records.login.write(key, text));
  }

  async removeLogin(key: string): Promise<void> {
    await this.#run(async () => {
      await this.#records.login.remove(key);
      await this.#backend.scrub();
    });
  }

  /** What cannot be read is as good as gone: its owner logs in again. */
  listLogins(start: string): Promise<ReadonlyMap<string, string>> {
    return this.#run(async () => {
      const records = [...(await this.#records.login.list(start))];
      return new Map(records.map(([key, { text = '' }]) => [key, text]));
    });
  }

  async logDecision(decision: Decision): Promise<ChainHead> {
    const head = await this.#run(() => this.#decisions.append(decision));
    // Whoever keeps the log of the program has a head noted elsewhere.
    this.#log.info('decision-logged', { what: decision.what, head: writeHead(head) });
    return head;
  }

  checkDecisions(): AsyncIterable<CheckedEntry> {
    return this.#decisions.check();
  }

  loadPins(key: string): Promise<JsonValue | undefined> {
    return this.#run(async () => jsonOf(await this.#records.pin.read(key)));
  }

  async changePins(key: string, change: (stored: JsonValue | undefined) => JsonValue): Promise<void> {
    await this.#run(() =>
      this.#records.pin.change(key, (text) => JSON.stringify(change(text === undefined ? undefined : parseJson(text)))),
    );
  }

  listPins(): Promise<ReadonlyMap<string, JsonValue>> {
    return this.#list('pin');
  }

  listGrants(): Promise<ReadonlyMap<string, JsonValue>> {
    return this.#list('grant');
  }

  #list(kind: 'pin' | 'grant'): Promise<ReadonlyMap<string, JsonValue>> {
    return this.#run(async () => {
      const values = [...(await this.#records[kind].list())].map(([key, record]) => [key, jsonOf(record)] as const);
      return new Map(values.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])));
    });
  }

  loadGrant(key: string): Promise<JsonValue | undefined> {
    return this.#run(async () => jsonOf(await this.#records.grant.read(key)));
  }

  async saveGrant(key: string, grant: JsonValue): Promise<void> {
    await this.#run(() => this.#records.grant.write(key, JSON.stringify(grant)));
  }

  async removeGrant(key: string): Promise<void> {
    await this.#run(() => this.#records.grant.remove(key));
  }

  recall(key: string): Promise<JsonValue | undefined> {
    return this.#run(async () => {
      const record = await this.#records.value.read(key);
      const value = record?.text === undefined ? undefined : parseJson(record.text);
      if (record !== undefined && value === undefined) await this.#setAside.copy('value', key, record);
      return value;
    });
  }

  async remember(key: string, value: JsonValue): Promise<void> {
    const text = JSON.stringify(value);
    await this.#run(() => this.#records.value.write(key, text));
  }

  sweep(reach: Sweep['reach']): Promise<void> {
    return this.#run(async () => {
      const { turn: turns, history: histories, settled, account: accounts, file: files, unreadable } = this.#records;
      const kinds = { turns, histories, expiry: this.#expiry, settled, accounts, files, unreadable };
      const counts = await sweep({ reach, ...kinds, ttlMs: this.#options.ttlMs, signal: this.#closing.signal });
      if (Object.values(counts).every((count) => count === 0)) return;
      await this.#backend.scrub();
      this.#log.info('store-swept', { reach, ...counts });
    });
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    try {
      await within(answerTimeoutMs, Promise.allSettled(this.#underWay), () => this.#backend.reset());
    } catch {
      // Calls that get no answer are told so themselves.
    }
    await this.#options.onClose?.();
    await this.#backend.close();
  }

  async #run<Result>(call: () => Promise<Result>): Promise<Result> {
    if (this.#closing.signal.aborted) throw new AppError('store-failed', 'The store is closed.');
    const running = this.#prepare().then(call);
    this.#underWay.add(running);
    try {
      return await running;
    } finally {
      this.#underWay.delete(running);
    }
  }

  async #prepare(): Promise<void> {
    try {
      await this.#options.prepare?.(this.#closing.signal);
    } catch (cause) {
      throw new AppError('store-failed', `The store ${this.#backend.address} cannot be used yet.`, { cause });
    }
  }
}

/** Undefined where there is none, or none that was written with the secret of the store. */
function jsonOf(record: StoredRecord | undefined): JsonValue | undefined {
  return record?.text === undefined ? undefined : parseJson(record.text);
}

/** By the time of the question, and for questions of one millisecond by id: longer, then greater, as snowflakes grow. */
function byAge(left: Turn, right: Turn): number {
  const [a, b] = [left.question, right.question];
  return a.askedAt - b.askedAt || a.id.length - b.id.length || (a.id < b.id ? -1 : 1);
}
