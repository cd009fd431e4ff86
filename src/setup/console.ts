/** Questions to a person in a terminal, through `@clack/prompts`. */
import * as clack from '@clack/prompts';
import type { Words } from './words.ts';

/** The person pressed Ctrl-C. */
export class Stopped extends Error {}

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly hint?: string;
}

export interface TextQuestion {
  readonly message: string;
  readonly placeholder?: string;
  /** @returns what is wrong with it. */
  readonly check?: (value: string) => string | undefined;
}

/** Shown at a time. */
const mostChoices = 12;

/** Every question rejects with {@link Stopped} on Ctrl-C, and when the signal aborts. */
export class Console {
  readonly #words: Words;
  readonly #signal: AbortSignal;

  constructor(words: Words, signal: AbortSignal) {
    this.#words = words;
    this.#signal = signal;
  }

  open(): void {
    clack.intro(this.#words.title);
  }

  close(text: string): void {
    clack.outro(text);
  }

  say(text: string): void {
    clack.log.info(text);
  }

  step(text: string): void {
    clack.log.step(text);
  }

  good(text: string): void {
    clack.log.success(text);
  }

  bad(text: string): void {
    clack.log.error(text);
  }

  warn(text: string): void {
    clack.log.warn(text);
  }

  async text({ message, placeholder, check }: TextQuestion): Promise<string> {
    const value = await clack.text({
      message,
      signal: this.#signal,
      ...(placeholder === undefined ? {} : { placeholder }),
      validate: (given) => check?.((given ?? '').trim()),
    });
    return this.#given(value ?? '').trim();
  }

  /** Shows dots in place of what is typed. */
  async secret({ message, check }: TextQuestion): Promise<string> {
    const value = await clack.password({
      message,
      signal: this.#signal,
      validate: (given) => check?.((given ?? '').trim()),
    });
    return this.#given(value ?? '').trim();
  }

  async choose<Value extends string>(
    message: string,
    choices: readonly Choice<Value>[],
    initialValue?: Value,
  ): Promise<Value> {
    const value = await clack.select<string>({
      message,
      signal: this.#signal,
      options: choices.map(({ value: own, label, hint }) => ({
        value: own,
        label,
        ...(hint === undefined ? {} : { hint }),
      })),
      maxItems: mostChoices,
      // They are in English.
      showInstructions: false,
      ...(initialValue === undefined ? {} : { initialValue }),
    });
    const given = this.#given(value);
    const chosen = choices.find((choice) => choice.value === given);
    if (chosen === undefined) throw new Stopped();
    return chosen.value;
  }

  async confirm(message: string, initialValue: boolean): Promise<boolean> {
    const { yes, no } = this.#words;
    return this.#given(await clack.confirm({ message, signal: this.#signal, initialValue, active: yes, inactive: no }));
  }

  #given<Value>(value: Value | typeof clack.CANCEL_SYMBOL): Value {
    if (clack.isCancel(value)) throw new Stopped();
    return value;
  }
}
