/** Processes that share the shards of one bot, what is done to them, and what must hold all the while. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Backend } from '../../../src/agent/store/backend.ts';
import { leaseKeyOf, readHolders } from '../../../src/agent/store/lease-record.ts';
import { openBackend } from '../../../src/agent/store/open.ts';
import { silentLogger } from '../../../src/log.ts';
import type { SimulatedChannel, SimulatedMessage } from '../../../src/simulator/discord/discord.ts';
import { type Fleet, startFleet } from '../../support/fleet.ts';
import { makeNextVersion, type NextVersion } from '../../support/next-version.ts';
import type { Program } from '../../support/program.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import type { createRandom } from './random.ts';

interface Options {
  readonly storeUrl: URL;
  readonly shards: number;
  readonly channelsPerShard: number;
  readonly random: ReturnType<typeof createRandom>;
}

type Version = 'this' | 'next';

interface Member {
  readonly version: Version;
  readonly program: Program;
  readonly proxy: TcpProxy;
}

/** Who had which shards, by process number, as the record said; and whose which connection was. */
interface Look {
  readonly at: number;
  readonly shards: ReadonlyMap<number, readonly number[]>;
  readonly pidOfPort: ReadonlyMap<number, number>;
}

interface Asked {
  readonly label: string;
  readonly channel: SimulatedChannel;
  readonly question: SimulatedMessage;
}

const processes = 3;
const askEveryMs = 300;
const lookEveryMs = 100;
/** Between a request and the look at who has what before or after it. */
const lookSlackMs = 500;
/** Longer than a lease. */
const awayMs = 12_000;

export class FleetSoak implements AsyncDisposable {
  readonly #fleet: Fleet;
  readonly #options: Options;
  readonly #store: Backend;
  readonly #next: NextVersion;
  readonly #channels: readonly { readonly channel: SimulatedChannel; readonly shard: number }[];
  readonly #asked: Asked[] = [];
  readonly #events: string[] = [];
  readonly #looks: Look[] = [];
  readonly #ending = new AbortController();
  #members: Member[] = [];

