/** Any number of real bots that share the shards of one simulated Discord, on one store. */
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  SimulatedChannel,
  SimulatedDiscord,
  SimulatedDiscordOptions,
} from '../../src/simulator/discord/discord.ts';
import { portsOf as portsOfPid } from '../../src/simulator/discord/process-ports.ts';
import { startDiscord } from '../../src/simulator/discord/start.ts';
import { type ModelServer, type ModelServerOptions, startModelServer } from '../../src/simulator/model/model-server.ts';
import { freePort, type Program, startProgram } from './program.ts';
import { type StoreServer, storeServers } from './store-servers.ts';

export interface FleetOptions {
  readonly storeUrl: string;
  readonly shards: number;
  readonly discord?: SimulatedDiscordOptions;
  readonly model?: ModelServerOptions;
  readonly settings?: Readonly<Record<string, string>>;
}

export interface Fleet extends AsyncDisposable {
  readonly discord: SimulatedDiscord;
  readonly model: ModelServer;
  /** One in a guild of each shard, by the shard's number. */
  readonly channels: readonly SimulatedChannel[];
  /**
   * One more.
   * @param changes Settings of its own.
   * @param repository What it is started from, as in {@link startProgram}.
   */
  start(changes?: Readonly<Record<string, string>>, repository?: string): Program;
  /** The shards whose session's socket is that process's. */
  shardsOf(program: Program): readonly number[];
  /** The local ports of that process's connections to Discord. */
  portsOf(program: Program): ReadonlySet<number>;
  /** As {@link portsOf}, now and whenever it was asked before. */
  everyPortOf(program: Program): ReadonlySet<number>;
  /** Resolves when every shard has one session, and these processes have so many each. */
  untilServed(shares: readonly (readonly [Program, number])[]): Promise<void>;
}

const servedWithinMs = 45_000;

/** As {@link storeServers}, where fleets can be told apart: whose a connection is, Linux says. */
export function fleetServers(redisDatabase: number): readonly StoreServer[] {
  const servers = storeServers(redisDatabase);
  if (process.platform === 'linux') return servers;
  const missing = 'whose a connection is, is read from /proc';
  return servers.map((server) => ({ ...server, missing, title: `${server.title} (skipped: ${missing})` }));
}

export async function startFleet({ storeUrl, shards, settings = {}, ...options }: FleetOptions): Promise<Fleet> {
  const discord = await startDiscord({
    guildLocale: 'none',
    recommendedShards: shards,
    // Held to, so that nobody identifies too soon; nobody waits for another, either.
    maxConcurrency: 16,
    ...options.discord,
  });
  const model = await startModelServer(options.model);
  const mcpPort = String(await freePort());
  const calculator = startProgram('mcp-server', { MCP_PORT: mcpPort });
  const channels = await makeChannels(discord, shards);
  const programs: Program[] = [calculator];
  const seen = new Map<Program, ReadonlySet<number>>();
  const discordPort = Number(new URL(discord.apiUrl).port);
  const portsOf = ({ process }: Program) => portsOfPid(process.pid ?? 0, discordPort);
  const everyPortOf = (program: Program) => {
    const ports = portsOf(program).union(seen.get(program) ?? new Set<number>());
    seen.set(program, ports);
    return ports;
  };
  const shardsOf = (program: Program) => {
    const ports = portsOf(program);
    return discord.gateway.sessions.filter(({ port }) => ports.has(port)).map(({ shard: [id] }) => id);
  };
  const outputs = () => programs.map(({ process, output }) => `${process.pid}:\n${output}`).join('\n');
  return {
    discord,
    model,
    channels,
    start(changes = {}, repository = undefined) {
      const all = {
        DISCORD_TOKEN: discord.token,
        DISCORD_API_URL: discord.apiUrl,
        DISCORD_CDN_HOSTS: discord.cdn.host,
        OPENAI_BASE_URL: model.baseUrl,
        STORE_URL: storeUrl,
        DISCORD_SHARDS: 'auto',
        MCP_PORT: mcpPort,
        ...settings,
        ...changes,
      };
      const program = startProgram('bot', all, repository === undefined ? {} : { repository });
      programs.push(program);
      return program;
    },
    shardsOf,
    portsOf,
    everyPortOf,
    async untilServed(shares) {
      const look = () => {
        const served = shares.map(([program]) => shardsOf(program).length);
        const sessions = discord.gateway.sessions.map(({ shard: [id] }) => id);
        return { served, sessions: sessions.toSorted((one, other) => one - other) };
      };
      const all = Array.from({ length: shards }, (_, id) => id);
      const wanted = { served: shares.map(([, share]) => share), sessions: all };
      const deadline = AbortSignal.timeout(servedWithinMs);
      for (let found = look(); JSON.stringify(found) !== JSON.stringify(wanted); found = look()) {
        if (deadline.aborted)
          throw new Error(`${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}\n${outputs()}`);
        await sleep(50);
      }
    },
    async [Symbol.asyncDispose]() {
      for (const program of programs) program.process.kill('SIGKILL');
      await Promise.all(programs.map(({ ended }) => ended));
      await Promise.all([discord.close(), model.close()]);
    },
  };
}

/** The millisecond of its creation decides on a guild's shard. */
async function makeChannels(discord: SimulatedDiscord, shards: number): Promise<SimulatedChannel[]> {
  const channels = new Map<number, SimulatedChannel>();
  while (channels.size < shards) {
    const guild = discord.createGuild({ name: 'one of many' });
    const shard = Number((BigInt(guild.id) >> 22n) % BigInt(shards));
    if (channels.has(shard)) discord.removeGuild(guild);
    else channels.set(shard, discord.createChannel(guild, `shard-${shard}`));
    await sleep(1);
  }
  return [...channels].sort(([one], [other]) => one - other).map(([, channel]) => channel);
}
