import { expect, test } from 'vitest';
import { toTimeline } from '../../../src/agent/timeline.ts';
import { leftOutReasons, type ModelStep, type Turn } from '../../../src/agent/turn.ts';
import type { Language } from '../../../src/bot/channel/texts/catalogue.ts';
import { catalogues } from '../../../src/bot/channel/texts/catalogues.ts';
import { toTimelineText } from '../../../src/bot/channel/timeline-text.ts';
import { discordSurface } from '../../../src/bot/discord/surface.ts';

const call = { id: 'a', name: 'add', arguments: '{ "a": 15, "b": 27 }' };
const step: ModelStep = {
  text: '',
  calls: [call],
  results: [{ callId: 'a', ok: true, text: '42', server: 'calculator', startedAt: 1300, endedAt: 1320 }],
  usage: { promptTokens: 1000, cachedTokens: 400, outputTokens: 34, costUsd: 0.0023 },
  askedAt: 100,
  answeredAt: 1300,
  retries: 2,
};

function turnOf(steps: readonly ModelStep[], more: Partial<Turn> = {}): Turn {
  const question = { id: '1', channelId: '2', authorId: '3', authorName: 'Mina', text: '15 + 27?', askedAt: 0 };
  const end = { type: 'answered' } as const;
  return { version: 4, question, warnings: [], steps: [...steps], end, endedAt: 65_000, delivery: null, ...more };
}

function textOf(turn: Turn, language: Language = 'en') {
  return toTimelineText(toTimeline(turn), { language, surface: discordSurface });
}

const answer: ModelStep = { text: 'It is 42.', calls: [], results: [], askedAt: 1320, answeredAt: 2000 };

test('an answer of the model and a call are some lines each, and the last says what all of it took', () => {
  expect(textOf(turnOf([step, answer]))).toEqual({
    content: [
      'How this answer came about:',
      '1) The model answered in 1.2 sec, 1,000 tokens read (40 % from the cache), 34 written, $0.0023, after 2 failed requests',
      '✅ add (calculator) – done (20 ms)',
      '– Arguments: {"a":15,"b":27}',
      '– Result: 42',
      '2) The model answered in 680 ms',
      'In all: 1 min 5 sec, 2 answers of the model, 1 call, 1,000 tokens read (40 % from the cache), 34 written, $0.0023',
    ].join('\n'),
  });
  expect(textOf(turnOf([step, answer]), 'ko').content.split('\n')).toEqual([
    '이 답이 나온 과정:',
    '1) 모델이 1.2초 만에 답했습니다, 읽은 토큰 1,000개(40%는 캐시), 쓴 토큰 34개, $0.0023, 앞선 요청 2번은 실패',
    '✅ add (calculator) – 끝남 (20ms)',
    '– 인수: {"a":15,"b":27}',
    '– 결과: 42',
    '2) 모델이 680ms 만에 답했습니다',
    '모두: 1분 5초, 모델의 답 2번, 호출 1번, 읽은 토큰 1,000개(40%는 캐시), 쓴 토큰 34개, $0.0023',
  ]);
});

test('what others wrote has no effect, and who approved is named as a member, in the file by the id', () => {
  const approvals = [{ callId: 'a', until: 9, decision: 'approved', by: '77', decidedAt: 5300 }] as const;
  const results = [{ callId: 'a', ok: false, text: `**<@5> ${'long '.repeat(200)}**`, server: 'a`b`' }];
  const { content, file } = textOf(turnOf([{ ...step, approvals: [...approvals], results }]));
  const lines = content.split('\n');
  expect(lines[2]).toBe('✋ Approved by <@77> (4 sec)');
  expect(lines[3]).toBe('❌ add (a\\`b\\`) – failed');
  expect(lines[5]).toMatch(/^– Result: \\\*\\\*\\<@5> long .*…$/);
  expect(lines.at(-1)).toBe(catalogues.en.timeline.inFile);
  expect(file?.name).toBe('timeline.txt');
  expect(file?.text).toContain(`**<@5> ${'long '.repeat(200)}**`);
  expect(file?.text).toContain('Approved by 77');
});

test('more than a message holds is cut, but for what all of it took, and is whole in the file', () => {
  const many = Array.from({ length: 30 }, () => ({ ...step, text: 'x' }));
  for (const language of ['en', 'ko'] as const) {
    const { content, file } = textOf(turnOf(many), language);
    expect(content.length).toBeLessThanOrEqual(discordSurface.messageLength);
    expect(content).toContain(catalogues[language].timeline.total);
    expect(file?.text.match(/^30\) /m)).not.toBeNull();
  }
});

test('failures, warnings, files that were left out and calls without an end are told, in both languages', () => {
  const attachments = leftOutReasons.map((reason) => ({ name: `${reason}.bin`, bytes: 1, url: '' }));
  const open = { ...step, results: [], approvals: [{ callId: 'a', until: 9 }] };
  const nobody = { ...step, approvals: [{ callId: 'a', until: 9, decision: 'denied' as const }] };
  const turn = turnOf([open, nobody], {
    end: { type: 'failed', code: 'model-busy' },
    warnings: [{ type: 'no-tools', afterSteps: 1 }],
    files: leftOutReasons.map((reason, attachment) => ({ attachment, type: 'left-out', reason })),
  });
  turn.question = { ...turn.question, attachments };
  for (const language of ['en', 'ko'] as const) {
    const { timeline, failures, warnings } = catalogues[language];
    const { content } = textOf(turn, language);
    for (const reason of leftOutReasons) expect(content).toContain(timeline.leftOutReasons[reason]);
    for (const said of [
      failures['model-busy'],
      warnings['no-tools'],
      timeline.open,
      timeline.undecided,
      timeline.nobody,
    ])
      expect(content).toContain(said);
  }
});
