/** The calculator server as a process of its own, kept running for as long as the program runs. Nothing of it is imported. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../errors.ts';
import type { Logger } from '../log.ts';

export interface CalculatorProcess {
  /** Resolves when the server listens for the first time. Rejects with a {@link ConfigError} when it cannot have its address. */
  readonly started: Promise<void>;
  close(): Promise<void>;
}

const firstRestartMs = 250;
const longestRestartMs = 10_000;
/** A server that ran this long is restarted without delay. */
const steadyMs = 30_000;
const killAfterMs = 4_000;

export function startCalculatorProcess(log: Logger): CalculatorProcess {
  const started = Promise.withResolvers<void>();
  let child: ChildProcess | undefined;
  let isClosing = false;
  let timer: NodeJS.Timeout | undefined;

  const spawn = (restartMs: number): void => {
    const spawnedAt = Date.now();
    child = fork(fileURLToPath(new URL('./launch.js', import.meta.url)), ['mcp-server']);
    child.on('message', (message) => {
      const report = readReport(message);
      if (report === undefined) return;
      if (report.type === 'listening') started.resolve();
      else started.reject(new ConfigError([{ variable: 'MCP_PORT', advice: report.message }]));
    });
    child.on('error', (error) => log.error('calculator-error', { error }));
    child.on('exit', (code, signalName) => {
      if (isClosing) return;
      const waitMs = Date.now() - spawnedAt > steadyMs ? firstRestartMs : restartMs;
      log.warn('calculator-exit', { code, signalName, restartInMs: waitMs });
      timer = setTimeout(() => spawn(Math.min(longestRestartMs, waitMs * 2)), waitMs);
    });
  };
  spawn(firstRestartMs);

  return {
    started: started.promise,
    async close() {
      isClosing = true;
      clearTimeout(timer);
      const running = child;
      if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
      const killer = setTimeout(() => running.kill('SIGKILL'), killAfterMs);
      await new Promise<void>((resolve) => {
        running.once('exit', () => resolve());
        // It leaves signals to this process and ends when the channel does.
        if (running.connected) running.disconnect();
        else running.kill('SIGKILL');
      });
      clearTimeout(killer);
    },
  };
}

/** What the child says over its IPC channel. */
function readReport(message: unknown): { type: 'listening' } | { type: 'failed'; message: string } | undefined {
  if (typeof message !== 'object' || message === null || !('type' in message)) return undefined;
  if (message.type === 'listening') return { type: 'listening' };
  if (message.type === 'failed' && 'message' in message) return { type: 'failed', message: String(message.message) };
  return undefined;
}
