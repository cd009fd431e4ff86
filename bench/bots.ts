/**
 * The programs under measure, each a process against the same simulated Discord and a model without latency or with some.
 * With another checkout of Jupan in BENCH_EARLIER, that one is measured beside this one.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SimulatedDiscord, SimulatedDiscordOptions } from '../src/simulator/discord/discord.ts';
import { startDiscord } from '../src/simulator/discord/start.ts';
import type { Completion } from '../src/simulator/model/answer.ts';
import type { ChatRequest } from '../src/simulator/model/chat-request.ts';
import { startModelServer } from '../src/simulator/model/model-server.ts';
import { processTree } from './process-tree.ts';
import { ask, createChannels } from './questions.ts';

export type BotKind = 'bare script' | 'Jupan' | 'earlier Jupan';

const root = fileURLToPath(new URL('..', import.meta.url));
const earlierRoot = process.env.BENCH_EARLIER;

/** Those that are measured. */
export const botKinds: readonly BotKind[] = [
  'bare script',
  'Jupan',
  ...(earlierRoot === undefined ? [] : (['earlier Jupan'] as const)),
];

export interface Bench extends AsyncDisposable {
  readonly discord: SimulatedDiscord;
  /** From the start of the process to the gateway session being ready. */
  readonly startedInMs: number;
  /** Of everything that the program consists of now, npm first. */
  processIds(): number[];
  /** Kills all that npm has started (SIGKILL), upon which npm ends. */
  kill(): Promise<void>;
  /** Starts it again. Resolves when its gateway session is ready. */
  restart(): Promise<void>;
}

export interface BenchOptions {
  readonly discord?: SimulatedDiscordOptions;
  readonly modelLatencyMs?: number;
  readonly storeUrl?: string;
  /** Of Jupan, beside those that point it at this bench. */
  readonly settings?: Readonly<Record<string, string>>;
}

const warmedUp = new Set<BotKind>();

/**
 * Starts the simulator, the model and one bot. Jupan is `npm start` itself, npm's own start included; so is the bare script.
 * Before the first measured start of each there is one that fills Node's compile cache.
 */
export async function startBench(kind: BotKind, options: BenchOptions = {}): Promise<Bench> {
  if (!warmedUp.has(kind)) {
    warmedUp.add(kind);
    await using bench = await open(kind, options);
    const [channel] = createChannels(bench.discord, 1);
    if (channel !== undefined) await ask(bench.discord, channel, bench.discord.createUser({ name: 'member' }));
  }
  return open(kind, options);
}

async function open(
  kind: BotKind,
  { discord: discordOptions, modelLatencyMs = 0, storeUrl, settings: more = {} }: BenchOptions,
): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'jupan-bench-'));
  const discord = await startDiscord({ ...discordOptions, checkBodies: false });
  const model = await startModelServer({ respond: respondWithOneCall, latencyMs: modelLatencyMs });
  const port = await freePort();
  const settings = {
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
    OPENAI_BASE_URL: model.baseUrl,
    MCP_PORT: String(port),
    MCP_URL: `http://127.0.0.1:${port}/mcp`,
    STORE_URL: storeUrl ?? `sqlite://${folder}/jupan.sqlite`,
    LOG_LEVEL: 'warn',
    ...more,
  };
  const environment = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    DOTENV_PATH: join(folder, '.env'),
    ...settings,
  };
  const cwd = kind === 'earlier Jupan' && earlierRoot !== undefined ? earlierRoot : root;
  const run = (command: string, args: readonly string[]) =>
    spawn(command, args, { cwd, env: environment, stdio: ['ignore', 'ignore', 'inherit'] });

  const others: ChildProcess[] = [];
  if (kind === 'bare script') {
    others.push(run(process.execPath, ['src/programs/launch.js', 'mcp-server']));
    await waitForPort(port);
  }
  const start = () => run('npm', kind === 'bare script' ? ['run', 'bench:bare-bot'] : ['start']);
  const startedAt = performance.now();
  let bot = start();
  await discord.waitForBot({ timeoutMs: 30_000 });
  const startedInMs = performance.now() - startedAt;
  await waitForPort(port);

  const processIds = () => [bot, ...others].flatMap(({ pid }) => (pid === undefined ? [] : processTree(pid)));
  return {
    discord,
    startedInMs,
    processIds,
    async kill() {
      const ended = new Promise((resolve) => bot.once('exit', resolve));
      for (const pid of processIds().slice(1)) process.kill(pid, 'SIGKILL');
      await ended;
    },
    async restart() {
      bot = start();
      await discord.waitForBot({ timeoutMs: 120_000 });
      await waitForPort(port);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([bot, ...others].map(end));
      await Promise.all([discord.close(), model.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One tool call and no text beside it, then the answer: the story of the table in the README. */
function respondWithOneCall({ messages }: ChatRequest): Completion {
  const last = messages.at(-1);
  if (last?.role === 'tool') return { text: `15와 27을 더하면 ${last.text}입니다.` };
  return { toolCalls: [{ name: 'add', arguments: '{"a":15,"b":27}' }] };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function waitForPort(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const isUp = await fetch(`http://127.0.0.1:${port}/mcp`).then(
      () => true,
      () => false,
    );
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing listens on port ${port}`);
}
