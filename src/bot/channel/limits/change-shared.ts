/** What the processes of a bot count together needs of a store. */
import type { JsonValue } from '../../../agent/turn.ts';

/** Changes a value that all processes share, in one step. `change` is pure and given the time by the one clock that they share. Rejects when it cannot be done in time. */
export type ChangeShared = <Result>(
  key: string,
  change: (value: JsonValue | undefined, now: number) => { readonly value: JsonValue; readonly result: Result },
) => Promise<Result>;
