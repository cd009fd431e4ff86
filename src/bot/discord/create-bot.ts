/**
 * The bot, put together: logs in to Discord, turns messages and commands into questions, and hands them to be answered. It
 * is given an agent and knows nothing of what is behind it.
 */
import { type Client, Events, Status } from 'discord.js';
import type { Agent, ChangedTools, NearlySpent } from '../../agent/agent.ts';
import type { Turn } from '../../agent/turn.ts';
import type {
  AccessConfig,
  ApprovalConfig,
  BudgetConfig,
  CatchUpConfig,
  DiscordConfig,
  ListeningConfig,
  ReviewConfig,
} from '../../config/types.ts';
import type { Logger } from '../../log.ts';
import type { OperatorSettings } from '../../settings/resolve.ts';
import { resolvesWithin, untilAborted } from '../../waiting.ts';
import type { Answering } from '../channel/answering.ts';
import { createShare } from '../channel/answering-share.ts';
import type { SharedLimits } from '../channel/limits/shared-limits.ts';
import { PendingQuestions } from '../channel/pending-questions.ts';
import type { Showing } from '../channel/shown-turn.ts';
import { isRestricted, mayAsk, mayAskByRole } from './access.ts';
import { readAddress } from './address.ts';
import type { Hearing } from './arrivals/arrival.ts';
import { Arrivals } from './arrivals/arrivals.ts';
import { createHearing } from './arrivals/hearing.ts';
import { ChosenMessages } from './ask-menu.ts';
import { toBounds } from './bounds.ts';
import { tellWatchers } from './budget-watch.ts';
import { createClient, logGateway } from './client.ts';
import { CommandRegistry } from './command-registry.ts';
import { ownCommandNames } from './commands.ts';
import { Connection } from './connection.ts';
import { ContentCommands } from './content/content-commands.ts';
import { createParts, type PartsOptions } from './create-parts.ts';
import { guardEvents } from './event-guard.ts';
import type { GatewaySession } from './gateway/gateway-session.ts';
import { type ServedShard, ShardGateway } from './gateway/served-shard.ts';
import { type InteractionsContext, takeInteraction } from './interactions.ts';
import { InvalidRequests } from './invalid-requests.ts';
import { toInviteUrl } from './invite.ts';
import { Listening } from './listening.ts';
import { leaveOthersOut } from './message-concern.ts';
import { type MessagesContext, takeMessage, takeMissed } from './messages.ts';
import { Opening } from './opening.ts';
import { RequestsUnderWay } from './requests-under-way.ts';
import { postChange } from './review-post.ts';
import { isServed } from './shards.ts';
import { warnOfApplication } from './warn-of-application.ts';
import { watchChanges } from './watch-changes.ts';

export interface BotOptions {
  readonly discord: DiscordConfig;
  readonly listening: ListeningConfig;
  readonly access: AccessConfig;
  readonly catchUp: CatchUpConfig;
  readonly approval: ApprovalConfig;
  readonly budget: BudgetConfig;
  readonly review: ReviewConfig;
  readonly showing: Showing;
  /** What is set where nobody else has set anything, and what can be. */
  readonly settings: OperatorSettings;
  /** The agent may still be on its way: the log-in does not wait for it. */
  readonly agent: Promise<Agent>;
  /** Resolves once this process is the one that answers: it does not log in before. */
  readonly admitted: Promise<unknown>;
  /** Set where it serves one of several shards that come and go. Default: all of what `discord` says, for good. */
  readonly shard?: ServedShard;
  /** Set where the bot may be several processes: what it may do as a whole. */
  readonly limits?: SharedLimits | undefined;
  /** Awaited before every message that is written. Rejects when another process has taken over, or the signal aborts. */
  readonly mayPost: (signal: AbortSignal) => Promise<void>;
  /** Whether it is handed what Discord posts. Default false: then all must come over the gateway. */
  readonly hearsPosted?: boolean;
  readonly log: Logger;
}

