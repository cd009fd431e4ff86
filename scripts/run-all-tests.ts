/**
 * `npm test` in full, as `.ci/run` does it: says what was skipped and what passed only when it was run once more, and closes with a
 * line "N passed, N failed".
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileReport, readTestReport, toRunAgain, withSecond } from './test-report.ts';

const folder = mkdtempSync(join(tmpdir(), 'jupan-tests-'));
try {
  const files = runAll();
  const sum = (of: (file: FileReport) => number) => files.reduce((all, file) => all + of(file), 0);
  const [passed, failed] = [sum((file) => file.passed), sum(({ failures }) => failures.length)];
  const skipped = sum((file) => file.skipped);
  if (skipped > 0) console.log(`${skipped} tests were skipped: see their reasons above.`);
  console.log(`${passed} passed, ${failed} failed`);
  // A run without tests has not shown anything.
  if (failed > 0 || passed === 0) process.exitCode = 1;
} catch (error) {
  console.error(error);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}

function runAll(): readonly FileReport[] {
  const first = run('first', []);
  const again = toRunAgain(first);
  if (again.length === 0) return first;
  for (const { path, failures } of again)
    for (const name of failures) console.log(`Failed beside all else: ${path} ${name}`);
  console.log('These files are run once more, by themselves.');
  const all = withSecond(first, run('second', ['--maxWorkers=1', ...again.map(({ path }) => path)]));
  const stillFails = new Set(all.filter(({ failures }) => failures.length > 0).map(({ path }) => path));
  for (const { path } of again) if (!stillFails.has(path)) console.log(`Passed by itself only: ${path}`);
  return all;
}

function run(name: string, args: readonly string[]): readonly FileReport[] {
  const report = join(folder, `${name}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { status } = spawnSync('npm', ['test', '--', ...reporters, ...args], { stdio: 'inherit' });
  const files = readTestReport(readFileSync(report, 'utf8'));
  // Such as a rejection that nobody handled: it belongs to no test.
  if (status !== 0 && files.every(({ failures }) => failures.length === 0))
    throw new Error('Every test passed, and vitest reports an error beside them: see above.');
  return files;
}
