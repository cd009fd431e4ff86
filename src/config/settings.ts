/** Reads single variables of the environment and collects what is wrong with them, so that one start names every problem. */
import type { SettingProblem } from '../errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable set to nothing counts as unset. */
export class Settings {
  readonly problems: SettingProblem[] = [];
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  report(variable: string, advice: string): void {
    this.problems.push({ variable, advice });
  }

  hasProblem(variable: string): boolean {
    return this.problems.some((problem) => problem.variable === variable);
  }

  text(variable: string): string | undefined {
    const value = this.#environment[variable]?.trim();
    return value === '' ? undefined : value;
  }

  number(variable: string, { from, to, whole }: { from: number; to: number; whole: boolean }): number | undefined {
    const value = this.text(variable);
    if (value === undefined) return undefined;
    const number = Number(value);
    const isGood = Number.isFinite(number) && number >= from && number <= to && (!whole || Number.isInteger(number));
    if (isGood) return number;
    this.report(variable, `should be a ${whole ? 'whole ' : ''}number from ${from} to ${to}.`);
    return undefined;
  }

  isOn(variable: string): boolean | undefined {
    const choice = this.oneOf(variable, ['on', 'off']);
    return choice === undefined ? undefined : choice === 'on';
  }

  url(variable: string, meaning: string): string | undefined {
    const value = this.text(variable);
    if (value === undefined || (/^https?:\/\//.test(value) && URL.canParse(value))) return value;
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
