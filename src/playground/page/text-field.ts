/** A text field that grows with its text, and that knows Enter from an Enter that only ends a Hangul syllable. */
import { element, type Properties } from './dom.ts';

export interface TextFieldOptions {
  readonly maxLength: number;
  readonly onEnter: () => void;
  /** Sees every key before the field does, save those that an input method is using. @returns whether the key is dealt with. */
  readonly onKey?: (event: KeyboardEvent) => boolean;
  readonly attributes?: Properties['attributes'];
}

export function textField({ maxLength, onEnter, onKey, attributes }: TextFieldOptions): HTMLTextAreaElement {
  const field = element('textarea', { attributes: { rows: 1, maxlength: maxLength, ...attributes } });
  field.addEventListener('input', () => resize(field));
  field.addEventListener('keydown', (event) => {
    // Safari ends the composition before it tells of the key; its key code still says that an input method took it.
    if (event.isComposing || event.keyCode === 229) return;
    if (onKey?.(event)) return;
    if (event.key !== 'Enter' || event.shiftKey) return;
    event.preventDefault();
    onEnter();
  });
  return field;
}

/** Sets the text as if it had been typed, the caret behind it. */
export function setText(field: HTMLTextAreaElement, text: string, caret = text.length): void {
  field.value = text;
  field.setSelectionRange(caret, caret);
  resize(field);
}

function resize(field: HTMLTextAreaElement): void {
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight}px`;
}
