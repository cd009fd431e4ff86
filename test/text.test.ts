import { expect, test } from 'vitest';
import { cut, toOneLine, toShownLine, toVisible } from '../src/text.ts';

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

test.each([
  ['a\u001b[2Jb', 'a\\u001b[2Jb'],
  ['a\u202eb', 'a\\u202eb'],
  ['a\u{e0041}b', 'a\\u{e0041}b'],
  // Joins the parts of one picture.
  ['👨\u200d👩', '👨\u200d👩'],
])('%j with nothing hidden is %j', (text, line) => {
  expect(toVisible(text)).toBe(line);
});

test('a line to be shown is cut, on one line, with nothing hidden', () => {
  expect(toShownLine('one\n\u202etwo three', 12)).toBe('one \\u202et…');
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
