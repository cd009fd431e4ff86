/** Forms: what people type becomes values of the types that were asked for, or is refused by field. */
import { describe, expect, test } from 'vitest';
import { type FormField, readAnswer } from '../../src/agent/form.ts';
import { LiveTurn } from '../../src/agent/turn/live-turn.ts';

const plain: FormField = {
  name: 'field',
  title: 'Field',
  description: undefined,
  kind: 'text',
  options: [],
  isRequired: true,
  preset: undefined,
  minimum: undefined,
  maximum: undefined,
};
const colours = [
  { value: 'r', title: 'Red' },
  { value: 'g', title: 'Green' },
];

describe('what is typed', () => {
  test.each<[string, Partial<FormField>, string | undefined, unknown]>([
    ['text is taken without the spaces around it', {}, ' Seoul ', 'Seoul'],
    ['text that is missing is refused', {}, undefined, 'invalid'],
    ['text of spaces is missing', {}, '  ', 'invalid'],
    ['text may be left out where it is not required', { isRequired: false }, '', 'left out'],
    ['what is left out takes its preset', { preset: 'Busan' }, '', 'Busan'],
    ['text that is too short is refused', { minimum: 3 }, 'ab', 'invalid'],
    ['text that is too long is refused', { maximum: 3 }, 'abcd', 'invalid'],
    ['a number', { kind: 'number' }, '-1.5', -1.5],
    ['a number with words is refused', { kind: 'number' }, '5 apples', 'invalid'],
    ['an infinite number is refused', { kind: 'number' }, '1e999', 'invalid'],
    ['a number outside its bounds is refused', { kind: 'number', minimum: 0, maximum: 10 }, '11', 'invalid'],
    ['an integer', { kind: 'integer' }, '42', 42],
    ['an integer with a fraction is refused', { kind: 'integer' }, '4.2', 'invalid'],
    [
      'an integer that a double cannot hold is refused rather than rounded',
      { kind: 'integer' },
      '9007199254740993',
      'invalid',
    ],
    ['yes', { kind: 'boolean' }, 'Yes', true],
    ['아니요', { kind: 'boolean' }, '아니요', false],
    ['neither yes nor no is refused', { kind: 'boolean' }, 'perhaps', 'invalid'],
    ['false is a preset too', { kind: 'boolean', preset: 'false' }, '', false],
    ['a choice by its value', { kind: 'choice', options: colours }, 'r', 'r'],
    ['a choice by its title', { kind: 'choice', options: colours }, 'green', 'g'],
    ['what is no choice is refused', { kind: 'choice', options: colours }, 'blue', 'invalid'],
    ['several choices', { kind: 'choices', options: colours }, 'Red, g', ['r', 'g']],
    ['several with one that is none are refused', { kind: 'choices', options: colours }, 'Red, blue', 'invalid'],
  ])('%s', (_, changes, typed, expected) => {
    const field = { ...plain, ...changes };
    const values = typed === undefined ? {} : { field: typed };
    const read = readAnswer({ fields: [field] }, { action: 'accept', values });
    if (expected === 'invalid') return expect(read).toEqual({ type: 'invalid', field });
    const content = expected === 'left out' ? {} : { field: expected };
    return expect(read).toEqual({ type: 'read', reply: { action: 'accept', content } });
  });
});

describe('a form of a running turn', () => {
  const request = { server: 'travel', message: 'Where to?', fields: [plain] };

  test('is shown until it is answered, and stays open for an answer that it does not take', async () => {
    const shown: string[][] = [];
    const live = new LiveTurn(({ forms }) => shown.push(forms.map(({ id }) => id)));
    const reply = live.ask(request, 'call-1', '0.1', new AbortController().signal);
    expect(live.answer('0.1.1', { action: 'accept', values: {} })).toEqual({ type: 'invalid', field: plain });
    expect(live.answer('0.1.1', { action: 'accept', values: { field: 'Seoul' } })).toEqual({ type: 'taken' });
    expect(await reply).toEqual({ action: 'accept', content: { field: 'Seoul' } });
    expect(live.answer('0.1.1', { action: 'decline' })).toEqual({ type: 'gone' });
    expect(shown).toEqual([['0.1.1'], []]);
  });

  test('has the same name when its call is made again, and another when the call asks twice', async () => {
    const names: string[] = [];
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const live = new LiveTurn(({ forms }) => names.push(...forms.map(({ id }) => id)));
      for (const id of ['0.0.1', '0.0.2']) {
        const reply = live.ask(request, 'call-1', '0.0', new AbortController().signal);
        live.answer(id, { action: 'decline' });
        expect(await reply).toEqual({ action: 'decline' });
      }
    }
    expect(names).toEqual(['0.0.1', '0.0.2', '0.0.1', '0.0.2']);
  });

  test('is cancelled when the turn is stopped', async () => {
    const stop = new AbortController();
    const live = new LiveTurn(() => {});
    const reply = live.ask(request, 'call-1', '0.0', stop.signal);
    stop.abort('stop');
    expect(await reply).toEqual({ action: 'cancel' });
    expect(live.answer('0.0.1', { action: 'decline' })).toEqual({ type: 'gone' });
  });
});

test('a field may have any name, also one that every object has', () => {
  const fields = ['constructor', '__proto__', 'toString'].map((name) => ({ ...plain, name, isRequired: false }));
  expect(readAnswer({ fields }, { action: 'accept', values: {} })).toMatchObject({ type: 'read' });
  const read = readAnswer({ fields }, { action: 'accept', values: Object.fromEntries([['__proto__', 'x']]) });
  expect(JSON.stringify(read)).toContain('"__proto__":"x"');
});
