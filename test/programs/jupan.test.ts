/** The command `jupan` in a checkout: what it says, what it starts, and that nothing stays beside what it starts. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { commands } from '../../src/programs/commands.ts';
import { cleanEnvironment, freePort } from '../support/program.ts';

const bin = fileURLToPath(new URL('../../bin/jupan.js', import.meta.url));
const { scripts, version }: { scripts: Record<string, string>; version: string } = JSON.parse(
  readFileSync('package.json', 'utf8'),
);

function say(words: readonly string[], settings: Readonly<Record<string, string>> = {}, node = process.execPath) {
  const env = cleanEnvironment({ LANG: 'en_US.UTF-8', ...settings });
  const { status, stdout, stderr } = spawnSync(node, [bin, ...words], { env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** Resolves when it says that it listens. */
async function startCalculator(node: string): Promise<ChildProcess> {
  const env = cleanEnvironment({ MCP_PORT: String(await freePort()) });
  const child = spawn(node, [bin, 'mcp-server'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const chunk of child.stdout) if (String(chunk).includes('"listening"')) break;
  return child;
}

function commandOf(pid: number | undefined): string[] {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
}

test('starts what the npm scripts of the same names start, with the same flags', () => {
  const started = Object.entries(commands).map(([name, { nodeFlags }]) => [
    name,
    ['exec node', ...nodeFlags, `src/programs/launch.js ${name}`].join(' '),
  ]);
  const launched = Object.entries(scripts).filter(([, script]) => script.includes('launch.js'));
  expect(Object.fromEntries(started)).toEqual(Object.fromEntries(launched));
});

describe('says', () => {
  test('how to use it, for --help and when nothing follows', () => {
    const { status, stdout, stderr } = say(['--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(`Jupan ${version}: `);
    expect(stdout).toContain('Usage: jupan COMMAND');
    for (const [name, { about }] of Object.entries(commands)) {
      expect(stdout).toMatch(new RegExp(`^ {2}${name} +${about.en.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`, 'm'));
    }
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
    for (const words of [[], ['-h'], ['help'], ['start', '--help']]) expect(say(words).stdout).toBe(stdout);
  });

  test('it in Korean where the terminal is', () => {
    const { stdout } = say(['--help'], { LANG: 'ko_KR.UTF-8' });
    expect(stdout).toContain('사용법: jupan 명령');
    for (const { about } of Object.values(commands)) expect(stdout).toContain(about.ko);
  });

  test('its version', () => {
    for (const word of ['--version', '-v'])
      expect(say([word])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  test.each([['strat'], ['toString'], ['--strat'], ['../bot'], ['start', 'now']])(
    'in one line what is wrong with "%s %s", with status 2',
    (...words) => {
      const { status, stdout, stderr } = say(words.filter((word) => word !== undefined));
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(/^jupan: .*\n$/);
      expect(stderr).toContain(`"${words.at(-1)}"`);
    },
  );

  test('to type what it was called by, wherever a program tells a person what to type', () => {
    expect(say(['doctor', '--help']).stdout).toContain('Usage: jupan doctor [--json]\n');
    expect(say(['store']).stdout).toContain('Usage: jupan store COMMAND\n');
    const { status, stderr } = say(['setup']);
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('jupan setup --help') });
  });

  test('a bad setting as the program does, with its status', () => {
    const { status, stderr } = say(['start']);
    expect(status).toBe(1);
    expect(stderr).toMatch(/DISCORD_TOKEN: is missing/);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe('starts a program', () => {
  test('in its own place: no process stays beside it, and a signal to it is one to the program', async () => {
    const child = await startCalculator(process.execPath);
    const [, ...args] = commandOf(child.pid);
    expect(args).toEqual([...commands['mcp-server'].nodeFlags, expect.stringMatching(/launch\.js$/), 'mcp-server']);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  const old = findOldNode();
  if (old === undefined) console.warn('Skipped: no Node older than 24 on the PATH, which jupan would have to leave.');

  test.skipIf(old === undefined)(
    'on the Node that the project brings, where the one it runs on is too old',
    async () => {
      expect(say(['--version'], {}, old)).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
      expect(say(['strat'], {}, old)).toMatchObject({ status: 2 });
      expect(say(['doctor', '--help'], {}, old).stdout).toContain('Usage: jupan doctor');
      const child = await startCalculator(old ?? '');
      const [program = 0] = childrenOf(child.pid);
      expect(commandOf(program)).toContain('mcp-server');
      child.kill('SIGTERM');
      expect(await once(child, 'exit')).toEqual([0, null]);
      expect(() => process.kill(program, 0)).toThrow('ESRCH');
    },
  );

  test.skipIf(old === undefined)('and dies of the signal that the program died of', async () => {
    const child = await startCalculator(old ?? '');
    const [program = 0] = childrenOf(child.pid);
    process.kill(program, 'SIGKILL');
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  });
});

function childrenOf(pid: number | undefined): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
}

/** One that cannot run the sources. */
function findOldNode(): string | undefined {
  const paths = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'node'));
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return Number.parseInt(execFileSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' }), 10) < 24;
    } catch {
      return false;
    }
  });
}
