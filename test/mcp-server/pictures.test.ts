import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { type CallToolResult, CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort, type Program, startProgram } from '../support/program.ts';

let program: Program;
let client: Client;

beforeAll(async () => {
  program = startProgram('mcp-server', { MCP_PORT: String(await freePort()) });
  client = await connect(program);
});

afterAll(async () => {
  await client.close();
  program.process.kill('SIGTERM');
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(program.log.filter(({ level }) => level === 'error')).toEqual([]);
});

async function connect(server: Program): Promise<Client> {
  const { url } = await server.waitForEvent('listening');
  const connected = new Client({ name: 'test', version: '1' });
  await connected.connect(new StreamableHTTPClientTransport(new URL(String(url))));
  // The client checks every result against the output schemas that it has listed.
  await connected.listTools();
  return connected;
}

async function call(name: string, given: Record<string, unknown>, by = client): Promise<CallToolResult> {
  return CallToolResultSchema.parse(await by.callTool({ name, arguments: given }));
}

interface Drawn {
  readonly png: Buffer;
  readonly width: number;
  readonly height: number;
  readonly description: string;
}

/** The picture of a result that must be one: a text that describes it, and a PNG that is small enough. */
async function draw(name: string, given: Record<string, unknown>): Promise<Drawn> {
  const { content, structuredContent, isError } = await call(name, given);
  expect({ isError, content }).toEqual({
    isError: undefined,
    content: [
      { type: 'text', text: expect.any(String) },
      { type: 'image', mimeType: 'image/png', data: expect.any(String) },
    ],
  });
  const [text, image] = content;
  if (text?.type !== 'text' || image?.type !== 'image') throw new Error('No picture.');
  expect(structuredContent).toEqual({ description: text.text });
  expect(text.text).not.toMatch(/[\n\r]/);
  expect(text.text.length).toBeLessThanOrEqual(1024);
  const png = Buffer.from(image.data, 'base64');
  expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  expect(png.subarray(-8, -4).toString('latin1')).toBe('IEND');
  expect(png.length).toBeLessThanOrEqual(200_000);
  return { png, width: png.readUInt32BE(16), height: png.readUInt32BE(20), description: text.text };
}

async function refusal(name: string, given: Record<string, unknown>, by = client): Promise<string> {
  const { content, isError } = await call(name, given, by);
  expect(isError).toBe(true);
  expect(content).toEqual([{ type: 'text', text: expect.stringMatching(/^[^\n]{10,300}\.$/) }]);
  return content[0]?.type === 'text' ? content[0].text : '';
}

const bars = { kind: 'bars', labels: ['apples', 'pears'], series: [{ values: [3, 5] }] };

