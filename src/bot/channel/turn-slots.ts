/** How many turns run at once, in one community and in all: the others wait for theirs, in the order they came. */
import { untilAborted } from '../../waiting.ts';
import type { Gate, LimitUser, Want } from './limits/gate.ts';

export interface TurnSlotsOptions {
  /** How many run in all. Undefined: any number. */
  readonly gate: Gate | undefined;
  readonly mostPerGuild: number | undefined;
}

interface Waiting {
  readonly guildId: string | undefined;
  readonly begin: () => void;
  /** On the clock of `performance.now()`. */
  readonly since: number;
}

export class TurnSlots implements LimitUser {
  readonly #options: TurnSlotsOptions;
  readonly #running = new Map<string | undefined, number>();
  #waiting: readonly Waiting[] = [];

  constructor(options: TurnSlotsOptions) {
    this.#options = options;
    options.gate?.attach(this);
  }

  used(): number {
    return [...this.#running.values()].reduce((sum, count) => sum + count, 0);
  }

  wants(): readonly Want[] {
    const waiting = this.#waiting.filter(({ guildId }) => this.#hasRoomInGuild(guildId));
    const [first] = waiting;
    return [{ count: waiting.length, waitedMs: first === undefined ? 0 : Math.round(performance.now() - first.since) }];
  }

  more(): void {
    for (;;) {
      const next = this.#waiting.find((waiting) => this.#hasRoom(waiting.guildId));
      if (next === undefined) break;
      this.#waiting = this.#waiting.filter((other) => other !== next);
      this.#enter(next.guildId);
      next.begin();
    }
    if (this.#waiting.length > 0) this.#options.gate?.ask();
  }

  /** Resolves when there is room, or the signal aborts. Never rejects. @returns what gives the place back. */
  async take(guildId: string | undefined, signal: AbortSignal): Promise<() => void> {
    const leave = () => this.#leave(guildId);
    if (this.#hasRoom(guildId)) {
      this.#enter(guildId);
      return leave;
    }
    const { promise, resolve: begin } = Promise.withResolvers<void>();
    const waiting: Waiting = { guildId, begin, since: performance.now() };
    this.#waiting = [...this.#waiting, waiting];
    this.#options.gate?.ask();
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
    this.more();
  }

  #enter(guildId: string | undefined): void {
    this.#running.set(guildId, (this.#running.get(guildId) ?? 0) + 1);
    this.#options.gate?.take();
  }

  #hasRoom(guildId: string | undefined): boolean {
    const room = this.#options.gate?.room;
    const isFree = room === undefined || (room.type === 'granted' ? room.count > 0 : this.used() < room.limit);
    return isFree && this.#hasRoomInGuild(guildId);
  }

  #hasRoomInGuild(guildId: string | undefined): boolean {
    const { mostPerGuild = Infinity } = this.#options;
    return guildId === undefined || (this.#running.get(guildId) ?? 0) < mostPerGuild;
  }
}
