/** Writes records to the store: those of one turn in order, and what changes during a write in one write after it. */
import type { Logger } from '../../log.ts';
import type { TurnStore } from '../store/turn-store.ts';
import type { Turn } from '../turn.ts';

export interface TurnWriter {
  /** Resolves once the record as it is now, or newer, is stored. Does nothing after {@link remove}. */
  save(turn: Turn): Promise<void>;
  /** Saves within moments, together with what else changes until then. A failure is logged, and the turn goes on. */
  saveSoon(turn: Turn): void;
  /** Drops a save that is due: the record has become unimportant. */
  cancelSave(turn: Turn): void;
  /** Takes the record out of the unfinished ones, after the write that runs. */
  remove(turn: Turn): Promise<void>;
}

/** Long enough for quick tool results to join, so that they cost no write of their own; short enough that a crash loses next to nothing. */
const soonMs = 25;

interface Writing {
  readonly current: Promise<void>;
  next?: Promise<void>;
}

export function createTurnWriter(store: TurnStore, log: Logger): TurnWriter {
  const writings = new WeakMap<Turn, Writing>();
  const due = new WeakMap<Turn, NodeJS.Timeout>();
  const removed = new WeakSet<Turn>();

  function write(turn: Turn): Promise<void> {
    const current = removed.has(turn) ? Promise.resolve() : store.saveTurn(turn);
    const writing: Writing = { current };
    writings.set(turn, writing);
    const forget = () => {
      if (writings.get(turn) === writing && writing.next === undefined) writings.delete(turn);
    };
    current.then(forget, forget);
    return current;
  }

  function cancelSave(turn: Turn): void {
    clearTimeout(due.get(turn));
    due.delete(turn);
  }

  function save(turn: Turn): Promise<void> {
    cancelSave(turn);
    const writing = writings.get(turn);
    if (writing === undefined) return write(turn);
    const writeNext = () => write(turn);
    writing.next ??= writing.current.then(writeNext, writeNext);
    return writing.next;
  }

  function saveSoon(turn: Turn): void {
    if (due.has(turn)) return;
    const saveNow = () => {
      save(turn).catch((error: unknown) => log.error('turn-save-fail', { turnId: turn.question.id, error }));
    };
    due.set(turn, setTimeout(saveNow, soonMs));
  }

  return {
    save,
    saveSoon,
    cancelSave,
    remove: async (turn) => {
      removed.add(turn);
      cancelSave(turn);
      const writing = writings.get(turn);
      await (writing?.next ?? writing?.current)?.catch(() => {}); // Told to whoever asked for that write.
      await store.removeTurn(turn);
    },
  };
}
