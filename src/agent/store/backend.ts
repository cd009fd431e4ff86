/** A condition of a write, looked at in one step with it, however long it was on its way. */
export interface Fence {
  /** Milliseconds since 1970 UTC by the clock of the place: until then nobody else takes over from whoever writes. */
  readonly until: number;
}

/** Why a write was not carried out whose {@link Fence} did not hold any more. */
export const fencedOut = 'The write came so late that another process may answer with this store.';

/** What stands behind keyv: named texts in one place. Each kind of place is one file; it knows nothing of turns. */
export interface Backend {
  /** What the operator knows the place by, for messages. Holds no secret. */
  readonly address: string;
  get(key: string): Promise<string | undefined>;
  /** Each write is one step with the look at its fence. Rejects where that does not hold: nothing was changed. */
  set(key: string, text: string, fence?: Fence): Promise<void>;
  delete(key: string, fence?: Fence): Promise<void>;
  /**
   * Puts `after` where `before` stands, in one step that no other process can come between. Undefined is nothing at all.
   * @returns false when something else stands there: nothing was changed.
   */
  replace(key: string, before: string | undefined, after: string | undefined, fence?: Fence): Promise<boolean>;
  /** Every entry whose key starts with the prefix, in any order. Rejects rather than give a part. */
  entries(prefix: string): Promise<ReadonlyMap<string, string>>;
  /**
   * The keys that start with the prefix, some at a time, in any order; one may come twice. Rejects rather than leave one out.
   * @param end Only keys before it, by their bytes. Default: all that start so.
   */
  keys(prefix: string, end?: string): AsyncIterable<readonly string[]>;
  /** Milliseconds since 1970 UTC by the one clock that all who use the place share. */
  now(): Promise<number>;
  /** How safe what is stored there is, for the operator. */
  condition(): Promise<PlaceCondition>;
  /** Overwrites what was deleted, as far as that is in this program's power. */
  scrub(): Promise<void>;
  /** A call was given no answer in time: calls that still wait must be given up, so that a later one starts afresh. */
  reset(): void;
  /** Lets go of connections and files; never rejects. Nothing is called after it. */
  close(): Promise<void>;
}

export interface PlaceCondition {
  /**
   * Of what was written, lost when the place's machine loses power: everything, minutes, moments, nothing. `everything` is lost with
   * the bot already, `with-server` with a restart of its server.
   */
  readonly loses: 'everything' | 'with-server' | 'minutes' | 'moments' | 'nothing';
  /** Whether the place throws entries away when it is full. */
  readonly isEvicting: boolean;
  /** Undefined: nobody can tell, or there is no end to it. */
  readonly freeBytes: number | undefined;
}

/** Milliseconds for making a connection. With {@link answerTimeoutMs} below the 3 s in which opening must fail. */
export const connectTimeoutMs = 1300;

/** Milliseconds that one call may take. */
export const answerTimeoutMs = 1500;

/** Keys that are asked for at a time. */
export const pageSize = 1000;

/** The first text after all that start with the prefix. Its last character is ASCII. */
export function endOf(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}
