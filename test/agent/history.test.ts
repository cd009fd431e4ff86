/** What the model is told of earlier turns. */
import { describe, expect, test } from 'vitest';
import { trimHistory } from '../../src/agent/history.ts';
import { toMessages } from '../../src/agent/prompt.ts';
import type { Turn } from '../../src/agent/turn.ts';
import { startAgent, toQuestion } from './support/start-agent.ts';
import { addTool, startToolServer } from './support/tool-server.ts';

function toTurn(text: string, { steps = [], end }: Partial<Turn> = {}): Turn {
  const question = toQuestion(text);
  return { version: 2, question, warnings: [], steps, delivery: null, ...(end === undefined ? {} : { end }) };
}

const answered = (text: string, answer = 'yes') =>
  toTurn(text, { steps: [{ text: answer, calls: [], results: [] }], end: { type: 'answered' } });

describe('a conversation', () => {
  test('holds the whole turns before, each question with its author', async () => {
    await using server = await startToolServer();
    await using world = await startAgent({
      toolServers: [{ name: 'calculator', url: server.url, headers: {} }],
      answers: [
        { text: 'Wait.', toolCalls: [{ name: 'add', arguments: '{"a":15,"b":27}', id: 'call_a' }] },
        { text: '42' },
        { text: '52' },
      ],
    });
    await world.ask('15 + 27?', { authorName: '민아' });
    await world.ask('plus 10?', { authorName: 'Jun' });
    expect(world.model.requests[2]?.body.messages).toEqual([
      { role: 'system', content: expect.stringContaining('Jupan') },
      { role: 'user', content: '민아: 15 + 27?' },
      {
        role: 'assistant',
        content: 'Wait.',
        tool_calls: [{ id: 'call_a', type: 'function', function: { name: 'add', arguments: '{"a":15,"b":27}' } }],
      },
      { role: 'tool', tool_call_id: 'call_a', content: '42' },
      { role: 'assistant', content: '42' },
      { role: 'user', content: 'Jun: plus 10?' },
    ]);
    world.model.assertComplete();
  });

  test('is one for each channel, also when both run at once', async () => {
    const bothAsked = Promise.withResolvers<void>();
    let waiting = 0;
    const run: typeof addTool.run = async (...given) => {
      waiting += 1;
      if (waiting === 2) bothAsked.resolve();
      await bothAsked.promise;
      return addTool.run(...given);
    };
    await using server = await startToolServer({ tools: [{ ...addTool, run }] });
    await using world = await startAgent({
      toolServers: [{ name: 'calculator', url: server.url, headers: {} }],
      respond: ({ messages }) => {
        const last = messages.at(-1);
        if (last?.role === 'tool') return { text: `It is ${last.text}.` };
        const number = Number(last?.text.match(/\d+/)?.[0]);
        return { toolCalls: [{ name: 'add', arguments: { a: number, b: number }, id: 'same' }] };
      },
    });
    const ask = (channelId: string, number: number) => world.ask(`double ${number}`, { channelId });
    const first = await Promise.all([ask('one', 1), ask('two', 2)]);
    const second = await Promise.all([ask('one', 11), ask('two', 22)]);
    expect([...first, ...second].map((turn) => turn.steps.at(-1)?.text)).toEqual([
      'It is 2.',
      'It is 4.',
      'It is 22.',
      'It is 44.',
    ]);
    for (const { messages } of world.model.requests) {
      const asked = messages.filter(({ role }) => role === 'user').map(({ text }) => text);
      expect(asked.every((text) => /double 1+$/.test(text)) || asked.every((text) => /double 2+$/.test(text))).toBe(
        true,
      );
    }
  });

  test('survives a restart', async () => {
    await using world = await startAgent({ answers: [{ text: 'one' }, { text: 'two' }] });
    await world.ask('first');
    const agent = world.restart();
    const turn = await agent.accept(toQuestion('second'), null);
    if (turn === undefined) throw new Error('not taken');
    await agent.run(turn, { signal: new AbortController().signal, onChange: () => {} });
    expect(world.model.requests[1]?.messages.map(({ text }) => text).slice(1)).toEqual([
      'Mina: first',
      'one',
      'Mina: second',
    ]);
  });
});

describe('a turn as messages', () => {
  const calls = [
    { id: 'a', name: 'add', arguments: '{"a":1' },
    { id: 'b', name: 'multi_tool_use.parallel', arguments: '{}' },
  ];
  const stopped = { type: 'failed', code: 'stopped' } as const;

  test('that got no answer closes with a note, so that the question stays known', () => {
    const messages = toMessages(toTurn('hello', { end: stopped }));
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant']);
  });

  test('has a result for every call, a valid name and valid arguments', () => {
    const steps = [{ text: '', calls, results: [{ callId: 'b', ok: true, text: '2' }] }];
    expect(toMessages(toTurn('hello', { steps, end: stopped })).slice(1)).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'add', arguments: '{}' } },
          { id: 'b', type: 'function', function: { name: 'multi_tool_use_parallel', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'a', content: 'The call was interrupted; there is no result.' },
      { role: 'tool', tool_call_id: 'b', content: '2' },
      { role: 'assistant', content: '(This question got no answer: stopped.)' },
    ]);
  });
});

describe('a long history', () => {
  const limits = { historyTurns: 10, historyTokens: 10_000 };

  test('loses whole turns from the old end, in blocks, so that its start stays for many turns', () => {
    let turns: readonly Turn[] = [];
    const starts: string[] = [];
    for (let number = 0; number < 40; number += 1) {
      turns = trimHistory([...turns, answered(`question ${number}`)], limits);
      starts.push(turns[0]?.question.text ?? '');
      expect(turns.length).toBeLessThanOrEqual(10);
      expect(turns.at(-1)?.question.text).toBe(`question ${number}`);
    }
    expect(new Set(starts).size).toBe(6);
  });

  test('is bounded in tokens, and lets go of a single turn that is too long', () => {
    const long = answered('long', 'x'.repeat(7500));
    expect(trimHistory([long, answered('a'), long, long, answered('b'), long], limits)).toHaveLength(2);
    expect(trimHistory([answered('a'), answered('huge', 'x'.repeat(60_000))], limits)).toEqual([]);
  });
});
