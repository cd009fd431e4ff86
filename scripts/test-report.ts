/** What a run of vitest has come to, as its JSON report says. */
import { isRecord } from '../src/json.ts';

/** A test file. One that cannot be loaded counts as one failure: it has no tests that could. */
export interface FileReport {
  readonly path: string;
  readonly passed: number;
  readonly skipped: number;
  /** By their full names. */
  readonly failures: readonly string[];
}

/** @throws {Error} when that is no such report. */
export function readTestReport(text: string): readonly FileReport[] {
  const report: unknown = JSON.parse(text);
  if (!isRecord(report) || !Array.isArray(report.testResults)) throw new Error('This is no report of vitest.');
  return report.testResults.map(readFile);
}

function readFile(file: unknown): FileReport {
  if (!isRecord(file) || typeof file.name !== 'string' || !Array.isArray(file.assertionResults))
    throw new Error('This is no report of vitest.');
  const tests: unknown[] = file.assertionResults;
  const having = (...statuses: readonly string[]) =>
    tests.filter(isRecord).filter(({ status }) => statuses.includes(String(status)));
  const failures = having('failed').map(({ fullName }) => String(fullName));
  const isBroken = file.status === 'failed' && failures.length === 0;
  return {
    path: file.name,
    passed: having('passed').length,
    skipped: having('skipped', 'pending', 'todo', 'disabled').length,
    failures: isBroken ? ['(the file itself)'] : failures,
  };
}

/**
 * The files to run once more, by themselves: what failed there may have been the machine, which stands still for seconds while
 * everything runs at once. What is found with random deeds and values is never asked again: it would not be found twice. Nor is
 * anything when much has failed.
 */
export function toRunAgain(files: readonly FileReport[]): readonly FileReport[] {
  const failed = files.filter(({ failures }) => failures.length > 0);
  const isRandom = ({ path }: FileReport) => /\/test\/(crash|fuzz)\//.test(path);
  return failed.length > mostAgain ? [] : failed.filter((file) => !isRandom(file));
}

const mostAgain = 3;

/** The first run, with those files as the second has them. */
export function withSecond(first: readonly FileReport[], second: readonly FileReport[]): readonly FileReport[] {
  const again = new Map(second.map((file) => [file.path, file]));
  return first.map((file) => again.get(file.path) ?? file);
}
