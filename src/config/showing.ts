/** What members are shown besides the answer. */
import { type NoticeStyle, noticeStyles } from '../settings/layer.ts';
import type { Settings } from './settings.ts';

export interface ShowingConfig {
  /** Which tool calls have a line in the channel: all; in steps of more than three one for all, and those that fail or wait; only those that fail or wait. */
  readonly notices: NoticeStyle;
  /** Whether formulas in LaTeX are written and drawn so that they can be read. */
  readonly formulas: boolean;
}

export function readShowing(settings: Settings): ShowingConfig {
  return {
    notices: settings.oneOf('NOTICES', noticeStyles) ?? 'all',
    formulas: settings.isOn('FORMULAS') ?? true,
  };
}
