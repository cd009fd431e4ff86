/** The bot as a process, on a simulated Discord that tells it what is odd. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SimulatedChannel, SimulatedGuild, SimulatedMessage } from '../../../src/simulator/discord/discord.ts';
import { addTool, startToolServer } from '../../agent/support/tool-server.ts';
import { startWorld, type World } from '../../support/world.ts';
import { patienceMs } from './fuzz.ts';
import { type Ids, type OddEvent, withIds } from './gateway-events.ts';
import { PingWatch } from './pings.ts';

/** What is told of single messages and presses that nobody could make sense of. Every other error is a defect. */
const notUnderstood = new Set(['message-failed', 'interaction-failed']);
/** What Discord complains of when somebody acts on what it never said. */
const ownDoing = /interaction|webhook|callback/i;

/** What the bot loses after the events: what is asked then is found when it is back. */
export type Loss = 'nothing' | 'session' | 'process';

export class BotWorld implements AsyncDisposable {
  readonly #world: World;
  readonly #stack: AsyncDisposableStack;
  readonly #guild: SimulatedGuild;
  readonly #pings: PingWatch;
  readonly #breaches = new Set<string>();
  #channels = 0;
  #ids = 0;

  private constructor(world: World, guild: SimulatedGuild, stack: AsyncDisposableStack) {
    this.#world = world;
    this.#guild = guild;
    this.#stack = stack;
    this.#pings = new PingWatch(world.discord);
  }

  static async start(): Promise<BotWorld> {
    await using stack = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), 'jupan-fuzz-'));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    const tools = stack.use(await startToolServer({ tools: [addTool] }));
    await writeFile(join(folder, 'mcp.json'), JSON.stringify({ mcpServers: { tools: { url: tools.url } } }));
    const unlimited = Number.POSITIVE_INFINITY;
    const world = stack.use(
      await startWorld({
        program: 'bot',
        startWithinMs: patienceMs,
        settings: { MCP_CONFIG: join(folder, 'mcp.json') },
        discord: { guildLocale: 'en-US', channelRequestsPer5s: unlimited, globalRequestsPerSecond: unlimited },
        model: { respond: () => ({ text: 'fine' }) },
      }),
    );
    const [guild] = world.discord.guilds;
    if (guild === undefined) throw new Error('no guild');
    return new BotWorld(world, guild, stack.move());
  }

  /** Tells the bot, while somebody asks, and asks again. @throws when that is not answered as ever, or anything else did not hold. */
  async tell(events: readonly OddEvent[], loss: Loss): Promise<void> {
    const { discord } = this.#world;
    const member = discord.createUser({ name: `mina${this.#channels}` });
    this.#channels += 1;
    const channel = discord.createChannel(this.#guild, `channel-${this.#channels}`);
    const ask = (text: string) => channel.says(member, `<@${discord.bot.id}> ${text}`);
    const first = ask('first');
    const ids: Ids = {
      guild: this.#guild.id,
      channel: channel.id,
      dm: discord.openDm(member).id,
      member: member.id,
      bot: discord.bot.id,
      application: discord.applicationId,
      role: this.#guild.botRoleId,
      question: first.id,
      odd: this.#newId(),
      oddChannel: this.#newId(),
    };
    for (const { name, data } of events)
      discord.gateway.dispatch(
        name,
        withIds(data, ids, () => this.#newId()),
      );
    if (loss === 'session') discord.gateway.invalidateSession(false);
    if (loss === 'process') await this.#world.kill();
    const question = ask('hello?');
    if (loss === 'process') {
      this.#expectCalm();
      await this.#world.start();
    }
    await this.#expectWell(channel, question);
  }

  async #expectWell(channel: SimulatedChannel, question: SimulatedMessage): Promise<void> {
    try {
      const isAnswer = ({ repliesTo, content }: SimulatedMessage) => repliesTo === question.id && content === 'fine';
      await channel.waitFor(() => channel.messages.some(isAnswer), { timeoutMs: patienceMs });
    } catch (error) {
      this.#breaches.add(`an ordinary question was not answered: ${String(error)}`);
    }
    const answers = channel.messages.filter(({ repliesTo }) => repliesTo === question.id).length;
    if (answers !== 1) this.#breaches.add(`an ordinary question has ${answers} answers`);
    const { exitCode } = this.#world.program.process;
    if (exitCode !== null) this.#breaches.add(`the bot has ended: ${exitCode}`);
    this.#expectCalm();
  }

  /** Nothing was noted that may not be: by the bot, by its peers, by who watches it. */
  #expectCalm(): void {
    const { program, discord, model } = this.#world;
    for (const line of program.log)
      if (line.level === 'error' && !notUnderstood.has(String(line.event))) this.#breaches.add(JSON.stringify(line));
    for (const breach of this.#pings.breaches) this.#breaches.add(breach);
    for (const problem of discord.problems) if (!ownDoing.test(problem)) this.#breaches.add(problem);
    for (const problem of model.problems) this.#breaches.add(problem);
    if (this.#breaches.size > 0) throw new Error(`${[...this.#breaches].join('\n')}\n${program.output.slice(-3_000)}`);
  }

  #newId(): string {
    this.#ids += 1;
    return String((BigInt(Date.now() - 1_420_070_400_000) << 22n) | BigInt(3_000_000 + this.#ids));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
