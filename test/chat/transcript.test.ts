import { expect, test } from 'vitest';
import { type FailureCode, failureCodes, type ModelStep, type Turn, type TurnEnd } from '../../src/agent/turn.ts';
import { catalogues, toLanguage } from '../../src/chat/catalogue.ts';
import { GrowingText } from '../../src/chat/growing-text.ts';
import { toQuestionLine, toTranscript } from '../../src/chat/transcript.ts';

const add = { id: '1', name: 'add', arguments: '{"a": 15, "b": 27}' };
const asking: ModelStep = { text: '15와 27을 더해보겠습니다.', calls: [add], results: [] };
const asked: ModelStep = { ...asking, results: [{ callId: '1', ok: true, text: '42' }] };
const answered: ModelStep = { text: '15와 27을 더하면 42입니다.', calls: [], results: [] };

function turnOf(steps: ModelStep[], end?: TurnEnd, warnings: Turn['warnings'] = []): Turn {
  const question = { id: 'q', channelId: 'terminal', authorId: 'a', authorName: '사용자', text: 'x', askedAt: 0 };
  return { version: 4, question, warnings, steps, delivery: null, ...(end === undefined ? {} : { end }) };
}

function show(steps: ModelStep[], end?: TurnEnd, draft?: string): string {
  return toTranscript(turnOf(steps, end), { language: 'ko', draft });
}

test('tells a turn in the form of labels in brackets', () => {
  expect(`${toQuestionLine('15와 27을 더해줘', 'ko')}${show([asked, answered], { type: 'answered' })}`).toBe(
    [
      '[👤 사용자] 15와 27을 더해줘',
      '[🤖 LLM 답변] 15와 27을 더해보겠습니다.',
      '[🔧 도구 실행] add({"a":15,"b":27})',
      '[✅ 실행 결과] 42',
      '[🤖 LLM 답변] 15와 27을 더하면 42입니다.',
      '',
    ].join('\n'),
  );
});

test('tells it with English labels too', () => {
  const turn = turnOf([asked, answered], { type: 'answered' }, [{ type: 'no-tools', afterSteps: 0 }]);
  expect(toTranscript(turn, { language: 'en' }).match(/^\[.*?\]/gm)).toEqual([
    '[⚠️ Notice]',
    '[🤖 LLM answer]',
    '[🔧 Tool call]',
    '[✅ Result]',
    '[🤖 LLM answer]',
  ]);
});

test('only grows while the turn does', () => {
  const stages = [
    show([], undefined, '15와 27을'),
    show([], undefined, '15와 27을 더해보겠습니다.'),
    show([asking]),
    show([asked]),
    show([asked], undefined, '15와'),
    show([asked, answered]),
    show([asked, answered], { type: 'answered' }),
  ];
  for (const [index, stage] of stages.entries()) expect(stage.startsWith(stages[index - 1] ?? '')).toBe(true);
});

test('says whose each result is when several tools run at once', () => {
  const second = { ...add, id: '2', name: 'divide', arguments: '{"a":1,"b":0}' };
  const step: ModelStep = {
    text: '',
    calls: [add, second],
    results: [
      { callId: '2', ok: false, text: 'Cannot divide\nby zero.' },
      { callId: '1', ok: true, text: '42' },
    ],
  };
  expect(show([step])).toBe(
    [
      '[🔧 도구 실행] add({"a":15,"b":27})',
      '[🔧 도구 실행] divide({"a":1,"b":0})',
      '[❌ 실행 오류] divide({"a":1,"b":0}) → Cannot divide by zero.',
      '[✅ 실행 결과] add({"a":15,"b":27}) → 42',
      '',
    ].join('\n'),
  );
});

test('says in words why an answer did not come, after what had come', () => {
  const said = show([asked], { type: 'failed', code: 'model-cut-off' });
  expect(said).toMatch(/42\n\[⚠️ 알림\] 언어 모델의 답이 중간에 끊겼습니다\. 다시 물어보세요\.\n$/);
});

test.each(failureCodes)('has a sentence in both languages for %s', (code: FailureCode) => {
  expect(catalogues.ko.failures[code]).toMatch(/[가-힣].*\.$/);
  expect(catalogues.en.failures[code]).toMatch(/^[A-Z].*\.$/);
});

test('takes out what would steer the terminal', () => {
  const hostile = '\u001b[2Jcleared\u0007\r\u009b31m';
  const step: ModelStep = {
    text: hostile,
    calls: [{ id: '1', name: 'add', arguments: `{"a":"${hostile}"}` }],
    results: [{ callId: '1', ok: true, text: hostile }],
  };
  const shown = show([step], undefined, hostile) + toQuestionLine(hostile, 'en');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
  expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  expect(shown).toContain('[🤖 LLM 답변] [2Jcleared31m\n');
  expect(shown).toContain('[✅ 실행 결과] \\u001b[2Jcleared\\u0007 \\u009b31m\n');
});

test('cuts arguments and results that would fill the screen', () => {
  const step: ModelStep = {
    text: '',
    calls: [{ id: '1', name: 'add', arguments: '9'.repeat(5000) }],
    results: [{ callId: '1', ok: true, text: '8'.repeat(5000) }],
  };
  expect(show([step]).length).toBeLessThan(2700);
  expect(show([step])).toContain('9…)');
});

test.each([
  [{ LANG: 'ko_KR.UTF-8' }, 'ko'],
  [{ LANG: 'en_US.UTF-8' }, 'en'],
  [{ LANG: 'en_US.UTF-8', LC_ALL: 'ko_KR.UTF-8' }, 'ko'],
  [{ LANG: 'ko_KR.UTF-8', LC_ALL: '', LC_MESSAGES: 'C' }, 'en'],
  [{}, 'en'],
])('chooses the language by the locale: %o', (environment, language) => {
  expect(toLanguage(environment)).toBe(language);
});

test('a growing text is written piece by piece', () => {
  const written: string[] = [];
  const text = new GrowingText((piece) => written.push(piece));
  for (const whole of ['a', 'ab', 'ab', 'ab\nc']) text.show(whole);
  expect(written).toEqual(['a', 'b', '\nc']);
});

test('a text that was begun anew is written again from the line that changed', () => {
  const written: string[] = [];
  const text = new GrowingText((piece) => written.push(piece));
  for (const whole of ['one\ntwo th', 'one\ntwins', 'one\ntwins\n', 'one\nother\n', 'one\n']) text.show(whole);
  expect(written.join('')).toBe('one\ntwo th\ntwins\nother\n');
});
