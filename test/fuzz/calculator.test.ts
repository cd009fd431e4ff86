/** Whatever the calculator is sent, it answers in its time, with a status and words that make sense, and the next call is right. */
import fc from 'fast-check';
import { afterAll, expect } from 'vitest';
import { hasFiniteDecimals, isEqual, isRounded, read } from '../mcp-server/fraction.ts';
import {
  mostBytes,
  oddBody,
  oddBytes,
  oddExpression,
  oddPicture,
  type Sum,
  sum,
} from './support/calculator-requests.ts';
import { CalculatorWorld, expectSound, type Outcome, readAnswers } from './support/calculator-world.ts';
import { fuzz } from './support/fuzz.ts';
import { Shared } from './support/shared.ts';

const worlds = new Shared(() => CalculatorWorld.start());
afterAll(() => worlds[Symbol.asyncDispose]());

const sentence = /^\S[^\n]{5,600}\.$/;
/** Each takes no time. */
const many = { minLength: 1, maxLength: 30, size: 'max' } as const;

fuzz('a client writes what bytes it likes', { seconds: 2 }, fc.array(oddBytes, many), (requests) =>
  worlds.use(async (world) => {
    for (const bytes of requests) {
      const answers = readAnswers(await world.write(bytes, bytes.isWhole), bytes.isHead);
      for (const answer of answers) expectSound(answer);
      if (bytes.isWhole) expect(answers.length, 'answers to a whole request').toBeGreaterThan(0);
    }
    await world.expectWell();
  }),
);

fuzz('a client asks in what JSON-RPC it likes', { seconds: 2 }, fc.array(oddBody, many), (bodies) =>
  worlds.use(async (world) => {
    for (const body of bodies) if (Buffer.byteLength(body) <= mostBytes) expectSound(await world.post(body));
    await world.expectWell();
  }),
);

fuzz(
  'a model writes what expressions it likes',
  { seconds: 3 },
  fc.array(fc.oneof(oddExpression, sum), many),
  (asked) =>
    worlds.use(async (world) => {
      for (const one of asked) {
        const expression = typeof one === 'string' ? one : one.text;
        const outcome = await world.call('evaluate', { expression });
        expectClear(outcome);
        if (typeof one !== 'string') expectRight(outcome, one);
        if (outcome.isError) continue;
        // What it writes, it reads as the same.
        const again = await world.call('evaluate', { expression: outcome.text });
        expect(isEqual(read(again.text), read(outcome.text)), `${outcome.text} is read as ${again.text}`).toBe(true);
      }
      await world.expectWell();
    }),
);

fuzz('a model draws what it likes', { seconds: 3 }, fc.array(oddPicture, { minLength: 1, maxLength: 3 }), (pictures) =>
  worlds.use(async (world) => {
    for (const { tool, given } of pictures) {
      const { isError, text, picture } = await world.call(tool, given);
      if (isError) expect(text).toMatch(sentence);
      else expect(text).toMatch(/^[^\n]{1,2000}$/);
      // As every PNG begins.
      if (!isError) expect(picture).toMatch(/^iVBORw0KGgo/);
    }
    await world.expectWell();
  }),
);

/** A number, or one sentence. */
function expectClear({ isError, text }: Outcome): void {
  if (isError) expect(text).toMatch(sentence);
  else expect(text).toMatch(/^-?\d{1,10000}(\.\d{1,10000})?(e[+-]\d{1,5})?$/);
}

/** By another arithmetic. Sums so small have a value, unless they divide by nothing. */
function expectRight({ isError, text }: Outcome, { value }: Sum): void {
  expect(isError, text).toBe(value === undefined);
  if (value === undefined) return;
  expect(hasFiniteDecimals(value) ? isEqual(read(text), value) : isRounded(text, value, 50), text).toBe(true);
}
