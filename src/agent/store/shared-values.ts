/**
 * Small values that all processes on a store change together, such as a count or the time of a next turn. Each is changed in
 * one step by {@link Backend.replace}; whoever was second tries again on what the first has left. Not sealed: what stands here
 * is no secret, and decides on nothing but who waits for how long.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../errors.ts';
import type { JsonValue } from '../turn.ts';
import { answerTimeoutMs, type Backend } from './backend.ts';
import { within } from './deadline.ts';
import { parseJson } from './turn-record.ts';

/** What a change makes of a value, and what it gives to whoever asked for it. */
export interface SharedChange<Result> {
  readonly value: JsonValue;
  readonly result: Result;
}

export interface SharedValues {
  /** @returns what stands there, undefined when it is nothing that can be read, and the time, as for a change. @throws {AppError} `store-failed` */
  read(key: string): Promise<{ readonly value: JsonValue | undefined; readonly now: number }>;
  /**
   * @param change Pure; called again where another process was first. Given what stands there, undefined when it is nothing
   * that can be read, and the time in ms since 1970 UTC by the one clock that all processes share.
   * @throws {AppError} `store-failed` when the store does not do it in time, in which others never let this one.
   */
  change<Result>(
    key: string,
    change: (value: JsonValue | undefined, now: number) => SharedChange<Result>,
  ): Promise<Result>;
}

/** The times that one takes may be written by a process whose clock is not the store's: none is believed that is further away. */
const furthestMs = 24 * 60 * 60_000;

/** Takes the next turn of all processes, each `everyMs` after the one before. @returns in how many ms it is. */
export function takeSharedTurn(shared: SharedValues, name: string, everyMs: number): Promise<number> {
  return shared.change(name, (value, now) => {
    const isSound = typeof value === 'number' && value < now + furthestMs;
    const at = isSound ? Math.max(now, value) : now;
    return { value: at + everyMs, result: at - now };
  });
}

/** After a lost race, at most; drawn, so that two do not meet again. */
const mostPauseMs = 20;

export function sharedKeyOf(namespace: string, key: string): string {
  return `${namespace}:shared:${key}`;
}

export function createSharedValues(backend: Backend, namespace: string): SharedValues {
  const load = async (whole: string) => {
    const [text, now] = await Promise.all([backend.get(whole), backend.now()]);
    return { text, value: text === undefined ? undefined : parseJson(text), now };
  };
  return {
    async read(key) {
      try {
        const { value, now } = await within(answerTimeoutMs, load(sharedKeyOf(namespace, key)), () => backend.reset());
        return { value, now };
      } catch (cause) {
        throw new AppError('store-failed', `The store ${backend.address} did not give shared ${key}.`, { cause });
      }
    },
    async change(key, change) {
      const whole = sharedKeyOf(namespace, key);
      let isLate = false;
      const attempts = async () => {
        for (;;) {
          const { text, value: before, now } = await load(whole);
          if (isLate) throw new Error('Others changed it all the time.');
          const { value, result } = change(before, now);
          const changed = JSON.stringify(value);
          if (changed === text || (await backend.replace(whole, text, changed))) return result;
          await sleep(Math.random() * mostPauseMs);
        }
      };
      const giveUp = () => {
        isLate = true;
        backend.reset();
      };
      try {
        return await within(answerTimeoutMs, attempts(), giveUp);
      } catch (cause) {
        throw new AppError('store-failed', `The store ${backend.address} did not change shared ${key}.`, { cause });
      }
    },
  };
}
