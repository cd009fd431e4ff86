/**
 * The Dockerfile makes something that works: its steps are run in order, in empty folders, and what comes out answers a question
 * on the local Discord, on a file system that it cannot write to.
 */
import { once } from 'node:events';
import { globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { processTree } from '../../bench/process-tree.ts';
import { commands } from '../../src/programs/commands.ts';
import { freePort } from '../support/program.ts';
import { copyCheckout } from './support/checkout.ts';
import { startSurroundings } from './support/discord.ts';
import {
  buildImage,
  type Container,
  checkHealth,
  giveAway,
  type Image,
  runImage,
  whyNoImage,
} from './support/image.ts';

const reason = process.env.TEST_INSTALL
  ? whyNoImage()
  : 'TEST_INSTALL is not set, and packages would have to be fetched';
if (reason !== undefined) console.warn(`Skipped: the image is not built, since ${reason}.`);

describe.skipIf(reason !== undefined)('the image', () => {
  let folder: string;
  let image: Image;
  let volume: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'jupan-image-'));
    giveAway(folder);
    const context = join(folder, 'context');
    copyCheckout(context);
    mkdirSync(join(folder, 'image'));
    image = await buildImage(context, join(folder, 'image'));
    volume = join(folder, 'volume');
    mkdirSync(volume);
    giveAway(folder);
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('answers a question, and goes on with its store in the next container', async () => {
    await using surroundings = await startSurroundings();
    const { discord, ask } = surroundings;
    const settings = { ...surroundings.settings, OPS_PORT: String(await freePort()) };

    const first = await runImage(image, settings, volume);
    await waitForLine(first, '"event":"commands-registered"');
    expect(await ask('add 15 and 27')).toContain('42');
    expect(await checkHealth(image, settings, volume)).toBe(0);
    // No npm and no shell stays: there is the bot's Node, the first process, by the name it was called, and the calculator's.
    const processes = processTree(first.pid).map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0'));
    expect(processes.map((words) => words.slice(0, -1))).toEqual([
      ['jupan', ...commands.start.nodeFlags, '/app/dist/programs/launch.js', 'start'],
      expect.arrayContaining(['/usr/local/bin/node', '/app/dist/programs/launch.js', 'mcp-server']),
    ]);
    expect(await stop(first)).toEqual([0, null]);
    expect(await checkHealth(image, settings, volume)).toBe(1);
    expect(readdirSync(join(volume)).filter((name) => !name.startsWith('jupan.sqlite'))).toEqual([]);

    const second = await runImage(image, settings, volume);
    await waitForLine(second, '"event":"commands-registered"');
    expect(await ask('what was the result?')).toContain('42');
    expect(await stop(second)).toEqual([0, null]);
    expect(discord.problems).toEqual([]);
  });

  test('has nothing in it but what runs', () => {
    expect(readdirSync(join(image.root, 'app')).toSorted()).toEqual([
      '.env.example',
      'bin',
      'dist',
      'node_modules',
      'package.json',
    ]);
    expect(readdirSync(join(image.root, 'data'))).toEqual([]);
    const packages = readdirSync(join(image.root, 'app/node_modules'));
    for (const name of ['discord.js', 'openai', 'ws']) expect(packages).toContain(name);
    for (const name of ['node', 'typescript', 'vitest', 'esbuild']) expect(packages).not.toContain(name);
    expect(globSync('**/*.{ts,map}', { cwd: join(image.root, 'app') })).toEqual([]);
  });

  test('may be read by any user', () => {
    const app = join(image.root, 'app');
    const closed = globSync('**', { cwd: app, withFileTypes: true })
      .filter((entry) => !entry.isSymbolicLink())
      .filter((entry) => (statSync(join(entry.parentPath, entry.name)).mode & (entry.isDirectory() ? 0o5 : 0o4)) === 0);
    expect(closed.map(({ name }) => name)).toEqual([]);
  });

  test('starts the other programs by their names, and says what is wrong with its settings', async () => {
    const said = async (...command: string[]) => {
      const { process: child } = await runImage(image, {}, volume, command);
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (output += text));
      const [status] = await once(child, 'close');
      return { status, output };
    };
    expect(await said('--help')).toEqual({ status: 0, output: expect.stringContaining('Usage: jupan COMMAND') });
    expect(await said('strat')).toEqual({ status: 2, output: expect.stringContaining('"strat"') });
    expect(await said('start')).toEqual({ status: 1, output: expect.stringContaining('DISCORD_TOKEN: is missing') });
  });

  test('is not healthy when something else answers at its port', async () => {
    const port = await freePort();
    const server = createServer((_, response) => response.writeHead(503).end());
    await once(server.listen(port, '127.0.0.1'), 'listening');
    expect(await checkHealth(image, { OPS_PORT: String(port) }, volume)).toBe(1);
    server.close();
  });
});

async function waitForLine({ process: child }: Container, text: string): Promise<void> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
  await expect.poll(() => output, { timeout: 25_000 }).toContain(text);
}

async function stop({ process: child, pid }: Container): Promise<unknown[]> {
  const ended = once(child, 'exit');
  process.kill(pid, 'SIGTERM');
  return ended;
}
