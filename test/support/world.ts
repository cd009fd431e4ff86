/** The whole of Jupan on this machine: a simulated Discord, a scripted model, and the real `npm start` as a process. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  SimulatedChannel,
  SimulatedDiscord,
  SimulatedDiscordOptions,
  SimulatedMessage,
} from '../../src/simulator/discord/discord.ts';
import { startDiscord } from '../../src/simulator/discord/start.ts';
import { type ModelServer, type ModelServerOptions, startModelServer } from '../../src/simulator/model/model-server.ts';
import { freePort, type Program, type ProgramEnd, startProgram } from './program.ts';

export interface WorldOptions {
  readonly discord?: SimulatedDiscordOptions;
  readonly model?: ModelServerOptions;
  /** Settings of the bot beside those that point it at this world. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Which program runs the bot. Default `start`. */
  readonly program?: 'start' | 'bot';
  /** Whether Discord posts interactions instead of telling them over the gateway. Default false, or true where TEST_INTERACTIONS is `http`: so that any story can be gone through that way. */
  readonly postsInteractions?: boolean;
  /** How long a start of it may take. Default 25 s. */
  readonly startWithinMs?: number;
}

export interface World extends AsyncDisposable {
  readonly discord: SimulatedDiscord;
  readonly model: ModelServer;
  readonly program: Program;
  /** What the bot was started with. */
  readonly settings: Readonly<Record<string, string>>;
  readonly general: SimulatedChannel;
  /** SIGTERM. */
  stop(): Promise<ProgramEnd>;
  /** SIGKILL: nothing is tidied up. */
  kill(): Promise<void>;
  /** Starts the bot again on the same store; resolves when it is ready. @param changes Settings that differ from those of before. */
  start(changes?: Readonly<Record<string, string>>): Promise<void>;
}

export async function startWorld({
  discord: discordOptions,
  model: modelOptions,
  settings = {},
  program: name = 'start',
  postsInteractions = process.env.TEST_INTERACTIONS === 'http',
  startWithinMs: timeoutMs = 25_000,
}: WorldOptions = {}): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'jupan-world-'));
  const discord = await startDiscord({ guildLocale: 'ko', ...discordOptions });
  const model = await startModelServer(modelOptions);
  const all = {
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
    DISCORD_CDN_HOSTS: discord.cdn.host,
    OPENAI_BASE_URL: model.baseUrl,
    MCP_PORT: String(await freePort()),
    STORE_URL: `sqlite://${folder}/jupan.sqlite`,
    ...(postsInteractions ? { INTERACTIONS_PORT: String(await freePort()) } : {}),
    ...settings,
  };
  let program = startProgram(name, all);
  const ready = async () => {
    await program.waitForEvent('ready', { timeoutMs });
    await discord.waitForBot({ timeoutMs });
    await program.waitForEvent('commands-registered', { timeoutMs });
  };
  const end = async (signal: NodeJS.Signals) => {
    program.process.kill(signal);
    return program.ended;
  };
  const leave = async (signal: NodeJS.Signals) => {
    await end(signal);
    await Promise.all([discord.close(), model.close()]);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await ready();
    if (postsInteractions) await discord.endpoint.set(`http://127.0.0.1:${all.INTERACTIONS_PORT}/`);
  } catch (error) {
    // Nobody else knows of it.
    await leave('SIGKILL');
    throw error;
  }
  const general = discord.channels.find((channel) => channel.name === 'general');
  if (general === undefined) throw new Error('the simulated guild has no #general');

  return {
    discord,
    model,
    get program() {
      return program;
    },
    settings: all,
    general,
    stop: () => end('SIGTERM'),
    async kill() {
      await end('SIGKILL');
    },
    async start(changes = {}) {
      program = startProgram(name, { ...all, ...changes });
      await ready();
    },
    [Symbol.asyncDispose]: () => leave('SIGTERM'),
  };
}

/** The bot's messages in a channel, oldest first. */
export function botMessages({ messages }: SimulatedChannel): SimulatedMessage[] {
  return messages.filter(({ author }) => author.isBot);
}

/** The reply to a question, once its content satisfies `isDone` (default: any). */
export function replyTo(
  question: SimulatedMessage,
  channel: SimulatedChannel,
  isDone: (content: string) => boolean = () => true,
): Promise<SimulatedMessage> {
  return channel.waitFor(
    () =>
      channel.messages.find(
        (message) => message.repliesTo === question.id && message.author.isBot && isDone(message.content),
      ),
    { timeoutMs: 25_000 },
  );
}

/** Waits until the bot's messages in the channel are these. An edit of a notice may come after the answer: that is allowed. */
export async function expectToStand(channel: SimulatedChannel, contents: readonly (string | RegExp)[]): Promise<void> {
  const doStand = () => {
    const messages = botMessages(channel);
    return (
      messages.length === contents.length &&
      contents.every((content, index) => {
        const actual = messages[index]?.content ?? '';
        return typeof content === 'string' ? actual === content : content.test(actual);
      })
    );
  };
  await channel.waitFor(doStand, { timeoutMs: 25_000 });
}
