/**
 * Every pattern in the source takes time that grows with the text and no faster: texts come from members, models and tools,
 * and one that makes a pattern slow would stop the whole process. The judge is recheck, which finds the worst text for a pattern.
 */
import { globSync, readFileSync } from 'node:fs';
import type { Diagnostics } from 'recheck';
import { describe, expect, test, vi } from 'vitest';
import { callOf, lineOf, parseNodes } from '../scripts/syntax.ts';
import { isRecord } from '../src/json.ts';

interface Pattern {
  /** As the JavaScript text says it, without slashes. */
  readonly source: string;
  readonly flags: string;
}

/** The verdict is the same on every machine, however busy: the judge's work is bounded by counts. */
const withoutClocks = { timeout: null, attackTimeout: null, incubationTimeout: null };
const patienceMs = 120_000;

/** Slow patterns that may stay, by file and source. Each needs a reason why no text from outside can make it work for long. */
const allowed: readonly { readonly path: string; readonly source: string; readonly reason: string }[] = [];

/** Files that make patterns of text, each with a reason why that text cannot make them slow. */
const composers: Readonly<Record<string, string>> = {
  'src/agent/model/parameters.ts': 'A name of a parameter between two classes of characters; nothing repeats.',
  'src/bot/discord/question.ts': 'The digits of a user id; nothing repeats.',
  'src/playground/page/app.ts': 'The escaped name of a member; nothing repeats.',
  'src/simulator/model/offline/tokens.ts': 'Made of fixed parts when the file is loaded: checked below.',
};

const paths = globSync('src/**/*.{ts,js}').toSorted();
const nodesOf = new Map(paths.map((path) => [path, parseNodes(path, readFileSync(path, 'utf8'))]));

const literals = [...nodesOf].flatMap(([path, nodes]) =>
  nodes.flatMap((node) => {
    if (!isRecord(node.regex)) return [];
    const pattern = { source: String(node.regex.pattern), flags: String(node.regex.flags) };
    return [{ place: `${path}:${lineOf(node, readFileSync(path, 'utf8'))}`, path, pattern }];
  }),
);

describe('the patterns in the source', () => {
  test.each(literals.filter(({ path, pattern }) => reasonFor(path, pattern) === undefined))(
    '$place takes linear time: $pattern.source',
    async ({ pattern }) => expect(await verdictOn(pattern)).toBe('safe'),
    patienceMs,
  );

  test.each(allowed)('$path may keep $source, which is slow', async ({ path, source }) => {
    const found = literals.find((literal) => literal.path === path && literal.pattern.source === source);
    expect(found, 'is not there any more').toBeDefined();
    if (found !== undefined) expect(await verdictOn(found.pattern), 'needs no exception').not.toBe('safe');
  });
});

describe('patterns that are made of text', () => {
  test('are made where a reason says why that is safe', () => {
    const made = [...nodesOf].filter(([, nodes]) => nodes.some((node) => callOf(node)?.name === 'RegExp'));
    expect(made.map(([path]) => path)).toEqual(Object.keys(composers));
  });
});

describe('the judge', () => {
  test.each([
    ['spaces before the end', /\s+$/],
    ['spaces around a break', /\s*\n\s*/g],
    ['all up to a missing word', /from.*until/],
    ['an unclosed quote', /"(?:[^"\\]|\\.)*"/g],
    ['an unclosed brace', /\$\{[^}]*\}/g],
    ['a choice of the same', /^(?:a|a)*$/],
  ])('refuses %s', async (_, { source, flags }) => {
    expect(await verdictOn({ source, flags })).toMatch(/^(?:polynomial|exponential) .* for /);
  });

  test.each([
    ['a word', /\w+/],
    ['the whole', /^\s+$/],
    ['the rest', /\?.*$/s],
    ['bounded repetition', / {0,3}x/],
  ])('lets %s pass', async (_, { source, flags }) => {
    expect(await verdictOn({ source, flags })).toBe('safe');
  });
});

function reasonFor(path: string, { source }: Pattern): string | undefined {
  return allowed.find((each) => each.path === path && each.source === source)?.reason;
}

/** `safe`, or what kind of text takes how long. */
async function verdictOn({ source, flags }: Pattern): Promise<string> {
  // Its JavaScript, in this process: the native programs that it could start are not installed.
  vi.stubEnv('RECHECK_BACKEND', 'pure');
  const { check } = await import('recheck');
  const found: Diagnostics = await check(source, flags, withoutClocks);
  if (found.status === 'safe') return 'safe';
  if (found.status === 'unknown') return `unknown: ${found.error.kind}`;
  return `${found.complexity.type} (${found.complexity.summary}) for ${found.attack.pattern}`;
}
