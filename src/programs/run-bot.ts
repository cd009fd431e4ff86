/** Wires bot, agent and store together and runs them until the program is told to stop. */
import type { Agent, NearlySpent } from '../agent/agent.ts';
import type { Lease } from '../agent/store/lease.ts';
import type { TurnStore } from '../agent/store/turn-store.ts';
import { createBot } from '../bot/discord/create-bot.ts';
import { readDiscord } from '../config/discord.ts';
import { type Environment, Settings } from '../config/settings.ts';
import { AppError, type SettingProblem } from '../errors.ts';
import { untilAborted } from '../waiting.ts';
import { type ProgramContext, startTogether } from './program.ts';

/** Another part of the program that the bot lives beside. */
interface Companion {
  readonly started: Promise<void>;
  close(): Promise<void>;
}

export async function runBot({ config, log, signal }: ProgramContext, companion?: Companion): Promise<void> {
  const opened = openStore({ config, log, signal });
  const lease = opened.then(({ lease: had }) => had);
  const agent = openAgent({ config, log, opened, onBudgetNearlySpent: (nearly) => void bot.tellNearlySpent(nearly) });
  const bot = createBot({
    discord: config.discord,
    access: config.access,
    approval: config.approval,
    budget: config.budget,
    catchUp: config.catchUp,
    agent,
    log,
    admitted: lease,
    mayPost: async (posting) => (await lease).untilConfirmed(posting),
  });
  try {
    const started = startTogether([bot.start(signal), agent, companionStarted(companion, lease)]);
    // Why the lease could not be had is said by the start, together with what else is wrong.
    const leaseLost = lease.then(({ lost }) => lost, never);
    // Of these only the start can end well: the others are there for the failures to come.
    await untilAborted(Promise.all([started, bot.failed, leaseLost]), signal);
  } catch (error) {
    if (signal.aborted) return; // Being told to stop is no failure, while starting neither.
    // What this process goes on with, another does too.
    if (error instanceof AppError && error.code === 'lease-lost') await bot.close({ graceMs: 0 });
    throw error;
  } finally {
    await bot.close();
    await agent.then((had) => had.close()).catch(() => undefined); // Reported when it was opened.
    await companion?.close();
  }
}

async function companionStarted(companion: Companion | undefined, lease: Promise<Lease>): Promise<void> {
  try {
    await companion?.started;
  } catch (error) {
    // Its address was that of the instance that was waited for: the companion tries until it has it.
    const hasWaited = await lease.then((had) => had.hasWaited).catch(() => false); // Why not, the start says.
    if (!hasWaited) throw error;
  }
}

function never(): Promise<never> {
  return new Promise(() => {});
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
  onBudgetNearlySpent,
}: Pick<ProgramContext, 'config' | 'log'> & {
  opened: ReturnType<typeof openStore>;
  onBudgetNearlySpent: (nearly: NearlySpent) => void;
}): Promise<Agent> {
  const [{ createAgent }, { toAgentOptions }, { store }] = await Promise.all([
    import('../agent/create-agent.ts'),
    import('../agent/agent-options.ts'),
    opened,
  ]);
  const setting = 'Several people talk to you in one channel of Discord.';
  return createAgent({ ...toAgentOptions(config), setting, store, log, onBudgetNearlySpent });
}

/** With other settings bad already, asks Discord about the token all the same, so that one message names everything. */
export async function findTokenProblem(environment: Environment): Promise<readonly SettingProblem[]> {
  const settings = new Settings(environment);
  const { token, apiUrl } = readDiscord(settings, true);
  if (settings.problems.length > 0) return [];
  const { checkToken } = await import('../bot/discord/token.ts');
  return checkToken(token, apiUrl, AbortSignal.timeout(3_000));
}
