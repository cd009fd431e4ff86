/** Wires bot, agent and store together and runs them until the program is told to stop. */
import type { Agent } from '../agent/agent.ts';
import type { Lease } from '../agent/store/lease.ts';
import type { TurnStore } from '../agent/store/turn-store.ts';
import { createBot } from '../bot/discord/create-bot.ts';
import type { Environment } from '../config/settings.ts';
import { AppError, type SettingProblem } from '../errors.ts';
import { type ProgramContext, startTogether } from './program.ts';

/** Another part of the program that the bot lives beside. */
interface Companion {
  readonly started: Promise<void>;
  close(): Promise<void>;
}

export async function runBot({ config, log, signal }: ProgramContext, companion?: Companion): Promise<void> {
  const opened = openStore({ config, log, signal });
  const agent = openAgent({ config, log, opened });
  const lease = opened.then(({ lease: had }) => had);
  const bot = createBot({
    discord: config.discord,
    access: config.access,
    approval: config.approval,
    catchUp: config.catchUp,
    agent,
    log,
    admitted: lease,
    mayPost: async (posting) => (await lease).untilConfirmed(posting),
  });
  try {
    const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    const companionStarted = companion?.started.catch(async (error: unknown) => {
      // Its address was that of the instance that was waited for: the companion tries until it has it.
      const hasWaited = await lease.then((had) => had.hasWaited).catch(() => false); // Why not, the start says.
      if (!hasWaited) throw error;
    });
    const started = startTogether([bot.start(signal), agent, companionStarted ?? Promise.resolve()]);
    // That it could not be had is said by the start, together with what else is wrong.
    const lost = lease.then(
      (had) => had.lost,
      () => stopped,
    );
    const running = Promise.race([started.then(() => stopped), bot.failed, lost]);
    // Being told to stop while starting is no failure.
    await Promise.race([stopped, running.catch((error) => (signal.aborted ? undefined : Promise.reject(error)))]);
  } catch (error) {
    // What this process goes on with, another does too.
    if (error instanceof AppError && error.code === 'lease-lost') await bot.close({ graceMs: 0 });
    throw error;
  } finally {
    await bot.close();
    await agent.then((opened) => opened.close()).catch(() => undefined); // Reported when it was opened.
    await companion?.close();
  }
}

/** Resolves once this process is the one that answers with the store. */
async function openStore({ config, log, signal }: ProgramContext): Promise<{ store: TurnStore; lease: Lease }> {
  const { openTurnStore } = await import('../agent/store/open.ts');
  const { storeUrl, storeKey, history, discord } = config;
  const store = await openTurnStore(storeUrl, { log, storeKey, ttlDays: history.ttlDays });
  try {
    return { store, lease: await store.takeLease(discord.shards, signal) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The agent is loaded while the log-in is on its way: a member notices the sum of neither. */
async function openAgent({
  config,
  log,
  opened,
}: Pick<ProgramContext, 'config' | 'log'> & { opened: ReturnType<typeof openStore> }): Promise<Agent> {
  const [{ createAgent }, { toAgentOptions }, { store }] = await Promise.all([
    import('../agent/create-agent.ts'),
    import('../agent/agent-options.ts'),
    opened,
  ]);
  const setting = 'Several people talk to you in one channel of Discord.';
  return createAgent({ ...toAgentOptions(config), setting, store, log });
}

/** With other settings bad already, asks Discord about the token all the same, so that one message names everything. */
export async function findTokenProblem(environment: Environment): Promise<readonly SettingProblem[]> {
  const { DISCORD_TOKEN: token, DISCORD_API_URL: apiUrl = 'https://discord.com/api' } = environment;
  if (!token || !URL.canParse(apiUrl)) return [];
  const { checkToken } = await import('../bot/discord/token.ts');
  return checkToken(token, apiUrl, AbortSignal.timeout(3_000));
}