export interface Bot {
  /**
   * Logs in, and resolves when the bot is ready. Waits out a Discord that cannot be reached.
   * @throws {ConfigError} naming DISCORD_TOKEN or DISCORD_SHARDS when Discord refuses what they hold.
   */
  start(signal: AbortSignal): Promise<void>;
  /** Rejects when the bot cannot go on, such as when its token was reset. Never resolves. */
  readonly failed: Promise<never>;
  /** Whether Discord is connected: all shards of this process. */
  readonly isConnected: boolean;
  /** Turns that run, and questions that wait. */
  readonly counts: Answering['counts'];
  /** From where another process can go on with the shard's session. Undefined: from nowhere yet, or it is not to be moved. */
  readonly session: GatewaySession | undefined;
  /** How it hears of interactions that do not come over the gateway. */
  readonly hearing: Hearing;
  /** Tells the operator's watchers. Never rejects. */
  tellNearlySpent(nearly: NearlySpent): Promise<void>;
  /** Tells the channel of the review, once the bot is there. Resolves with whether it stands there. Never rejects. */
  tellToolsChanged(changed: ChangedTools): Promise<boolean>;
  /** Takes no new questions, gives running turns a few seconds or `graceMs`, and logs out. */
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

/** Running turns may end in this time; the rest goes on after the next start. */
const closeGraceMs = 5_000;
const logOutMs = 1_000;

export function createBot(options: BotOptions): Bot {
  const { access, budget, review, shard, log } = options;
  const closed = new AbortController();
  const pending = new PendingQuestions();
  const share = shard?.share ?? createShare(budget.limits, toBounds(options.discord, options.limits));
  const connected = createConnection(options, { pending, share, closed: closed.signal });
  const { listening, client, connection, gateway, underWay, arrivals, hearing } = connected;
  const opening = createOpening(options, {
    ...connected,
    pending,
    share,
    closed: closed.signal,
    take: (message) => takeMissed(message, context),
  });
  const countedRoleIds = budget.rules.flatMap(({ of, id }) => (of === 'role' && id !== undefined ? [id] : []));
  const context = {
    opening,
    pending,
    listening,
    chosen: new ChosenMessages(),
    contentCommands: new ContentCommands(ownCommandNames),
    access,
    shards: options.discord.shards,
    ...whoMayDecide(options),
    countedRoleIds,
    closed: closed.signal,
    log,
  };
  const registry = createRegistry(options, context.contentCommands, closed.signal);

  listen(client, context, arrivals);
  watch(client, context);
  logGateway(client, log);
  leaveOthersOut(client, options.listening.readsContent);
  guardEvents(client, log);

  return {
    failed: connection.failed,
    async start(signal) {
      opening.prepare().catch(() => undefined); // The program that made the agent is told by its own promise.
      const ready = await connection.logIn(signal);
      sayReady(ready, options, gateway);
      const open = Promise.all([opening.run(signal), registry.open(ready, signal)]);
      await untilAborted(Promise.race([open, connection.failed]), signal);
    },
    get isConnected() {
      return client.isReady() && client.ws.shards.every(({ status }) => status === Status.Ready);
    },
    get counts() {
      return opening.parts?.answering.counts ?? { running: 0, waiting: 0 };
    },
    get session() {
      return gateway?.session;
    },
    hearing,
    tellNearlySpent: (nearly) =>
      tellWatchers(client, nearly, { watcherIds: budget.watcherIds, log, signal: closed.signal }),
    tellToolsChanged: (changed) => postChange(client, changed, { ...review, log, signal: closed.signal }),
    async close({ graceMs = closeGraceMs } = {}) {
      await gateway?.close();
      listenNoMore(client, arrivals);
      opening.close();
      await opening.parts?.catchUp.close();
      await opening.parts?.answering.close(graceMs);
      if (shard === undefined) share.requests.close();
      closed.abort();
      // discord.js is never done with a session that it is only just beginning.
      await resolvesWithin(client.destroy(), logOutMs);
      // Another process goes on with it: nothing of this one may come after that.
      if (shard !== undefined) await underWay.settled();
      if (shard !== undefined) await opening.parts?.agent.handOver(isOursBy(options));
    },
  };
}

/** Who may press what others have asked for, and what their presses are worth. */
function whoMayDecide({ approval, budget, review }: Pick<BotOptions, 'approval' | 'budget' | 'review'>) {
  return {
    approverRoleIds: approval.roleIds,
    controlRoleIds: [...approval.roleIds, ...approval.serverRoleIds, ...review.roleIds],
    review,
    standingMs: approval.standingMs,
    budgetRoleIds: budget.roleIds,
  };
}

/** The client, how it logs in, and what it makes of the messages that it is told of. */
function createConnection(
  options: BotOptions,
  { pending, share, closed }: Pick<OpeningParts, 'pending' | 'share' | 'closed'>,
) {
  const { discord, admitted, mayPost, shard, log } = options;
  const { readsContent } = options.listening;
  const listening = new Listening(options.listening);
  const underWay = new RequestsUnderWay();
  const gateway =
    shard === undefined
      ? undefined
      : new ShardGateway({ shard, readsAll: readsContent, hasUnstored: () => pending.hasUnstored, log });
  const invalidRequests = shard?.invalidRequests ?? new InvalidRequests({ log });
  if (shard === undefined) options.limits?.countRefusals(invalidRequests);
  const client = createClient({
    discord,
    readsContent,
    onRead: (message) => listening.noteRead(message),
    beforePost: (signals) => mayPost(AbortSignal.any([closed, ...signals])),
    invalidRequests,
    underWay,
    requests: share.requests,
    movable: gateway,
    log,
  });
  const connection = new Connection({ client, discord, content: listening.content, admitted, log });
  const arrivals = new Arrivals();
  const hearing = createHearing({ client, shards: discord.shards, gateway, arrivals });
  return { listening, client, connection, gateway, underWay, arrivals, hearing };
}

function sayReady(ready: Client<true>, options: BotOptions, gateway: ShardGateway | undefined): void {
  const { user, guilds, application } = ready;
  const { access, hearsPosted = false, shard, log } = options;
  const which = shard === undefined ? {} : { shardId: shard.id, isContinued: gateway?.isContinued };
  log.info('ready', { user: user.tag, guilds: guilds.cache.size, inviteUrl: toInviteUrl(application.id), ...which });
  if (isFirst(options)) void warnOfApplication(ready, { isOpen: !isRestricted(access), hearsPosted, log });
}

function createRegistry(options: BotOptions, commands: ContentCommands, closed: AbortSignal): CommandRegistry {
  const { access, agent, log } = options;
  return new CommandRegistry({
    commands,
    agent,
    userInstall: access.userInstall,
    isTelling: isFirst(options),
    log,
    closed,
  });
}

/** What is one for all shards is done with the first. */
function isFirst({ shard }: BotOptions): boolean {
  return shard === undefined || shard.id === 0;
}

function isOursBy({ discord }: BotOptions): (turn: Pick<Turn, 'delivery'>) => boolean {
  return ({ delivery }) => isServed(readAddress(delivery), discord.shards);
}

interface OpeningParts
  extends Pick<PartsOptions, 'client' | 'connection' | 'pending' | 'listening' | 'share' | 'take'> {
  readonly gateway: ShardGateway | undefined;
  readonly closed: AbortSignal;
}

function createOpening(options: BotOptions, { closed, gateway, ...parts }: OpeningParts): Opening {
  const { discord, access, catchUp, budget, showing, settings, shard, log } = options;
  return new Opening({
    agent: options.agent,
    prepare: (agent) =>
      createParts(agent, {
        ...parts,
        discord,
        catchUp,
        limits: budget.limits,
        showing,
        settings,
        ...(shard === undefined ? {} : { isContinued: () => gateway?.isContinued === true }),
        log,
      }),
    isOurs: isOursBy(options),
    onNewer: shard?.onNewer,
    beforeResume: (turns) => gateway?.loadGuilds(turns.flatMap(({ delivery }) => readAddress(delivery).guildId ?? [])),
    isAllowed: async ({ question: { authorId: userId }, delivery }) => {
      const asker = { userId, guildId: readAddress(delivery).guildId, roleIds: [] };
      return mayAsk(access, asker) || (await mayAskByRole(access, asker, { client: parts.client, signal: closed }));
    },
    log,
  });
}

/** Notes what members and moderators change of what was written, and where nothing can be written any more. */
function watch(client: Client, { pending, listening, opening }: MessagesContext): void {
  watchChanges(client, {
    isPending: (messageId) => pending.has(messageId),
    onChange: (messageId, change) => pending.change(messageId, change),
    toChange: (message) => listening.hearAgain(message),
    onDelete: (message) => listening.forget(message),
    onLeave: (isGone) => {
      pending.leave(isGone);
      opening.parts?.answering.leave(isGone);
    },
  });
}

/** Hands on what members write, command and press. */
function listen(client: Client, context: MessagesContext & InteractionsContext, arrivals: Arrivals): void {
  client.on(Events.MessageCreate, (message) => {
    takeMessage(message, context).catch((error: unknown) =>
      context.log.error('message-failed', { messageId: message.id, error }),
    );
  });
  client.on(Events.InteractionCreate, (told) => {
    arrivals.take(told, (interaction) =>
      takeInteraction(interaction, context).catch((error: unknown) =>
        context.log.error('interaction-failed', { interactionId: interaction.id, error }),
      ),
    );
  });
}

function listenNoMore(client: Client, arrivals: Arrivals): void {
  client.removeAllListeners(Events.MessageCreate);
  client.removeAllListeners(Events.InteractionCreate);
  arrivals.close();
}