  private constructor(fleet: Fleet, options: Options, store: Backend, next: NextVersion) {
    this.#fleet = fleet;
    this.#next = next;
    this.#options = options;
    this.#store = store;
    this.#channels = fleet.channels.flatMap((channel, shard) => {
      const { guild } = channel;
      if (guild === undefined) return [];
      const more = Array.from({ length: options.channelsPerShard - 1 }, (_, index) =>
        fleet.discord.createChannel(guild, `shard-${shard}-${index}`),
      );
      return [channel, ...more].map((each) => ({ channel: each, shard }));
    });
  }

  static async start(options: Options): Promise<FleetSoak> {
    const fleet = await startFleet({
      storeUrl: options.storeUrl.href,
      shards: options.shards,
      model: { latencyMs: 400, respond: ({ messages }) => ({ text: `answer to ${labelIn(messages.at(-1)?.text)}` }) },
    });
    const store = await openBackend(options.storeUrl.href, 'jupan', silentLogger);
    const soak = new FleetSoak(fleet, options, store, await makeNextVersion());
    void soak.#look();
    for (let count = 0; count < processes; count += 1) await soak.#add('this');
    await fleet.untilServed([]);
    return soak;
  }

  async run(forMs: number): Promise<void> {
    const endsAt = Date.now() + forMs;
    const asking = (async () => {
      for (let count = 1; Date.now() < endsAt; count += 1) {
        this.#ask(`q${count}`);
        await sleep(askEveryMs);
      }
    })();
    while (Date.now() < endsAt) {
      await sleep(2_000);
      await this.#doSomething();
    }
    await asking;
    // Only the next version can read all that was written.
    if (!this.#members.some(({ version }) => version === 'next')) await this.#add('next');
  }

  get unanswered(): string[] {
    return this.#asked.filter((asked) => this.#answersTo(asked).length === 0).map(({ label }) => label);
  }

  get breaches(): string[] {
    const twice = this.#asked.filter((asked) => this.#answersTo(asked).length > 1).map(({ label }) => `${label} twice`);
    return [...twice, ...this.#fleet.discord.problems, ...this.#model, ...this.#withoutShard()];
  }

  get summary(): string {
    const { identifies, resumes } = this.#fleet.discord.gateway;
    return `${this.#asked.length} questions, ${this.#events.length} events, ${identifies} identifies, ${resumes} resumes`;
  }

  describe(): string {
    const ends = this.#members.map(({ program }) => `${program.process.pid}:\n${program.output.slice(-3_000)}`);
    return [...this.#events, ...ends].join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#fleet[Symbol.asyncDispose]();
    for (const { proxy } of this.#members) await proxy[Symbol.asyncDispose]();
    await this.#store.close();
    await this.#next[Symbol.asyncDispose]();
  }

  get #model(): readonly string[] {
    return this.#fleet.model.problems;
  }

  #answersTo({ label, channel, question }: Asked): SimulatedMessage[] {
    return channel.messages.filter(
      ({ repliesTo, author, content }) => author.isBot && repliesTo === question.id && content === `answer to ${label}`,
    );
  }

  #ask(label: string): void {
    const { discord } = this.#fleet;
    const { channel } = this.#options.random.pick(this.#channels);
    const question = channel.says(discord.createUser({ name: label }), `<@${discord.bot.id}> ${label}`);
    this.#asked.push({ label, channel, question });
  }

  async #add(version: Version): Promise<void> {
    const { storeUrl } = this.#options;
    const proxy = await startTcpProxy({ host: storeUrl.hostname, port: Number(storeUrl.port) });
    const through = new URL(storeUrl);
    through.port = String(proxy.port);
    const program = this.#fleet.start({ STORE_URL: through.href }, version === 'next' ? this.#next.root : undefined);
    this.#members.push({ version, program, proxy });
    await program.waitForEvent('shards-shared', { timeoutMs: 60_000 });
  }

  /** One ends in whatever way, and another takes its place: of its own version, or upgraded, or downgraded. */
  async #doSomething(): Promise<void> {
    const [member] = this.#members;
    if (member === undefined) return;
    const pid = member.program.process.pid ?? 0;
    const { random } = this.#options;
    const deed = random.pick(['kill', 'stop', 'freeze', 'lose-store', 'lose-discord'] as const);
    const version = random.pick(['this', 'next'] as const);
    this.#events.push(`${new Date().toISOString()} ${deed} ${pid}, ${member.version} version, then ${version}`);
    if (deed === 'kill') member.program.process.kill('SIGKILL');
    else if (deed === 'stop') member.program.process.kill('SIGTERM');
    else if (deed === 'freeze') {
      member.program.process.kill('SIGSTOP');
      await sleep(awayMs);
      member.program.process.kill('SIGCONT');
    } else if (deed === 'lose-store') {
      await member.proxy.cut();
      await sleep(awayMs);
      await member.proxy.mend();
    } else {
      this.#fleet.discord.cutOff(pid, true);
      await sleep(awayMs);
      this.#fleet.discord.cutOff(pid, false);
      member.program.process.kill('SIGTERM');
    }
    await member.program.ended;
    this.#members = this.#members.filter((other) => other !== member);
    await member.proxy[Symbol.asyncDispose]();
    await this.#add(version);
  }

  /** Notes who has which shards, and whose the connections are. */
  async #look(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      const text = await this.#store.get(leaseKeyOf('jupan')).catch(() => undefined); // It is asked again.
      const { holders } = text === undefined ? { holders: [] } : readHolders(text);
      const ports = this.#members.flatMap(({ program }) =>
        [...this.#fleet.portsOf(program)].map((port) => [port, program.process.pid ?? 0] as const),
      );
      const shards = new Map(holders.map(({ pid, share }) => [pid, share.ids]));
      this.#looks.push({ at: Date.now(), shards, pidOfPort: new Map(ports) });
      await sleep(lookEveryMs);
    }
  }

  /** Messages that were written by a process to which the record gave no such shard, before or after. */
  #withoutShard(): string[] {
    const shardOf = new Map(this.#channels.map(({ channel, shard }) => [channel.id, shard]));
    return this.#fleet.discord.requests.flatMap(({ method, path, port, status, receivedAt }) => {
      const shard = shardOf.get(/^\/channels\/(\d+)\/messages/.exec(path)?.[1] ?? '');
      const near = this.#looks.filter(({ at }) => Math.abs(at - receivedAt) < lookSlackMs);
      // A port may be another process's a moment later.
      const pid = near.map(({ pidOfPort }) => pidOfPort.get(port)).find((each) => each !== undefined);
      if (method === 'GET' || status >= 300 || shard === undefined || pid === undefined) return [];
      const had = near.some(({ shards }) => shards.get(pid)?.includes(shard) === true);
      return had ? [] : [`${pid} wrote in shard ${shard} at ${new Date(receivedAt).toISOString()} without having it`];
    });
  }
}

function labelIn(text = ''): string {
  return /q\d+/.exec(text)?.[0] ?? 'nothing';
}
