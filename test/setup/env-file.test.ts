/** What the set-up writes is what dotenv reads, and nothing else in the file is touched. */
import { parse } from 'dotenv';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changeEnv } from '../../src/setup/env-file.ts';

test('a new file has what was given, after a line that says where the rest stands', () => {
  const text = changeEnv('', { DISCORD_TOKEN: 'a.b', OPENAI_MODEL: undefined });
  expect(text).toMatch(/^# .*\.env\.example\nDISCORD_TOKEN=a\.b\n$/);
});

test('values are put where they stood, once; everything else stays to the letter', () => {
  const before = '# mine\nexport A=1\n  B = "x # y"\n# A=old\nA=2\nC=3\n';
  expect(changeEnv(before, { A: 'new', C: undefined, D: '4' })).toBe('# mine\nA=new\n  B = "x # y"\n# A=old\nD=4\n');
});

test('whatever is written is read as it was', () => {
  const value = fc.string({ unit: 'grapheme-ascii' }).map((text) => text.trim());
  fc.assert(
    fc.property(value, (given) => {
      fc.pre(!(given.includes("'") && /["\\`$]/.test(given)));
      expect(parse(changeEnv('X=1\n', { A: given })).A).toBe(given);
    }),
  );
});
