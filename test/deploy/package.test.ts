/** The package that npm makes has what it needs in it and nothing else, and works where it is installed, in a folder without sources. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createClient } from '@keyv/redis';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLogger } from '../../src/log.ts';
import { cleanEnvironment } from '../support/program.ts';
import { toKoreanPdf, toTextPdf } from '../support/sent-files.ts';
import { copyCheckout } from './support/checkout.ts';
import { startSurroundings } from './support/discord.ts';

let folder: string;
let tarball: string;
let files: readonly string[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jupan-package-'));
  const checkout = join(folder, 'checkout');
  copyCheckout(checkout);
  symlinkSync(realpathSync('node_modules'), join(checkout, 'node_modules'));
  npm(checkout, 'pack', '--pack-destination', folder);
  const { version }: { version: string } = JSON.parse(readFileSync('package.json', 'utf8'));
  tarball = join(folder, `jupan-${version}.tgz`);
  files = execFileSync('tar', ['--list', '--file', tarball], { encoding: 'utf8' }).trim().split('\n');
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function npm(cwd: string, ...words: readonly string[]): void {
  const { status, stderr } = spawnSync('npm', words, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm ${words.join(' ')} ended with ${status}:\n${stderr}`);
}

describe('the package', () => {
  test('holds what was built and what operators need: no sources, tests, data or settings', () => {
    const folders = ['bin', 'deploy', 'dist'];
    const others = files
      .map((path) => path.replace(/^package\//, ''))
      .filter((path) => !folders.includes(path.split('/')[0] ?? ''));
    expect(others.toSorted()).toEqual([
      '.env.example',
      'CHANGELOG.md',
      'LICENSE',
      'README.ko.md',
      'README.md',
      'jupan.schema.json',
      'package.json',
    ]);
    expect(files.filter((path) => /\.(?:ts|sqlite|env)$|test|node_modules/.test(path))).toEqual([]);
    for (const path of [
      'bin/jupan.js',
      'dist/programs/launch.js',
      'dist/playground/page/page.js',
      'deploy/jupan.service',
    ]) {
      expect(files).toContain(`package/${path}`);
    }
  });

  test('has every file that is named to be run as a thread or a process', () => {
    const built = join(folder, 'checkout', 'dist');
    const named = globSync('**/*.js', { cwd: built }).flatMap((path) =>
      [...readFileSync(join(built, path), 'utf8').matchAll(/new URL\('(\.[^']*\.[jt]s)', import\.meta\.url\)/g)].map(
        ([, name = '']) => join(dirname(path), name),
      ),
    );
    expect(named.length).toBeGreaterThan(4);
    expect(named.filter((path) => path !== 'programs/commands.ts' && !existsSync(join(built, path)))).toEqual([]);
  });

  test('has nothing of the machine that made it', () => {
    const text = execFileSync('tar', ['--extract', '--to-stdout', '--file', tarball], {
      encoding: 'latin1',
      maxBuffer: 2 ** 27,
    });
    expect(text).not.toContain('a-secret-token');
    expect(text).not.toContain(folder);
    expect(text).not.toContain(realpathSync('.'));
  });
});

/** A database that no other test of this machine is likely to use. */
const stores: readonly {
  readonly name: string;
  readonly url: string | undefined;
  /** Makes it anew, and resolves with its address. */
  prepare(url: URL): Promise<string>;
  clear(url: URL): Promise<void>;
}[] = [
  {
    name: 'SQLite',
    url: 'sqlite://data/jupan.sqlite',
    prepare: async () => 'sqlite://data/jupan.sqlite',
    clear: async () => {},
  },
  {
    name: 'Redis',
    url: process.env.TEST_REDIS_URL,
    async prepare(url) {
      await this.clear(url);
      return new URL('/12', url).href;
    },
    async clear(url) {
      const client = createClient({ url: new URL('/12', url).href });
      await client.connect();
      await client.flushDb();
      await client.close();
    },
  },
  {
    name: 'PostgreSQL',
    url: process.env.TEST_POSTGRES_URL,
    async prepare(url) {
      await this.clear(url);
      await administer(url, 'CREATE DATABASE jupan_package');
      return new URL('/jupan_package', url).href;
    },
    clear: (url) => administer(url, 'DROP DATABASE IF EXISTS jupan_package'),
  },
];

async function administer(url: URL, statement: string): Promise<void> {
  const pool = new Pool({ connectionString: url.href });
  await pool.query(statement);
  await pool.end();
}

if (!process.env.TEST_INSTALL) {
  console.warn(
    'Skipped: the package is not installed, since TEST_INSTALL is not set and packages would have to be fetched.',
  );
}

