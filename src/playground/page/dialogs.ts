/** The questions the page asks in a dialog: what one is called, what a thread is called, and where a message is to be sent on. */
import { maxNameLength } from '../wire.ts';
import { element } from './dom.ts';

export interface Ask {
  readonly title: string;
  readonly hint?: string;
  readonly value: string;
  readonly maxLength?: number;
  readonly accept: string;
  readonly cancel: string;
}

/** Resolves with one trimmed line, or undefined when the member changes their mind. */
export function askForLine({
  title,
  hint,
  value,
  maxLength = maxNameLength,
  accept,
  cancel,
}: Ask): Promise<string | undefined> {
  const input = element('input', {
    attributes: { type: 'text', required: true, maxlength: maxLength, autocomplete: 'off', 'aria-label': title },
  });
  input.value = value;
  const dialog = element(
    'dialog',
    { attributes: { 'aria-label': title } },
    element(
      'form',
      { attributes: { method: 'dialog' } },
      element('h2', {}, title),
      hint !== undefined && element('p', {}, hint),
      input,
      element(
        'div',
        { class: 'dialog-buttons' },
        element('button', { attributes: { type: 'button' }, on: { click: () => dialog.close() } }, cancel),
        element('button', { class: 'primary', attributes: { value: 'accept' } }, accept),
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  input.select();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      const line = input.value.replace(/\s+/g, ' ').trim();
      dialog.remove();
      resolve(dialog.returnValue === 'accept' && line !== '' ? line : undefined);
    });
  });
}

export interface AskChoice {
  readonly title: string;
  readonly choices: readonly { readonly value: string; readonly label: string; readonly detail: string }[];
  readonly cancel: string;
}

/** Resolves with what was chosen, or undefined when the member changes their mind. */
export function askForChoice({ title, choices, cancel }: AskChoice): Promise<string | undefined> {
  const dialog = element(
    'dialog',
    { attributes: { 'aria-label': title } },
    element(
      'form',
      { attributes: { method: 'dialog' } },
      element('h2', {}, title),
      element(
        'div',
        { class: 'places' },
        ...choices.map(({ value, label, detail }) =>
          element('button', { attributes: { value } }, element('span', {}, label), element('small', {}, detail)),
        ),
      ),
      element(
        'div',
        { class: 'dialog-buttons' },
        element('button', { attributes: { type: 'button' }, on: { click: () => dialog.close() } }, cancel),
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === '' ? undefined : dialog.returnValue);
    });
  });
}
