/** One of Jupan's programs as a child process, run as npm runs it, with what it printed and how it ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { findCommand } from '../../src/programs/commands.ts';

export type LogLine = Readonly<Record<string, unknown>>;

export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Program {
  readonly process: ChildProcess;
  /** Everything printed so far, standard output and standard error. */
  readonly output: string;
  readonly errors: string;
  /** The JSON lines of the log. */
  readonly log: readonly LogLine[];
  /** Resolves when the process has ended and all its output was read. */
  readonly ended: Promise<ProgramEnd>;
  /** Resolves with the first log line of that event. Rejects after `timeoutMs` (default 25 s), or when the process ends first, with the output. */
  waitForEvent(event: string, options?: { readonly timeoutMs?: number }): Promise<LogLine>;
  waitForOutput(pattern: RegExp, options?: { readonly timeoutMs?: number }): Promise<void>;
}

/** Those that run, of this test file. */
const running = new Set<ChildProcess>();

/** To be called at the end of a test file: whatever failed in it, nothing of it meets another file's ports and stores. */
export function killLeftPrograms(): void {
  for (const child of running) child.kill('SIGKILL');
}

const root: string = fileURLToPath(new URL('../..', import.meta.url));

/** Only what a shell needs: settings of the machine that runs the tests must not reach the program. */
export function cleanEnvironment(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'SystemRoot'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  // No .env of the working copy either: dotenv is pointed at a file that is never there.
  return { ...Object.fromEntries(kept), DOTENV_PATH: '/nonexistent/.env', ...settings };
}

/** How much memory it may take is part of a program. */
function nodeFlagsOf(name: string): readonly string[] {
  return findCommand(name)?.nodeFlags ?? [];
}

export interface ProgramOptions {
  readonly viaNpm?: boolean;
  /** The folder of what is started, with a slash at its end. Default: this repository. */
  readonly repository?: string;
  /** Default: that folder. */
  readonly cwd?: string;
  /** After its name. Default: none. */
  readonly args?: readonly string[];
}

/**
 * Starts `src/programs/launch.js NAME` with this Node and the flags that npm's script gives it, or `npm run NAME` when `viaNpm` is set.
 */
export function startProgram(
  name: string,
  settings: Readonly<Record<string, string>>,
  { viaNpm = false, repository = root, cwd = repository, args: words = [] }: ProgramOptions = {},
): Program {
  const [command, args] = viaNpm
    ? ['npm', ['run', '--silent', name, ...(words.length === 0 ? [] : ['--', ...words])]]
    : [process.execPath, [...nodeFlagsOf(name), `${repository}src/programs/launch.js`, name, ...words]];
  const child = spawn(command, args, { cwd, env: cleanEnvironment(settings), stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const log: LogLine[] = [];
  const watchers = new Set<() => void>();
  let output = '';
  let errors = '';
  let unread = '';
  let hasEnded = false;
  const changed = () => {
    for (const watch of watchers) watch();
  };

  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    const lines = (unread + text).split('\n');
    unread = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('{')) log.push(JSON.parse(line));
    }
    changed();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    errors += text;
    changed();
  });
  const ended = new Promise<ProgramEnd>((resolve) => {
    child.once('close', (code, signal) => {
      running.delete(child);
      hasEnded = true;
      resolve({ code, signal });
      changed();
    });
  });

  async function waitFor<Found>(what: string, look: () => Found | undefined, timeoutMs = 25_000): Promise<Found> {
    const { promise, resolve, reject } = Promise.withResolvers<Found>();
    const fail = (reason: string) => reject(new Error(`${name} ${reason} ${what}. It printed:\n${output}`));
    const watch = () => {
      const found = look();
      if (found !== undefined) resolve(found);
      else if (hasEnded) fail('ended before');
    };
    const timer = setTimeout(() => fail(`did not come within ${timeoutMs} ms to`), timeoutMs);
    watchers.add(watch);
    watch();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      watchers.delete(watch);
    }
  }

  return {
    process: child,
    get output() {
      return output;
    },
    get errors() {
      return errors;
    },
    log,
    ended,
    waitForEvent: (event, { timeoutMs } = {}) =>
      waitFor(event, () => log.find((line) => line.event === event), timeoutMs),
    waitForOutput: async (pattern, { timeoutMs } = {}) => {
      await waitFor(String(pattern), () => (pattern.test(output) ? true : undefined), timeoutMs);
    },
  };
}

/**
 * For a program that is about to listen. From below those that systems give out by themselves: until it listens, nobody else is given
 * it, neither who listens on any port nor who connects. Test files that run side by side have parts of their own.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    lastPort = (lastPort + 1) % portsEach;
    const port = firstPort + (Number(process.env.VITEST_POOL_ID ?? 0) % portParts) * portsEach + lastPort;
    if (await isFree(port)) return port;
  }
}

const firstPort = 10_000;
const portParts = 16;
const portsEach = 1_400;
let lastPort = Math.floor(Math.random() * portsEach);

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  server.once('error', () => resolve(false));
  server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  return await promise;
}
