/** Runs the product as a user would, `node src/programs/launch.js start`, as a process of its own that prints to this terminal. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../config/settings.ts';
import { SupervisedProcess } from '../supervised-process.ts';

export interface ProductOptions {
  readonly environment: Environment;
  /** It ended without being told to, and will be started again after `retryInMs`. */
  readonly onDeath: (retryInMs: number) => void;
}

/** Closing ends the product and everything that it has started, within 8 s. */
export function startProduct({ environment, onDeath }: ProductOptions): SupervisedProcess {
  const product = new SupervisedProcess({
    launch: () => launch(environment),
    stop: (child) => void child.kill('SIGTERM'),
    onEnd: (_, restartInMs) => onDeath(restartInMs),
    // Of its own, so that Ctrl-C reaches the playground alone, which then stops everything in order; and so that the
    // calculator of a product that died does not go on holding its port.
    isGroup: true,
    stopWithinMs: 7_000,
    firstRestartMs: 1_000,
    longestRestartMs: 15_000,
  });
  product.start();
  return product;
}

async function launch(environment: Environment): Promise<ChildProcess> {
  const launcher = fileURLToPath(new URL('../programs/launch.js', import.meta.url));
  return spawn(process.execPath, [launcher, 'start'], {
    env: { ...environment, MCP_HOST: '127.0.0.1', MCP_PORT: String(await findFreePort()) },
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
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
