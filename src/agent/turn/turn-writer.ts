/** Writes records to the store: those of one turn in order, and what changes during a write in one write after it. */
import type { Logger } from '../../log.ts';
import type { TurnStore } from '../store/turn-store.ts';
import type { Turn } from '../turn.ts';

export interface TurnWriter {
  /** Resolves once the record as it is now, or newer, is stored. Does nothing after {@link remove} and {@link leave}. */
  save(turn: Turn): Promise<void>;
  /** Saves within moments, together with what else changes until then. A failure is logged, and the turn goes on. */
  saveSoon(turn: Turn): void;
  /** Drops a save that is due: the record has become unimportant. */
  cancelSave(turn: Turn): void;
  /** Takes the record out of the unfinished ones, after the write that runs. */
  remove(turn: Turn): Promise<void>;
  /** Another process writes it from now on: resolves when the write that runs has ended, and nothing more is written. Never rejects. */
  leave(turn: Turn): Promise<void>;
}

/** Long enough for quick tool results to join, so that they cost no write of their own; short enough that a crash loses next to nothing. */
const soonMs = 25;

interface Writing {
  readonly current: Promise<void>;
  next?: Promise<void>;
}

export function createTurnWriter(store: TurnStore, log: Logger): TurnWriter {
  return new StoredTurnWriter(store, log);
}

class StoredTurnWriter implements TurnWriter {
  readonly #store: TurnStore;
  readonly #log: Logger;
  readonly #writings = new WeakMap<Turn, Writing>();
  readonly #due = new WeakMap<Turn, NodeJS.Timeout>();
  readonly #removed = new WeakSet<Turn>();

  constructor(store: TurnStore, log: Logger) {
    this.#store = store;
    this.#log = log;
  }

  save(turn: Turn): Promise<void> {
    this.cancelSave(turn);
    const writing = this.#writings.get(turn);
    if (writing === undefined) return this.#write(turn);
    const writeNext = () => this.#write(turn);
    writing.next ??= writing.current.then(writeNext, writeNext);
    return writing.next;
  }

  saveSoon(turn: Turn): void {
    if (this.#due.has(turn)) return;
    const saveNow = () => {
      this.save(turn).catch((error: unknown) => this.#log.error('turn-save-fail', { turnId: turn.question.id, error }));
    };
    this.#due.set(turn, setTimeout(saveNow, soonMs));
  }

  cancelSave(turn: Turn): void {
    clearTimeout(this.#due.get(turn));
    this.#due.delete(turn);
  }

  async remove(turn: Turn): Promise<void> {
    await this.leave(turn);
    await this.#store.removeTurn(turn);
  }

  async leave(turn: Turn): Promise<void> {
    this.#removed.add(turn);
    this.cancelSave(turn);
    const writing = this.#writings.get(turn);
    await (writing?.next ?? writing?.current)?.catch(() => {}); // Told to whoever asked for that write.
  }

  #write(turn: Turn): Promise<void> {
    const current = this.#removed.has(turn) ? Promise.resolve() : this.#store.saveTurn(turn);
    const writing: Writing = { current };
    this.#writings.set(turn, writing);
    const forget = () => {
      if (this.#writings.get(turn) === writing && writing.next === undefined) this.#writings.delete(turn);
    };
    current.then(forget, forget);
    return current;
  }
}
