/** One server's part of the file that MCP_CONFIG names, or a part of that, read field by field. */
import { isRecord } from '../json.ts';
import type { Environment } from './settings.ts';

/** Text may name variables of the environment: `${NAME}` or `${NAME:-default}`. */
export class Entry {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #environment: Environment;
  readonly #problems: string[];

  constructor(fields: unknown, environment: Environment, problems: string[]) {
    this.#fields = isRecord(fields) ? fields : {};
    this.#environment = environment;
    this.#problems = problems;
  }

  report(problem: string): void {
    this.#problems.push(problem);
  }

  /** Undefined where there is none, or something else than text. */
  text(name: string): string | undefined {
    const value = this.#fields[name];
    return typeof value === 'string' ? this.#filled(value) : undefined;
  }

  /** Empty where there are none; undefined where a value is not text. */
  texts(name: string): Record<string, string> | undefined {
    const value = this.#fields[name] ?? {};
    if (!isRecord(value) || !Object.values(value).every((text) => typeof text === 'string')) return undefined;
    return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, this.#filled(String(text))]));
  }

  /** Empty where there is none; undefined where it is no list of texts. */
  list(name: string): string[] | undefined {
    const value = this.#fields[name] ?? [];
    if (!Array.isArray(value) || !value.every((text) => typeof text === 'string')) return undefined;
    return value.map((text) => this.#filled(text));
  }

  optionalList(name: string): string[] | undefined {
    if (this.#fields[name] === undefined) return undefined;
    const list = this.list(name);
    if (list === undefined) this.report(`needs as "${name}" a list of tool names`);
    return list;
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.#fields[name];
    const choice = choices.find((candidate) => candidate === value);
    if (value !== undefined && choice === undefined) this.report(`needs as "${name}" one of ${choices.join(', ')}`);
    return choice;
  }

  seconds(name: string): number | undefined {
    const value = this.#fields[name];
    if (value === undefined) return undefined;
    if (typeof value === 'number' && value > 0 && value <= 86_400) return value;
    this.report(`needs as "${name}" a number of seconds from 1 to 86400`);
    return undefined;
  }

  integer(name: string, from: number, to: number): number | undefined {
    const value = this.#fields[name];
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to) return value;
    this.report(`needs as "${name}" a whole number from ${from} to ${to}`);
    return undefined;
  }

  /** Ids of Discord. Undefined where there are none. */
  ids(name: string): string[] | undefined {
    if (this.#fields[name] === undefined) return undefined;
    const ids = this.list(name);
    if (ids?.every((id) => /^\d{17,20}$/.test(id)) && ids.length > 0) return ids;
    this.report(`needs as "${name}" a list of ids of roles, each in quotes, of 17 to 20 digits`);
    return undefined;
  }

  flag(name: string): boolean | undefined {
    const value = this.#fields[name];
    if (value === undefined || typeof value === 'boolean') return value;
    this.report(`needs as "${name}" true or false`);
    return undefined;
  }

  get names(): readonly string[] {
    return Object.keys(this.#fields);
  }

  /** Undefined where there is none, or something else than an object. */
  record(name: string): Entry | undefined {
    return isRecord(this.#fields[name]) ? this.part(name) : undefined;
  }

  part(name: string): Entry | undefined {
    const value = this.#fields[name];
    return value === undefined ? undefined : new Entry(value, this.#environment, this.#problems);
  }

  #filled(text: string): string {
    return text.replace(/\$\{(\w+)(?::-([^{}]*))?\}/g, (_, variable: string, fallback: string | undefined) => {
      const value = this.#environment[variable] ?? fallback;
      if (value === undefined) this.report(`names the variable ${variable}, which is not set`);
      return value ?? '';
    });
  }
}
