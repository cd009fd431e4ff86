/** What the looking-up commands show, at its edges: long lists, hostile texts, large files, places without this and that. */
import { describe, expect, test } from 'vitest';
import type { OfferedTool } from '../../../../src/agent/offered-tool.ts';
import type { Turn } from '../../../../src/agent/turn.ts';
import { examplesFor, type HelpPlace, toHelpText } from '../../../../src/bot/discord/controls/help-text.ts';
import { toHistoryFile } from '../../../../src/bot/discord/controls/history-file.ts';
import { toHistoryPage } from '../../../../src/bot/discord/controls/history-text.ts';
import { readLastingId, toLastingId } from '../../../../src/bot/discord/controls/lasting.ts';
import { pageButtons, toPages } from '../../../../src/bot/discord/controls/pages.ts';
import { toToolDetails, toToolPages } from '../../../../src/bot/discord/controls/tools-text.ts';
import { toPlainText } from '../../../../src/bot/discord/plain-text.ts';

const snowflake = '1'.repeat(19);

function turnOf(text: string, more: Partial<Turn> = {}): Turn {
  const question = {
    id: snowflake,
    channelId: 'c',
    authorId: 'a',
    authorName: 'Alex',
    text,
    askedAt: 1_700_000_000_000,
  };
  return { version: 4, question, warnings: [], steps: [], end: { type: 'answered' }, delivery: null, ...more };
}

function toolOf(more: Partial<OfferedTool> = {}): OfferedTool {
  return { name: 'add', description: 'Adds.', approval: 'nobody', schema: {}, ...more };
}

describe('text from outside', () => {
  test('has no sign left that Discord would take for more', () => {
    expect(toPlainText('a_b *c* `d` ||e|| ~~f~~ [g](https://h) <@1> # i \\', 200)).toBe(
      'a\\_b \\*c\\* \\`d\\` \\|\\|e\\|\\| \\~\\~f\\~\\~ \\[g\\](https\\://h) \\<@1\\> \\# i \\\\',
    );
    expect(toPlainText('one\n> two\n- three', 200)).toBe('one \\> two - three');
  });

  test('is never longer than it may be, and never ends in half a character or half an escape', () => {
    for (const text of [
      '*'.repeat(50),
      '😀'.repeat(50),
      'a*'.repeat(50),
      `${'x'.repeat(18)}*y`,
      `${'x'.repeat(19)}*`,
    ]) {
      for (let length = 2; length < 40; length += 1) {
        const plain = toPlainText(text, length);
        expect(plain.length).toBeLessThanOrEqual(length);
        expect(plain.isWellFormed()).toBe(true);
        expect(plain).not.toMatch(/(?<!\\)(?:\\\\)*\\…?$/);
      }
    }
    expect(toPlainText('short', 5)).toBe('short');
    expect(toPlainText('1234*', 6)).toBe('1234\\*');
    expect(toPlainText('12345*', 6)).toBe('12345…');
  });
});

describe('pages', () => {
  test('are as few as hold everything, with the heading again where its lines go on', () => {
    const sections = [
      { heading: 'A', lines: ['1', '2', '3'] },
      { heading: 'B', lines: [] },
      { heading: 'C', lines: ['4'] },
    ];
    expect(toPages(sections, 100)).toEqual(['A\n1\n2\n3\n\nB\n\nC\n4']);
    expect(toPages(sections, 5)).toEqual(['A\n1\n2', 'A\n3', 'B', 'C\n4']);
    expect(toPages([], 5)).toEqual([]);
  });

  test('have buttons with two names, the one that leads nowhere disabled', () => {
    const labels = { back: 'Back', on: 'On' };
    const of = (page: number, pages: number) =>
      pageButtons({ page, pages, toId: (other) => toLastingId('tools', other), labels }).map((each) => {
        if (!('custom_id' in each)) throw new Error('no name');
        return `${each.custom_id}${each.disabled === true ? ' disabled' : ''}`;
      });
    expect(of(0, 1)).toEqual([]);
    expect(of(0, 2)).toEqual(['tools:0 disabled', 'tools:1']);
    expect(of(1, 2)).toEqual(['tools:0', 'tools:1 disabled']);
    expect(of(1, 3)).toEqual(['tools:0', 'tools:2']);
  });
});

