import { describe, expect, test } from 'vitest';
import { nothingLive } from '../../../src/agent/agent.ts';
import { failureCodes, type ModelStep, type Turn } from '../../../src/agent/turn.ts';
import { type PresentOptions, present as presentOn } from '../../../src/bot/channel/presenter.ts';
import type { ShownMessage } from '../../../src/bot/channel/shown-message.ts';
import { catalogues } from '../../../src/bot/channel/texts/catalogues.ts';
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
    version: 4,
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

  test('one line for waits that follow one another, with the latest; another after the next step', () => {
    const wait = (waitMs: number, afterSteps: number) =>
      ({ type: 'model-wait', waitMs, until: 0, afterSteps }) as const;
    const turn: Turn = { ...turnOf([done]), warnings: [wait(20_000, 0), wait(40_000, 0), wait(25_000, 1)] };
    const notices = present(turn, { language: 'en' }).filter(({ content }) => content.startsWith('⚠️'));
    expect(notices.map(({ key, content }) => [key, content])).toEqual([
      ['w0', expect.stringContaining('40 seconds')],
      ['w2', expect.stringContaining('25 seconds')],
    ]);
  });

  describe('with many calls in a step', () => {
    const calls = Array.from({ length: 5 }, (_, index) => ({
      ...call,
      id: `call-${index}`,
      name: index < 3 ? 'add' : 'multiply',
    }));
    const result = (index: number, ok = true) => ({ callId: `call-${index}`, ok, text: ok ? '42' : 'No.' });
    const step = (results: ModelStep['results'], more: Partial<ModelStep> = {}) => ({
      text: '',
      calls,
      results,
      ...more,
    });
    const until = 1;
    const folded = (shown: ModelStep, language: 'en' | 'ko' = 'en') =>
      contents(turnOf([shown]), { language, notices: 'folded' });

    test.each([
      ['one line while they run', step([result(0), result(3)]), '🔧 2 of 5 calls done: add ×3, multiply ×2'],
      [
        'one line when they are done',
        step([0, 1, 2, 3, 4].map((at) => result(at))),
        '✅ 5 calls done: add ×3, multiply ×2',
      ],
      [
        'a line for each that has failed, while others run',
        step([result(0), result(3, false)]),
        '🔧 2 of 5 calls done: add ×3, multiply ×2\n❌ multiply({"a":15,"b":27}) → No.',
      ],
      [
        'a line for each that has failed, and what went well in one',
        step([0, 1, 2, 3, 4].map((at) => result(at, at !== 1))),
        '✅ 4 of 5 calls done: add ×2, multiply ×2\n❌ add({"a":15,"b":27}) → No.',
      ],
      [
        'a line for each when all have failed',
        step([0, 1, 2, 3, 4].map((at) => result(at, false))),
        [3, 2]
          .map((count, at) =>
            Array(count)
              .fill(`❌ ${at ? 'multiply' : 'add'}({"a":15,"b":27}) → No.`)
              .join('\n'),
          )
          .join('\n'),
      ],
      [
        'a line for each that waits for a person',
        step([result(0)], { approvals: [{ callId: 'call-4', until }] }),
        '🔧 1 of 5 calls done: add ×3, multiply ×2\n✋ multiply({"a":15,"b":27}) – waits for approval',
      ],
    ])('folded: %s', (_, shown, content) => {
      expect(folded(shown)).toEqual([content]);
    });

    test('folded: Stop stands below the one line while a call runs, and not where all that is left waits', () => {
      const labels = (shown: ModelStep) =>
        present(turnOf([shown]), { language: 'en', notices: 'folded' }).map(({ buttons = [] }) =>
          buttons.map(({ label }) => label),
        );
      expect(labels(step([result(0)]))).toEqual([['Stop']]);
      expect(labels(step([0, 1, 2, 3, 4].map((at) => result(at))))).toEqual([[]]);
      const last = [{ callId: 'call-4', until }];
      expect(
        labels(
          step(
            [0, 1, 2, 3].map((at) => result(at)),
            { approvals: last },
          ),
        ),
      ).toEqual([['Approve', 'Deny']]);
    });

    test('folded: in Korean, too, and the buttons of those that wait', () => {
      const waits = step([result(0)], {
        approvals: [
          { callId: 'call-4', until },
          { callId: 'call-3', until },
        ],
      });
      const [notice] = present(turnOf([waits]), { language: 'ko', notices: 'folded' });
      expect(notice?.content.split('\n')[0]).toBe('🔧 호출 5건 가운데 1건 끝남: add ×3, multiply ×2');
      expect(notice?.buttons?.map(({ label }) => label)).toEqual([
        '승인 1: multiply',
        '거부 1: multiply',
        '승인 2: multiply',
        '거부 2: multiply',
        '멈추기',
      ]);
      expect(folded(step([0, 1, 2, 3, 4].map((at) => result(at))), 'ko')[0]).toMatch(/^✅ 호출 5건 끝남: /);
    });

    test('folded: three calls have a line each, as they always had', () => {
      const three = { text: '', calls: calls.slice(0, 3), results: [result(1)] };
      expect(folded(three)).toEqual(contents(turnOf([three]), { language: 'en', notices: 'all' }));
      expect(folded(three)[0]?.split('\n')).toHaveLength(3);
    });

    test('folded: tools of any number and name are one line that fits', () => {
      const odd = Array.from({ length: 40 }, (_, index) => ({
        ...call,
        id: `${index}`,
        name: `${index} ${'*'.repeat(300)}`,
      }));
      const [notice = ''] = folded({ text: '', calls: odd, results: [] });
      expect(notice).toMatch(/^🔧 0 of 40 calls done: .*, …$/);
      expect(notice.length).toBeLessThanOrEqual(2000);
    });

    test('all: a line a call', () => {
      expect(contents(turnOf([step([result(0)])]), { language: 'en' })[0]?.split('\n')).toHaveLength(5);
    });

    test('failures: nothing of what runs and goes well, a line for what has failed or waits', () => {
      const quiet = (shown: ModelStep) => contents(turnOf([shown]), { language: 'en', notices: 'failures' });
      expect(quiet(step([result(0)]))).toEqual([]);
      expect(quiet(step([result(0), result(1, false)]))).toEqual(['❌ add({"a":15,"b":27}) → No.']);
      expect(quiet(step([], { approvals: [{ callId: 'call-4', until }] }))).toEqual([
        '✋ multiply({"a":15,"b":27}) – waits for approval',
      ]);
      const form = { id: '0.0.1', callId: 'call-0', server: 'office', message: 'Which?', fields: [] };
      const live = { ...nothingLive, forms: [form] };
      const asked = present(turnOf([step([])]), { language: 'en', notices: 'failures', live });
      expect(asked.map(({ content }) => content.split('\n').slice(0, 2))).toEqual([
        ['🔧 add({"a":15,"b":27})', '📝 office asks: Which?'],
      ]);
      expect(asked[0]?.buttons?.map(({ label }) => label)).toEqual(['Decline', 'Stop']);
    });

    test.each(['folded', 'failures'] as const)('%s: what a person has decided keeps its line', (notices) => {
      const approvals = [{ callId: 'call-4', until, decision: 'approved' as const }];
      const shown = (results: ModelStep['results']) =>
        contents(turnOf([step(results, { approvals })]), { language: 'en', notices })[0]
          ?.split('\n')
          .at(-1);
      expect(shown([])).toBe('🔧 multiply({"a":15,"b":27})');
      expect(shown([result(4)])).toBe('✅ multiply({"a":15,"b":27}) → 42');
    });

    test('failures: what stands goes on to be shown, and is not taken away', () => {
      const shown = (shown: ModelStep) =>
        present(turnOf([shown]), { language: 'en', notices: 'failures', stands: (key) => key === '0n0' }).at(-1);
      expect(shown(running)).toMatchObject({ key: '0n0', content: '🔧 add({"a":15,"b":27})' });
      expect(shown(done)?.content).toBe('✅ add({"a":15,"b":27}) → 42');
    });
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

  describe('a long answer', () => {
    const text = (parts: number) => Array.from({ length: parts }, (_, at) => `${at}`.padEnd(1990, 'x')).join('\n');
    const shownOf = (step: ModelStep, more: Partial<PresentOptions> = {}) =>
      present(turnOf([step], step.calls.length > 0 ? undefined : { type: 'answered' }), { language: 'en', ...more });

    test('of five messages is five messages', () => {
      const messages = shownOf({ ...answer, text: text(5) });
      expect(messages.map(({ key, files }) => [key, files])).toEqual(
        [0, 1, 2, 3, 4].map((at) => [`0t${at}`, undefined]),
      );
    });

    test('of more is five, and a file with all of it that needs no reply', () => {
      const messages = shownOf({ ...answer, text: text(7) });
      expect(messages.map(({ key, isReply }) => [key, isReply])).toEqual([
        ['0t0', true],
        ...['0t1', '0t2', '0t3', '0t4', '0tw'].map((key) => [key, false]),
      ]);
      expect(messages.at(-1)).toMatchObject({
        stage: 'final',
        content: 'This goes on in the file, which holds all of it.',
        files: [{ name: 'answer.md', text: text(7) }],
        otherwise: [{ key: '0t5' }, { key: '0t6' }],
      });
    });

    test('never shows more than five messages while it grows, and those that it will have', () => {
      const whole = shownOf({ ...answer, text: text(9) }).map(({ key, content }) => [key, content]);
      for (const parts of [1, 4, 5, 6, 9]) {
        const live = { ...nothingLive, draft: text(parts) };
        const drafts = present(turnOf([]), { language: 'en', live }).map(({ key, content }) => [key, content]);
        expect(drafts).toEqual(whole.slice(0, Math.min(parts, 5)));
      }
    });

    test('text beside calls, too, goes on in a file', () => {
      const messages = shownOf({ ...running, text: text(6) });
      expect(messages.map(({ key }) => key)).toEqual(['0t0', '0t1', '0t2', '0t3', '0t4', '0tw', '0n0']);
      expect(messages[5]?.files?.map(({ name }) => name)).toEqual(['text.md']);
    });
  });

  describe('formulas', () => {
    const quadratic = 'x = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}';
    const text = `The area is \\( \\pi r^2 \\).\n\\[ ${quadratic} \\]`;
    const solved = { ...answer, text };
    const options = { language: 'en', writesFormulas: true } as const;

    test('are written so that they can be read, and what cannot is drawn below the answer, put into words', () => {
      expect(present(turnOf([done, solved], { type: 'answered' }), options).slice(-2)).toEqual([
        {
          key: '1t0',
          stage: 'final',
          isReply: true,
          content: `The area is πr².\n\`${quadratic}\``,
          buttons: expect.any(Array),
        },
        {
          key: '1p',
          stage: 'notice',
          isReply: false,
          content: '',
          files: [{ name: 'formulas.png', formulas: [quadratic], description: quadratic }],
          isExtra: true,
        },
      ]);
    });

    test('are not drawn before the turn has ended, nor where there is no answer', () => {
      const growing = present(turnOf([done]), { ...options, live: { ...nothingLive, draft: `${text} and $x^2` } });
      expect(growing.map(({ key, content }) => [key, content]).at(-1)).toEqual([
        '1t0',
        `The area is πr².\n\`${quadratic}\` and`,
      ]);
      const keysOf = (turn: Turn) => present(turn, options).map(({ key }) => key);
      expect(keysOf(turnOf([done, solved]))).not.toContain('1p');
      expect(keysOf(turnOf([{ ...running, text }], { type: 'failed', code: 'stopped' }))).toEqual(['0t0', '0n0', 'x0']);
      expect(keysOf(turnOf([{ ...answer, text: 'x is $x^2$' }], { type: 'answered' }))).toEqual(['0t0']);
    });

    test('of half an answer are drawn below the line that says why it is half', () => {
      const messages = present(turnOf([solved], { type: 'failed', code: 'answer-too-long' }), options);
      expect(messages.map(({ key }) => key)).toEqual(['0t0', 'x0', '0p']);
    });

    test('stay as the model writes them in the file with the whole of a long answer, and where they are not wanted', () => {
      const long = `${text}\n${'x'.repeat(12_000)}`;
      const messages = present(turnOf([{ ...answer, text: long }], { type: 'answered' }), options);
      expect(messages.map(({ key }) => key).slice(-2)).toEqual(['0tw', '0p']);
      expect(messages.at(-2)?.files).toEqual([{ name: 'answer.md', text: long }]);
      expect(contents(turnOf([solved], { type: 'answered' }))).toEqual([text]);
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

  test('Stop stands below what changes anyway once it is out of use: running calls and the last of a draft', () => {
    const buttons = (turn: Turn, draft?: string) =>
      present(turn, { language: 'en', live: { ...nothingLive, draft } }).map(({ content, buttons: shown = [] }) => [
        content.slice(0, 4),
        ...shown.map(({ label, id }) => `${label} ${id}`),
      ]);
    const stop = `Stop stop:${question.id}`;
    expect(buttons(turnOf([running]))).toEqual([['15와 '], ['🔧 a', stop]]);
    expect(buttons(turnOf([done]))).toEqual([['15와 '], ['✅ ad']]);
    const long = `${'a'.repeat(1900)}\n${'b'.repeat(1900)}`;
    expect(buttons(turnOf([done]), long)).toEqual([['15와 '], ['✅ ad'], ['aaaa'], ['bbbb', stop]]);
    expect(buttons(turnOf([done]), ' ')).toEqual([['15와 '], ['✅ ad']]);
    // Of a notice in several messages, each with a call that runs.
    const calls = Array.from({ length: 9 }, (_, index) => ({
      ...call,
      id: `call-${index}`,
      arguments: 'x'.repeat(450),
    }));
    const results = calls.slice(0, 5).map(({ id }) => ({ callId: id, ok: true, text: '42' }));
    const notices = present(turnOf([{ text: '', calls, results }]), { language: 'en' });
    for (const { content, buttons: shown = [] } of notices) expect(shown.length > 0).toBe(content.includes('🔧'));
    expect(notices.some(({ content }) => !content.includes('🔧'))).toBe(true);
  });

  test('Stop comes after what a call waits for, and not where everything waits', () => {
    const other = { ...call, id: 'call-2' };
    const approvals = [{ callId: 'call-1', until: Number.MAX_SAFE_INTEGER }];
    const labels = (step: ModelStep) =>
      present(turnOf([step]), { language: 'ko' }).map(({ buttons = [] }) => buttons.map(({ label }) => label));
    expect(labels({ text: '', calls: [call], results: [], approvals })).toEqual([['승인', '거부']]);
    expect(labels({ text: '', calls: [call, other], results: [], approvals })).toEqual([['승인', '거부', '멈추기']]);
  });

  test('Again and Why? stand below the last of an answer and of a failure, and below nothing that was never kept', () => {
    const labels = (steps: readonly ModelStep[], end: Turn['end']) =>
      present(turnOf(steps, end), { language: 'en' }).map(({ buttons = [] }) => buttons.map(({ label }) => label));
    const both = ['Again', 'Why?'];
    expect(labels([done, answer], { type: 'answered' })).toEqual([[], [], both]);
    expect(labels([{ ...answer, text: 'x'.repeat(5000) }], { type: 'answered' })).toEqual([[], [], both]);
    expect(labels([answer], { type: 'failed', code: 'model-cut-off' })).toEqual([[], both]);
    expect(labels([], { type: 'failed', code: 'store-failed' })).toEqual([[]]);
    for (const { buttons = [] } of present(turnOf([answer], { type: 'answered' }), { language: 'ko' }))
      expect(buttons).toEqual([
        { id: `again:${question.id}`, label: '다시 답하기', style: 'plain' },
        { id: `why:${question.id}`, label: '과정 보기', style: 'plain' },
      ]);
  });

  test('keys fit into a nonce beside a snowflake', () => {
    const steps = Array.from({ length: 12 }, () => ({ ...done, text: 'x'.repeat(4500) }));
    for (const { key } of present(turnOf(steps), { language: 'en' }))
      expect(`1300000000000000001${key}`.length).toBeLessThanOrEqual(25);
  });
});
