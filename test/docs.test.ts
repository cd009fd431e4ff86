/** The documents are held against the code: what they name exists, and the two READMEs say the same. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadOperatorFile } from '../src/config/operator-file.ts';
import { readConfig } from '../src/config/read.ts';
import { ConfigError } from '../src/errors.ts';

const readmes = ['README.md', 'README.ko.md'] as const;
const documents = [
  ...readmes,
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'docs/architecture.md',
  'docs/budgets.md',
  'docs/dependencies.md',
  'docs/deploy.md',
  'docs/discord.md',
  'docs/models.md',
  'docs/openai.md',
  'docs/operations.md',
  'docs/privacy.md',
  'docs/settings.md',
  'docs/speed.md',
  'docs/tools.md',
  'SECURITY.md',
];
const scripts = readScripts();
/** Of npm itself. */
const builtIn = ['ci', 'install', 'pack'];
/** For those who change the code: in CONTRIBUTING.md. */
const contributors = ['build', 'format'];

describe('the commands', () => {
  test.each([...readmes, 'CONTRIBUTING.md', 'docs/deploy.md'])('that %s names are there', (path) => {
    const named = commandsOf(read(path)).map((command) => command.replace(/^npm (?:run )?/, ''));
    expect(named.length).toBeGreaterThan(1);
    expect(named.filter((name) => !builtIn.includes(name) && !scripts.includes(name))).toEqual([]);
  });

  test.each(readmes)('that users need are all in a table of %s', (path) => {
    const listed = tablesOf(read(path)).flatMap((rows) => rows.flatMap((row) => commandsOf(row.split('|')[1] ?? '')));
    // Those with a colon are parts of others, and npm calls that before a package itself.
    const wanted = scripts.filter((name) => ![...contributors, 'prepack'].includes(name) && !name.includes(':'));
    expect(listed.toSorted()).toEqual(wanted.map(toCommand).toSorted());
    expect(commandsOf(read('CONTRIBUTING.md'))).toEqual(expect.arrayContaining(contributors.map(toCommand)));
  });
});

