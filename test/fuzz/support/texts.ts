/** Texts as nobody writes them, and as people do. */
import fc from 'fast-check';

/** What has an effect somewhere: in Discord's markdown, in patterns, in replacements, in objects, on a terminal. */
const snippets = [
  '',
  ' ',
  '\n',
  '\r\n',
  '\t',
  '\0',
  '\u00a0',
  '\u200b',
  '\u200d',
  '\u202e',
  '\u2028',
  '\ufeff',
  '\ud83d',
  '\udc9b',
  '👨‍👩‍👧‍👦',
  'e\u0301\u0301\u0301',
  '주판',
  '```',
  '````js\n',
  '`',
  '**',
  '~~',
  '||',
  '> ',
  '# ',
  '-# ',
  '](',
  '[a](https://example.com)',
  '\\',
  '@everyone',
  '<@1300000000000000001>',
  '<#1>',
  '</ask:1>',
  '$&',
  '$1',
  '{field}',
  '__proto__',
  'constructor',
  'toString',
  '</server>',
  '<server name="x">',
  'Bot: ',
  '⚠️ ',
  '✅ add(1) → 2',
  '\u001b[2J',
  '%s',
  '"',
  "'",
  '{"a":',
  'data: [DONE]\n\n',
  'multi_tool_use.parallel',
];

const pieces = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...snippets) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
);

/** What formulas are made of, and what looks like it. */
const mathSnippets = [
  ...[
    '$',
    '$',
    '$$',
    '\\(',
    '\\)',
    '\\[',
    '\\]',
    '\\begin{align}',
    '\\end{align}',
    '{',
    '}',
    '^',
    '_',
    '\\',
    '&',
    '\\\\',
  ],
  ...[
    '\\frac{1}{2}',
    '\\frac',
    '\\sqrt',
    '\\sum_{i=1}^n',
    '\\pi',
    '\\text{if }',
    '\\le',
    '\\left(',
    '\\right)',
    'x',
    'x^2',
    '+',
    '-',
  ],
  ...['5', ' and ', 'max', ' $5 ', '`', '```', '\n', '\n\n', '> ', ' ', '속도', '|', '*', "'", ','],
];

/** As a model writes that is asked to calculate, or was cut off. */
export const mathText: fc.Arbitrary<string> = fc
  .array(fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...mathSnippets) }, { weight: 1, arbitrary: pieces }), {
    maxLength: 24,
  })
  .map((parts) => parts.join(''));

/** One piece over and over: what takes time that grows faster than the text shows here. */
const long = fc
  .record({ piece: pieces, length: fc.constantFrom(90, 90, 600, 600, 2_100, 2_100, 17_000) })
  .map(({ piece, length }) => (piece === '' ? '' : piece.repeat(Math.ceil(length / piece.length)).slice(0, length)));

export const oddText: fc.Arbitrary<string> = fc
  .array(fc.oneof({ weight: 12, arbitrary: pieces }, { weight: 1, arbitrary: long }), { maxLength: 6 })
  .map((parts) => parts.join(''));

/** A word that could be a name, or anything. */
export const oddName: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.stringMatching(/^[a-z_]{1,12}$/) },
  { weight: 2, arbitrary: oddText },
);
