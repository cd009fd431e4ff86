/** When the store is swept, and how far: all processes on it share the times. */
import { isRecord } from '../../json.ts';
import type { JsonValue } from '../turn.ts';
import type { SweptTurnStore } from './keyv-turn-store.ts';
import type { SharedValues } from './shared-values.ts';

const hourMs = 60 * 60_000;
const everyMs = 3 * hourMs;
/** By which a process that sweeps has ended, or is taken for dead. */
const withinMs = hourMs;
/** Turns of earlier versions and what a crash has left are in no index. */
const everythingEveryMs = 7 * 24 * hourMs;

/** Of the last sweep that reached everything, as it is shared. */
interface Everything {
  /** When the next one is due, in ms since 1970 UTC. */
  readonly next: number;
  /** Whether turns expired: since then, all of them have been entered in the index. */
  readonly isExpiring: boolean;
}

export class Sweeps {
  readonly #store: Pick<SweptTurnStore, 'sweep'>;
  readonly #shared: SharedValues;
  readonly #isExpiring: boolean;

  /** @param isExpiring Whether this process retains turns for some time only. */
  constructor(store: Pick<SweptTurnStore, 'sweep'>, shared: SharedValues, isExpiring: boolean) {
    this.#store = store;
    this.#shared = shared;
    this.#isExpiring = isExpiring;
  }

  /** Rejects when the store fails or is closed: it is done again, here or by another process, when a sweep would have ended. */
  async sweepWhenDue(): Promise<void> {
    const isMine = await this.#shared.change('next-sweep', (next, now) => {
      const isLater = isAhead(next, now, everyMs);
      return { value: isLater ? next : now + withinMs, result: !isLater };
    });
    if (!isMine) return;
    const { value, now } = await this.#shared.read('swept-everything');
    if (this.#isEverythingDue(value, now)) await this.#sweepEverything();
    else await this.#store.sweep('expired');
    await this.#shared.change('next-sweep', (_next, now) => ({ value: now + everyMs, result: undefined }));
  }

  /** Also where turns expire that did not before: they are in no index. */
  #isEverythingDue(value: JsonValue | undefined, now: number): boolean {
    return !isRecord(value) || value.isExpiring !== this.#isExpiring || !isAhead(value.next, now, everythingEveryMs);
  }

  async #sweepEverything(): Promise<void> {
    await this.#store.sweep('everything');
    await this.#shared.change('swept-everything', (_before, now) => {
      const swept = { next: now + everythingEveryMs, isExpiring: this.#isExpiring } satisfies Everything;
      return { value: swept, result: undefined };
    });
  }
}

/** Not by more than that: a clock that was put back must not put it off for years. */
function isAhead(time: unknown, now: number, mostMs: number): time is number {
  return typeof time === 'number' && time > now && time <= now + mostMs;
}