describe.skipIf(!process.env.TEST_INSTALL)('installed in an empty folder', () => {
  let jupan: string;
  let home: string;

  beforeAll(() => {
    const prefix = join(folder, 'global');
    home = join(folder, 'home');
    for (const each of [prefix, home]) mkdirSync(each);
    npm(home, 'install', '--global', `--prefix=${prefix}`, tarball);
    jupan = join(prefix, 'bin', 'jupan');
  }, 300_000);

  const installed = () => dirname(dirname(realpathSync(jupan)));

  async function start(command: string, settings: Readonly<Record<string, string>>, awaited: RegExp) {
    const child = spawn(jupan, [command], { cwd: home, env: environment(settings), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    await expect.poll(() => output, { timeout: 25_000 }).toMatch(awaited);
    const stop = async () => {
      child.kill('SIGTERM');
      const [status] = await once(child, 'close');
      return status;
    };
    return { output, stop };
  }

  /** With the Node of these tests first: what this machine has else may be too old. */
  function environment(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
    const { PATH = '', ...others } = cleanEnvironment(settings);
    return { ...others, PATH: `${dirname(process.execPath)}:${PATH}`, HOME: home };
  }

  test('has no sources to fall back on', () => {
    expect(existsSync(join(installed(), 'dist'))).toBe(true);
    expect(existsSync(join(installed(), 'src'))).toBe(false);
  });

  for (const { name, url } of stores) {
    if (url === undefined) console.warn(`Skipped: the installed package with ${name}, whose address is not set.`);
  }

  test.for(stores.filter(({ url }) => url !== undefined))(
    'answers a question, with its store in $name, and stops with status 0',
    async ({ url = '', ...store }) => {
      await using surroundings = await startSurroundings();
      const settings = { ...surroundings.settings, STORE_URL: await store.prepare(new URL(url)) };
      const program = await start('start', settings, /"event":"commands-registered"/);
      expect(await surroundings.ask('add 15 and 27')).toContain('42');
      expect(await program.stop()).toBe(0);
      await store.clear(new URL(url));
      expect(surroundings.discord.problems).toEqual([]);
    },
  );

  test('shows the playground, whose page was made when it was built', async () => {
    const program = await start('playground', { PLAYGROUND_PORT: '0' }, /http:\/\/127\.0\.0\.1:\d+/);
    const [url = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(program.output) ?? [];
    for (const [path, type] of [
      ['/', 'text/html'],
      ['/page.js', 'text/javascript'],
      ['/style.css', 'text/css'],
      ['/icon.svg', 'image/svg+xml'],
    ]) {
      const response = await fetch(url + path);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toContain(type);
      expect((await response.text()).length).toBeGreaterThan(100);
    }
    expect(await program.stop()).toBe(0);
  });

  /** What of the sources runs on a thread or in a process, from a file that is named and not imported. */
  const load = <Module>(path: string): Promise<Module> => import(join(installed(), 'dist', path));

  test('holds values against schemas, on a thread', async () => {
    type Module = typeof import('../../src/agent/tools/schema-check.ts');
    const check = new (await load<Module>('agent/tools/schema-check.js')).SchemaCheck();
    const number = { $defs: { number: { type: 'number' } }, $ref: '#/$defs/number' };
    expect(await check.problemWith(number, 1)).toBeUndefined();
    expect(await check.problemWith(number, 'one')).toContain('number');
    await check.close();
  });

  test('reads PDFs, in a process that may read little', async () => {
    type Module = typeof import('../../src/agent/attachments/pdf/pdf-reader.ts');
    const reader = new (await load<Module>('agent/attachments/pdf/pdf-reader.js')).PdfReader();
    const { signal } = new AbortController();
    expect(await reader.read(toTextPdf('Hello world.'), 1_000, signal)).toMatchObject({
      text: '(page 1)\nHello world.\n',
    });
    expect(await reader.read(toKoreanPdf('안녕하세요'), 1_000, signal)).toMatchObject({
      text: '(page 1)\n안녕하세요\n',
    });
  });

  test('draws curves and formulas, on threads', async () => {
    type Drawing = typeof import('../../src/mcp-server/pictures/pictures.ts');
    const drawing = new (await load<Drawing>('mcp-server/pictures/pictures.js')).Pictures(silentLogger);
    const plot = { type: 'plot', expressions: ['x^2'], from: -1, to: 1, title: '포물선' } as const;
    expect(await drawing.draw(plot, new AbortController().signal)).toMatchObject({
      description: expect.stringContaining('포물선'),
    });
    await drawing.close();
    type Formulas = typeof import('../../src/formulas/formula-drawer.ts');
    const formulas = new (await load<Formulas>('formulas/formula-drawer.js')).FormulaDrawer(silentLogger);
    expect((await formulas.draw(['\\frac{1}{2}']))?.length).toBeGreaterThan(500);
    await formulas.close();
  });

  test('brings a Node of its own for machines whose Node is too old', () => {
    const { status, stdout } = spawnSync(jupan, ['--version'], {
      cwd: home,
      env: cleanEnvironment({}),
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    expect(tarball).toContain(stdout.trim());
  });
});
