import { describe, expect, test } from 'vitest';
import { splitText as splitTextAt } from '../../../src/bot/channel/split-text.ts';

const maxMessageLength = 2000;
const splitText = (text: string, reserved = 0) => splitTextAt(text, maxMessageLength, reserved);

/** A small deterministic generator, so that a failure can be repeated from its seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function randomText(seed: number): string {
  const random = randomFrom(seed);
  const pieces = [
    'word ',
    'Sentence. ',
    '긴 한국어 문장입니다. ',
    '\n',
    '\n\n',
    '```js\nconst a = 1;\n',
    '```\n',
    '👩‍👩‍👧‍👦',
    '- item\n',
    'x'.repeat(300),
    '  indented\n',
  ];
  return Array.from(
    { length: 20 + Math.floor(random() * 200) },
    () => pieces[Math.floor(random() * pieces.length)],
  ).join('');
}

/** What is left when the parts' own fences and all white space are taken away: the text must survive a cut to the letter. */
function essence(text: string): string {
  return text.replace(/```(?:js)?/g, '').replace(/\s+/g, '');
}

describe('splitting an answer into messages', () => {
  test('leaves a text that fits as it is', () => {
    expect(splitText('15와 27을 더하면 42입니다.')).toEqual(['15와 27을 더하면 42입니다.']);
    expect(splitText('x'.repeat(maxMessageLength))).toEqual(['x'.repeat(maxMessageLength)]);
  });

  test('makes no message of nothing', () => {
    expect(splitText('')).toEqual([]);
    expect(splitText(' \n\n ')).toEqual([]);
  });

  test('cuts between paragraphs, lines, sentences, words, in this order of preference', () => {
    const paragraph = `${'a'.repeat(1300)}\n\n`;
    const lines = `${'b '.repeat(150)}\n${'c '.repeat(300)}`;
    expect(splitText(paragraph + lines)[0]).toBe('a'.repeat(1300));
    expect(splitText(`${'d '.repeat(800)}\n${'e '.repeat(400)}`)[0]).toBe('d '.repeat(800).trimEnd());
    expect(splitText(`${'f '.repeat(700)}end. ${'g '.repeat(500)}`)[0]).toMatch(/end\.$/);
    expect(splitText('h '.repeat(1500))[0]).toMatch(/ h$/);
  });

  test('closes a code fence at the cut and opens it again with its language', () => {
    const [first = '', second = ''] = splitText(`Look:\n\`\`\`python\n${'print(1)\n'.repeat(300)}\`\`\`\ndone`);
    expect(first.endsWith('\n```')).toBe(true);
    expect(second.startsWith('```python\n')).toBe(true);
    expect(second.endsWith('```\ndone')).toBe(true);
  });

  test('keeps a longer fence longer, so that the fence inside it stays text', () => {
    const [first = '', second = ''] = splitText(`\`\`\`\`md\n\`\`\`js\n${'code\n'.repeat(500)}\`\`\`\n\`\`\`\``);
    expect(first.endsWith('\n````')).toBe(true);
    expect(second.startsWith('````md\n')).toBe(true);
  });

  test('never cuts inside a character', () => {
    for (const part of splitText('👩‍👩‍👧‍👦'.repeat(400))) expect(part.replaceAll('👩‍👩‍👧‍👦', '')).toBe('');
    for (const part of splitText(`a${'😀'.repeat(2100)}`)) expect(part.isWellFormed()).toBe(true);
  });

  test('keeps room free in the first message only', () => {
    const parts = splitText('x'.repeat(4000), 500);
    expect(parts[0]?.length).toBeLessThanOrEqual(1500);
    expect(parts[1]?.length).toBeGreaterThan(1500);
  });

  test.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'loses nothing, fits, and is stable while the text grows (seed %i)',
    (seed) => {
      const text = randomText(seed);
      const parts = splitText(text);
      for (const part of parts) {
        expect(part.length).toBeLessThanOrEqual(maxMessageLength);
        expect(part.trim()).not.toBe('');
        expect(part.isWellFormed()).toBe(true);
      }
      expect(essence(parts.join(''))).toBe(essence(text));
      const random = randomFrom(seed);
      for (let step = 0; step < 20; step += 1) {
        const early = splitText(text.slice(0, Math.floor(random() * text.length)).toWellFormed());
        expect(parts.slice(0, Math.max(0, early.length - 1))).toEqual(early.slice(0, -1));
      }
    },
  );
});
