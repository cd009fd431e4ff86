/** A bot that may die at any moment, between peers that live on in this process and keep what they were sent. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTurnStore, type SweptTurnStore } from '../../../src/agent/store/keyv-turn-store.ts';
import { openSeal } from '../../../src/agent/store/seal-record.ts';
import { openSqlite } from '../../../src/agent/store/sqlite.ts';
import { silentLogger } from '../../../src/log.ts';
import type {
  SimulatedDiscord,
  SimulatedDiscordOptions,
  SimulatedUser,
} from '../../../src/simulator/discord/discord.ts';
import { startDiscord } from '../../../src/simulator/discord/start.ts';
import { type ModelServer, startModelServer } from '../../../src/simulator/model/model-server.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../../support/otlp-receiver.ts';
import { type Program, startProgram } from '../../support/program.ts';
import { Auditor } from './auditor.ts';
import { Fate } from './fate.ts';
import { type FeatureServers, startFeatureServers, storeKey } from './feature-servers.ts';
import { openRecord, type RecordReader } from './record.ts';
import { createScript, type Plan, type Script } from './script.ts';
import { Standstill } from './standstill.ts';
import { Sweeper } from './sweeper.ts';
import { type DoneCall, Tools, type ToolWords } from './tools.ts';
import { startWire, type Wire } from './wire.ts';

export interface CrashWorld extends AsyncDisposable {
  readonly discord: SimulatedDiscord;
  readonly model: ModelServer;
  readonly script: Script;
  readonly doneCalls: readonly DoneCall[];
  readonly fate: Fate;
  readonly record: RecordReader;
  /** The bot's store, opened a second time. */
  readonly store: SweptTurnStore;
  readonly auditor: Auditor;
  /** Undefined: there are none. */
  readonly features: FeatureServers | undefined;
  /** Gets the bot's traces. */
  readonly collector: OtlpReceiver;
  readonly member: SimulatedUser;
  readonly program: Program;
  /** Whether the bot that runs can be used. */
  readonly isReady: boolean;
  readonly storePath: string;
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
  /** How often the store was swept while the stories ran. */
  readonly sweeps: number;
  /** From now on {@link keptFromToolsMs} counts. */
  watchTools(): void;
  /**
   * How long the bot that runs had to wait for its tools through no fault of its own, as far as can be seen from outside:
   * from its first request to the tool server until it had the list, and while the machine stood still.
   */
  keptFromToolsMs(): number;
}

export interface CrashWorldOptions {
  readonly plans: ReadonlyMap<string, Plan>;
  readonly discord?: SimulatedDiscordOptions;
  /** Default: what each has done. */
  readonly toolWords?: ToolWords;
  /** Whether there are servers with everything that tools have besides calls, and an encrypted store. Default false. */
  readonly hasFeatures?: boolean;
  /** Of the bot, besides those that point it at this world. */
  readonly settings?: Readonly<Record<string, string>>;
}

