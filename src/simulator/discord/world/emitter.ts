/** Tells any number of listeners, in the order in which they came. */

export interface Emitter<Event> {
  emit(event: Event): void;
  /** Calls `listener` for every event until the returned function is called. */
  observe(listener: (event: Event) => void): () => void;
}

export function createEmitter<Event>(): Emitter<Event> {
  const listeners = new Set<(event: Event) => void>();
  return {
    emit(event) {
      for (const listener of [...listeners]) listener(event);
    },
    observe(listener) {
      // Wrapped, so that a function that observes twice is told twice and can leave once.
      const entry = (event: Event) => listener(event);
      listeners.add(entry);
      return () => {
        listeners.delete(entry);
      };
    },
  };
}
