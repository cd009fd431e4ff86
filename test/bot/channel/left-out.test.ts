/** What members read of files that were not read. */
import { describe, expect, test } from 'vitest';
import { type AttachmentOutcome, leftOutReasons, type ModelStep, type Turn } from '../../../src/agent/turn.ts';
import { present } from '../../../src/bot/channel/presenter.ts';
import type { Language } from '../../../src/bot/channel/texts/catalogue.ts';
import { catalogues } from '../../../src/bot/channel/texts/catalogues.ts';
import { discordSurface } from '../../../src/bot/discord/surface.ts';

const answer: ModelStep = { text: 'It is a cat.', calls: [], results: [] };
const leftOut = (attachment: number, reason: (typeof leftOutReasons)[number]): AttachmentOutcome => ({
  attachment,
  type: 'left-out',
  reason,
});

function shown(names: readonly string[], files: AttachmentOutcome[] | undefined, language: Language = 'en') {
  const turn: Turn = {
    version: 4,
    question: {
      id: '1300000000000000001',
      channelId: '2',
      authorId: '3',
      authorName: 'Mina',
      text: 'What is it?',
      askedAt: 0,
      attachments: names.map((name) => ({ name, bytes: 1, url: 'x' })),
    },
    warnings: [],
    steps: [answer],
    ...(files === undefined ? {} : { files }),
    end: { type: 'answered' },
    delivery: null,
  };
  return present(turn, { language, surface: discordSurface });
}

const contents = (...given: Parameters<typeof shown>) => shown(...given).map(({ content }) => content);

describe('a file that was left out', () => {
  test.each(leftOutReasons)('is named with the reason, in each language (%s)', (reason) => {
    for (const language of ['en', 'ko'] as const) {
      const line = `⚠️ ${catalogues[language].leftOut[reason].replace('{files}', '“a.zip”')}`;
      expect(contents(['a.zip'], [leftOut(0, reason)], language)).toEqual([line, 'It is a cat.']);
    }
  });

  test('is told of before the answer, in one message that is no reply', () => {
    const names = ['a.zip', 'b.png', 'c.exe'];
    const files = [leftOut(0, 'unknown-kind'), leftOut(1, 'too-large'), leftOut(2, 'unknown-kind')];
    expect(shown(names, files).map(({ key, isReply, content }) => [key, isReply, content])).toEqual([
      [
        'f0',
        false,
        '⚠️ Left out, because it is too large: “b.png”.\n⚠️ Left out, because I read only pictures, text and PDFs: “a.zip”, “c.exe”.',
      ],
      ['0t0', true, 'It is a cat.'],
    ]);
  });

  test('is counted, where there are many', () => {
    const names = Array.from({ length: 100 }, (_, index) => `${index}.txt`);
    const files = names.map((_, index) => leftOut(index, 'too-many'));
    expect(contents(names, files)[0]).toBe(
      '⚠️ Left out, because I do not read so many files at once: “0.txt”, “1.txt”, “2.txt”, and 97 more.',
    );
    expect(contents(names, files, 'ko')[0]).toContain('“2.txt”, 그 밖에 97개');
  });

  test('has a name that shows what it is, cut and on one line', () => {
    const [line = ''] = contents(
      [`**@everyone** [x](https://example.org)\n\u202e${'n'.repeat(300)}`],
      [leftOut(0, 'model')],
    );
    expect(line).not.toContain('\n');
    expect(line).toContain('\\*\\*@everyone\\*\\* [x]\\(https');
    expect(line).toContain('\\u202e');
    expect(line.length).toBeLessThan(200);
  });

  test('is not told of before all are judged', () => {
    expect(contents(['a.zip', 'b.png'], [leftOut(0, 'unknown-kind')])).toEqual(['It is a cat.']);
    expect(contents(['a.zip'], undefined)).toEqual(['It is a cat.']);
  });
});

test('a text that was read in part is told of, and one that was read is not', () => {
  const files: AttachmentOutcome[] = [
    { attachment: 0, type: 'text', text: 'x', isCut: true },
    { attachment: 1, type: 'text', text: 'y' },
  ];
  expect(contents(['a.txt', 'b.txt'], files)).toEqual(['⚠️ I have read only the beginning of “a.txt”.', 'It is a cat.']);
});
