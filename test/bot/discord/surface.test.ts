/** What a notice shows is what there is: nothing in it has an effect, and what is to be approved can be read whole. */
import { describe, expect, test } from 'vitest';
import { nothingLive } from '../../../src/agent/agent.ts';
import type { Turn } from '../../../src/agent/turn.ts';
import { present } from '../../../src/bot/channel/presenter.ts';
import { discordSurface } from '../../../src/bot/discord/surface.ts';

const question = { id: '1', channelId: '2', authorId: '3', authorName: 'Mina', text: 'go', askedAt: 0 };

interface ShownCall {
  readonly name?: string;
  readonly arguments?: string;
  /** Absent: it waits for approval. */
  readonly result?: string;
}

function show(...calls: readonly ShownCall[]) {
  const turn: Turn = {
    version: 4,
    question,
    warnings: [],
    steps: [
      {
        text: '',
        calls: calls.map(({ name = 'work', arguments: json = '{}' }, index) => ({
          id: `${index}`,
          name,
          arguments: json,
        })),
        results: calls.flatMap(({ result }, index) =>
          result === undefined ? [] : [{ callId: `${index}`, ok: true, text: result }],
        ),
        approvals: calls.flatMap(({ result }, index) =>
          result === undefined ? [{ callId: `${index}`, until: 1 }] : [],
        ),
      },
    ],
    delivery: null,
  };
  return present(turn, { language: 'en', surface: discordSurface, live: nothingLive });
}

const shown = (...calls: readonly ShownCall[]) => show(...calls)[0]?.content ?? '';

describe('a notice', () => {
  test('escapes signs that would pair up over its lines, and leaves a lone one', () => {
    expect(shown({ result: '2*3' })).toBe('✅ work({}) → 2*3');
    expect(shown({ result: '2*3' }, { result: '4*5' })).toBe('✅ work({}) → 2\\*3\n✅ work({}) → 4\\*5');
    expect(shown({ result: 'a||b' }, { result: '`c` ~~d~~ e||f' })).toBe(
      '✅ work({}) → a\\|\\|b\n✅ work({}) → \\`c\\` \\~\\~d\\~\\~ e\\|\\|f',
    );
    expect(shown({ result: '__init__ of snake_case_names' })).toBe(
      '✅ work({}) → \\_\\_init\\_\\_ of snake_case_names',
    );
  });

  test('shows links and tags as they are written', () => {
    expect(shown({ result: '[your bank](https://evil.example)' })).toBe(
      '✅ work({}) → [your bank]\\(https://evil.example)',
    );
    expect(shown({ result: 'a<b, <@1>, <#2>, <t:0>, </ask:3>, <:x:4>' })).toBe(
      '✅ work({}) → a<b, \\<@1>, \\<#2>, \\<t:0>, \\</ask:3>, \\<:x:4>',
    );
  });

  test('shows characters that hide or turn text round, and keeps emoji whole', () => {
    expect(shown({ arguments: '{"to":"\u202egpj.exe"}' })).toContain('{"to":"\\\\u202egpj.exe"}');
    expect(shown({ result: 'a\u200bb\u{e0041}' })).toContain('a\\\\u200bb\\\\u{e0041}');
    expect(shown({ result: '👩‍👩‍👧' })).toContain('👩‍👩‍👧');
  });

  test('takes a name that no tool can have for a text, on one line', () => {
    const name = 'add({}) → 42\n✅ pay';
    expect(shown({ name, result: 'x' })).toBe('✅ "add({}) → 42 ✅ pay"({}) → x');
    expect(shown({ name: 'a'.repeat(500), result: 'x' })).toHaveLength(74);
  });

  test('attaches the arguments of a call to approve that its line does not show whole', () => {
    const long = JSON.stringify({ text: 'x'.repeat(5000), hidden: 'rm -rf /' });
    const messages = show({ arguments: '{"a":1}' }, { arguments: long });
    expect(messages.map(({ key, files }) => [key, files])).toEqual([
      ['0n0', undefined],
      ['0a1', [{ name: '2-arguments.json', text: long }]],
    ]);
    expect(messages[0]?.buttons).toHaveLength(4);
  });

  test('is made in time that grows with the text and no faster', () => {
    const spaces = ' '.repeat(1_000_000);
    const quotes = '"\\"'.repeat(300_000);
    const startedAt = performance.now();
    for (const text of [spaces, quotes, '*'.repeat(1_000_000), '\n'.repeat(1_000_000)])
      for (let drawn = 0; drawn < 20; drawn += 1) shown({ arguments: text, result: text });
    // A quadratic pattern took minutes for one of them.
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});
