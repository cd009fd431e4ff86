/** The turns that are stored and not settled: those that run, wait, or are still being shown. */
import type { Turn } from '../turn.ts';

export class UnsettledTurns {
  readonly #byId = new Map<string, Turn>();

  add(turn: Turn): void {
    this.#byId.set(turn.question.id, turn);
  }

  remove(turn: Turn): void {
    this.#byId.delete(turn.question.id);
  }

  get count(): number {
    return this.#byId.size;
  }

  get all(): readonly Turn[] {
    return [...this.#byId.values()];
  }

  find(turnId: string): Turn | undefined {
    return this.#byId.get(turnId);
  }
}
