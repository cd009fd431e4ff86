/** Tells any number of listeners, in the order in which they came. */
export class Emitter<Event> {
  readonly #listeners = new Set<(event: Event) => void>();

  emit(event: Event): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  /** Calls `listener` for every event until the returned function is called. A function that can be handed on alone. */
  readonly observe = (listener: (event: Event) => void): (() => void) => {
    // Wrapped, so that a function that observes twice is told twice and can leave once.
    const entry = (event: Event) => listener(event);
    this.#listeners.add(entry);
    return () => {
      this.#listeners.delete(entry);
    };
  };
}
