/** Wires bot, agent and store together and runs them until the program is told to stop. */
import type { Agent, ChangedTools, NearlySpent } from '../agent/agent.ts';
import type { Lease } from '../agent/store/lease.ts';
import type { OpenedStore } from '../agent/store/open.ts';
import { takeSharedTurn } from '../agent/store/shared-values.ts';
import { isShared } from '../agent/store/store-scheme.ts';
import type { Turn } from '../agent/turn.ts';
import { SharedLimits } from '../bot/channel/limits/shared-limits.ts';
import { createFetchAttachment } from '../bot/discord/cdn.ts';
import { type Bot, createBot } from '../bot/discord/create-bot.ts';
import { createShardedBot, type ShardedBotOptions, type SharedBotOptions } from '../bot/discord/sharded-bot.ts';
import type { CallbackServer } from '../callback/callback-server.ts';
import { readDiscord, type ShardConfig } from '../config/discord.ts';
import { type Environment, Settings } from '../config/settings.ts';
import { AppError, type SettingProblem } from '../errors.ts';
import { FormulaDrawer } from '../formulas/formula-drawer.ts';
import type { Ops } from '../ops/ops.ts';
import type { OpsSource } from '../ops/ops-server.ts';
import { resolvesWithin, untilAborted } from '../waiting.ts';
import type { Interactions, OpenInteractionsOptions } from './open-interactions.ts';
import { type ProgramContext, startTogether } from './program.ts';
import { traceTurns } from './traced-turns.ts';

/** Another part of the program that the bot lives beside. */
interface Companion {
  readonly started: Promise<void>;
  close(): Promise<void>;
}

/** What a part may take to say that it is there. */
const probeMs = 1_500;

export async function runBot(context: ProgramContext, companion?: Companion): Promise<void> {
  const { config, signal } = context;
  const ops = await openOps(context);
  const log = ops?.log ?? context.log;
  const store = openStore({ config, log });
  const { lease, join, takeTurn } = createAdmission({ config, signal }, store);
  const opened = config.discord.sharesShards ? store : lease.then(() => store);
  const limits = shareLimits({ config, log }, store);
  const traced = traceTurns({ config, log });
  const agent = openAgent({
    config,
    log,
    opened,
    onEnded: traced?.add,
    onBudgetNearlySpent: (nearly) => void bot.tellNearlySpent(nearly),
    onToolsChanged: (changed) => bot.tellToolsChanged(changed),
  });
  const { notices, formulas: drawsFormulas } = config.showing;
  const formulas = new FormulaDrawer(log);
  const parts: SharedBotOptions = {
    discord: config.discord,
    listening: config.listening,
    access: config.access,
    approval: config.approval,
    budget: config.budget,
    review: config.review,
    catchUp: config.catchUp,
    showing: {
      notices,
      drawFormulas: drawsFormulas ? (latex) => formulas.draw(latex) : undefined,
      mayExtend: config.budget.roleIds.length > 0,
    },
    settings: config.settings,
    agent,
    limits,
    hearsPosted: config.interactions.port !== undefined,
    log,
  };
  const bot = config.discord.sharesShards
    ? createShardedBot({ ...parts, join, takeTurn })
    : createBot({
        ...parts,
        admitted: lease,
        mayPost: async (posting) => (await lease).untilConfirmed(posting),
      });
  const opsServer = ops === undefined ? Promise.resolve(undefined) : ops.start(toOpsSource({ bot, agent, lease }));
  const callback = openCallback(config, agent);
  const interactions = openPosted({ config, bot, agent, lease, log });
  try {
    const parts = [bot.start(signal), agent, companionStarted(companion, lease), opsServer, callback, interactions];
    const started = startTogether(parts);
    void started.then(() => traced?.resend(agent)).catch(() => undefined); // Waited for below.
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
    // What is posted meanwhile is for other processes.
    const isPosted = closeOpened(interactions);
    await bot.close();
    await Promise.all([isPosted, limits?.close()]);
    await closeOpened(opsServer);
    await closeOpened(callback);
    await Promise.all([formulas.close(), traced?.close(agent)]);
    await agent.then((had) => had.close()).catch(() => undefined); // Reported when it was opened.
    await companion?.close();
  }
}

/** Why it is not open is reported when it was opened. */
async function closeOpened(opening: Promise<{ close(): Promise<void> } | undefined>): Promise<void> {
  await opening.then((opened) => opened?.close()).catch(() => undefined);
}

/** Loaded only where the operator wants it. */
async function openOps({ config: { ops }, log }: ProgramContext): Promise<Ops | undefined> {
  const { host, port } = ops;
  if (port === undefined) return undefined;
  const { createOps } = await import('../ops/ops.ts');
  return createOps(log, { host, port });
}

interface Watched {
  readonly bot: Bot;
  readonly agent: Promise<Agent>;
  readonly lease: Promise<Lease>;
}

/** Loaded only where browsers come back from logins. */
async function openCallback(
  { callback, discord, toolServers }: ProgramContext['config'],
  agent: Promise<Agent>,
): Promise<CallbackServer | undefined> {
  const { publicUrl, clientSecret, authorizeUrl, host, port } = callback;
  const isUsed = toolServers.some((server) => 'url' in server && server.login !== undefined);
  if (!isUsed || publicUrl === undefined || clientSecret === undefined) return undefined;
  const [{ startCallbackServer }, { DiscordIdentity }, { toClientMetadata }] = await Promise.all([
    import('../callback/callback-server.ts'),
    import('../callback/discord-identity.ts'),
    import('../agent/tools/login/client-metadata.ts'),
  ]);
  const redirectUri = `${publicUrl}/connect/discord`;
  const logins = agent.then((had) => had.logins);
  logins.catch(() => undefined); // Reported when it was opened.
  return await startCallbackServer({
    host,
    port,
    publicUrl,
    logins,
    identity: new DiscordIdentity({ apiUrl: discord.apiUrl, authorizeUrl, clientSecret, redirectUri }),
    clientMetadata: toClientMetadata(`${publicUrl}/connect/callback`),
  });
}

