/** One of Jupan's programs in a real terminal: a pseudo terminal of `script`, with keys that are pressed and a screen that is read. */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { cleanEnvironment } from './program.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Why there is no terminal to be had; undefined when there is. Other systems have another `script`. */
export const noTerminal =
  process.platform === 'linux' && isInstalled('script') ? undefined : 'needs script of util-linux';

export const keys = { enter: '\r', down: '\u001b[B', up: '\u001b[A', interrupt: '\u0003', left: '\u001b[D' } as const;

export interface Terminal {
  /** Everything that was ever on the screen, without colours. */
  readonly screen: string;
  /** Resolves with the exit status. */
  readonly ended: Promise<number | null>;
  /** Resolves once the screen has it, at or behind the end of what the last call found. Rejects with the screen when the program ends first, or after a minute. */
  shows(what: string | RegExp): Promise<void>;
  press(...pressed: readonly string[]): void;
  /** SIGKILL to all of it. */
  kill(): void;
}

export interface TerminalOptions {
  readonly cwd: string;
  readonly settings?: Readonly<Record<string, string>>;
  /** Runs as that user, where this process may let it. */
  readonly uid?: number | undefined;
  /** For the shell, before the program: a limit, say. */
  readonly before?: string;
}

const longestMs = 55_000;

export function openTerminal(name: string, args: readonly string[], options: TerminalOptions): Terminal {
  const { cwd, settings = {}, uid, before = 'true' } = options;
  const quoted = [process.execPath, join(root, 'src/programs/launch.js'), name, ...args].map((word) => `'${word}'`);
  // Without a size, a terminal has no columns.
  const command = `stty cols 200 rows 60; ${before}; exec ${quoted.join(' ')}`;
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    cwd,
    env: cleanEnvironment({ LC_ALL: 'en_US.UTF-8', TERM: 'xterm', SHELL: '/bin/sh', ...settings }),
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let screen = '';
  let seen = 0;
  let hasEnded = false;
  const watchers = new Set<() => void>();
  const changed = () => {
    for (const watch of watchers) watch();
  };
  let raw = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    raw += text;
    screen = stripVTControlCharacters(raw).replaceAll('\r', '');
    changed();
  });
  const { promise: ended, resolve: end } = Promise.withResolvers<number | null>();
  child.once('close', (code) => {
    hasEnded = true;
    end(code);
    changed();
  });
  return {
    get screen() {
      return screen;
    },
    ended,
    async shows(what) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const fail = (reason: string) => reject(new Error(`${name} ${reason} ${String(what)}. The screen:\n${screen}`));
      const watch = () => {
        const rest = screen.slice(seen);
        const found = typeof what === 'string' ? rest.indexOf(what) : rest.search(what);
        if (found >= 0) {
          seen += found + (typeof what === 'string' ? what.length : (rest.match(what)?.[0].length ?? 0));
          resolve();
        } else if (hasEnded) fail('ended before');
      };
      const timer = setTimeout(() => fail('did not come to'), longestMs);
      watchers.add(watch);
      watch();
      try {
        await promise;
      } finally {
        clearTimeout(timer);
        watchers.delete(watch);
      }
    },
    press(...pressed) {
      child.stdin.write(pressed.join(''));
    },
    kill() {
      if (child.pid !== undefined && !hasEnded) process.kill(-child.pid, 'SIGKILL');
    },
  };
}

function isInstalled(command: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      // Not in this folder.
      return false;
    }
  });
}
