import { expect, test } from 'vitest';
import type { Turn } from '../../src/agent/turn.ts';
import { toTrace } from '../../src/traces/to-trace.ts';

const question = { id: '1', channelId: '2', authorId: '3', authorName: 'Mina', text: 'pay Bob', askedAt: 1000 };
const turn: Turn = {
  version: 4,
  question: { ...question, attachments: [{ name: 'diary.zip', bytes: 1, url: 'https://example.org' }] },
  files: [{ attachment: 0, type: 'left-out', reason: 'too-large' }],
  warnings: [{ type: 'model-wait', waitMs: 500, until: 9000, afterSteps: 1 }],
  steps: [
    {
      text: 'Wait.',
      calls: [
        { id: 'a', name: 'pay', arguments: '{ "to": "Bob" }' },
        { id: 'b', name: 'look'.repeat(100), arguments: '{}' },
      ],
      results: [
        { callId: 'b', ok: false, text: 'There is no such tool.' },
        { callId: 'a', ok: true, text: 'paid', server: 'desk', startedAt: 3000, endedAt: 3500 },
      ],
      approvals: [{ callId: 'a', until: 9000, decision: 'approved', by: '4', decidedAt: 2900 }],
      askedAt: 1500,
      answeredAt: 2000,
    },
  ],
  replaces: '0',
  end: { type: 'failed', code: 'model-busy' },
  endedAt: 9100,
  delivery: null,
};
const options = { model: 'm', hasContent: false };

test('what took time is a span below that of the turn, what only happened is an event of it', () => {
  const { spans, events } = toTrace(turn, options);
  const [root, ...parts] = spans;
  expect(spans.map(({ name, startedAt, endedAt, isFailed }) => [name, startedAt, endedAt, isFailed])).toEqual([
    ['invoke_agent jupan', 1000, 9100, true],
    ['chat m', 1500, 2000, false],
    ['approval', 2000, 2900, false],
    ['execute_tool pay', 3000, 3500, false],
    // Nobody knows when: it comes behind what came before.
    [`execute_tool ${'look'.repeat(32)}`, 3500, 3500, true],
  ]);
  expect(parts.every(({ parentId }) => parentId === root.id)).toBe(true);
  expect(root.attributes['error.type']).toBe('model-busy');
  expect(events).toEqual([
    { name: 'left-out', at: 1000, attributes: { 'jupan.left_out.reason': 'too-large' } },
    { name: 'warning', at: 8500, attributes: { 'jupan.warning.type': 'model-wait', 'jupan.warning.wait_ms': 500 } },
  ]);
});

test('nothing of it is what somebody wrote, or tells who somebody is', () => {
  const text = JSON.stringify(toTrace(turn, options));
  for (const own of ['Bob', 'Mina', 'Wait.', 'paid', 'diary', '"3"', '"4"']) expect(text).not.toContain(own);
  expect(JSON.stringify(toTrace(turn, { ...options, hasContent: true }))).toContain('Bob');
});

test('ids are made of the turn’s, as long as OpenTelemetry wants them, and point at the turn that was asked again', () => {
  const { id, spans, earlier } = toTrace(turn, options);
  expect(toTrace(structuredClone(turn), options)).toEqual(toTrace(turn, options));
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  for (const span of spans) expect(span.id).toMatch(/^[0-9a-f]{16}$/);
  expect(new Set(spans.map((span) => span.id)).size).toBe(spans.length);
  const first = toTrace({ ...turn, question: { ...question, id: '0' } }, options);
  expect(earlier).toEqual({ traceId: first.id, spanId: first.spans[0].id });
  expect(first.id).not.toBe(id);
});

test('long texts are cut, where they go along at all', () => {
  const long = { ...turn, question: { ...question, text: 'x'.repeat(100_000) } };
  const [root] = toTrace(long, { ...options, hasContent: true }).spans;
  expect(String(root.attributes['gen_ai.input.messages']).length).toBeLessThan(5000);
});

test('a turn of an earlier version, which knew no times, is a trace all the same', () => {
  const steps = [{ text: 'Hi', calls: [], results: [] }];
  const { endedAt: _, replaces: __, ...rest } = turn;
  const { spans, earlier } = toTrace({ ...rest, warnings: [], steps }, options);
  expect(spans.map(({ startedAt, endedAt }) => [startedAt, endedAt])).toEqual([
    [1000, 1000],
    [1000, 1000],
  ]);
  expect(earlier).toBeUndefined();
});

test('the model is the one that the question’s settings name, else the operator’s', () => {
  const modelsOf = (asked: Turn) =>
    toTrace(asked, options).spans.flatMap(({ attributes }) => attributes['gen_ai.request.model'] ?? []);
  expect(new Set(modelsOf(turn))).toEqual(new Set(['m']));
  const chosen = { ...turn, question: { ...turn.question, settings: { model: 'large' } } };
  expect(new Set(modelsOf(chosen))).toEqual(new Set(['large']));
});
