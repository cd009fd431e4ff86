/** Writes records to the store: those of one turn in order, and what changes during a write in one write after it. */
import type { TurnStore } from './store/turn-store.ts';
import type { Turn } from './turn.ts';

export interface TurnWriter {
  /** Resolves once the record as it is now, or newer, is stored. Does nothing after {@link remove}. */
  save(turn: Turn): Promise<void>;
  /** Takes the record out of the unfinished ones, after the write that runs. */
  remove(turn: Turn): Promise<void>;
}

interface Writing {
  readonly current: Promise<void>;
  next?: Promise<void>;
}

export function createTurnWriter(store: TurnStore): TurnWriter {
  const writings = new WeakMap<Turn, Writing>();
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

  return {
    save: (turn) => {
      const writing = writings.get(turn);
      if (writing === undefined) return write(turn);
      const writeNext = () => write(turn);
      writing.next ??= writing.current.then(writeNext, writeNext);
      return writing.next;
    },
    remove: async (turn) => {
      removed.add(turn);
      const writing = writings.get(turn);
      await (writing?.next ?? writing?.current)?.catch(() => {}); // Told to whoever asked for that write.
      await store.removeTurn(turn);
    },
  };
}
