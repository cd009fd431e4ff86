/** What `.ci/run` makes of vitest's report: what it counts, and what it runs once more. */
import { describe, expect, test } from 'vitest';
import { type FileReport, readTestReport, toRunAgain, withSecond } from '../scripts/test-report.ts';

const root = '/somewhere/test';

function report(...files: readonly (readonly [name: string, status: string, tests: readonly string[]])[]): string {
  const toTests = (statuses: readonly string[]) => statuses.map((status, place) => ({ status, fullName: `t${place}` }));
  return JSON.stringify({
    testResults: files.map(([name, status, tests]) => ({
      name: `${root}/${name}`,
      status,
      assertionResults: toTests(tests),
    })),
  });
}

const failing = (name: string): FileReport => ({
  path: `${root}/${name}`,
  passed: 1,
  skipped: 0,
  failures: ['one'],
});
const passing = (name: string): FileReport => ({ ...failing(name), passed: 2, failures: [] });

test('tests are counted by file, and a file that cannot be loaded is a failure', () => {
  const text = report(
    ['a.test.ts', 'failed', ['passed', 'failed', 'skipped', 'todo', 'passed']],
    ['b.test.ts', 'failed', []],
    ['c.test.ts', 'passed', ['passed']],
  );
  expect(readTestReport(text)).toEqual([
    { path: `${root}/a.test.ts`, passed: 2, skipped: 2, failures: ['t1'] },
    { path: `${root}/b.test.ts`, passed: 0, skipped: 0, failures: ['(the file itself)'] },
    { path: `${root}/c.test.ts`, passed: 1, skipped: 0, failures: [] },
  ]);
});

test('what is no report is refused', () => {
  for (const text of ['{}', '{"testResults":[{}]}', '']) expect(() => readTestReport(text)).toThrow();
});

describe('once more', () => {
  test('run the files in which something failed', () => {
    expect(toRunAgain([failing('stories/a.test.ts'), passing('b.test.ts')])).toEqual([failing('stories/a.test.ts')]);
  });

  test('runs nothing that does what chance says: it would not find the same again', () => {
    expect(toRunAgain([failing('crash/crash.test.ts'), failing('fuzz/whole-bot.test.ts')])).toEqual([]);
  });

  test('runs nothing when much has failed', () => {
    expect(toRunAgain(['a', 'b', 'c', 'd'].map(failing))).toEqual([]);
  });

  test('counts instead of the first time, for those files alone', () => {
    const first = [failing('a'), failing('crash/b'), passing('c')];
    expect(withSecond(first, [passing('a')])).toEqual([passing('a'), failing('crash/b'), passing('c')]);
    expect(withSecond(first, [failing('a')])).toEqual(first);
  });
});
