import { describe, expect, test } from 'vitest';
import { nothingLive } from '../../../src/agent/agent.ts';
import { failureCodes, type ModelStep, type Turn } from '../../../src/agent/turn.ts';
import { catalogues } from '../../../src/bot/channel/catalogue.ts';
import { type PresentOptions, present as presentOn } from '../../../src/bot/channel/presenter.ts';
import type { ShownMessage } from '../../../src/bot/channel/shown-message.ts';
import { discordSurface } from '../../../src/bot/discord/surface.ts';

const question = {
  id: '1300000000000000001',
  channelId: '1300000000000000002',
  authorId: '3',
  authorName: '지민',
  text: '15와 27을 더해줘',
  askedAt: 0,
};

function present(turn: Turn, options: Omit<PresentOptions, 'surface'>): ShownMessage[] {
  return presentOn(turn, { surface: discordSurface, ...options });
}

function turnOf(steps: readonly ModelStep[], end?: Turn['end']): Turn {
  return {
    version: 3,
    question,
    warnings: [],
    steps: [...steps],
    ...(end === undefined ? {} : { end }),
    delivery: null,
  };
}

const call = { id: 'call-1', name: 'add', arguments: '{"a":15,"b":27}' };
const running: ModelStep = { text: '15와 27을 더해보겠습니다.', calls: [call], results: [] };
const done: ModelStep = { ...running, results: [{ callId: 'call-1', ok: true, text: '42' }] };
const answer: ModelStep = { text: '15와 27을 더하면 42입니다.', calls: [], results: [] };

function contents(turn: Turn, options: Partial<Omit<PresentOptions, 'surface'>> = {}): string[] {
  return present(turn, { language: 'ko', ...options }).map(({ content }) => content);
}

function noticeOf(step: Partial<ModelStep>): string | undefined {
  return contents(turnOf([{ text: '', calls: [call], results: [], ...step }]))[0];
}

