/** A bot that may die at any moment, between peers that live on in this process and keep what they were sent. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  SimulatedDiscord,
  SimulatedDiscordOptions,
  SimulatedUser,
} from '../../../src/simulator/discord/discord.ts';
import { startDiscord } from '../../../src/simulator/discord/start.ts';
import { type ModelServer, startModelServer } from '../../../src/simulator/model/model-server.ts';
import { startToolServer, type TestTool } from '../../agent/support/tool-server.ts';
import { type Program, startProgram } from '../../support/program.ts';
import { createFate, type Fate } from './fate.ts';
import { openRecord, type RecordReader } from './record.ts';
import { createScript, type Plan, type Script } from './script.ts';
import { startWire } from './wire.ts';

/** One call as the tool server has done it. */
export interface DoneCall {
  readonly tool: string;
  readonly label: string;
  readonly attempt: number;
}

export interface CrashWorld extends AsyncDisposable {
  readonly discord: SimulatedDiscord;
  readonly model: ModelServer;
  readonly script: Script;
  readonly doneCalls: readonly DoneCall[];
  readonly fate: Fate;
  readonly record: RecordReader;
  readonly member: SimulatedUser;
  readonly program: Program;
  /** SIGKILL, unless it is dead already. Resolves when nothing is left of it. */
  kill(): Promise<void>;
  /** Starts the bot on the same store. Resolves at once. */
  start(): void;
  /** The tool server dies, with whatever it was doing. */
  stopTools(): Promise<void>;
  /** Starts the tool server again on the same port. */
  startTools(): Promise<void>;
  /** Resolves when the bot listens, or has died on the way there. */
  ready(): Promise<void>;
}

export interface CrashWorldOptions {
  readonly plans: ReadonlyMap<string, Plan>;
  readonly discord?: SimulatedDiscordOptions;
}

export async function startCrashWorld({ plans, discord: discordOptions }: CrashWorldOptions): Promise<CrashWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'jupan-crash-'));
  const stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const doneCalls: DoneCall[] = [];
  const script = createScript(plans);
  const discord = stack.use(
    await startDiscord({
      guildLocale: 'en-US',
      channelRequestsPer5s: Number.POSITIVE_INFINITY,
      globalRequestsPerSecond: Number.POSITIVE_INFINITY,
      ...discordOptions,
    }),
  );
  const model = stack.use(await startModelServer({ respond: script.respond }));
  const toolKit = [tool('look', true, doneCalls), tool('pay', false, doneCalls)];
  let tools = await startToolServer({ tools: toolKit });
  stack.defer(() => tools.close());
  let program: Program;
  const fate = createFate(() => program.process.kill('SIGKILL'));
  const [discordWire, modelWire, toolWire] = await Promise.all([
    startWire('discord', discord.apiUrl, fate.pass),
    startWire('model', model.baseUrl, fate.pass),
    startWire('tools', tools.url, fate.pass),
  ]);
  for (const wire of [discordWire, modelWire, toolWire]) stack.use(wire);
  await writeFile(
    join(folder, 'mcp.json'),
    JSON.stringify({ mcpServers: { tools: { url: `${toolWire.origin}/mcp` } } }),
  );
  const storePath = join(folder, 'jupan.sqlite');
  const settings = {
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: `${discordWire.origin}/api`,
    OPENAI_BASE_URL: `${modelWire.origin}/v1`,
    MCP_CONFIG: join(folder, 'mcp.json'),
    STORE_URL: `sqlite://${storePath}`,
  };
  const start = () => {
    program = startProgram('bot', settings);
  };
  const kill = async () => {
    program.process.kill('SIGKILL');
    await program.ended;
  };
  const ready = async () => {
    await Promise.race([program.waitForEvent('commands-registered', { timeoutMs: 60_000 }), program.ended]);
  };
  start();
  stack.defer(kill);
  await ready();
  const record = stack.use(openRecord(storePath));
  return {
    discord,
    model,
    script,
    doneCalls,
    fate,
    record,
    member: discord.createUser({ name: 'mina', displayName: 'Mina', locale: 'en-US' }),
    get program() {
      return program;
    },
    kill,
    start,
    stopTools: () => tools.close(),
    async startTools() {
      tools = await startToolServer({ tools: toolKit, port: tools.port });
    },
    ready,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function tool(name: string, isRepeatable: boolean, doneCalls: DoneCall[]): TestTool {
  return {
    name,
    inputSchema: { type: 'object', properties: { for: { type: 'string' }, attempt: { type: 'integer' } } },
    ...(isRepeatable ? { annotations: { readOnlyHint: true } } : {}),
    run: ({ for: label, attempt }) => {
      doneCalls.push({ tool: name, label: String(label), attempt: Number(attempt) });
      return `${name} did ${label}`;
    },
  };
}

/** Looks until it is so. Rejects after a time that no machine needs, with what `describe` says. */
export async function until(isSo: () => boolean, describe: () => string, timeoutMs = 45_000): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(describe());
    await sleep(10);
  }
}