export async function startCrashWorld(options: CrashWorldOptions): Promise<CrashWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'jupan-crash-'));
  const stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const bot = new Bot();
  const fate = new Fate(() => bot.kill());
  const peers = await startPeers({ ...options, folder, life: () => bot.life }, fate, stack);
  const storePath = join(folder, 'jupan.sqlite');
  bot.settings = { ...(await toSettings(folder, storePath, peers)), ...options.settings };
  bot.start();
  stack.defer(() => bot.end());
  try {
    await bot.ready();
  } catch (error) {
    // Nobody else knows of it.
    await stack.disposeAsync();
    throw error;
  }
  const backend = openSqlite(storePath, silentLogger);
  const { seal } = await openSeal(backend, 'jupan', peers.features === undefined ? undefined : storeKey);
  const record = stack.use(openRecord(storePath, seal));
  const store = createTurnStore(backend, silentLogger, 'jupan', { seal });
  const sweeper = stack.use(new Sweeper(store));
  const standstill = stack.use(new Standstill(() => bot.program.process.pid));
  const { discord, model, script, tools, toolWire, collector, features } = peers;
  // Commands that come of tool servers.
  if (features !== undefined) await hasCommand(discord, 'kit greet');
  return {
    collector,
    discord,
    model,
    script,
    doneCalls: tools.done,
    fate,
    record,
    store,
    auditor: new Auditor(store),
    features,
    member: discord.createUser({ name: 'mina', displayName: 'Mina', locale: 'en-US' }),
    get program() {
      return bot.program;
    },
    get isReady() {
      return bot.isReady;
    },
    storePath,
    kill: () => bot.end(),
    start: () => bot.start(),
    stopTools: () => tools.stop(),
    startTools: () => tools.start(),
    ready: () => bot.ready(),
    watchTools: () => standstill.begin(),
    get sweeps() {
      return sweeper.count;
    },
    keptFromToolsMs: () => {
      const wires = [toolWire, ...(features?.wires ?? [])];
      return Math.max(...wires.map((wire) => waitedForTools(wire, bot.startedAt))) + standstill.lostMs;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

interface Peers {
  readonly discord: SimulatedDiscord;
  readonly model: ModelServer;
  readonly script: Script;
  readonly tools: Tools;
  readonly discordWire: Wire;
  readonly modelWire: Wire;
  readonly toolWire: Wire;
  readonly collector: OtlpReceiver;
  readonly features: FeatureServers | undefined;
}

async function startPeers(
  {
    plans,
    discord: discordOptions,
    toolWords,
    hasFeatures = false,
    folder,
    life,
  }: CrashWorldOptions & { readonly folder: string; readonly life: () => number },
  fate: Fate,
  stack: AsyncDisposableStack,
): Promise<Peers> {
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
  const tools = stack.use(new Tools(toolWords));
  await tools.start();
  const collector = stack.use(await startOtlpReceiver());
  const { pass } = fate;
  const [discordWire, modelWire, toolWire] = await Promise.all([
    startWire({ name: 'discord', target: discord.apiUrl, pass }),
    startWire({ name: 'model', target: model.baseUrl, pass }),
    startWire({ name: 'tools', target: tools.url, pass, describe: toMethod }),
  ]);
  for (const wire of [discordWire, modelWire, toolWire]) stack.use(wire);
  const toolUrl = `${toolWire.origin}/mcp`;
  const features = hasFeatures
    ? await startFeatureServers({ folder, discord, tools, toolUrl, pass, describe: toMethod, life }, stack)
    : undefined;
  return { discord, model, script, tools, discordWire, modelWire, toolWire, collector, features };
}

async function hasCommand(discord: SimulatedDiscord, name: string): Promise<void> {
  await until(
    () => discord.commands.some((command) => command.name === name),
    () => `There is no command ${name}.`,
  );
}

const listMethod = 'tools/list';

/** The method of a JSON-RPC request. */
function toMethod(body: string): string {
  return /"method":"([\w/]+)"/.exec(body)?.[1] ?? '';
}

/** From the first request of that bot to the tool server until it had the list of tools, in ms. */
function waitedForTools({ exchanges }: Wire, startedAt: number): number {
  const own = exchanges.filter(({ arrivedAt }) => arrivedAt >= startedAt);
  const [first] = own;
  if (first === undefined) return 0;
  const listed = own.find(({ request, answeredAt }) => request.endsWith(listMethod) && answeredAt !== undefined);
  return (listed?.answeredAt ?? performance.now()) - first.arrivedAt;
}

async function toSettings(folder: string, storePath: string, peers: Peers): Promise<Readonly<Record<string, string>>> {
  const { discord, discordWire, modelWire, toolWire, collector, features } = peers;
  const config = { mcpServers: { tools: { url: `${toolWire.origin}/mcp`, approval: 'destructive' } } };
  await writeFile(join(folder, 'mcp.json'), JSON.stringify(config));
  return {
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: `${discordWire.origin}/api`,
    DISCORD_CDN_HOSTS: discord.cdn.host,
    OPENAI_BASE_URL: `${modelWire.origin}/v1`,
    MCP_CONFIG: join(folder, 'mcp.json'),
    STORE_URL: `sqlite://${storePath}`,
    HISTORY_TTL_DAYS: '30',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    ...features?.settings,
  };
}

/** The bot of now; one follows the other. */
class Bot {
  settings: Readonly<Record<string, string>> = {};
  #program: Program | undefined;
  #startedAt = 0;
  #life = 0;
  #isKilled = false;

  get program(): Program {
    if (this.#program === undefined) throw new Error('no bot yet');
    return this.#program;
  }

  get startedAt(): number {
    return this.#startedAt;
  }

  /** Which it is, from 1. */
  get life(): number {
    return this.#life;
  }

  get isReady(): boolean {
    const { process, log } = this.program;
    const isAlive = process.exitCode === null && process.signalCode === null && !this.#isKilled;
    return isAlive && log.some(({ event }) => event === 'commands-registered');
  }

  start(): void {
    this.#life += 1;
    this.#isKilled = false;
    this.#startedAt = performance.now();
    this.#program = startProgram('bot', this.settings);
  }

  kill(): void {
    this.#isKilled = true;
    this.program.process.kill('SIGKILL');
  }

  async end(): Promise<void> {
    this.kill();
    await this.program.ended;
  }

  async ready(): Promise<void> {
    await Promise.race([this.program.waitForEvent('commands-registered', { timeoutMs: 60_000 }), this.program.ended]);
  }
}

/** Looks until it is so. Rejects after a time that no machine needs, with what `describe` says. */
export async function until(isSo: () => boolean, describe: () => string, timeoutMs = 45_000): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(describe());
    await sleep(10);
  }
}
