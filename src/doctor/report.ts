/** What was found, for people and for programs. */
import { toVisible } from '../text.ts';
import type { CheckResult } from './examine.ts';
import type { Status } from './finding.ts';
import type { Words } from './words.ts';

const signs: Readonly<Record<Status, string>> = { ok: '✓', warning: '!', problem: '✗', skipped: '–' };

export function toLines({ name, findings }: CheckResult, words: Words): string {
  return findings
    .flatMap(({ status, text, advice, details = [] }, place) => [
      `${signs[status]} ${place === 0 ? `${words.names[name]}: ` : '  '}${toVisible(text)}`,
      ...details.map((detail) => `      ${toVisible(detail)}`),
      ...(advice === undefined ? [] : [`    → ${toVisible(advice)}`]),
    ])
    .join('\n');
}

export function toLastLine(results: readonly CheckResult[], words: Words): string {
  const count = (wanted: Status) =>
    results.flatMap(({ findings }) => findings).filter(({ status }) => status === wanted).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  return problems === 0 ? words.allWell(warnings) : words.notWell(problems, warnings);
}

/** Whether everything will work. */
export function isWell(results: readonly CheckResult[]): boolean {
  return results.every(({ findings }) => findings.every(({ status }) => status !== 'problem'));
}

/** One object on one line, for programs: `ok`, and every finding with the name of its check. */
export function toJson(results: readonly CheckResult[]): string {
  const findings = results.flatMap(({ name, findings: found }) =>
    found.map((finding) => ({ check: name, ...finding })),
  );
  return JSON.stringify({ ok: isWell(results), findings });
}
