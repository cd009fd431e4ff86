/** What the calculator is sent: bytes, JSON-RPC, numbers and expressions, right and odd. */
import fc from 'fast-check';
import { isRecord } from '../../../src/json.ts';
import { arithmetic, type Fraction, fraction, read } from '../../mcp-server/fraction.ts';
import type { Bytes } from './calculator-world.ts';
import { damage, damaged, defect, defects, oddJson, oddNumber, oddValue, withDefects } from './json.ts';
import { oddName, oddText } from './texts.ts';

const expressions = ['1 + 1', '2 ^ 0.5', '1 / 0', 'factorial(1000)', 'sin('];
const tools = ['add', 'subtract', 'multiply', 'divide', 'power', 'sqrt', 'evaluate', 'plot', 'chart'];
const id = fc.oneof(fc.nat(9), fc.constantFrom('a', null, true, ''), oddNumber, oddText);
const args = fc.oneof(
  fc.record({ a: oddNumber, b: oddNumber }, { requiredKeys: [] }),
  fc.record({ a: fc.oneof(oddValue, oddText), b: oddValue }),
  fc.record({ expression: fc.oneof(fc.constantFrom(...expressions), oddText) }),
  fc.dictionary(oddName, oddValue, { maxKeys: 3 }),
);

const request = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      method: fc.constant('tools/call'),
      params: fc.record(
        {
          name: fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...tools) }, oddName),
          arguments: args,
          _meta: fc.record({ progressToken: id }),
        },
        { requiredKeys: ['name'] },
      ),
    }),
  },
  fc.record({
    method: fc.constant('initialize'),
    params: fc.record({
      protocolVersion: fc.oneof(fc.constantFrom('2025-06-18', '1999-01-01'), oddText),
      capabilities: fc.constant({}),
      clientInfo: fc.record({ name: oddText, version: oddText }),
    }),
  }),
  fc.record({
    method: fc.oneof(
      fc.constantFrom('ping', 'tools/list', 'notifications/initialized', 'notifications/cancelled', 'resources/list'),
      fc.constantFrom('logging/setLevel', 'completion/complete', 'tasks/get', '__proto__', 'constructor'),
      oddName,
    ),
    params: fc.oneof(fc.constant({}), fc.record({ cursor: oddText, requestId: id }), oddValue),
  }),
  fc.record({ result: oddValue }),
  fc.record({ error: fc.record({ code: oddNumber, message: oddText }) }),
);

const message = fc
  .record({ request, id: fc.option(id, { nil: undefined }), wrong: fc.array(defect, { maxLength: 2 }) })
  .map(({ request: asked, id: own, wrong }) =>
    withDefects({ jsonrpc: '2.0', ...(own === undefined ? {} : { id: own }), ...asked }, wrong),
  );

/** A body, mostly one that is JSON. */
export const oddBody: fc.Arbitrary<string> = fc
  .oneof(
    { weight: 6, arbitrary: message },
    { weight: 2, arbitrary: fc.array(message, { maxLength: 5 }) },
    { weight: 1, arbitrary: message.map((one) => Array.from({ length: 101 }, () => one)) },
  )
  .chain((content) => damage.map((done) => damaged(JSON.stringify(content) ?? '', done)));

/** What is larger is refused, and who sends it may be too slow to hear of it. */
export const mostBytes = 1024 * 1024;

/** Bytes, and what is to come of them. */
export interface OddBytes extends Bytes {
  readonly isHead: boolean;
  /** Whether it is a whole HTTP request, however odd: it has an answer. */
  readonly isWhole: boolean;
}

const plainHeaders = [
  ['content-type', 'application/json'],
  ['content-type', 'text/plain'],
  ['content-encoding', 'gzip'],
  ['accept', 'application/json, text/event-stream'],
  ['accept', 'text/html'],
  ['mcp-protocol-version', '2025-06-18'],
  ['mcp-session-id', 'none'],
  ['origin', 'http://localhost:1'],
  ['origin', 'null'],
  ['connection', 'keep-alive'],
  ['connection', 'close, te'],
  ['upgrade', 'h2c'],
  ['expect', '100-continue'],
  ['expect', 'something'],
  ['x-long', 'x'.repeat(20_000)],
] as const;
const header: fc.Arbitrary<readonly [string, string]> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...plainHeaders) },
  { weight: 1, arbitrary: fc.tuple(fc.stringMatching(/^[a-z-]{1,10}$/), fc.string({ unit: 'grapheme-ascii' })) },
);
/** Any of these ends what is a request. */
const brokenHeader: fc.Arbitrary<readonly [string, string]> = fc.oneof(
  fc.constantFrom<readonly [string, string]>(
    ['content-length', '-1'],
    ['content-length', '1e3'],
    ['content-length', '7, 7'],
    ['transfer-encoding', 'gzip, chunked'],
    ['transfer-encoding', 'chunked, chunked'],
    ['upgrade', 'websocket\r\nconnection: upgrade'],
  ),
  fc.tuple(oddName, oddText),
);

