/** The composer's other face: a slash command with a field for each option. */
import type { Choice, Command } from '../wire.ts';
import type { CommandField } from './command-field.ts';
import { element } from './dom.ts';
import { FileOptionField } from './file-option-field.ts';
import { OptionField } from './option-field.ts';

export interface CommandForm {
  readonly element: HTMLElement;
  readonly command: Command;
  focus(): void;
  /** Puts a file into the first option that takes one. @returns whether there is such an option. */
  takeFile(file: File): boolean;
  /** Once no file is on its way any more: whether all that were picked got there. Never rejects. */
  uploaded(): Promise<boolean>;
  /** The filled options by name; undefined when one cannot be sent as it is, which is then shown and focused. */
  values(): Record<string, string> | undefined;
}

export interface CommandFormOptions {
  readonly command: Command;
  /** Put into the first option. */
  readonly text: string;
  readonly onEnter: () => void;
  /** Escape, or backspace at the start: back to plain text. */
  readonly onLeave: () => void;
  /** What the bot suggests for an option; `options` are the others by name. Never rejects. */
  readonly suggest: (
    option: string,
    typed: string,
    options: Readonly<Record<string, string>>,
  ) => Promise<readonly Choice[]>;
  readonly pickLabel: string;
  readonly uploadingLabel: string;
  /** @returns the id of the file; undefined when that failed. */
  readonly upload: (file: File) => Promise<string | undefined>;
}

export function createCommandForm(options: CommandFormOptions): CommandForm {
  const { command, text, onEnter, onLeave } = options;
  const fields: readonly CommandField[] = command.options.map((option, index) =>
    option.isFile ? new FileOptionField({ ...options, option }) : textOption(option, index, () => fields, options),
  );
  const [first] = fields;
  if (first instanceof OptionField) first.input.value = text;
  const name = nameView(command, fields.length === 0, onEnter, onLeave);
  return {
    element: element(
      'div',
      { class: 'command' },
      name,
      ...fields.flatMap((field) => (field instanceof OptionField ? [field.chip, field.list] : [field.chip])),
    ),
    command,
    focus: () => (first ?? name).focus(),
    takeFile(file) {
      const field = fields.find((candidate) => candidate instanceof FileOptionField);
      field?.take(file);
      return field !== undefined;
    },
    async uploaded() {
      const all = fields.map((field) => (field instanceof FileOptionField ? field.uploaded() : true));
      return !(await Promise.all(all)).includes(false);
    },
    values() {
      const odd = fields.find(({ isGood }) => !isGood);
      if (!odd) return valuesOf(fields);
      odd.chip.classList.add('is-missing');
      odd.focus();
      return undefined;
    },
  };
}

function textOption(
  option: Command['options'][number],
  index: number,
  all: () => readonly CommandField[],
  { onEnter, onLeave, suggest }: CommandFormOptions,
): OptionField {
  return new OptionField({
    option,
    onEnter,
    onKey(event, input) {
      const isAtStart = input.selectionStart === 0 && input.selectionEnd === 0;
      const leaves = event.key === 'Escape' || (event.key === 'Backspace' && index === 0 && isAtStart);
      if (leaves) {
        event.preventDefault();
        onLeave();
      }
      return leaves;
    },
    suggest: (typed) => suggest(option.name, typed, valuesOf(all().filter((other) => other.option !== option))),
  });
}

/** Without options it takes the keys itself. */
function nameView(command: Command, isAlone: boolean, onEnter: () => void, onLeave: () => void): HTMLElement {
  const view = element(
    'span',
    { class: 'command-name', attributes: { tabindex: isAlone ? 0 : undefined } },
    `/${command.name}`,
  );
  if (!isAlone) return view;
  view.addEventListener('keydown', (event) => {
    const act = { Enter: onEnter, Escape: onLeave, Backspace: onLeave }[event.key];
    if (!act) return;
    // Or the key would also be typed into the text, which has the focus from here on.
    event.preventDefault();
    act();
  });
  return view;
}

/** Those that are filled in. */
function valuesOf(fields: readonly CommandField[]): Record<string, string> {
  const filled = fields.map(({ option, value }) => [option.name, value] as const);
  return Object.fromEntries(filled.filter(([, value]) => value !== ''));
}
