/** Who is told when tool servers offer members something else than before. */
export class ContentWatch {
  readonly #watchers = new Set<() => void>();

  /** @returns what ends it. */
  add(onChange: () => void): () => void {
    const watcher = () => onChange();
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  changed(): void {
    for (const watcher of this.#watchers) watcher();
  }
}
