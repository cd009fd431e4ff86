import { expect, test } from 'vitest';
import { readTurn } from '../../src/agent/store/turn-record.ts';
import { toTimeline } from '../../src/agent/timeline.ts';
import type { Turn } from '../../src/agent/turn.ts';

const question = { id: '1', channelId: '2', authorId: '3', authorName: 'Mina', text: 'pay', askedAt: 1000 };
const usage = { promptTokens: 100, cachedTokens: 40, outputTokens: 10, costUsd: 0.001 };
const file = { key: 'k', name: 'a.png', mimeType: 'image/png', bytes: 3 };
const turn: Turn = {
  version: 4,
  question: { ...question, attachments: [{ name: 'big.zip', bytes: 1, url: 'https://example.org' }] },
  files: [{ attachment: 0, type: 'left-out', reason: 'too-large' }],
  warnings: [
    { type: 'no-tools', afterSteps: 0 },
    { type: 'model-wait', waitMs: 500, until: 9000, afterSteps: 1 },
  ],
  steps: [
    {
      text: 'Wait.',
      calls: [
        { id: 'a', name: 'pay', arguments: '{ "to": "Bob" }' },
        { id: 'b', name: 'look', arguments: '{}' },
      ],
      results: [
        { callId: 'b', ok: false, text: 'no', server: 'desk', startedAt: 2100, endedAt: 2200 },
        { callId: 'a', ok: true, text: 'paid', server: 'desk', startedAt: 3000, endedAt: 3500, files: [file] },
      ],
      approvals: [{ callId: 'a', until: 9000, decision: 'approved', by: '4', decidedAt: 2900, isStarted: true }],
      usage,
      askedAt: 1500,
      answeredAt: 2000,
      retries: 1,
    },
    { text: 'Paid.', calls: [], results: [], usage, askedAt: 4000, answeredAt: 4200 },
  ],
  replaces: '0',
  end: { type: 'answered' },
  endedAt: 4250,
  delivery: null,
};

test('a turn is a span with everything that was done in it, in its order, as plain data', () => {
  const timeline = toTimeline(turn);
  expect(JSON.parse(JSON.stringify(timeline))).toEqual(timeline);
  const [whole, ...parts] = timeline;
  expect(whole).toEqual({
    kind: 'turn',
    id: 'turn',
    name: 'turn',
    startedAt: 1000,
    endedAt: 4250,
    attributes: {
      outcome: 'answered',
      steps: 2,
      calls: 2,
      retries: 1,
      usage: { promptTokens: 200, cachedTokens: 80, outputTokens: 20, costUsd: 0.002 },
      replaces: '0',
    },
  });
  expect(parts.map(({ kind, id, startedAt, endedAt }) => [kind, id, startedAt, endedAt])).toEqual([
    ['left-out', 'f0', undefined, undefined],
    ['warning', 'w0', undefined, undefined],
    ['model', '0', 1500, 2000],
    ['approval', '0.0.approval', 2000, 2900],
    ['tool', '0.0', 3000, 3500],
    ['tool', '0.1', 2100, 2200],
    ['warning', 'w1', 8500, 9000],
    ['model', '1', 4000, 4200],
  ]);
  expect(parts.every(({ parentId }) => parentId === 'turn')).toBe(true);
  expect(new Set(timeline.map(({ id }) => id)).size).toBe(timeline.length);
  expect(parts.map(({ attributes }) => attributes)).toEqual([
    { file: 'big.zip', reason: 'too-large' },
    turn.warnings[0],
    { step: 0, calls: 2, characters: 5, retries: 1, usage },
    { step: 0, tool: 'pay', decision: 'approved', by: '4' },
    { step: 0, tool: 'pay', server: 'desk', arguments: '{ "to": "Bob" }', result: 'paid', ok: true, files: [file] },
    { step: 0, tool: 'look', server: 'desk', arguments: '{}', result: 'no', ok: false, files: [] },
    turn.warnings[1],
    { step: 1, calls: 0, characters: 5, retries: 0, usage },
  ]);
});

test('a record of an earlier version has no times and everything else; one that goes on has no outcome', () => {
  const old = readTurn({
    version: 2,
    question,
    warnings: [],
    steps: [
      {
        text: '',
        calls: [{ id: 'a', name: 'pay', arguments: '{}' }],
        results: [{ callId: 'a', ok: true, text: 'paid' }],
      },
    ],
    delivery: null,
  });
  if (old === undefined) throw new Error('no turn');
  expect(toTimeline(old)).toEqual([
    { kind: 'turn', id: 'turn', name: 'turn', startedAt: 1000, attributes: { steps: 1, calls: 1, retries: 0 } },
    {
      kind: 'model',
      id: '0',
      parentId: 'turn',
      name: 'model',
      attributes: { step: 0, calls: 1, characters: 0, retries: 0 },
    },
    {
      kind: 'tool',
      id: '0.0',
      parentId: 'turn',
      name: 'tool',
      attributes: { step: 0, tool: 'pay', arguments: '{}', result: 'paid', ok: true, files: [] },
    },
  ]);
});
