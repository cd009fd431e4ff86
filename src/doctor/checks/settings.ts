/** Every bad or missing setting, and whether others can read the file that holds the secrets. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';

const envFile = '.env';

export const checkSettings: Check = async ({ problems, words }) => {
  const bad = problems.map(
    ({ variable, advice }): Finding => ({
      status: 'problem',
      text: `${variable} ${(advice.startsWith('is missing') ? words.settingMissing(variable) : undefined) ?? advice}`,
    }),
  );
  const file: Finding[] = isOpenToOthers(envFile)
    ? [{ status: 'warning', text: words.envFileOpen, advice: words.envFileOpenTodo(resolve(envFile)) }]
    : [];
  return bad.length > 0 ? [...bad, ...file] : [{ status: 'ok', text: words.settingsFine }, ...file];
};

function isOpenToOthers(path: string): boolean {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  // Windows has other rights than these.
  return process.platform !== 'win32' && (mode & 0o077) !== 0;
}
