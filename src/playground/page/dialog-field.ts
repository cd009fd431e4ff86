/** One field of a dialog that the bot has opened: a line, a longer text, or a choice of one or several. */
import type { DialogField } from '../wire.ts';
import { type Child, element } from './dom.ts';
import type { Texts } from './texts.ts';

export interface FieldView {
  readonly element: HTMLElement;
  readonly customId: string;
  /** Of a choice of several, a line each. */
  value(): string;
  /** Shows what is wrong with the value, if anything. @returns whether all is well. */
  check(): boolean;
  focus(): void;
}

/** What one types or chooses in. */
interface Control {
  readonly element: HTMLElement;
  readonly focused: HTMLElement;
  value(): string;
}

/** @param place among the fields of its dialog, for ids: the bot's own may hold anything. */
export function createField(field: DialogField, place: number, words: Texts): FieldView {
  const { customId, label, description, isRequired } = field;
  const id = `field-${place}`;
  const isGroup = field.options.length > 0 && field.allowsSeveral;
  const problem = element('p', { class: 'problem', attributes: { id: `${id}-problem`, role: 'alert', hidden: true } });
  const control = toControl(field, words, { id, 'aria-describedby': `${id}-description ${id}-problem` });
  const title: Child[] = [
    label,
    isRequired && element('span', { class: 'required', attributes: { 'aria-hidden': 'true' } }, '*'),
  ];
  const heading = isGroup
    ? element('span', { class: 'label', attributes: { id } }, ...title)
    : element('label', { class: 'label', attributes: { for: id } }, ...title);
  const view = element(
    'div',
    { class: 'field', attributes: isGroup ? { role: 'group', 'aria-labelledby': id } : {} },
    heading,
    description !== '' && element('p', { attributes: { id: `${id}-description` } }, description),
    control.element,
    problem,
  );

  function show(text: string | undefined): void {
    problem.hidden = text === undefined;
    problem.textContent = text ?? '';
    control.focused.setAttribute('aria-invalid', String(text !== undefined));
  }

  view.addEventListener('input', () => show(undefined));
  return {
    element: view,
    customId,
    value: control.value,
    check() {
      const text = findProblem(field, control.value(), words);
      show(text);
      return text === undefined;
    },
    focus: () => control.focused.focus(),
  };
}

function findProblem({ isRequired, minLength }: DialogField, value: string, words: Texts): string | undefined {
  if (value.trim() === '') return isRequired ? words.fieldRequired : undefined;
  return value.length < minLength ? words.fieldTooShort(minLength) : undefined;
}

type Attributes = Readonly<Record<string, string>>;

function toControl(field: DialogField, words: Texts, attributes: Attributes): Control {
  if (field.options.length === 0) return textControl(field, attributes);
  return field.allowsSeveral ? checkControl(field, words) : selectControl(field, words, attributes);
}

function textControl(field: DialogField, given: Attributes): Control {
  const { isLong, isRequired, placeholder, maxLength, value } = field;
  const attributes = { ...given, placeholder, maxlength: maxLength, 'aria-required': isRequired && 'true' };
  const input = isLong
    ? element('textarea', { attributes: { ...attributes, rows: 4 } })
    : element('input', { attributes: { ...attributes, type: 'text', autocomplete: 'off' } });
  input.value = value;
  return { element: input, focused: input, value: () => input.value };
}

function selectControl({ options, isRequired }: DialogField, words: Texts, given: Attributes): Control {
  const select = element(
    'select',
    { attributes: { ...given, 'aria-required': isRequired && 'true' } },
    // To begin with; and the way back from a choice that need not be made.
    element('option', { attributes: { value: '', disabled: isRequired } }, words.choose),
    ...options.map(({ value, label }) => element('option', { attributes: { value } }, label)),
  );
  select.value = options.find(({ isPreset }) => isPreset)?.value ?? '';
  return { element: element('div', { class: 'select' }, select), focused: select, value: () => select.value };
}

function checkControl({ options }: DialogField, words: Texts): Control {
  const boxes = options.map(({ value, isPreset }) => {
    const box = element('input', { attributes: { type: 'checkbox', value } });
    box.checked = isPreset;
    return box;
  });
  const view = element(
    'div',
    { class: 'choices' },
    element('small', {}, words.chooseSeveral),
    ...options.map(({ label }, index) => element('label', {}, boxes[index], element('span', {}, label))),
  );
  return {
    element: view,
    focused: boxes[0] ?? view,
    value: () =>
      boxes
        .filter(({ checked }) => checked)
        .map(({ value }) => value)
        .join('\n'),
  };
}
