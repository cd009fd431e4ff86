import { expect, test } from 'vitest';
import type { SettledTurn } from '../../../src/agent/agent.ts';
import { sumOfDay, toDollars, toUsageText } from '../../../src/bot/channel/usage.ts';

const day = Date.UTC(2026, 10, 27);
const dayMs = 86_400_000;
const turn: SettledTurn = {
  version: 1,
  turnId: '1',
  channelId: '2',
  authorId: '3',
  askedAt: day,
  outcome: 'answered',
  usage: { promptTokens: 1200, cachedTokens: 1000, outputTokens: 30, costUsd: 0.004 },
  delivery: null,
};
const unpriced = { ...turn, usage: { promptTokens: 5, cachedTokens: 0, outputTokens: 1 } };
const { usage: _, ...uncounted } = { ...turn, outcome: 'model-error' as const };

test('a day is the sum of its turns; what nobody counted counts as nothing', () => {
  expect(sumOfDay(day, [turn, unpriced, uncounted])).toEqual({
    day,
    questions: 3,
    failed: 1,
    promptTokens: 1205,
    cachedTokens: 1000,
    outputTokens: 31,
    costUsd: 0.004,
  });
  expect(sumOfDay(day, [unpriced]).costUsd).toBeUndefined();
});

test('days are said with a bar each, the busiest the longest', () => {
  const days = [
    sumOfDay(day, [turn]),
    sumOfDay(day + dayMs, []),
    sumOfDay(
      day + 2 * dayMs,
      Array.from({ length: 24 }, () => turn),
    ),
  ];
  expect(toUsageText(days, 'Your questions', 'en').split('\n')).toEqual([
    '**Your questions** – the last 3 days (UTC)',
    '25 questions · 30,000 tokens read (25,000 from the cache), 750 written · $0.10',
    '```',
    '11-27   1 ▌             1,230 tok  $0.0040',
    '11-28   0',
    '11-29  24 ████████████  29,520 tok  $0.096',
    '```',
  ]);
});

test('one question is one, and nothing is nothing', () => {
  expect(toUsageText([sumOfDay(day, [unpriced])], 'Your questions', 'en')).toContain(
    'today (UTC)\n1 question · 5 tokens',
  );
  expect(toUsageText([sumOfDay(day, [])], '내 질문', 'ko')).toBe('**내 질문** – 오늘 (UTC 기준)\n질문이 없었습니다.');
});

test('small sums are said with the digits that tell something', () => {
  expect([0, 0.000012, 0.25, 1, 12.345].map(toDollars)).toEqual(['$0.00', '$0.000012', '$0.25', '$1.00', '$12.35']);
});
