import { expect, test } from 'vitest';
import { cut, toOneLine } from '../src/text.ts';

test.each([
  ['one', 'one'],
  ['one\ntwo', 'one two'],
  ['  one \r\n\r\n \u2028 two\n', 'one two'],
  ['one  two', 'one  two'],
  [' \n ', ''],
])('%j on one line is %j', (text, line) => {
  expect(toOneLine(text)).toBe(line);
});

test.each([
  ['abc', 3, 'abc'],
  ['abcd', 3, 'ab…'],
  ['ab😀d', 4, 'ab…'],
  ['a😀cd', 4, 'a😀…'],
])('%j cut to %i is %j', (text, length, shown) => {
  expect(cut(text, length)).toBe(shown);
});

test('a text of a million spaces takes no longer than one of a million letters, or little', () => {
  const time = (text: string) => {
    const startedAt = performance.now();
    toOneLine(text);
    return performance.now() - startedAt;
  };
  time('a'.repeat(1e6));
  expect(time(' '.repeat(1e6))).toBeLessThan(time('a'.repeat(1e6)) + 500);
});
