/** What members, peers and machines do to the whole bot, one thing after the other, and what the model makes of it. */
import fc from 'fast-check';
import type { RestFault } from '../../../src/simulator/discord/discord.ts';
import type { Answer } from '../../../src/simulator/model/answer.ts';
import type { Plan } from '../../crash/support/script.ts';
import { oddValue } from './json.ts';
import { calls, oddAnswers } from './model-scripts.ts';
import { oddName, oddText } from './texts.ts';

const ways = ['mention', 'mention', 'mention', 'command', 'direct'] as const;
const disturbances = ['drop', 'reconnect', 'resume', 'begin anew', 'repeat messages', 'repeat commands'] as const;

/** Buttons by what they do. */
export type Press = 'approve' | 'deny' | 'stop' | 'again' | 'why';
const presses: readonly Press[] = ['approve', 'approve', 'deny', 'stop', 'again', 'again', 'why'];

/** `which` counts through the questions so far, newest first; `where` through the channels, `who` through the members. */
export type Deed =
  | { readonly type: 'ask'; readonly how: (typeof ways)[number]; readonly where: number; readonly who: number }
  | { readonly type: 'edit' | 'delete'; readonly which: number }
  | { readonly type: 'press'; readonly which: number; readonly who: number; readonly action: Press }
  | { readonly type: 'stop'; readonly where: number; readonly who: number }
  | { readonly type: 'bot'; readonly signal: 'SIGKILL' | 'SIGTERM' }
  | { readonly type: 'requests fail'; readonly times: number; readonly effect: RestFault['effect'] }
  | { readonly type: 'gateway'; readonly how: (typeof disturbances)[number] }
  | { readonly type: 'store locked' | 'tools away'; readonly forMs: number };

export interface Moment {
  readonly deed: Deed;
  readonly thenWaitMs: number;
}

const index = fc.nat(5);
const effect: fc.Arbitrary<RestFault['effect']> = fc.oneof(
  fc.constantFrom<RestFault['effect']>(
    { type: 'status', status: 500 },
    { type: 'fail-after-storing' },
    { type: 'reset' },
    { type: 'reset-after-storing' },
    { type: 'status', status: 502, body: '<html>' },
  ),
  fc.nat(1_500).map((delayMs) => ({ type: 'delay', delayMs }) as const),
  fc.nat(1_500).map((retryAfterMs) => ({ type: 'rate-limit', retryAfterMs }) as const),
);

const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({ type: fc.constant('ask'), how: fc.constantFrom(...ways), where: index, who: index }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constantFrom('edit', 'delete'), which: index }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('press'),
      which: index,
      who: index,
      action: fc.constantFrom(...presses),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('stop'), where: index, who: index }) },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('bot'), signal: fc.constantFrom('SIGKILL', 'SIGKILL', 'SIGTERM') }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('requests fail'), times: fc.integer({ min: 1, max: 4 }), effect }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('gateway'), how: fc.constantFrom(...disturbances) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constantFrom('store locked', 'tools away'),
      forMs: fc.integer({ min: 1, max: 2_000 }),
    }),
  },
);

export const moments: fc.Arbitrary<readonly Moment[]> = fc.array(
  fc.record({ deed, thenWaitMs: fc.oneof(fc.constant(0), fc.nat(60), fc.nat(400)) }),
  { minLength: 3, maxLength: 24, size: 'max' },
);

/** One answer of the model, to whichever question comes to it. */
export type OddStep = (label: string, attempt: number) => Answer;

/** Every message costs a request or more, and there are many messages. */
const longestText = 600;
const isShort = (value: unknown) => JSON.stringify(value).length <= 5 * longestText;
export const shortText = oddText.map((text) => text.slice(0, longestText));
const toolNames = ['look', 'pay', 'draw', 'transfer'] as const;
const someWords = fc.oneof({ weight: 2, arbitrary: fc.constant('') }, { weight: 1, arbitrary: shortText });

/** An answer in words. */
const saying: fc.Arbitrary<OddStep> = fc
  .record({ words: someWords, chunkDelayMs: fc.constantFrom(0, 0, 20, 120), isCut: fc.constantFrom(0, 0, 0, 1, 2) })
  .map(({ words, chunkDelayMs, isCut }) => (label, attempt) => ({
    text: [`It is `, `${words} `, `for ${label}, `, `try ${attempt}.`],
    chunkDelayMs,
    ...(isCut === 0 ? {} : { cutAfterChunks: isCut }),
  }));

/** Calls of tools that are there, each once; beside them what is none. */
const calling: fc.Arbitrary<OddStep> = fc
  .record({
    words: someWords,
    names: fc.uniqueArray(fc.constantFrom(...toolNames), { minLength: 1, maxLength: 3 }),
    more: fc.oneof(
      { weight: 3, arbitrary: fc.constant({}) },
      fc.dictionary(oddName, oddValue, { maxKeys: 2 }).filter(isShort),
    ),
    beside: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, calls(oddName).filter(isShort)),
  })
  .map(({ words, names, more, beside }) => (label, attempt) => ({
    text: words,
    toolCalls: [
      ...names.map((name) => ({ name, arguments: { ...more, for: label, attempt } })),
      ...(beside !== undefined && 'toolCalls' in beside ? (beside.toolCalls ?? []) : []),
    ],
  }));

const anything: fc.Arbitrary<OddStep> = oddAnswers(['look', 'draw'])
  .map(([first]) => first ?? { text: 'nothing' })
  .filter(isShort)
  .map((answer) => () => answer);

/** Nothing is called a second time for a question: what tools do twice, they were asked to do twice. */
export interface OddModel {
  readonly first: readonly OddStep[];
  readonly later: readonly OddStep[];
}

const some = (step: fc.Arbitrary<OddStep>) => fc.array(step, { minLength: 1, maxLength: 5 });
export const oddModel: fc.Arbitrary<OddModel> = fc.record({
  first: some(
    fc.oneof({ weight: 3, arbitrary: saying }, { weight: 5, arbitrary: calling }, { weight: 2, arbitrary: anything }),
  ),
  later: some(fc.oneof({ weight: 5, arbitrary: saying }, { weight: 1, arbitrary: anything })),
});

/** Of one step. */
const mostOddAttempts = 3;

/** The same question comes to the same answer, in whichever life of the bot it is asked. */
export function toPlan(current: () => OddModel): Plan {
  return ({ label, step, attempt }) => {
    const { first, later } = current();
    const steps = step === 0 ? first : later;
    const place = Number(label.split('.').at(-1)) + 3 * step + attempt;
    // One that is busy is so for a while: each time, the bot waits 20 s.
    if (attempt > mostOddAttempts) return { text: label };
    return steps[place % steps.length]?.(label, attempt) ?? { text: label };
  };
}