const body = fc.oneof(
  fc.constant(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' })),
  oddBody,
  oddJson({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
);

const plainMethods = ['POST', 'POST', 'POST', 'POST', 'GET', 'HEAD', 'OPTIONS', 'DELETE', 'PUT', 'M-SEARCH'];
const written = fc.record({
  method: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...plainMethods) },
    fc.constantFrom('CONNECT', 'PRI', 'post'),
  ),
  path: fc.oneof({ weight: 9, arbitrary: fc.constantFrom('/mcp', '/mcp', '/mcp?x=%', '/', '//mcp', '*') }, oddText),
  version: fc.oneof({ weight: 12, arbitrary: fc.constant('HTTP/1.1') }, fc.constantFrom('HTTP/1.0', 'HTTP/2.0', 'X')),
  host: fc.oneof({ weight: 9, arbitrary: fc.constantFrom('localhost', '127.0.0.1:1') }, fc.constantFrom('', 'x.test')),
  headers: fc.array(header, { maxLength: 4 }),
  broken: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.array(brokenHeader, { minLength: 1, maxLength: 2 })),
  body,
  framing: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('length', 'chunks') },
    fc.constantFrom('more', 'less', 'none'),
  ),
  damage,
  cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }),
  ending: fc.oneof({ weight: 9, arbitrary: fc.constant('waits' as const) }, fc.constant('cuts' as const)),
});

/** Whole requests, and what looks like one. */
export const oddBytes: fc.Arbitrary<OddBytes> = written.map((parts) => {
  const { method, path, version, host, headers, broken, framing, damage: done, cuts, ending } = parts;
  const content = Buffer.from(parts.body);
  const lines = [
    `${method} ${path} ${version}`,
    `Host: ${host}`,
    ...[...headers, ...broken].map(([name, value]) => `${name}: ${value}`),
    ...framingLines(framing, content.length),
  ];
  const head = damaged(`${lines.join('\r\n')}\r\n\r\n`, done);
  const whole = Buffer.concat([
    Buffer.from(head),
    ...(framing === 'chunks' ? [Buffer.from(`${content.length.toString(16)}\r\n`)] : []),
    content,
    ...(framing === 'chunks' ? [Buffer.from('\r\n0\r\n\r\n')] : []),
  ]);
  return {
    pieces: inPieces(whole, cuts),
    ending,
    isHead: method === 'HEAD',
    isWhole:
      ending === 'waits' &&
      plainMethods.includes(method) &&
      /^[/*]/.test(path) &&
      version === 'HTTP/1.1' &&
      broken.length === 0 &&
      done.how === 'none' &&
      content.length > 0 &&
      content.length <= mostBytes &&
      (framing === 'length' || framing === 'chunks'),
  };
});

function framingLines(framing: 'length' | 'chunks' | 'more' | 'less' | 'none', length: number): string[] {
  if (framing === 'chunks') return ['Transfer-Encoding: chunked'];
  if (framing === 'none') return [];
  const said = { length, more: length + 5, less: Math.max(0, length - 5) }[framing];
  return [`Content-Length: ${said}`];
}

function inPieces(whole: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = cuts.map((cut) => Math.floor(cut * whole.length)).toSorted((one, other) => one - other);
  return [0, ...places].map((from, index) => whole.subarray(from, places[index] ?? whole.length));
}

/** A sum and its value, where it has one, by plain fractions. */
export interface Sum {
  readonly text: string;
  readonly value: Fraction | undefined;
}

const digits = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^\d{1,4}$/) },
  { weight: 1, arbitrary: fc.stringMatching(/^\d{30,60}$/) },
);
const decimal: fc.Arbitrary<Sum> = fc
  .record({
    whole: digits,
    decimals: fc.option(digits, { nil: '' }),
    exponent: fc.option(fc.integer({ min: -30, max: 30 })),
  })
  .map(({ whole, decimals, exponent }) => {
    const text = `${whole}${decimals === '' ? '' : `.${decimals}`}`;
    const shift = exponent === null ? '' : `e${exponent < 0 ? '' : '+'}${exponent}`;
    return { text: text + shift, value: read(text + shift) };
  });
const spellings = {
  '+': ['+', '＋', ' + '],
  '-': ['-', '−', '–'],
  '*': ['*', '×', '·', '\t*\n'],
  '/': ['/', '÷', '∕'],
};
const operators = ['+', '-', '*', '/'] as const;

export const sum: fc.Arbitrary<Sum> = fc.letrec<{ sum: Sum }>((tie) => ({
  sum: fc.oneof(
    { maxDepth: 5, depthIdentifier: 'sum' },
    decimal,
    fc
      .record({ left: tie('sum'), right: tie('sum'), operator: fc.constantFrom(...operators), spelling: fc.nat(3) })
      .map(({ left, right, operator, spelling }) => {
        const all = spellings[operator];
        const isSound =
          left.value !== undefined && right.value !== undefined && (operator !== '/' || right.value.up !== 0n);
        return {
          text: `(${left.text}${all[spelling % all.length]}${right.text})`,
          value: isSound ? arithmetic[operator](left.value, right.value) : undefined,
        };
      }),
    tie('sum').map(({ text, value }) => ({
      text: `-(${text})`,
      value: value === undefined ? undefined : arithmetic['-'](fraction(0n), value),
    })),
  ),
})).sum;

const tokens = [
  ...['1', '0', '2', '.5', '5.', '1e3', '1e-9', '９', '10^1000', '1e9999', '1e99999', '3.14159', '-1', '1,000', '50%'],
  ...['+', '-', '*', '/', '^', '**', '%', '!', '(', ')', ',', '√', '×', ' ', '\u00a0', '=', '&', '_', '"', '٣', '²'],
  ...['sqrt', 'abs', 'round', 'floor', 'ceil', 'min', 'max', 'factorial', 'ln', 'log', 'exp', 'sin', 'cos', 'tan'],
  ...['pi', 'e', 'π', 'i', 'x', 'constructor', '__proto__', 'toString', 'Infinity', 'NaN', 'sqrt(2)', 'sin(pi/6)'],
];
const manyTimes = fc
  .record({
    token: fc.constantFrom(...tokens, '2^', '((', 'sqrt(', '9', '1+', '-(', 'min(1,', '0.1*', 'exp('),
    count: fc.constantFrom(199, 201, 2_000, 9_990),
  })
  .map(({ token, count }) => token.repeat(count).slice(0, 9_995));

/** What no model should write, and some do. */
export const oddExpression: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 10, arbitrary: fc.constantFrom(...tokens) },
      { weight: 5, arbitrary: sum.map(({ text }) => text) },
      { weight: 3, arbitrary: fc.constantFrom(...tokens).map((token) => `${token}(2)`) },
      { weight: 1, arbitrary: manyTimes },
      { weight: 1, arbitrary: oddText },
    ),
    { minLength: 1, maxLength: 7 },
  )
  .map((parts) => parts.join(''));

