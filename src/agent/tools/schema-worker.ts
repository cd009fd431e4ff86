/**
 * The thread that holds values against JSON Schemas. Schemas come from outside, and some take for ever, by mistake or not:
 * whoever asks gives up on this thread then. What cannot be compiled is not checked: the tool's server does it.
 */
import { parentPort } from 'node:worker_threads';
import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { threadReady } from '../../bounded-thread.ts';
import { isRecord } from '../../json.ts';

/** Both as JSON. */
export interface CheckRequest {
  readonly schema: string;
  readonly value: string;
}

export interface CheckAnswer {
  /** In a few words; undefined when nothing is wrong, or nobody can tell. */
  readonly problem: string | undefined;
}

const mostProblems = 4;
const mostCompiled = 200;
const options: Options = {
  strict: false,
  allErrors: true,
  // Errors of the compiler are ours to handle; it would print them.
  logger: false,
  addUsedSchema: false,
};
/** By the schema's text. Undefined: it cannot be compiled. */
const compiled = new Map<string, ValidateFunction | undefined>();

parentPort?.on('message', (request: CheckRequest) => {
  const answer: CheckAnswer = { problem: check(request) };
  parentPort?.postMessage(answer);
});
parentPort?.postMessage(threadReady);

function check({ schema, value }: CheckRequest): string | undefined {
  if (!compiled.has(schema)) {
    if (compiled.size >= mostCompiled) compiled.clear();
    compiled.set(schema, compile(JSON.parse(schema)));
  }
  const validate = compiled.get(schema);
  try {
    if (validate === undefined || validate(JSON.parse(value))) return undefined;
  } catch {
    // A schema that goes round in circles.
    return undefined;
  }
  return describe(validate.errors ?? []);
}

function compile(schema: unknown): ValidateFunction | undefined {
  if (!isRecord(schema)) return undefined;
  // Without its dialect: ajv looks for that one's own schema.
  const { $schema: dialect, ...rest } = schema;
  const isOlder = typeof dialect === 'string' && /draft-0[67]/.test(dialect);
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
  const problems = new Set<string>();
  for (const { instancePath, message = 'is wrong', params } of errors) {
    const extra = 'additionalProperty' in params ? ` (${params.additionalProperty})` : '';
    const allowed = 'allowedValues' in params ? `: ${JSON.stringify(params.allowedValues).slice(0, 200)}` : '';
    problems.add(`${instancePath === '' ? 'they' : instancePath} ${message}${extra}${allowed}`);
    if (problems.size >= mostProblems) break;
  }
  return [...problems].join('; ');
}
