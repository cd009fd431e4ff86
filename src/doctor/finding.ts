/** What a check finds. */

export const checkNames = [
  'settings',
  'token',
  'intents',
  'commands',
  'interactions',
  'permissions',
  'model',
  'price',
  'tool-servers',
  'store',
  'clock',
  'versions',
  'limits',
] as const;
export type CheckName = (typeof checkNames)[number];

/** - `warning` it works, and could be better; `problem` something will not work; `skipped` it could not be looked at. */
export type Status = 'ok' | 'warning' | 'problem' | 'skipped';

export interface Finding {
  readonly status: Status;
  /** One sentence. */
  readonly text: string;
  /** What to do, where something is to be done. */
  readonly advice?: string;
  /** What it is about, one by one: channels, tools. */
  readonly details?: readonly string[];
}