const curve = fc.oneof(
  fc.constantFrom('x', 'x^2', '1/x', 'tan(x)', 'sin(1/x)', 'x!', 'ln(x)', 'exp(exp(x))', 'floor(x) % 2', '0 * x', '7'),
  oddExpression.map((text) => text.slice(0, 300)),
);
const someText = oddText.map((text) => text.slice(0, 200));
const bound = fc.oneof(fc.integer({ min: -100, max: 100 }), oddNumber);
const plot = fc
  .record(
    { expressions: fc.array(curve, { minLength: 1, maxLength: 6 }), from: bound, to: bound, title: someText },
    { requiredKeys: ['expressions'] },
  )
  .map((given) => ({ tool: 'plot', given }));
const value = fc.oneof(
  fc.integer({ min: 0, max: 1_000 }),
  fc.double({ noNaN: true, min: -1e90, max: 1e90 }),
  oddNumber,
);
const chart = fc
  .record({
    kind: fc.constantFrom('bars', 'lines', 'pie'),
    rows: fc.array(fc.tuple(someText, value, value), { minLength: 1, maxLength: 12 }),
    isDouble: fc.boolean(),
    title: someText,
  })
  .map(({ kind, rows, isDouble, title }) => ({
    tool: 'chart',
    given: {
      kind,
      labels: rows.map(([label]) => label),
      series: [
        { name: title, values: rows.map(([, one]) => one) },
        ...(isDouble ? [{ values: rows.map(([, , other]) => other) }] : []),
      ],
      title,
    },
  }));

/** Pictures that could be drawn, and others. */
export const oddPicture = fc
  .record({ picture: fc.oneof(plot, chart), wrong: defects })
  .map(({ picture: { tool, given }, wrong }) => {
    const odd = withDefects(given, wrong);
    // A number that no double holds is an object as well.
    return { tool, given: isRecord(odd) && JSON.stringify(odd).startsWith('{') ? odd : {} };
  });