describe('what stands in the channel for a turn', () => {
  test('nothing, while the model has said nothing', () => {
    expect(present(turnOf([]), { language: 'ko' })).toEqual([]);
  });

  test('the text beside the calls, then a notice of the running call', () => {
    expect(contents(turnOf([running]))).toEqual(['15와 27을 더해보겠습니다.', '🔧 add({"a":15,"b":27})']);
  });

  test('the notice with the result, then the answer as a reply with nothing added', () => {
    const messages = present(turnOf([done, answer], { type: 'answered' }), { language: 'ko' });
    expect(messages.map(({ content, isReply, stage }) => [stage, isReply, content])).toEqual([
      ['text', false, '15와 27을 더해보겠습니다.'],
      ['notice', false, '✅ add({"a":15,"b":27}) → 42'],
      ['final', true, '15와 27을 더하면 42입니다.'],
    ]);
  });

  test('the same keys in every state, so that a message is edited and never posted again', () => {
    const states = [turnOf([running]), turnOf([done]), turnOf([done, answer], { type: 'answered' })];
    const keys = states.map((turn) => present(turn, { language: 'ko' }).map(({ key }) => key));
    expect(keys).toEqual([
      ['0t0', '0n0'],
      ['0t0', '0n0'],
      ['0t0', '0n0', '1t0'],
    ]);
    expect(present(turnOf([done]), { language: 'ko', live: { ...nothingLive, draft: '15와' } }).at(-1)?.key).toBe(
      '1t0',
    );
  });

  test('a line a call, with the reason of a failed one', () => {
    const other = { id: 'call-2', name: 'divide', arguments: '{"a":1,"b":0}' };
    const step: ModelStep = {
      text: '',
      calls: [call, other],
      results: [{ callId: 'call-2', ok: false, text: 'Division by zero\nis not defined.' }],
    };
    expect(contents(turnOf([step]))).toEqual([
      '🔧 add({"a":15,"b":27})\n❌ divide({"a":1,"b":0}) → Division by zero is not defined.',
    ]);
  });

  test('arguments digit for digit, without the spaces that are between them and with those that are in texts', () => {
    const spaced = { ...call, arguments: '{ "a": 9007199254740993,\n "b": 0.10, "note": "a  b" }' };
    expect(noticeOf({ calls: [spaced] })).toBe('🔧 add({"a":9007199254740993,"b":0.10,"note":"a  b"})');
  });

  test('signs that Discord would take for markdown keep their meaning', () => {
    expect(noticeOf({ calls: [{ ...call, name: 'evaluate', arguments: '{"expression":"2*3*4"}' }] })).toBe(
      '🔧 evaluate({"expression":"2\\*3\\*4"})',
    );
    expect(noticeOf({ calls: [{ ...call, name: 'evaluate', arguments: '{"expression":"2*3"}' }] })).toBe(
      '🔧 evaluate({"expression":"2*3"})',
    );
    expect(noticeOf({ calls: [{ ...call, name: 'list_all_files' }] })).toMatch(/^🔧 list_all_files\(/);
  });

  test('long results are cut, and many calls go on in further messages', () => {
    const calls = Array.from({ length: 9 }, (_, index) => ({ ...call, id: `call-${index}` }));
    const results = calls.map(({ id }) => ({ callId: id, ok: true, text: '9'.repeat(5000) }));
    const notices = contents(turnOf([{ text: '', calls, results }]));
    expect(notices.length).toBeGreaterThan(1);
    expect(notices.join('\n').split('\n')).toHaveLength(9);
    for (const notice of notices) expect(notice.length).toBeLessThanOrEqual(2000);
  });

  test('a draft is the answer growing, as a reply', () => {
    expect(
      present(turnOf([done]), { language: 'ko', live: { ...nothingLive, draft: '15와 27을' } }).at(-1),
    ).toMatchObject({
      stage: 'draft',
      isReply: true,
      content: '15와 27을',
    });
  });

  test.each(failureCodes)('one line of plain words in both languages for %s', (code) => {
    for (const language of ['ko', 'en'] as const) {
      const [line = '', ...more] = contents(turnOf([], { type: 'failed', code }), { language });
      expect(more).toEqual([]);
      expect(line).toBe(`⚠️ ${catalogues[language].failures[code]}`);
      expect(line).not.toContain('\n');
    }
  });

  test('a failure after half an answer keeps the half and replies only once', () => {
    const messages = present(turnOf([{ ...answer, text: '15와 27을' }], { type: 'failed', code: 'answer-too-long' }), {
      language: 'en',
    });
    expect(messages.map(({ isReply }) => isReply)).toEqual([true, false]);
    expect(messages[1]?.content).toMatch(/^⚠️ /);
  });

  test('the response to /ask is headed by the question as a quote, whatever its first message is', () => {
    expect(contents(turnOf([running]), { quotedQuestion: '15와 27을\n더해줘' })).toEqual([
      '> 15와 27을\n> 더해줘\n15와 27을 더해보겠습니다.',
      '🔧 add({"a":15,"b":27})',
    ]);
    expect(contents(turnOf([{ ...running, text: '' }]), { quotedQuestion: 'q' })[0]).toBe(
      '> q\n🔧 add({"a":15,"b":27})',
    );
    expect(contents(turnOf([], { type: 'failed', code: 'internal' }), { quotedQuestion: 'q' })[0]).toMatch(/^> q\n⚠️ /);
  });

  test('a quote of any length leaves room for the answer', () => {
    for (const quotedQuestion of ['?'.repeat(6000), '\n'.repeat(3000), 'a\n'.repeat(3000)]) {
      const messages = contents(turnOf([{ ...answer, text: 'x'.repeat(5000) }], { type: 'answered' }), {
        quotedQuestion,
      });
      for (const content of messages) expect(content.length).toBeLessThanOrEqual(2000);
      expect(messages.join('').match(/x/g)).toHaveLength(5000);
    }
  });

  test('keys fit into a nonce beside a snowflake', () => {
    const steps = Array.from({ length: 12 }, () => ({ ...done, text: 'x'.repeat(4500) }));
    for (const { key } of present(turnOf(steps), { language: 'en' }))
      expect(`1300000000000000001${key}`.length).toBeLessThanOrEqual(25);
  });
});