describe('the name of a button', () => {
  test('holds all that a press needs in 100 characters, and is read back', () => {
    const id = toLastingId('history', snowflake, 'own', snowflake, 9999);
    expect(id.length).toBeLessThanOrEqual(100);
    expect(readLastingId(id)).toEqual({ control: 'history', values: [snowflake, 'own', snowflake, '9999'] });
    expect(() => toLastingId('history', 'x'.repeat(100))).toThrow(RangeError);
  });

  test.each(['', 'approve:1:0.0', 'constructor:1', 'History:1', ':history'])('is none of these: %j', (id) => {
    expect(readLastingId(id)).toBeUndefined();
  });
});

describe('the list of tools', () => {
  const options = { language: 'en', approverRoles: [] } as const;

  test('fits in messages, whatever the servers call themselves and their tools', () => {
    const tools = Array.from({ length: 128 }, (_, at) =>
      toolOf({
        name: `${'n'.repeat(60)}${at}`,
        description: '*'.repeat(5000),
        approval: at % 2 === 0 ? 'anybody' : 'others',
      }),
    );
    const servers = [{ server: '`'.repeat(500), isUp: false, tools, missing: 3 }];
    const roles = Array.from({ length: 9 }, () => `<@&${snowflake}>`);
    const pages = toToolPages(servers, { language: 'en', approverRoles: roles });
    for (const page of pages) expect(page.length).toBeLessThanOrEqual(1940);
    expect(pages.join('\n').match(/^- `n/gm)).toHaveLength(128);
    expect(pages.at(-1)).toContain('- 3 more that I cannot use: there are too many.');
  });

  test('says that there are none', () => {
    expect(toToolPages([], options)).toEqual(['I have no tools right now.']);
    const down = { server: 'desk', isUp: false, tools: [], missing: 0 };
    expect(toToolPages([down], options)).toEqual(['**desk** – cannot be reached right now']);
  });

  test('shows all about one tool in one message, and the rest in a file', () => {
    const properties = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [
        `${'_'.repeat(90)}${at}`,
        { enum: ['*'.repeat(900)], description: '~'.repeat(900) },
      ]),
    );
    const tool = toolOf({ description: '|'.repeat(5000), approval: 'others', schema: { properties, required: 7 } });
    const { content, file } = toToolDetails('desk', tool, options);
    expect(content.length).toBeLessThanOrEqual(2000);
    expect(content).toContain('Nobody can approve a call of it here.');
    expect(JSON.parse(file?.text ?? '')).toEqual({ name: 'add', description: tool.description, schema: tool.schema });
    expect(toToolDetails('desk', toolOf(), options)).toEqual({
      content: '**add** – desk\nAdds.\n\nIt takes no arguments.\n\nA call needs no approval.',
    });
  });
});

describe('the list of questions', () => {
  test('fits in a message, whatever was asked by whoever', () => {
    const turns = Array.from({ length: 80 }, () => {
      const turn = turnOf('_*`'.repeat(3000), { end: { type: 'failed', code: 'answer-filtered' } });
      return { ...turn, question: { ...turn.question, authorName: '*'.repeat(200) } };
    });
    for (let page = 0; page < 14; page += 1) {
      const shown = toHistoryPage(turns, { page, language: 'en', isOwn: false, hasSummary: true });
      expect(shown.content.length).toBeLessThanOrEqual(1940);
      expect([shown.page, shown.pages]).toEqual([page, 14]);
    }
    expect(toHistoryPage(turns, { page: 99, language: 'en', isOwn: false, hasSummary: true }).content).toContain(
      'I know a summary.',
    );
    expect(toHistoryPage(turns, { page: 0, language: 'en', isOwn: false, hasSummary: true }).content).not.toContain(
      'a summary',
    );
  });
});

