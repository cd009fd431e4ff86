/** A field for one option of a slash command, with what can be picked for it. */
import { type Choice, type Command, maxMessageLength } from '../wire.ts';
import type { CommandField } from './command-field.ts';
import { Completion } from './completion.ts';
import { element } from './dom.ts';
import { setText, textField } from './text-field.ts';

type Option = Command['options'][number];

export interface OptionFieldOptions {
  readonly option: Option;
  readonly onEnter: () => void;
  /** Sees every key that is not for the list. @returns whether the key is dealt with. */
  readonly onKey: (event: KeyboardEvent, input: HTMLTextAreaElement) => boolean;
  /** What the bot suggests for what is typed. Never rejects. */
  readonly suggest: (typed: string) => Promise<readonly Choice[]>;
}

/** As long as one goes on typing, nothing is asked of the bot. */
const typingPauseMs = 150;

export class OptionField implements CommandField {
  readonly option: Option;
  readonly chip: HTMLElement;
  readonly list: HTMLElement;
  readonly input: HTMLTextAreaElement;
  readonly #options: OptionFieldOptions;
  readonly #completion: Completion;
  #pause: ReturnType<typeof setTimeout> | undefined;
  /** What was suggested last or can be picked at all: they are shown by their names. */
  #known: readonly Choice[];

  constructor(options: OptionFieldOptions) {
    const { option, onEnter, onKey } = options;
    this.option = option;
    this.#options = options;
    this.#known = option.choices;
    this.input = textField({
      maxLength: option.maxLength ?? maxMessageLength,
      onEnter,
      onKey: (event) => this.#completion.takeKey(event) || onKey(event, this.input),
      attributes: {
        placeholder: option.description,
        'aria-label': `${option.name}: ${option.description}`,
        autocomplete: 'off',
      },
    });
    this.#completion = new Completion(this.input, `completion-${option.name}`);
    this.list = this.#completion.element;
    this.chip = element('label', { class: 'option' }, element('span', {}, option.name), this.input);
    this.input.addEventListener('input', () => {
      this.chip.classList.remove('is-missing');
      this.#ask();
    });
    this.input.addEventListener('focus', () => this.#ask());
    this.input.addEventListener('blur', () => {
      clearTimeout(this.#pause);
      this.#completion.hide();
    });
  }

  focus(): void {
    this.input.focus();
  }

  /** What is sent for it: the value that belongs to the name that stands there, else what stands there. */
  get value(): string {
    const text = this.input.value.trim();
    return this.#known.find(({ name }) => name.toLowerCase() === text.toLowerCase())?.value ?? text;
  }

  /** Whether it may be sent: it is filled in where it must be, and one of the choices where there are any. */
  get isGood(): boolean {
    const { isRequired, choices } = this.option;
    const { value } = this;
    if (value === '') return !isRequired;
    return choices.length === 0 || choices.some((choice) => choice.value === value);
  }

  #ask(): void {
    clearTimeout(this.#pause);
    const typed = this.input.value;
    // Until the bot answers, what it has suggested before: Enter must not take what is not like it any more.
    this.#show(this.#known.filter(({ name }) => name.toLowerCase().includes(typed.trim().toLowerCase())));
    if (this.option.hasAutocomplete) this.#pause = setTimeout(() => void this.#askBot(typed), typingPauseMs);
  }

  async #askBot(typed: string): Promise<void> {
    const suggested = await this.#options.suggest(typed);
    // The member has gone on typing, or away.
    if (this.input.value !== typed || document.activeElement !== this.input) return;
    this.#known = suggested;
    this.#show(suggested);
  }

  #show(choices: readonly Choice[]): void {
    const { name, description } = this.option;
    const isPicked = choices.length === 1 && choices[0]?.name === this.input.value;
    const offered = isPicked ? [] : choices;
    this.#completion.show(
      `${name}: ${description}`,
      offered.map((choice) => ({ label: choice.name, detail: '', choose: () => this.#pick(choice) })),
      this.input.value === '',
    );
  }

  #pick({ name }: Choice): void {
    setText(this.input, name);
    this.chip.classList.remove('is-missing');
    this.#completion.hide();
  }
}
