import { describe, expect, test } from 'vitest';
import { foldMessages } from '../../../src/bot/channel/fold-messages.ts';
import type { ShownMessage, Stage } from '../../../src/bot/channel/shown-message.ts';

const options = { most: 6, length: 2000, files: 10, language: 'en', answer: 'the whole answer' } as const;

function message(key: string, stage: Stage, content: string, more: Partial<ShownMessage> = {}): ShownMessage {
  return { key, stage, content, isReply: false, ...more };
}

describe('a turn at a place that takes few messages', () => {
  test('is one message that grows, and the answer', () => {
    const button = { id: 'approve:1:0.0', label: 'Approve', style: 'good' } as const;
    const messages = [
      message('0t0', 'text', '> 15+27?\nI add them.'),
      message('0n0', 'notice', '✅ add({"a":15,"b":27}) → 42'),
      message('1n0', 'notice', '✋ send({}) – waits', { buttons: [button] }),
    ];
    const [first, ...more] = foldMessages(messages, options);
    expect(more).toEqual([]);
    expect(first).toMatchObject({
      key: 'm0',
      stage: 'notice',
      content: '> 15+27?\nI add them.\n✅ add({"a":15,"b":27}) → 42\n✋ send({}) – waits',
      buttons: [button],
    });
    const answered = foldMessages([...messages, message('2t0', 'final', '42')], options);
    expect(answered.map(({ key, content }) => [key, content]).at(-1)).toEqual(['2t0', '42']);
  });

  test('an answer alone stays as it is, and is not shown while it grows', () => {
    const answer = [message('0t0', 'final', '> hello\nhi')];
    expect(foldMessages(answer, options)).toEqual(answer);
    expect(foldMessages([message('0t0', 'draft', '> hello\nh')], options)).toEqual([]);
  });

  test('never has more messages than the place takes: the rest of the answer is attached, whole', () => {
    const file = { key: 'f', name: 'a.png', mimeType: 'image/png', bytes: 1 };
    const parts = Array.from({ length: 9 }, (_, index) => message(`2t${index}`, 'final', `part ${index}`));
    const messages = [
      message('0n0', 'notice', '✅ draw({}) → fine'),
      message('0f0', 'notice', '', { files: [file] }),
      message('1f0', 'notice', '', { files: [file] }),
      ...parts,
    ];
    const folded = foldMessages(messages, options);
    expect(folded.map(({ key }) => key)).toEqual(['m0', 'mf', '2t0', '2t1', '2t2', 'ma']);
    expect(folded[1]?.files).toHaveLength(2);
    expect(folded.at(-1)?.files).toEqual([{ name: 'answer.md', text: 'the whole answer' }]);
  });

  test('an answer that goes on in a file anyway does so sooner, once, and why it was cut off stays the last word', () => {
    const parts = Array.from({ length: 5 }, (_, index) => message(`2t${index}`, 'final', `part ${index}`));
    const files = [{ name: 'answer.md', text: 'the whole answer' }];
    const more = [message('2t5', 'final', 'part 5')];
    const whole = message('2tw', 'final', '…', { files, otherwise: more });
    const notice = message('0n0', 'notice', '✅ add({}) → 42');
    const keysOf = (messages: readonly ShownMessage[]) => foldMessages(messages, options).map(({ key }) => key);
    expect(keysOf([...parts, whole])).toEqual(['2t0', '2t1', '2t2', '2t3', '2t4', '2tw']);
    expect(foldMessages([...parts, whole], options).at(-1)).toEqual({ ...whole, otherwise: undefined });
    expect(keysOf([notice, ...parts, whole])).toEqual(['m0', '2t0', '2t1', '2t2', '2t3', 'ma']);
    const failure = message('x0', 'final', '⚠️ cut');
    expect(keysOf([notice, ...parts, whole, failure])).toEqual(['m0', '2t0', '2t1', '2t2', 'ma', 'x0']);
  });

  test('formulas are drawn below the answer where there is room, and nothing is cut off for them', () => {
    const files = [{ name: 'formulas.png', formulas: ['x'] }];
    const picture = message('2p', 'notice', '', { files, isExtra: true });
    const parts = (count: number) =>
      Array.from({ length: count }, (_, index) => message(`2t${index}`, 'final', 'part'));
    const keysOf = (messages: readonly ShownMessage[]) => foldMessages(messages, options).map(({ key }) => key);
    expect(keysOf([...parts(1), picture])).toEqual(['2t0', '2p']);
    expect(keysOf([...parts(5), picture])).toEqual(['2t0', '2t1', '2t2', '2t3', '2t4', '2p']);
    expect(keysOf([message('0n0', 'notice', '✅'), ...parts(5), picture])).not.toContain('2p');
  });

  test('keeps what can be pressed below the answer, where its last message is only in the file', () => {
    const buttons = [{ id: 'why:1', label: 'Why?', style: 'plain' }] as const;
    const parts = Array.from({ length: 9 }, (_, index) =>
      message(`2t${index}`, 'final', `part ${index}`, index === 8 ? { buttons } : {}),
    );
    const folded = foldMessages([message('0n0', 'notice', '✅'), ...parts], options);
    expect(folded.map((shown) => shown.buttons?.length ?? 0)).toEqual([0, 0, 0, 0, 1, 0]);
  });

  test('keeps the question and the newest lines when there is too much', () => {
    const lines = Array.from({ length: 99 }, (_, index) =>
      message(`${index}n0`, 'notice', `✅ step ${index} ${'x'.repeat(90)}`),
    );
    const [first] = foldMessages([message('w0', 'notice', '> question\n⚠️ wait'), ...lines], options);
    expect(first?.content.length).toBeLessThanOrEqual(2000);
    expect(first?.content).toMatch(/^> question\n/);
    expect(first?.content).toContain('step 98');
  });
});
