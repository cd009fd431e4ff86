/** Starts the bot as `npm start` does, tells of its first answer, and stays with it until it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../config/settings.ts';
import { isRecord } from '../json.ts';

export interface FirstAnswerOptions {
  readonly environment: Environment;
  readonly onReady: () => void;
  /** A question was answered, or could not be: with why not. Called until one was. */
  readonly onAnswer: (failure: string | undefined) => void;
  /** What the bot says of trouble. */
  readonly onTrouble: (line: string) => void;
  readonly signal: AbortSignal;
}

/** As in the script `start` of package.json. */
const nodeFlags = ['--max-semi-space-size=8', '--max-old-space-size=1024'];
const launcher = fileURLToPath(new URL('../programs/launch.js', import.meta.url));

/** @returns the exit status of the bot, once it has ended. Aborting the signal stops it. */
export async function runUntilStopped(options: FirstAnswerOptions): Promise<number> {
  const { environment, onTrouble, signal } = options;
  // Its log tells what it does.
  const env = { ...environment, LOG_LEVEL: 'info' };
  const bot = spawn(process.execPath, [...nodeFlags, launcher, 'start'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = () => void bot.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  const ended = once(bot, 'close');
  createInterface({ input: bot.stderr }).on('line', onTrouble);
  followLog(bot, options);
  const [code] = await ended;
  signal.removeEventListener('abort', stop);
  return typeof code === 'number' ? code : 1;
}

function followLog(bot: Pick<ChildProcess, 'stdout'>, { onReady, onAnswer, onTrouble }: FirstAnswerOptions): void {
  let hasAnswered = false;
  if (bot.stdout === null) return;
  createInterface({ input: bot.stdout }).on('line', (line) => {
    const { event, level, error } = parse(line);
    if (event === 'ready') onReady();
    if (event === 'turn-end' && !hasAnswered) {
      hasAnswered = level === 'info';
      onAnswer(hasAnswered ? undefined : toCode(error));
    } else if (level === 'error' || (level === 'warn' && event !== 'turn-end')) onTrouble(line);
  });
}

function toCode(error: unknown): string {
  return isRecord(error) ? String(error.code ?? error.name) : 'unknown';
}

function parse(line: string): Readonly<Record<string, unknown>> {
  try {
    const fields: unknown = JSON.parse(line);
    return isRecord(fields) ? fields : {};
  } catch {
    // Not a line of the log.
    return {};
  }
}
