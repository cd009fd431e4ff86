/** A field for one option of a slash command, whatever it takes. */
import type { Command } from '../wire.ts';

export interface CommandField {
  readonly option: Command['options'][number];
  readonly chip: HTMLElement;
  /** What is sent for it; empty: nothing. */
  readonly value: string;
  /** Whether it may be sent as it is. */
  readonly isGood: boolean;
  focus(): void;
}
