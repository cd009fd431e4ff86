/** What this process may use of one limit of the bot: all of it, what it was granted beside others, or its share where nobody can be asked. */

/** What waits for more of a limit, of one importance. */
export interface Want {
  readonly count: number;
  /** What has waited longest of it, in ms. */
  readonly waitedMs: number;
}

/** Who uses it. */
export interface LimitUser {
  /** What is in use, or has not ceased to count. */
  used(): number;
  /** What waits for more of it, by how important it is: the most important first. */
  wants(): readonly Want[];
  /** There may be more now. */
  more(): void;
  /** Nothing goes for so long, in ms. */
  hold?(ms: number): void;
}

/**
 * - `whole` the bot is one process: the limit is its own;
 * - `granted` so much more than what is in use;
 * - `share` as much of the limit as is this process's own, in use or not: its part where nobody can be asked, all of it while no
 *   other shares it. One that comes then finds what was sent counted.
 */
export type Room =
  | { readonly type: 'whole'; readonly limit: number }
  | { readonly type: 'granted'; readonly count: number }
  | { readonly type: 'share'; readonly limit: number };

export interface Gate {
  readonly room: Room;
  /** Who uses it from now on. */
  attach(user: LimitUser): void;
  /** One more is in use. */
  take(): void;
  /** Something waits for it. */
  ask(): void;
}

/** The limit of a bot that is one process. */
export function wholeGate(limit: number): Gate {
  const room = { type: 'whole', limit } as const;
  return { room, attach() {}, take() {}, ask() {} };
}
