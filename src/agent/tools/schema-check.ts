/**
 * Holds values against the JSON Schemas of tool servers. Plain schemas are checked on the spot; the others on a thread of
 * their own, because a schema from outside may take for ever. What is not decided in time is not checked: the server does it.
 */
import { BoundedThread, type ThreadBounds } from '../../bounded-thread.ts';
import { isPlain, problemsOf } from './plain-schema.ts';
import type { CheckAnswer, CheckRequest } from './schema-worker.ts';
import type { JsonSchema } from './tool.ts';

interface Waiting {
  readonly request: CheckRequest;
  readonly schema: JsonSchema;
  readonly decide: (problem: string | undefined) => void;
}

/** In characters of JSON. */
const longestSchema = 200_000;
const longestValue = 2_000_000;
const mostProblems = 4;
const longestProblem = 600;
/** For one check as a whole: compiling the schema and holding the value against it. */
const bounds: ThreadBounds = { workMs: 1_000, longestMs: 10_000 };
/** A busy machine may take its time to start a thread; this time is not the schema's fault. */
const startMs = 10_000;
/** A schema that wants more is not decided. */
const memoryMb = 128;
/** How long others wait for a check that takes its time: then they are not checked. */
const patienceMs = 200;
/** A thread that nobody has needed for so long is ended: it takes 35 MB. */
const idleMs = 60_000;

export class SchemaCheck {
  readonly #queue: Waiting[] = [];
  /** Schemas that were not decided in time are not tried again. */
  readonly #hopeless = new WeakSet<JsonSchema>();
  readonly #plain = new WeakMap<JsonSchema, boolean>();
  #thread: BoundedThread<CheckRequest, CheckAnswer> | undefined;
  #isWorking = false;
  #isSlow = false;
  #isClosed = false;
  #idleTimer: NodeJS.Timeout | undefined;

  /** What is wrong with the value, in a few words; undefined when nothing is, or nobody can tell. */
  async problemWith(schema: JsonSchema, value: unknown): Promise<string | undefined> {
    if (this.#isPlain(schema)) return toSentence(problemsOf(schema, value, mostProblems));
    if (this.#hopeless.has(schema) || this.#isSlow || this.#isClosed) return undefined;
    const request = { schema: JSON.stringify(schema), value: JSON.stringify(value) };
    if (request.schema.length > longestSchema || request.value.length > longestValue) return undefined;
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    this.#queue.push({ request, schema, decide: resolve });
    if (!this.#isWorking) void this.#work();
    return await promise;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#idleTimer);
    this.#giveUpWaiting();
    await this.#endThread();
  }

  #isPlain(schema: JsonSchema): boolean {
    const known = this.#plain.get(schema) ?? isPlain(schema);
    this.#plain.set(schema, known);
    return known;
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    clearTimeout(this.#idleTimer);
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift())
      next.decide(await this.#check(next));
    this.#isWorking = false;
    if (!this.#isClosed) this.#idleTimer = setTimeout(() => void this.#endThread(), idleMs).unref();
  }

  async #check({ request, schema }: Waiting): Promise<string | undefined> {
    this.#thread ??= new BoundedThread(new URL('./schema-worker.ts', import.meta.url), { memoryMb });
    if (!(await this.#thread.isStarted(startMs))) {
      await this.#endThread();
      return undefined;
    }
    const patience = setTimeout(() => {
      this.#isSlow = true;
      this.#giveUpWaiting();
    }, patienceMs);
    const outcome = await this.#thread.ask(request, bounds);
    clearTimeout(patience);
    this.#isSlow = false;
    if (outcome.type === 'answered') return outcome.answer.problem?.slice(0, longestProblem);
    this.#hopeless.add(schema);
    await this.#endThread();
    return undefined;
  }

  #giveUpWaiting(): void {
    for (const { decide } of this.#queue.splice(0)) decide(undefined);
  }

  async #endThread(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.end();
  }
}

function toSentence(problems: readonly string[]): string | undefined {
  return problems.length === 0 ? undefined : [...new Set(problems)].join('; ').slice(0, longestProblem);
}
