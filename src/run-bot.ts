/** Wires bot, agent and store together and runs them until the program is told to stop. */
import { createBot } from './bot/create-bot.ts';
import type { Environment } from './config/settings.ts';
import { AppError, ConfigError, type SettingProblem } from './errors.ts';
import { type ProgramContext, startTogether } from './program.ts';

/** Another part of the program that the bot lives beside. */
interface Companion {
  readonly started: Promise<void>;
  close(): Promise<void>;
}

export async function runBot({ config, log, signal }: ProgramContext, companion?: Companion): Promise<void> {
  const agent = openAgent({ config, log });
  const { discord, catchUp, approval } = config;
  const bot = createBot({ discord, catchUp, approval, agent, log });
  try {
    const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    const started = startTogether([bot.start(signal), agent, companion?.started ?? Promise.resolve()]);
    // Being told to stop while starting is no failure.
    await Promise.race([
      started.then(() => stopped).catch((error) => (signal.aborted ? undefined : Promise.reject(error))),
      bot.failed,
      stopped,
    ]);
  } finally {
    await bot.close();
    await agent.then((opened) => opened.close()).catch(() => undefined); // Reported when it was opened.
    await companion?.close();
  }
}

/** The agent is loaded while the log-in is on its way: a member notices the sum of neither. */
async function openAgent({ config, log }: Pick<ProgramContext, 'config' | 'log'>) {
  const [{ createAgent }, { toLimits }, { openTurnStore }] = await Promise.all([
    import('./agent/create-agent.ts'),
    import('./agent/limits.ts'),
    import('./agent/store/open.ts'),
  ]);
  try {
    const store = await openTurnStore(config.storeUrl, { log });
    return createAgent({ model: config.model, toolServers: config.toolServers, store, log, limits: toLimits(config) });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'store-unusable') throw error;
    throw new ConfigError([{ variable: 'STORE_URL', advice: error.message }], { cause: error });
  }
}

/** With other settings bad already, asks Discord about the token all the same, so that one message names everything. */
export async function findTokenProblem(environment: Environment): Promise<readonly SettingProblem[]> {
  const { DISCORD_TOKEN: token, DISCORD_API_URL: apiUrl = 'https://discord.com/api' } = environment;
  if (!token || !URL.canParse(apiUrl)) return [];
  const { checkToken } = await import('./bot/token.ts');
  return checkToken(token, apiUrl, AbortSignal.timeout(3_000));
}
