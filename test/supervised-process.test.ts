import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type ProcessEnd, SupervisedProcess, type SupervisedProcessOptions } from '../src/supervised-process.ts';

const runs = 'setInterval(() => {}, 1000); console.log("runs")';
const ignoresTerm = `process.on("SIGTERM", () => {}); ${runs}`;

/** A supervised process that runs a line of JavaScript, and what was heard of it. */
class Watched implements AsyncDisposable {
  readonly started: ChildProcess[] = [];
  readonly ends: { end: ProcessEnd; restartInMs: number }[] = [];
  readonly process: SupervisedProcess;
  readonly #heard = new EventTarget();

  constructor(line: string, options: Partial<SupervisedProcessOptions> = {}) {
    this.process = new SupervisedProcess({
      launch: () => spawn(process.execPath, ['-e', line], { detached: options.isGroup === true }),
      stop: (child) => void child.kill('SIGTERM'),
      stopWithinMs: 10_000,
      firstRestartMs: 1,
      longestRestartMs: 4,
      ...options,
      onEnd: (end, restartInMs) => {
        this.ends.push({ end, restartInMs });
        this.#heard.dispatchEvent(new Event('end'));
      },
    });
  }

  async untilEnds(count: number): Promise<void> {
    while (this.ends.length < count) await once(this.#heard, 'end');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process.close();
  }
}

test('a process that ends is started again, ever later, and each end is told', async () => {
  await using watched = new Watched('process.exit(3)');
  watched.process.start();
  await watched.untilEnds(4);
  expect(watched.ends[0]?.end).toEqual({ code: 3, signal: null });
  expect(watched.ends.slice(0, 4).map(({ restartInMs }) => restartInMs)).toEqual([1, 2, 4, 4]);
});

test('after it ran for long it is started again as soon as at first', async () => {
  await using watched = new Watched('process.exit(3)', { healthyAfterMs: 0 });
  watched.process.start();
  await watched.untilEnds(3);
  expect(watched.ends.slice(0, 3).map(({ restartInMs }) => restartInMs)).toEqual([1, 1, 1]);
});

test('one that cannot be started is tried again', async () => {
  await using watched = new Watched('', { launch: () => spawn('/nonexistent/program') });
  watched.process.start();
  await watched.untilEnds(2);
  expect(watched.ends[0]?.end).toMatchObject({ code: null, signal: null, error: { code: 'ENOENT' } });
});

test('and so is one whose start fails before there is a process', async () => {
  const failure = new Error('no free port');
  await using watched = new Watched('', { launch: () => Promise.reject(failure) });
  watched.process.start();
  await watched.untilEnds(2);
  expect(watched.ends[0]?.end).toEqual({ code: null, signal: null, error: failure });
});

test('closing asks it to end, and starts it no more', async () => {
  const { started, process: supervised, ends } = startRunning(runs);
  const [child] = await started;
  await supervised.close();
  expect(child?.signalCode).toBe('SIGTERM');
  expect(ends).toEqual([]);
});

test('one that does not end when asked to is killed', async () => {
  const { started, process: supervised } = startRunning(ignoresTerm, { stopWithinMs: 1 });
  const [child] = await started;
  await supervised.close();
  expect(child?.signalCode).toBe('SIGKILL');
});

test('closing while the start is on its way ends what comes of it', async () => {
  const { promise, resolve } = Promise.withResolvers<ChildProcess>();
  const supervised = new Watched('', { launch: () => promise }).process;
  supervised.start();
  const closed = supervised.close();
  const child = spawn(process.execPath, ['-e', runs]);
  resolve(child);
  await closed;
  expect(child.signalCode).toBe('SIGTERM');
});

test('closing does not wait for the next start', async () => {
  const watched = new Watched('process.exit(3)', { firstRestartMs: 3_600_000, longestRestartMs: 3_600_000 });
  watched.process.start();
  await watched.untilEnds(1);
  await watched.process.close();
});

test('what the leader of a group has started ends with it', async () => {
  const line = `const child = require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(runs)}]); console.log(child.pid); ${runs}`;
  const { started, process: supervised } = startRunning(line, { isGroup: true });
  const [, printed] = await started;
  const grandchild = Number.parseInt(String(printed), 10);
  expect(isAlive(grandchild)).toBe(true);
  await supervised.close();
  await expect.poll(() => isAlive(grandchild)).toBe(false);
});

/** Resolves `started` with the process and what it printed first. */
function startRunning(line: string, options: Partial<SupervisedProcessOptions> = {}) {
  const { promise: started, resolve } = Promise.withResolvers<readonly [ChildProcess, unknown]>();
  const launch = () => {
    const child = spawn(process.execPath, ['-e', line], { detached: options.isGroup === true });
    child.stdout.once('data', (printed: Buffer) => resolve([child, printed]));
    return child;
  };
  const watched = new Watched(line, { ...options, launch });
  watched.process.start();
  return { started, process: watched.process, ends: watched.ends };
}

/** A process that has ended and was not asked about by its parent is there by number only. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    // No such process.
    return false;
  }
}
