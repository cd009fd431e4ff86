/** What a model server has said to one process of a bot, for all of them: when it takes requests again. */
import { createHash } from 'node:crypto';
import type { SharedValues } from '../store/shared-values.ts';

export interface ModelHold {
  /** For how long nobody needs to ask, in ms; 0: ask. Never rejects: where the others cannot be heard, one asks for oneself. */
  waitMs(): Promise<number>;
  /** The server wants to be asked again in so many ms. Never rejects. */
  note(waitMs: number): Promise<void>;
}

/** What was read so lately is not read again: many turns ask at once. */
const knownForMs = 200;
/** A time that is further away was written by a clock that is not the store's. */
const furthestMs = 60 * 60_000;

/** Each model's limit is its own. @param name Undefined: the operator's own model. */
export type ModelHolds = (name: string | undefined) => ModelHold;

/** More than an operator will ever offer. */
const mostModels = 100;

/** @param server Its address, and the model that is asked where no other is named. */
export function createModelHolds(
  shared: Pick<SharedValues, 'read' | 'change'>,
  server: { readonly baseUrl: string | undefined; readonly name: string },
): ModelHolds {
  const holds = new Map<string, ModelHold>();
  return (name = server.name) => {
    const hold = holds.get(name) ?? createModelHold(shared, JSON.stringify([server.baseUrl ?? '', name]));
    if (holds.size < mostModels) holds.set(name, hold);
    return hold;
  };
}

function createModelHold(shared: Pick<SharedValues, 'read' | 'change'>, model: string): ModelHold {
  const hash = createHash('sha256').update(model);
  const key = `model-hold:${hash.digest('hex').slice(0, 16)}`;
  let until = 0;
  let readAt = Number.NEGATIVE_INFINITY;
  const read = async () => {
    readAt = performance.now();
    const { value, now } = await shared.read(key);
    until = performance.now() + leftOf(value, now);
  };
  return {
    async waitMs() {
      if (performance.now() - readAt > knownForMs) await read().catch(() => undefined); // As above.
      return Math.max(0, until - performance.now());
    },
    async note(waitMs) {
      until = Math.max(until, performance.now() + waitMs);
      const noted = shared.change(key, (value, now) => {
        return { value: now + Math.max(waitMs, leftOf(value, now)), result: null };
      });
      await noted.catch(() => undefined); // The others find out for themselves.
    },
  };
}

function leftOf(value: unknown, now: number): number {
  return typeof value === 'number' && value > now && value < now + furthestMs ? value - now : 0;
}