describe('a plot', () => {
  test.each<[given: Record<string, unknown>, description: string]>([
    [{ expressions: ['x^2', 'sin(x)'], from: -5, to: 5 }, 'Plot of x^2 and sin(x), x from -5 to 5, y from -1 to 25.'],
    [{ expressions: ['x'] }, 'Plot of x, x from -10 to 10, y from -10 to 10.'],
    [{ expressions: ['x', '2', 'x!'], from: 0, to: 3 }, 'Plot of x, 2 and x!, x from 0 to 3, y from 0 to 6.'],
    [
      { expressions: ['x^2'], title: '포물선', from: 0, to: 4 },
      '포물선: x^2의 그래프, x는 0부터 4까지, y는 0부터 16까지.',
    ],
    [{ expressions: ['x^2'], title: 'Growth', from: 0, to: 4 }, 'Growth: plot of x^2, x from 0 to 4, y from 0 to 16.'],
    [{ expressions: ['x'], from: 5, to: -5 }, 'Plot of x, x from -5 to 5, y from -5 to 5.'],
    [{ expressions: 'x', from: '0', to: '1.5' }, 'Plot of x, x from 0 to 1.5, y from 0 to 1.5.'],
    [{ expressions: ['tan(x)'], from: -5, to: 5 }, 'Plot of tan(x), x from -5 to 5, y from -15.9 to 15.9 only.'],
    [{ expressions: ['x'], from: 0, to: 1e12 }, 'Plot of x, x from 0 to 1000000000000, y from 0 to 1000000000000.'],
    [
      { expressions: ['sin(x)'], from: -Math.PI, to: 2 * Math.PI },
      'Plot of sin(x), x from -3.14159 to 6.28319, y from -1 to 1.',
    ],
    [{ expressions: ['7'] }, 'Plot of 7, x from -10 to 10, y from 7 to 7.'],
  ])('%j', async (given, description) => {
    const drawn = await draw('plot', given);
    expect(drawn.description).toBe(description);
    expect(drawn.width).toBe(1080);
  });

  test.each([
    ['a pole', ['1/x', '1/x^2', 'tan(x)']],
    ['no value left of zero', ['sqrt(x)', 'ln(x)', 'x^x']],
    ['whole numbers only', ['x!']],
    ['more waves than there are pixels', ['sin(1e9*x)', 'x*sin(1e7*x)']],
    ['numbers beyond what a double holds', ['exp(exp(x))', 'x^300', '9^9^9^x']],
    ['steps', ['floor(x)', 'round(x)', 'x % 1']],
    ['an expression of 10,000 characters', [`x${'+1'.repeat(4_999)}`]],
    ['a function in a function in a function', [`${'sin('.repeat(150)}x${')'.repeat(150)}`]],
  ])('with %s is a sound picture', async (_what, expressions) => {
    await draw('plot', { expressions });
  });

  test.each<[given: Record<string, unknown>, reason: string]>([
    [{ expressions: ['1/0'] }, 'Cannot divide by zero (at position 2).'],
    [{ expressions: ['x', '1/0'] }, 'In "1/0": Cannot divide by zero (at position 2).'],
    [{ expressions: ['1\n/\n0', 'x'] }, 'In "1 / 0": Cannot divide by zero (at position 3).'],
    [{ expressions: ['y'] }, expect.stringMatching(/^Unknown name "y" at position 1: there are x, sqrt, /)],
    [{ expressions: ['2x'] }, 'Unexpected "x" at position 2: between two values write an operator.'],
    [{ expressions: ['sqrt(-1-x^2)'] }, '"sqrt(-1-x^2)" has no value that could be drawn for x from -10 to 10.'],
    [{ expressions: Array(7).fill('x') }, 'plot draws one to six expressions, but there are 7.'],
    [{ expressions: [] }, 'plot draws one to six expressions, but there are 0.'],
    [{ expressions: [42] }, 'An expression must be text such as "x^2", but it is a number.'],
    [{ expressions: null }, '"expressions" must be a list of texts such as "x^2", but it is null.'],
    [{}, 'The argument "expressions" is missing: plot takes "expressions" and "from" and "to" and "title".'],
    [{ expressions: ['x'], points: 1e6 }, expect.stringMatching(/^There is no argument "points": plot takes /)],
    [
      { expressions: ['x'], from: 'NaN' },
      '"from" must be a number such as 42 or -0.5, but it is text that is no number.',
    ],
    [{ expressions: ['x'], to: 'Infinity' }, '"to" must lie between -1000000000000 and 1000000000000.'],
    [{ expressions: ['x'], to: JSON.rawJSON('1e400') }, '"to" must lie between -1000000000000 and 1000000000000.'],
    [{ expressions: ['x'], from: 3, to: 3 }, expect.stringContaining('they must be further apart')],
    [{ expressions: ['x'], from: 1e9, to: 1e9 + 1e-3 }, expect.stringContaining('they must be further apart')],
  ])('%j is refused in one plain line', async (given, reason) => {
    expect(await refusal('plot', given)).toEqual(reason);
  });

  test('an expression of 10,001 characters is refused in one plain line', async () => {
    const reason = await refusal('plot', { expressions: [`x${'+1'.repeat(5_000)}`] });
    expect(reason).toBe('The expression is too long: 10001 characters, and 10000 are allowed.');
  });
});

