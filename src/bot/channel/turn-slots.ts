/** How many turns run at once, in one community and in all: the others wait for theirs, in the order they came. */
import { untilAborted } from '../../waiting.ts';

export interface TurnSlotsOptions {
  /** Undefined: any number. */
  readonly most: number | undefined;
  readonly mostPerGuild: number | undefined;
}

interface Waiting {
  readonly guildId: string | undefined;
  readonly begin: () => void;
}

export class TurnSlots {
  readonly #options: TurnSlotsOptions;
  readonly #running = new Map<string | undefined, number>();
  #waiting: readonly Waiting[] = [];

  constructor(options: TurnSlotsOptions) {
    this.#options = options;
  }

  /** Resolves when there is room, or the signal aborts. Never rejects. @returns what gives the place back. */
  async take(guildId: string | undefined, signal: AbortSignal): Promise<() => void> {
    const leave = () => this.#leave(guildId);
    if (this.#hasRoom(guildId)) {
      this.#enter(guildId);
      return leave;
    }
    const { promise, resolve: begin } = Promise.withResolvers<void>();
    const waiting: Waiting = { guildId, begin };
    this.#waiting = [...this.#waiting, waiting];
    try {
      await untilAborted(promise, signal);
      return leave;
    } catch {
      if (!this.#waiting.includes(waiting)) return leave; // It was given a place in the same moment.
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
      return () => {};
    }
  }

  #leave(guildId: string | undefined): void {
    const left = (this.#running.get(guildId) ?? 1) - 1;
    if (left === 0) this.#running.delete(guildId);
    else this.#running.set(guildId, left);
    const next = this.#waiting.find((waiting) => this.#hasRoom(waiting.guildId));
    if (next === undefined) return;
    this.#waiting = this.#waiting.filter((other) => other !== next);
    this.#enter(next.guildId);
    next.begin();
  }

  #enter(guildId: string | undefined): void {
    this.#running.set(guildId, (this.#running.get(guildId) ?? 0) + 1);
  }

  #hasRoom(guildId: string | undefined): boolean {
    const { most = Infinity, mostPerGuild = Infinity } = this.#options;
    const all = [...this.#running.values()].reduce((sum, count) => sum + count, 0);
    const isInGuild = guildId !== undefined;
    return all < most && (!isInGuild || (this.#running.get(guildId) ?? 0) < mostPerGuild);
  }
}
