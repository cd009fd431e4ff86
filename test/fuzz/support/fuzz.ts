/**
 * A property that is tried with generated values. Usually these are the same values in every run, so that a change is to blame for
 * a failure and not chance. With `FUZZ_SECONDS`, the time of all properties together, they are new ones; `FUZZ_SEED` repeats a
 * run: it makes the same values in the same order.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resolvesWithin } from '../../../src/waiting.ts';

const { FUZZ_SECONDS, FUZZ_SEED } = process.env;
/** Undefined: a given number of values is tried, however long it takes. */
const seconds = FUZZ_SECONDS === undefined ? undefined : Number(FUZZ_SECONDS);
const usualSeed = 20_261_128;
const seed = Number(FUZZ_SEED ?? (seconds === undefined ? usualSeed : Math.floor(Math.random() * 2 ** 31)));
/** The shares of all properties together. They are tried side by side, a few files at a time. */
const allSeconds = 90;
/** A batch for each so many seconds of its share is tried where no time is set. */
const secondsPerBatch = 6;
const usualBatch = 20;
/** A batch is given up after this: its values take no time, but to find a small one that fails may. */
const batchMs = 90_000;
/** What one step of a value may take: long runs are made on machines that have other things to do. */
export const patienceMs = 90_000;
/** What takes longer hangs. */
const hangsAfterMs = 2 * patienceMs;
const longestReport = 4_000;

const rejections: unknown[] = [];
process.on('unhandledRejection', (error) => rejections.push(error));

export interface FuzzOptions {
  /** Its share of {@link allSeconds}. */
  readonly seconds: number;
  /** Values in a batch. Default 20: of a few seconds. */
  readonly batch?: number;
}

/** @param look Throws when the value breaks what must hold. */
export function fuzz<Value>(
  name: string,
  options: FuzzOptions,
  values: fc.Arbitrary<Value>,
  look: (value: Value) => Promise<void> | void,
): void {
  const batches = Math.max(1, Math.round(options.seconds / secondsPerBatch));
  const shareMs = seconds === undefined ? undefined : (options.seconds / allSeconds) * seconds * 1000;
  const longest = (shareMs ?? batches * batchMs) + batchMs + 2 * hangsAfterMs;
  const isOver = (tried: number, sinceMs: number) => (shareMs === undefined ? tried >= batches : sinceMs >= shareMs);
  const run = async () => {
    const before = memory();
    const tried = await tryUntil(isOver, values, look, options.batch);
    console.log(
      `FUZZ_SEED=${seed}: ${tried} values; memory of the tests: ${before} MiB before, ${memory()} MiB after.`,
    );
  };
  test(name, run, longest);
}

/** Of this process, in MiB. */
function memory(): number {
  return Math.round(process.memoryUsage().rss / 2 ** 20);
}

/** @returns how many values were tried. */
async function tryUntil<Value>(
  isOver: (batches: number, sinceMs: number) => boolean,
  values: fc.Arbitrary<Value>,
  look: (value: Value) => Promise<void> | void,
  batchSize = usualBatch,
): Promise<number> {
  const startedAt = Date.now();
  let tried = 0;
  for (let batch = seed; batch === seed || !isOver(batch - seed, Date.now() - startedAt); batch += 1) {
    let last = Promise.resolve();
    const property = fc.asyncProperty(values, (value) => {
      last = watched(async () => await look(value));
      return last;
    });
    const outcome = await fc.check(property, {
      seed: batch,
      numRuns: batchSize,
      plugins: [fc.interruptAfterTimeLimit(batchMs)],
    });
    tried += outcome.numRuns;
    // When a batch is given up, a value is still being tried: nothing else is tried beside it.
    const ofLast = await last.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (outcome.failed && outcome.counterexample !== null) throw toFailure(batch, outcome);
    if (ofLast !== undefined) throw new Error(`FUZZ_SEED=${batch} makes it fail again.`, { cause: ofLast });
  }
  expect(tried, 'values that were tried').toBeGreaterThan(0);
  return tried;
}

function toFailure(batch: number, outcome: fc.RunDetails<unknown>): Error {
  const report = fc.defaultReportMessage(outcome) ?? '';
  const { errorInstance } = outcome;
  const reason = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  const text = `FUZZ_SEED=${batch} makes it fail again.\n${reason.slice(0, longestReport)}\n${report.slice(0, longestReport)}`;
  return new Error(text, { cause: errorInstance });
}

/** Fails when it hangs, or when a rejection goes to nobody meanwhile. */
async function watched(look: () => Promise<void>): Promise<void> {
  rejections.length = 0;
  if (!(await resolvesWithin(look(), hangsAfterMs)))
    throw new Error(`It hangs: nothing came within ${hangsAfterMs} ms.`);
  // Node tells of them when all that is ready has run.
  await new Promise(setImmediate);
  if (rejections.length > 0) throw new Error('A rejection went to nobody.', { cause: rejections[0] });
}