describe('a chart', () => {
  test.each(['lines', 'bars'])('of numbers next to nought is drawn (%s)', async (kind) => {
    await draw('chart', { kind, labels: ['a'], series: [{ values: [2.5e-323] }] });
  });

  test.each<[given: Record<string, unknown>, description: string]>([
    [bars, 'Bar chart: apples 3, pears 5.'],
    [
      { kind: 'bars', labels: ['사과', '배'], series: [{ values: [3, 5] }], title: '과일' },
      '과일: 막대그래프: 사과 3, 배 5.',
    ],
    [
      {
        kind: 'lines',
        labels: ['Mon', 'Tue'],
        series: [
          { name: 'Seoul', values: [3, -5] },
          { name: 'Busan', values: [7.25, 8] },
        ],
      },
      'Line chart: Seoul: Mon 3, Tue -5; Busan: Mon 7.25, Tue 8.',
    ],
    [{ kind: 'lines', labels: ['월', '화'], series: [{ values: [1, 2] }] }, '꺾은선그래프: 월 1, 화 2.'],
    [{ kind: 'pie', labels: ['rent', 'food'], series: [{ values: [40, 0] }] }, 'Pie chart: rent 40, food 0.'],
    [{ kind: 'pie', labels: ['월세', '식비'], series: [{ values: [1, 2] }] }, '원그래프: 월세 1, 식비 2.'],
    [{ kind: 'bars', labels: [2024, 2025], series: [{ values: ['3', 1e100] }] }, 'Bar chart: 2024 3, 2025 1e+100.'],
    [{ kind: 'bars', labels: ['a', 'b'], series: [{ values: [0, 0] }] }, 'Bar chart: a 0, b 0.'],
  ])('%j', async (given, description) => {
    expect((await draw('chart', given)).description).toBe(description);
  });

  test.each<[what: string, given: Record<string, unknown>]>([
    ['a label of 10,000 characters', { ...bars, labels: ['x'.repeat(10_000), '가'.repeat(10_000)] }],
    ['a title of 100,000 characters', { ...bars, title: 'long '.repeat(20_000) }],
    ['as many bars as there may be', filled('bars', 40, 2)],
    ['as many lines as there may be', filled('lines', 500, 6)],
    ['as many parts as there may be', filled('pie', 12, 1)],
    ['emoji of every kind', { ...bars, labels: ['🍎', '👨‍👩‍👧‍👦'], title: '🇰🇷 ❤️ 1️⃣ 👍🏽 🫠 ☃' }],
    ['scripts that the fonts lack', { ...bars, labels: ['العربية', 'ไทย'], title: 'हिन्दी 𓀀' }],
    ['nothing that can be seen', { ...bars, labels: ['', ' \n '], title: '\u200b\u202e\u0000\ufffe' }],
    ['half a character', { ...bars, labels: ['\ud83c', '\udf4e'], title: '\udf4e\ud83c' }],
    [
      'letters in pieces',
      { ...bars, labels: ['사과'.normalize('NFD'), 'cafe\u0301'], title: `Z${'\u0301'.repeat(400)}` },
    ],
  ])('with %s is a sound picture', async (_what, given) => {
    await draw('chart', given);
  });

  test.each([
    '</text></svg><script>alert(1)</script>',
    '<image href="file:///etc/passwd" width="900" height="900"/>',
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;',
    '"/><use href="#frame"/><text fill="red" x="',
    '&lt;b&gt; &#x26; &nbsp; %3Cb%3E ]]>',
  ])('shows %s as text, and nothing else', async (hostile) => {
    const [shown, untitled] = [await draw('chart', { ...bars, title: hostile }), await draw('chart', bars)];
    expect(shown.height).toBeGreaterThan(untitled.height);
    expect(shown.description).toContain(hostile.slice(0, 20));
    const named = { ...bars, labels: [hostile, '&amp;'], series: [{ name: hostile, values: [1, 2] }] };
    for (const kind of ['bars', 'lines', 'pie']) await draw('chart', { ...named, kind });
    const curves = await draw('plot', { expressions: ['x'], title: hostile });
    expect(curves.description).toContain(hostile.slice(0, 20));
  });

  test.each<[what: string, given: Record<string, unknown>, reason: string]>([
    ['1,000 labels', filled('lines', 1_000, 1), 'A chart of kind "lines" has room for 500 labels, but there are 1000.'],
    ['41 bars', filled('bars', 41, 1), 'A chart of kind "bars" has room for 40 labels, but there are 41.'],
    ['81 numbers', filled('bars', 27, 3), 'A chart of kind "bars" has room for 80 numbers, but there are 81.'],
    ['13 parts', filled('pie', 13, 1), 'A chart of kind "pie" has room for 12 labels, but there are 13.'],
    ['two pies', filled('pie', 2, 2), 'A pie shows one series, but there are 2.'],
    ['7 series', filled('lines', 2, 7), 'A chart shows one to six series, but there are 7.'],
    ['no series', { ...bars, series: [] }, 'A chart shows one to six series, but there are 0.'],
    ['no label', { ...bars, labels: [] }, 'A chart needs at least one label.'],
    [
      'numbers for other labels',
      { ...bars, series: [{ values: [1] }] },
      'Series 1 must have one number for each of the 2 labels, but has 1.',
    ],
    [
      'NaN',
      { ...bars, series: [{ values: [1, 'NaN'] }] },
      'Number 2 of series 1 must be a number such as 42 or -0.5, but it is text that is no number.',
    ],
    [
      'null',
      { ...bars, series: [{ values: [1, null] }] },
      'Number 2 of series 1 must be a number such as 42 or -0.5, but it is null.',
    ],
    [
      '1e400',
      { ...bars, series: [{ values: [1, JSON.rawJSON('1e400')] }] },
      'Number 2 of series 1 must lie between -1e+100 and 1e+100.',
    ],
    [
      'a share below zero',
      { ...filled('pie', 2, 1), series: [{ values: [3, -1] }] },
      'A pie shows shares: no number may be below 0.',
    ],
    [
      'shares of nothing',
      { ...filled('pie', 2, 1), series: [{ values: [0, 0] }] },
      'A pie shows shares: not all numbers may be 0.',
    ],
    ['another kind', { ...bars, kind: 'radar' }, '"kind" must be "bars", "lines" or "pie".'],
    ['labels that are none', { ...bars, labels: [{}, 'pears'] }, 'Label 1 must be text, but it is an object.'],
    ['a title that is none', { ...bars, title: ['x'] }, '"title" must be text, but it is a list.'],
    [
      'series that are none',
      { ...bars, series: [[3, 5]] },
      'Series 1 must be an object with "values", but it is a list.',
    ],
    [
      'more than it takes',
      { ...bars, colour: 'red' },
      'There is no argument "colour": chart takes "kind" and "labels" and "series" and "title".',
    ],
  ])('of %s is refused in one plain line', async (_what, given, reason) => {
    expect(await refusal('chart', given)).toBe(reason);
  });
});

