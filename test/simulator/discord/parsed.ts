/** JSON as a test reads it, by the names that it expects: a wrong guess is undefined, and fails what is held against it. */
export interface Parsed {
  readonly [name: string]: Parsed;
}
