/** The playground as `npm run playground` runs it, and the processes that belong to it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { vi } from 'vitest';
import { type ProgramEnd, startProgram } from '../support/program.ts';

export interface RunningPlayground {
  readonly url: string;
  /** SIGTERM to npm. Resolves with how npm ended; at once when it was stopped before. */
  stop(): Promise<ProgramEnd>;
  /** SIGKILL to the product: the process that the playground starts again. */
  killProduct(): Promise<void>;
  /** SIGSTOP, and SIGCONT when it is disposed of; right after a start or a kill, before it has reached its Discord. */
  freezeProduct(): Promise<Disposable>;
  /** Commands of processes that belonged to it when it was stopped and live still. */
  leftovers(): Promise<string[]>;
}

/** Set to nothing, so that no .env of the working copy fills them. */
const emptySettings = {
  PLAYGROUND_PORT: '0',
  OPENAI_API_KEY: '',
  OPENAI_BASE_URL: '',
  OPENAI_MODEL: '',
  MCP_CONFIG: '',
  LOG_LEVEL: '',
};

interface ProcessLine {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** On any free port, with the offline model, unless `settings` say otherwise. */
export async function openPlayground(settings: Readonly<Record<string, string>> = {}): Promise<RunningPlayground> {
  const program = startProgram('playground', { ...emptySettings, ...settings }, { viaNpm: true });
  await program.waitForOutput(/http:\/\/127\.0\.0\.1:\d+/);
  const [url = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(program.output) ?? [];
  const own = async () => descendantsOf(program.process.pid ?? 0, await listProcesses());
  const findProduct = async () => {
    const product = (await own()).find(({ command }) => command.endsWith('launch.js start'));
    if (!product) throw new Error(`There is no product. The playground printed:\n${program.output}`);
    return product.pid;
  };
  let belonging: ProcessLine[] = [];
  return {
    url,
    async stop() {
      if (program.process.exitCode === null) belonging = await own();
      program.process.kill('SIGTERM');
      return program.ended;
    },
    async killProduct() {
      process.kill(await findProduct(), 'SIGKILL');
    },
    async freezeProduct() {
      const pid = await vi.waitFor(findProduct, { timeout: 15_000, interval: 50 });
      process.kill(pid, 'SIGSTOP');
      return { [Symbol.dispose]: () => void process.kill(pid, 'SIGCONT') };
    },
    async leftovers() {
      const living = await listProcesses();
      const isLeft = ({ pid, command }: ProcessLine) =>
        belonging.some((one) => one.pid === pid && one.command === command);
      return living.filter(isLeft).map(({ command }) => command);
    },
  };
}

async function listProcesses(): Promise<ProcessLine[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,stat=,args=']);
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    // A zombie has ended; its parent has not looked yet.
    return command === undefined || state?.startsWith('Z')
      ? []
      : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}

function descendantsOf(pid: number, processes: readonly ProcessLine[]): ProcessLine[] {
  const children = processes.filter(({ parent }) => parent === pid);
  return children.flatMap((child) => [child, ...descendantsOf(child.pid, processes)]);
}