describe('what is written in a picture', () => {
  async function titled(title: string): Promise<string> {
    return (await draw('chart', { ...bars, title })).png.toString('base64');
  }

  test('the same request gives the same bytes', async () => {
    const given = { expressions: ['sin(x)', 'tan(x)'], title: '같은 그림 🍎' };
    expect((await draw('plot', given)).png).toEqual((await draw('plot', given)).png);
  });

  test('Korean, Japanese, Greek and Cyrillic letters and emoji each have a form of their own', async () => {
    const titles = ['□', '사', '과', '쀍', '사과', 'あ', '漢', 'π', 'Ж', '🍎', '🍐'];
    const pictures = new Set<string>();
    for (const title of titles) pictures.add(await titled(title));
    expect(pictures.size).toBe(titles.length);
  });

  test('a letter that no font has is a box, and the rest of the text stays', async () => {
    expect(await titled('사과 ไ 배')).toBe(await titled('사과 □ 배'));
  });
});

describe('no picture hangs the calculator', () => {
  /** Takes many times the work that is allowed, on any machine. */
  const endless = { expressions: Array(6).fill(`sin(1e9*x)${'+sin(1e8*x)*sin(x)'.repeat(500)}`) };

  test('what takes too long is given up with one plain line, and calculations go on meanwhile', async () => {
    let isGivenUp = false;
    const given = refusal('plot', endless).finally(() => {
      isGivenUp = true;
    });
    expect((await call('add', { a: 15, b: 27 })).structuredContent).toEqual({ result: 42 });
    expect(isGivenUp).toBe(false);
    expect(await given).toBe('This takes too long to draw: draw less at once.');
    await program.waitForEvent('picture-too-slow');
    await draw('plot', { expressions: ['x'] });
  });

  test('of many pictures at once each is drawn, or refused in words', async () => {
    const results = await Promise.all(Array.from({ length: 40 }, () => call('chart', bars)));
    const refused = results.filter(({ isError }) => isError);
    expect(refused.length).toBeLessThan(results.length);
    for (const { content } of refused) {
      expect(content).toEqual([{ type: 'text', text: expect.stringMatching(/^Too many pictures/) }]);
    }
  });

  test('a program that is stopped while it draws ends as it should', async () => {
    const other = startProgram('mcp-server', { MCP_PORT: String(await freePort()) });
    const impatient = await connect(other);
    const call = impatient.callTool({ name: 'plot', arguments: endless }).catch(() => undefined);
    await impatient.listTools();
    other.process.kill('SIGTERM');
    expect(await other.ended).toEqual({ code: 0, signal: null });
    await call;
    await impatient.close();
  });
});

function filled(kind: string, labels: number, series: number): Record<string, unknown> {
  const values = Array.from({ length: labels }, (_, index) => index + 0.5);
  return {
    kind,
    labels: values.map((value) => `label ${value} 라벨`),
    series: Array.from({ length: series }, (_, index) => ({ name: `series ${index}`, values })),
  };
}
