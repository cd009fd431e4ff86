/** The composer's other face: a slash command with a field for each option. */
import { type Command, maxMessageLength } from '../wire.ts';
import { element } from './dom.ts';
import { textField } from './text-field.ts';

export interface CommandForm {
  readonly element: HTMLElement;
  readonly command: Command;
  focus(): void;
  /** The filled options by name; undefined when a required one is empty, which is then shown and focused. */
  values(): Record<string, string> | undefined;
}

export interface CommandFormOptions {
  readonly command: Command;
  /** Put into the first option. */
  readonly text: string;
  readonly onEnter: () => void;
  /** Escape, or backspace at the start: back to plain text. */
  readonly onLeave: () => void;
}

export function createCommandForm({ command, text, onEnter, onLeave }: CommandFormOptions): CommandForm {
  const fields = command.options.map((option, index) => {
    const input = textField({
      maxLength: option.maxLength ?? maxMessageLength,
      onEnter,
      onKey(event) {
        const isAtStart = input.selectionStart === 0 && input.selectionEnd === 0;
        const leaves = event.key === 'Escape' || (event.key === 'Backspace' && index === 0 && isAtStart);
        if (leaves) {
          event.preventDefault();
          onLeave();
        }
        return leaves;
      },
      attributes: { placeholder: option.description, 'aria-label': `${option.name}: ${option.description}` },
    });
    if (index === 0) input.value = text;
    input.addEventListener('input', () => input.parentElement?.classList.remove('is-missing'));
    return { option, input, chip: element('label', { class: 'option' }, element('span', {}, option.name), input) };
  });
  const name = element(
    'span',
    { class: 'command-name', attributes: { tabindex: fields.length === 0 ? 0 : undefined } },
    `/${command.name}`,
  );
  if (fields.length === 0) {
    name.addEventListener('keydown', (event) => {
      const act = { Enter: onEnter, Escape: onLeave, Backspace: onLeave }[event.key];
      if (!act) return;
      // Or the key would also be typed into the text, which has the focus from here on.
      event.preventDefault();
      act();
    });
  }
  return {
    element: element('div', { class: 'command' }, name, ...fields.map(({ chip }) => chip)),
    command,
    focus: () => (fields[0]?.input ?? name).focus(),
    values() {
      const missing = fields.find(({ option, input }) => option.isRequired && input.value.trim() === '');
      if (missing) {
        missing.chip.classList.add('is-missing');
        missing.input.focus();
        return undefined;
      }
      const filled = fields.map(({ option, input }) => [option.name, input.value.trim()] as const);
      return Object.fromEntries(filled.filter(([, value]) => value !== ''));
    },
  };
}
