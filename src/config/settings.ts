/** Reads single variables of the environment and collects what is wrong with them and what of them is secret. */
import type { SettingProblem } from '../errors.ts';
import { findSecretsIn } from './secrets.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable set to nothing counts as unset. */
export class Settings {
  readonly #problems: SettingProblem[] = [];
  readonly #secrets = new Set<string>();
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  get problems(): readonly SettingProblem[] {
    return this.#problems;
  }

  /** What must never be printed, each once. */
  get secrets(): readonly string[] {
    return [...this.#secrets];
  }

  /** @param advice What the variable should hold and where to get it: the end of a sentence that begins with its name. */
  report(variable: string, advice: string): void {
    this.#problems.push({ variable, advice });
  }

  hasProblem(variable: string): boolean {
    return this.#problems.some((problem) => problem.variable === variable);
  }

  /** Keeps them out of everything that is printed. */
  hide(secrets: readonly string[]): void {
    for (const secret of secrets) if (secret !== '') this.#secrets.add(secret);
  }

  text(variable: string): string | undefined {
    const value = this.#environment[variable]?.trim();
    return value === '' ? undefined : value;
  }

  secret(variable: string): string | undefined {
    const value = this.text(variable);
    this.hide(value === undefined ? [] : [value]);
    return value;
  }

  number(variable: string, from: number, to: number): number | undefined {
    return this.#number(variable, `a number from ${from} to ${to}`, (number) => number >= from && number <= to);
  }

  integer(variable: string, from: number, to: number): number | undefined {
    const isGood = (number: number) => Number.isInteger(number) && number >= from && number <= to;
    return this.#number(variable, `a whole number from ${from} to ${to}`, isGood);
  }

  #number(variable: string, meaning: string, isGood: (number: number) => boolean): number | undefined {
    const value = this.text(variable);
    if (value === undefined || isGood(Number(value))) return value === undefined ? undefined : Number(value);
    this.report(variable, `should be ${meaning}.`);
    return undefined;
  }

  isOn(variable: string): boolean | undefined {
    const choice = this.oneOf(variable, ['on', 'off']);
    return choice === undefined ? undefined : choice === 'on';
  }

  /** An http(s) address. Names, passwords and keys in it are secret. */
  url(variable: string, meaning: string): string | undefined {
    const value = this.text(variable);
    if (value === undefined) return undefined;
    if (/^https?:\/\//.test(value) && URL.canParse(value)) {
      this.hide(findSecretsIn(value));
      return value;
    }
    this.report(variable, `should be ${meaning}.`);
    return undefined;
  }

  oneOf<Choice extends string>(variable: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.text(variable)?.toLowerCase();
    const choice = choices.find((candidate) => candidate === value);
    if (value !== undefined && choice === undefined) this.report(variable, `should be one of ${choices.join(', ')}.`);
    return choice;
  }
}
