/**
 * Runs the product as a user would, `node src/programs/launch.js start`, in a process of its own, and starts it again when it dies.
 * Whatever it prints goes to this terminal.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../config/settings.ts';

export interface ProductOptions {
  readonly environment: Environment;
  /** It ended without being told to, and will be started again after `retryInMs`. */
  readonly onDeath: (retryInMs: number) => void;
}

export interface Product {
  /** Ends the product and everything it has started, within 8 s. */
  close(): Promise<void>;
}

const stopWithinMs = 7000;
const firstRetryMs = 1000;
const lastRetryMs = 15_000;
/** Having lived this long it counts as healthy: the next retry is the first again. */
const healthyAfterMs = 30_000;

export function startProduct({ environment, onDeath }: ProductOptions): Product {
  const stopping = new AbortController();
  let child: ChildProcess | undefined;

  // Should the playground itself fail, it must not leave the product behind.
  const sweep = () => killGroup(child, 'SIGKILL');
  process.once('exit', sweep);

  async function keepRunning(): Promise<void> {
    let retryInMs = firstRetryMs;
    while (!stopping.signal.aborted) {
      const startedAt = Date.now();
      child = await start(environment);
      if (stopping.signal.aborted) child.kill('SIGTERM');
      await ended(child);
      // What it had started (the calculator) must not stay behind and hold its port.
      killGroup(child, 'SIGKILL');
      child = undefined;
      if (stopping.signal.aborted) return;
      if (Date.now() - startedAt > healthyAfterMs) retryInMs = firstRetryMs;
      onDeath(retryInMs);
      await sleep(retryInMs, undefined, { signal: stopping.signal }).catch(() => {
        // Told to stop while waiting: the loop ends.
      });
      retryInMs = Math.min(retryInMs * 2, lastRetryMs);
    }
  }

  const running = keepRunning();
  return {
    async close() {
      stopping.abort();
      child?.kill('SIGTERM');
      const deadline = setTimeout(() => killGroup(child, 'SIGKILL'), stopWithinMs);
      await running;
      clearTimeout(deadline);
      process.off('exit', sweep);
    },
  };
}

/** In a process group of its own, so that Ctrl-C reaches the playground alone, which then stops everything in order. */
async function start(environment: Environment): Promise<ChildProcess> {
  const launcher = fileURLToPath(new URL('../programs/launch.js', import.meta.url));
  return spawn(process.execPath, [launcher, 'start'], {
    env: { ...environment, MCP_HOST: '127.0.0.1', MCP_PORT: String(await findFreePort()) },
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
}

function killGroup(child: ChildProcess | undefined, signal: NodeJS.Signals): void {
  if (child?.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nobody of the group is left: that is what was wanted.
  }
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