describe('the settings', () => {
  test.each(readmes)('in the table of %s are those that are read, in the order of .env.example', async (path) => {
    const table = tablesOf(read(path)).find((rows) => rows.some((row) => row.includes('`DISCORD_TOKEN`')));
    const named = (table ?? []).flatMap((row) => row.split('|')[1]?.match(/[A-Z][A-Z_]+/g) ?? []);
    const example = read('.env.example').matchAll(/^(?:# )?([A-Z_]+)=/gm);
    expect(named).toEqual([...example].map(([, name]) => name));
    expect(new Set(named)).toEqual(await variablesRead());
  });

  test.each(readmes)('example of %s for MCP_CONFIG is accepted', (path) => {
    const folder = mkdtempSync(join(tmpdir(), 'jupan-docs-'));
    try {
      const file = join(folder, 'servers.json');
      const [, json = ''] = /```json\n([\s\S]*?)```/.exec(read(path)) ?? [];
      writeFileSync(file, json);
      const { toolServers } = readConfig({ MCP_CONFIG: file }, {});
      expect(toolServers.map(({ name }) => name)).toEqual(['calculator', 'wiki', 'files']);
      expect(toolServers[0]).toEqual(readConfig({}, {}).toolServers[0]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the two READMEs', () => {
  test('have the same structure: headings, paragraphs, lists, tables and code', () => {
    const [english, korean] = readmes.map((path) => shapeOf(read(path)));
    expect(english?.length).toBeGreaterThan(40);
    expect(korean).toEqual(english);
  });

  test('name the same variables and commands, and link to the same places', () => {
    const [english, korean] = readmes.map((path) => {
      const text = read(path);
      return {
        variables: distinct(text.match(/\b[A-Z]+(?:_[A-Z]+)+\b/g)),
        commands: distinct(commandsOf(text)),
        links: distinct(linksOf(text).filter((link) => !link.startsWith('#') && !link.startsWith('README'))),
      };
    });
    expect(korean).toEqual(english);
    expect(linksOf(read('README.md'))).toContain('README.ko.md');
    expect(linksOf(read('README.ko.md'))).toContain('README.md');
  });
});

describe('what the documents point at is there', () => {
  test.each(documents)('from %s: files, images and headings', (path) => {
    const missing = linksOf(read(path))
      .filter((link) => !/^https?:/.test(link))
      .filter((link) => {
        const [file = '', heading] = link.split('#');
        const target = file === '' ? path : normalize(join(dirname(path), file));
        return !existsSync(target) || (heading !== undefined && !anchorsOf(read(target)).includes(heading));
      });
    expect(missing).toEqual([]);
  });

  test.each(documents)('in %s: source files named by their path', (path) => {
    const named = [...read(path).matchAll(/`((?:src|test|bench|docs|deploy|scripts|bin)\/[\w./-]*)`/g)].map(
      ([, file = '']) => file,
    );
    expect(named.filter((file) => !existsSync(file))).toEqual([]);
  });
});

const isCheckout = existsSync('.git');
if (!isCheckout) console.warn('Skipped: what is tracked cannot be told outside of a git checkout.');

test.skipIf(!isCheckout)('no tracked file holds what only one machine has: absolute paths, a private registry', () => {
  const tracked = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0');
  const files = tracked.filter((path) => existsSync(path) && !path.startsWith('.ci/') && path !== '');
  expect(files).toContain('README.md');
  const registry = new URL(process.env.npm_config_registry ?? 'https://registry.npmjs.org/').host;
  const privateHost = registry === 'registry.npmjs.org' ? undefined : registry;
  const found = files.filter((path) => {
    const text = readFileSync(path, 'latin1');
    const isOfMachine = /(?<![\w.:/-])\/(?:work|root)\//.test(text) || /\.\.\/shared\b/.test(text);
    const isLocked = path === 'package-lock.json' && /"resolved": "(?!https:\/\/registry\.npmjs\.org\/)/.test(text);
    return isOfMachine || isLocked || (privateHost !== undefined && text.includes(privateHost));
  });
  expect(found).toEqual([]);
});

function read(path: string): string {
  return readFileSync(path, 'utf8');
}

function readScripts(): string[] {
  const { scripts: named }: { scripts: Record<string, string> } = JSON.parse(read('package.json'));
  return Object.keys(named);
}

/** What is to be typed: commands in code, not npm's name in a sentence. */
function commandsOf(text: string): string[] {
  return [...text.matchAll(/(?:`|^ *)(npm (?:run )?[a-z][\w:-]*)/gm)].map(([, command = '']) => command);
}

function toCommand(script: string): string {
  return ['start', 'test'].includes(script) ? `npm ${script}` : `npm run ${script}`;
}

/** The names that `readConfig` asks its environment for. */
async function variablesRead(): Promise<Set<string>> {
  const names = new Set<string>();
  const environment = new Proxy<Record<string, string | undefined>>(
    {},
    {
      get(_, name) {
        names.add(String(name));
        return undefined;
      },
    },
  );
  expect(() => readConfig(environment, { discord: true, model: true })).toThrow(ConfigError);
  await loadOperatorFile(environment);
  return names;
}

/** Blocks of a Markdown text, each as what must be alike in another language. Code is alike to the letter. */
function shapeOf(text: string): string[] {
  const blocks = text.matchAll(/^ *```[\s\S]*?^ *```$|^(?:(?! *```).+(?:\n|$))+/gm);
  return [...blocks].map(([block]) => {
    const lines = block.trimEnd().split('\n');
    const [first = ''] = lines;
    if (/^ *```|^<!--/.test(first)) return block.trimEnd();
    if (first.startsWith('#')) return `${first.split(' ')[0]} heading`;
    if (first.startsWith('|')) return `table ${lines.map((line) => line.split('|').length - 2).join(' ')}`;
    const items = lines.filter((line) => /^(?:-|\d+\.) /.test(line));
    if (items.length > 0) return `list ${items.map((line) => line.split(' ')[0]).join(' ')}`;
    return first.startsWith('![') ? 'image' : 'paragraph';
  });
}

function tablesOf(text: string): string[][] {
  return [...text.matchAll(/(?:^\|.*\n)+/gm)].map(([table]) => table.trimEnd().split('\n'));
}

/** Targets of links and images. */
function linksOf(text: string): string[] {
  return [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** What GitHub makes of the headings. */
function anchorsOf(text: string): string[] {
  return [...withoutCode(text).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
}

function withoutCode(text: string): string {
  return text.replace(/^ *```[\s\S]*?^ *```$/gm, '');
}

function distinct(found: readonly string[] | null): string[] {
  return [...new Set(found)].toSorted();
}