/** Loaded only where Discord posts interactions. */
async function openPosted(parts: Omit<OpenInteractionsOptions, 'port'>): Promise<Interactions | undefined> {
  const { port } = parts.config.interactions;
  if (port === undefined) return undefined;
  const { openInteractions } = await import('./open-interactions.ts');
  return await openInteractions({ ...parts, port });
}

/** Asked by whoever watches: nothing of it may hang. */
function toOpsSource({ bot, agent, lease }: Watched): OpsSource {
  let opened: Agent | undefined;
  const noted = agent.then((had) => {
    opened = had;
  });
  noted.catch(() => undefined); // Reported when it was opened.
  const isTrue = (asked: Promise<unknown>) => resolvesWithin(asked, probeMs).catch(() => false);
  return {
    ready: async () => {
      const [store, held] = await Promise.all([
        isTrue(agent.then((had) => had.recall('readiness'))),
        isTrue(lease.then((had) => had.confirm())),
      ]);
      return { gateway: bot.isConnected, store, lease: held };
    },
    counts: () => ({ ...bot.counts, unfinished: opened?.unsettled ?? 0 }),
  };
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

/** @returns undefined where the store is this machine's alone: then the process is the bot. */
function shareLimits(
  { config: { discord, budget, storeUrl }, log }: Pick<ProgramContext, 'config' | 'log'>,
  store: Promise<OpenedStore>,
): SharedLimits | undefined {
  if (!isShared(storeUrl)) return undefined;
  const limits = new SharedLimits({
    change: async (key, change) => (await store).shared.change(key, change),
    requestsPerSecond: discord.requestsPerSecond,
    turnsAtOnce: budget.limits.turnsAtOnce,
    questionsPerMinute: budget.limits.questionsPerMinute,
    log,
  });
  void store.then(() => limits.start()).catch(() => undefined); // Why there is none, the start says.
  return limits;
}

async function openStore({ config, log }: Pick<ProgramContext, 'config' | 'log'>): Promise<OpenedStore> {
  const { openTurnStore } = await import('../agent/store/open.ts');
  const { storeUrl, storeKey, history } = config;
  return await openTurnStore(storeUrl, { log, storeKey, ttlDays: history.ttlDays });
}

interface Admission {
  /** Resolves once this process answers with the store, or with a part of it. */
  readonly lease: Promise<Lease>;
  readonly join: ShardedBotOptions['join'];
  readonly takeTurn: ShardedBotOptions['takeTurn'];
}

/** Whoever shares joins when Discord has said how many shards there are; whoever does not takes its lease at once. */
function createAdmission(
  { config: { discord }, signal }: Pick<ProgramContext, 'config' | 'signal'>,
  store: Promise<OpenedStore>,
): Admission {
  const { promise: lease, resolve, reject } = Promise.withResolvers<Lease>();
  lease.catch(() => undefined); // Whoever waits for it is told.
  if (!discord.sharesShards) resolve(takeLease(store, discord.shards, signal));
  // Without a store there is none.
  else store.catch(reject);
  return {
    lease,
    async join(count, joining) {
      const joined = (await store).joinShards(count, joining);
      resolve(joined);
      return await joined;
    },
    takeTurn: async (name, everyMs) => takeSharedTurn((await store).shared, name, everyMs),
  };
}

async function takeLease(
  opening: Promise<OpenedStore>,
  shards: ShardConfig | undefined,
  signal: AbortSignal,
): Promise<Lease> {
  const store = await opening;
  try {
    return await store.takeLease(shards, signal);
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
  onEnded,
  onBudgetNearlySpent,
  onToolsChanged,
}: Pick<ProgramContext, 'config' | 'log'> & {
  opened: Promise<OpenedStore>;
  onEnded: ((turn: Turn) => void) | undefined;
  onBudgetNearlySpent: (nearly: NearlySpent) => void;
  onToolsChanged: (changed: ChangedTools) => Promise<boolean>;
}): Promise<Agent> {
  const [{ createAgent }, { toAgentOptions }, { createModelHolds }, store] = await Promise.all([
    import('../agent/create-agent.ts'),
    import('../agent/agent-options.ts'),
    import('../agent/turn/model-hold.ts'),
    opened,
  ]);
  const setting = 'Several people talk to you in one channel of Discord.';
  const fetchAttachment = createFetchAttachment({ hosts: config.discord.cdnHosts });
  const told = { onBudgetNearlySpent, onToolsChanged, ...(onEnded === undefined ? {} : { onEnded }) };
  const modelHolds = isShared(config.storeUrl) ? createModelHolds(store.shared, config.model) : undefined;
  return createAgent({ ...toAgentOptions(config), ...told, setting, store, log, fetchAttachment, modelHolds });
}

/** With other settings bad already, asks Discord about the token all the same, so that one message names everything. */
export async function findTokenProblem(environment: Environment): Promise<readonly SettingProblem[]> {
  const settings = new Settings(environment);
  const { token, apiUrl } = readDiscord(settings, true);
  if (settings.problems.length > 0) return [];
  const { checkToken } = await import('../bot/discord/token.ts');
  return checkToken(token, apiUrl, AbortSignal.timeout(3_000));
}
