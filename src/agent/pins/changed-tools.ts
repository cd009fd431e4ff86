/** What a tool server says otherwise than it did when it was first used, for whoever is to accept it: plain data. */
import { diffLines } from 'diff';
import { cut } from '../../text.ts';

/** Of one server. Its changed tools are not offered, and their calls are refused. */
export interface ChangedTools {
  readonly server: string;
  /** Names the server and this very change: what is accepted is what was seen. */
  readonly serverKey: string;
  readonly changeId: string;
  readonly changes: readonly ToolChange[];
}

export interface ToolChange {
  /** As the server names it; empty for what the server says of itself as a whole. */
  readonly tool: string;
  /** Lines that begin with `+`, `-` or a space; data of that server. */
  readonly lines: readonly string[];
}

/** - `accepted` from now on the tools are used as they are now; `changed` they are another once more; `gone` there is nothing to accept. */
export type AcceptOutcome = 'accepted' | 'changed' | 'gone';

const longestLine = 400;
/** Lines around a change that are shown with it. */
const around = 2;

/** @param before What it said when it was fixed. */
export function toChange(tool: string, before: string, after: string): ToolChange {
  const lines: string[] = [];
  for (const { value, added, removed } of diffLines(before, after, { maxEditLength: 2_000 }) ??
    wholeChange(before, after)) {
    const texts = value.replace(/\n$/, '').split('\n');
    const sign = added ? '+' : removed ? '-' : ' ';
    const isLong = sign === ' ' && texts.length > 2 * around + 1;
    const shown = isLong ? [...texts.slice(0, around), '…', ...texts.slice(-around)] : texts;
    lines.push(...shown.map((text) => cut(`${sign}${text}`, longestLine)));
  }
  return { tool, lines };
}

function wholeChange(before: string, after: string) {
  return [
    { value: before, added: false, removed: true },
    { value: after, added: true, removed: false },
  ];
}