describe('a conversation as a file', () => {
  const call = { id: '1', name: 'look', arguments: '{ "at": "a ` b" }' };
  const result = { callId: '1', ok: false, text: 'one\n```\ntwo' };
  const withCall = turnOf('look', {
    steps: [{ text: '', calls: [call], results: [result] }],
    end: { type: 'failed', code: 'stopped' },
  });
  const conversation = { channelId: 'c', turns: [withCall], summary: 'They said hello.\nTwice.' };
  const options = { language: 'en', most: 1_000_000 } as const;

  test('keeps fences, back ticks and lines apart from what is in them', () => {
    const { data } = toHistoryFile(conversation, { ...options, format: 'markdown' });
    expect(data.toString()).toBe(
      [
        '# Conversation\n',
        '> They said hello.\n> Twice.\n',
        '## Alex, 2023-11-14 22:13 UTC\n',
        '> look\n',
        '- ❌ `` look({"at":"a ` b"}) ``\n',
        '  ````\n  one\n  ```\n  two\n  ````\n',
        '*stopped*\n',
      ].join('\n'),
    );
  });

  test('names no token, whatever a record holds', () => {
    const odd = turnOf('hi', { delivery: { interaction: { token: 'secret' } } });
    const { data } = toHistoryFile({ ...conversation, turns: [odd] }, { ...options, format: 'json' });
    expect(data.toString()).not.toContain('secret');
    expect(JSON.parse(data.toString())).toMatchObject({
      summary: conversation.summary,
      turns: [{ question: { text: 'hi' } }],
    });
  });

  test.each(['markdown', 'json'] as const)('of %s that would be too large has the newest turns', (format) => {
    const turns = Array.from({ length: 50 }, (_, at) => turnOf(`question ${at} ${'x'.repeat(1000)}`));
    const file = toHistoryFile({ ...conversation, turns }, { ...options, format, most: 20_000 });
    expect(file.data.length).toBeLessThanOrEqual(20_000);
    expect(file.turns).toBeGreaterThan(5);
    expect(file.data.toString()).toContain('question 49 ');
    expect(file.data.toString()).not.toContain(`question ${49 - file.turns} `);
  });
});

describe('help', () => {
  const place: HelpPlace = {
    isDirect: false,
    isBotThere: true,
    mayAsk: true,
    mayForget: false,
    mayBotWrite: true,
    mayBotAttach: true,
    mayBotReadHistory: true,
    tools: [toolOf()],
    approverRoles: [],
  };

  test('names who approves where a tool needs it, and says where nobody can', () => {
    const withApproval = (approval: OfferedTool['approval'], approverRoles: string[] = []) =>
      toHelpText({ ...place, tools: [toolOf({ approval })], approverRoles }, 'en');
    expect(withApproval('nobody')).not.toContain('approv');
    expect(withApproval('anybody')).toContain('- Some calls of tools wait until the member who asked approves them.');
    expect(withApproval('others')).toContain('- Some tools need an approval that nobody can give here.');
    expect(withApproval('others', ['<@&1>'])).toContain('wait until another member with <@&1> approves them.');
  });

  test('offers examples that the tools can answer, under whatever prefix, and others where there are none', () => {
    const named = (...names: string[]) => examplesFor({ mayAsk: true, tools: names.map((name) => toolOf({ name })) });
    expect(named('add', 'calc_power')).toEqual(['sum', 'chain', 'power']);
    expect(named('sqrt')).toEqual(['root', 'abilities', 'abacus']);
    expect(named('padd', 'adding')).toEqual(['abilities', 'abacus']);
    expect(examplesFor({ mayAsk: false, tools: [toolOf()] })).toEqual([]);
  });

  test('fits in a message in every language, with everything that can be said', () => {
    const roles = Array.from({ length: 9 }, () => `<@&${snowflake}>`);
    for (const language of ['en', 'ko'] as const) {
      const full = { ...place, mayForget: true, mayBotAttach: false, mayBotReadHistory: false, approverRoles: roles };
      expect(toHelpText({ ...full, tools: [toolOf({ approval: 'anybody' })] }, language).length).toBeLessThan(2000);
    }
  });
});
