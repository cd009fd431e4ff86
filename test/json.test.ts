import { expect, test } from 'vitest';
import { isRecord, withoutSpaces } from '../src/json.ts';

test.each([
  ['{ "a" : 1.50,\n\t"b": [1, 2] }', '{"a":1.50,"b":[1,2]}'],
  ['{"a b": "c \\" d  e\\\\", "f": 1 }', '{"a b":"c \\" d  e\\\\","f":1}'],
  ['{"a": "not closed', '{"a":"not closed'],
  ['no JSON at all', 'noJSONatall'],
])('%j without spaces is %j', (json, compact) => {
  expect(withoutSpaces(json)).toBe(compact);
});

test.each([
  [{}, true],
  [[], false],
  [null, false],
  ['text', false],
])('%j is a record: %j', (value, is) => {
  expect(isRecord(value)).toBe(is);
});
