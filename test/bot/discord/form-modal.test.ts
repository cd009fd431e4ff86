/** Forms as Discord's dialogs: whatever a tool server asks for, Discord takes the dialog, and the values find their fields. */
import { expect, test } from 'vitest';
import type { Form, FormField } from '../../../src/agent/form.ts';
import { readModal, toInvalidText, toModal } from '../../../src/bot/discord/form-modal.ts';
import { loadBodyCheck } from '../../../src/simulator/discord/rest/body-checks.ts';

const plain: FormField = {
  name: 'city',
  title: 'City',
  description: undefined,
  kind: 'text',
  options: [],
  isRequired: true,
  preset: undefined,
  minimum: undefined,
  maximum: undefined,
};

function formOf(...fields: Partial<FormField>[]): Form {
  return {
    id: '0.0.0',
    callId: 'call',
    server: 'desk',
    message: 'Where to?',
    fields: fields.map((field) => ({ ...plain, ...field })),
  };
}

interface Component {
  readonly custom_id: string;
  readonly options?: readonly { readonly value: string; readonly label: string }[];
}

function componentsOf(form: Form): Component[] {
  return toModal(form, 'fill:1:0', 'en').components.map((label) => (label as { component: Component }).component);
}

test.for([
  ['a long name of a field', { name: 'n'.repeat(300) }],
  ['an empty name and title', { name: '', title: '' }],
  ['a title of nothing but space', { name: '\n', title: ' \t' }],
  ['an empty description', { description: '' }],
  ['a description of nothing but space', { description: ' ' }],
  ['a long value of a choice', { kind: 'choice', options: [{ value: 'v'.repeat(300), title: 'long' }] }],
  ['an empty value and title of a choice', { kind: 'choice', options: [{ value: '', title: '' }] }],
  ['a title of a choice of nothing but space', { kind: 'choice', options: [{ value: ' ', title: ' ' }] }],
  [
    'two values that begin alike',
    { kind: 'choice', options: ['a', 'b'].map((end) => ({ value: 'v'.repeat(300) + end, title: end })) },
  ],
] as const satisfies readonly [string, Partial<FormField>][])('Discord takes a dialog with %s', async ([, field]) => {
  const checkBody = await loadBodyCheck();
  const form = formOf(field);
  const data = toModal(form, 'fill:1:0', 'en');
  expect(() => checkBody({ type: 9, data }, 'ModalInteractionCallbackRequestSchema')).not.toThrow();
  expect(JSON.stringify(data)).not.toMatch(/"(label|title|description)":"(\s|\\[nt])*"/);
  const [component] = componentsOf(form);
  expect(component?.custom_id.length).toBeGreaterThan(0);
  expect(component?.custom_id.length).toBeLessThanOrEqual(100);
  const values = component?.options?.map(({ value }) => value) ?? [];
  expect(new Set(values).size).toBe(values.length);
});

test('what was filled in comes back under the names that the tool server knows, with its values', () => {
  const options = ['first', 'second'].map((end) => ({ value: 'v'.repeat(300) + end, title: end }));
  const form = formOf(
    { name: 'n'.repeat(300) },
    { name: 'room', kind: 'choice', options },
    { name: 'days', kind: 'choices', options },
    { name: 'left-out', isRequired: false },
  );
  const [city, room, days] = componentsOf(form);
  const optionOf = (component: Component | undefined, index: number) => component?.options?.[index]?.value ?? '';
  const filledIn = [
    { customId: city?.custom_id ?? '', value: 'Seoul' },
    { customId: room?.custom_id ?? '', values: [optionOf(room, 1)] },
    { customId: days?.custom_id ?? '', values: [optionOf(days, 0), optionOf(days, 1)] },
    { customId: 'unknown', value: 'nothing of ours' },
  ];
  expect(readModal(form, filledIn)).toEqual({
    ['n'.repeat(300)]: 'Seoul',
    room: options[1]?.value,
    days: options.map(({ value }) => value).join('\n'),
  });
});

test('Discord takes a dialog of a server without a name', async () => {
  const checkBody = await loadBodyCheck();
  const data = toModal({ ...formOf({}), server: '' }, 'fill:1:0', 'en');
  expect(() => checkBody({ type: 9, data }, 'ModalInteractionCallbackRequestSchema')).not.toThrow();
});

test('signs that replacing gives a meaning stand in a title as they are', () => {
  expect(toInvalidText({ ...plain, title: "$' $& $1" }, 'en')).toContain("“$' $& $1”");
});
