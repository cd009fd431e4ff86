/**
 * The calls of one connection that run, and which of them a form belongs to. The SDK does not say. On HTTP a form comes
 * on the response of that very call, and an `AsyncLocalStorage` follows it there; on the other transports it belongs to
 * the one call that runs, and if several do, to nobody.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { untilAborted } from '../../../waiting.ts';
import type { CallContext } from '../tool.ts';
import type { ToolFailure } from '../tool-failure.ts';

/** A call under way. */
export interface RunningCall {
  readonly context: CallContext;
  /** Of a task that is asked how it is doing. */
  readonly taskId?: string;
  /** Aborted when it is over: nobody is asked anything for it any more. */
  readonly over: AbortSignal;
  /** Its time stands still while a person fills in a form. */
  paused<Value>(wait: Promise<Value>): Promise<Value>;
  /** How many of its requests have an answer: a server may ask something back, or want a page opened, and be asked again. */
  answers: number;
  /** There will be no answer. */
  fail(failure: ToolFailure): void;
}

/** After the end of a call, a form of it may still come for so long. */
const strayFormMs = 60_000;

export class RunningCalls {
  readonly #current = new AsyncLocalStorage<RunningCall | undefined>();
  readonly #running = new Set<RunningCall>();
  /** When the last call of each asker ended, for as long as a form of it may still come. */
  readonly #endedAt = new Map<string, number>();
  /** Once a server has asked for a form and did not say for which call, its calls go one at a time. */
  #isAsking = false;
  #earlier: Promise<unknown> = Promise.resolve();

  /** The call on whose request, or response, the program is at work. */
  get current(): RunningCall | undefined {
    return this.#current.getStore();
  }

  get count(): number {
    return this.#running.size;
  }

  /** Does what belongs to no call, although one may have caused it. */
  outside<Result>(action: () => Promise<Result>): Promise<Result> {
    return this.#current.run(undefined, action);
  }

  /** Runs a call, after those before it where calls must go one at a time. Rejects at once when the signal aborts before it began. */
  async inTurn<Result>(signal: AbortSignal, run: () => Promise<Result>): Promise<Result> {
    const before = this.#isAsking ? this.#earlier : Promise.resolve();
    const call = untilAborted(before, signal).then(run);
    this.#earlier = Promise.allSettled([this.#earlier, call]);
    return await call;
  }

  /** Everything that comes back on the request belongs to the call. */
  async during<Result>(call: RunningCall, request: () => Promise<Result>): Promise<Result> {
    this.#running.add(call);
    try {
      return await this.#current.run(call, request);
    } finally {
      this.#running.delete(call);
      this.#noteEnd(call.context.askerId);
    }
  }

  /** The call that a form belongs to, which comes just now. @param taskId Where the server names a task. */
  ofForm(taskId?: string): RunningCall | undefined {
    if (taskId !== undefined) return [...this.#running].find((call) => call.taskId === taskId);
    return this.current ?? this.#onlyCall();
  }

  /** Where nothing says so: it is the only one, and no other asker's has just ended. */
  #onlyCall(): RunningCall | undefined {
    this.#isAsking = true;
    const [call, ...others] = this.#running;
    if (call === undefined || others.length > 0) return undefined;
    const isOfAnother = [...this.#endedAt].some(
      ([askerId, time]) => askerId !== call.context.askerId && performance.now() - time < strayFormMs,
    );
    return isOfAnother ? undefined : call;
  }

  #noteEnd(askerId: string): void {
    this.#endedAt.delete(askerId);
    this.#endedAt.set(askerId, performance.now());
    for (const [other, time] of this.#endedAt) if (performance.now() - time > strayFormMs) this.#endedAt.delete(other);
  }
}
