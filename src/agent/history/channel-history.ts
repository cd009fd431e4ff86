/** What a channel's questions and answers before a turn come to. */
import type { Turn } from '../turn.ts';

export interface ChannelHistory {
  /** Oldest first. */
  readonly turns: readonly Turn[];
  /** Of the turns before them. */
  readonly summary: string | undefined;
}
