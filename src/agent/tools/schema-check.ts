/**
 * Holds values against the JSON Schemas of tool servers. Schemas come from outside: what cannot be compiled, is huge, or
 * has a pattern that takes too long is not checked here, and the server does it.
 */
import { createContext, Script } from 'node:vm';
import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { JsonSchema } from './tool.ts';

const longestSchema = 200_000;
const mostProblems = 4;
/** For one pattern and one text: a pattern may be made, by mistake or not, to take for ever. */
const patternMs = 200;

const options: Options = {
  strict: false,
  allErrors: true,
  // Errors of the compiler are ours to handle; it would print them.
  logger: false,
  addUsedSchema: false,
  code: { regExp: Object.assign(toBoundedPattern, { code: 'toBoundedPattern' }) },
};

export class SchemaCheck {
  /** Compiled at the first use: most tools of most servers are never called. Undefined: it cannot be. */
  readonly #compiled = new WeakMap<JsonSchema, ValidateFunction | undefined>();

  /** What is wrong with the value, in a few words; undefined when nothing is, or nobody can tell. */
  async problemWith(schema: JsonSchema, value: unknown): Promise<string | undefined> {
    if (!this.#compiled.has(schema)) this.#compiled.set(schema, compile(schema));
    const validate = this.#compiled.get(schema);
    try {
      if (validate === undefined || validate(value)) return undefined;
    } catch {
      // A schema that goes round in circles.
      return undefined;
    }
    return describe(validate.errors ?? []);
  }
}

function compile(schema: JsonSchema): ValidateFunction | undefined {
  if (JSON.stringify(schema).length > longestSchema) return undefined;
  const isOlder = typeof schema.$schema === 'string' && /draft-0[67]/.test(schema.$schema);
  // Without its dialect: ajv looks for that one's own schema.
  const { $schema: _dialect, ...rest } = schema;
  try {
    // One for each schema: `$id`s of different tools may be the same.
    const ajv = isOlder ? new Ajv(options) : new Ajv2020(options);
    addFormats.default(ajv);
    return ajv.compile(rest);
  } catch {
    return undefined;
  }
}

function describe(errors: readonly ErrorObject[]): string {
  const problems = errors.map(({ instancePath, message = 'is wrong', params }) => {
    const extra = 'additionalProperty' in params ? ` (${params.additionalProperty})` : '';
    const allowed = 'allowedValues' in params ? `: ${JSON.stringify(params.allowedValues).slice(0, 200)}` : '';
    return `${instancePath === '' ? 'they' : instancePath} ${message}${extra}${allowed}`;
  });
  return [...new Set(problems)].slice(0, mostProblems).join('; ').slice(0, 600);
}

const sandbox = createContext({ pattern: '', flags: '', text: '' });
const matching = new Script('new RegExp(pattern, flags).test(text)');

function toBoundedPattern(pattern: string, flags: string) {
  new RegExp(pattern, flags); // Throws for what is no pattern: the schema then cannot be compiled.
  let isTooSlow = false;
  const test = (text: string): boolean => {
    if (isTooSlow) return true;
    Object.assign(sandbox, { pattern, flags, text });
    try {
      return matching.runInContext(sandbox, { timeout: patternMs }) === true;
    } catch {
      // Not decided in time, and not tried again.
      isTooSlow = true;
      return true;
    }
  };
  // ajv tells patterns apart by this.
  return { test, toString: () => `/${pattern}/${flags}` };
}
