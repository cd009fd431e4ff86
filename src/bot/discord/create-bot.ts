/**
 * The bot, put together: logs in to Discord, turns messages and commands into questions, and hands them to be answered. It
 * is given an agent and knows nothing of what is behind it.
 */
import { type Client, Events, Status } from 'discord.js';
import type { Agent, NearlySpent } from '../../agent/agent.ts';
import type {
  AccessConfig,
  ApprovalConfig,
  BudgetConfig,
  CatchUpConfig,
  DiscordConfig,
  ListeningConfig,
} from '../../config/types.ts';
import type { Logger } from '../../log.ts';
import type { OperatorSettings } from '../../settings/resolve.ts';
import { resolvesWithin, untilAborted } from '../../waiting.ts';
import type { Answering } from '../channel/answering.ts';
import { PendingQuestions } from '../channel/pending-questions.ts';
import type { Showing } from '../channel/shown-turn.ts';
import { isRestricted, mayAsk, mayAskByRole, warnIfPublic } from './access.ts';
import { readAddress } from './address.ts';
import { ChosenMessages } from './ask-menu.ts';
import { tellWatchers } from './budget-watch.ts';
import { createClient, logGateway } from './client.ts';
import { registerCommands } from './commands.ts';
import { Connection } from './connection.ts';
import { createParts, type PartsOptions } from './create-parts.ts';
import { guardEvents } from './event-guard.ts';
import { type InteractionsContext, takeInteraction } from './interactions.ts';
import { InvalidRequests } from './invalid-requests.ts';
import { toInviteUrl } from './invite.ts';
import { Listening } from './listening.ts';
import { type MessagesContext, takeMessage, takeMissed } from './messages.ts';
import { Opening } from './opening.ts';
import { isServed } from './shards.ts';
import { watchChanges } from './watch-changes.ts';

export interface BotOptions {
  readonly discord: DiscordConfig;
  readonly listening: ListeningConfig;
  readonly access: AccessConfig;
  readonly catchUp: CatchUpConfig;
  readonly approval: ApprovalConfig;
  readonly budget: BudgetConfig;
  readonly showing: Showing;
  /** What is set where nobody else has set anything, and what can be. */
  readonly settings: OperatorSettings;
  /** The agent may still be on its way: the log-in does not wait for it. */
  readonly agent: Promise<Agent>;
  /** Resolves once this process is the one that answers: it does not log in before. */
  readonly admitted: Promise<unknown>;
  /** Awaited before every message that is written. Rejects when another process has taken over, or the signal aborts. */
  readonly mayPost: (signal: AbortSignal) => Promise<void>;
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
  /** Tells the operator's watchers. Never rejects. */
  tellNearlySpent(nearly: NearlySpent): Promise<void>;
  /** Takes no new questions, gives running turns a few seconds or `graceMs`, and logs out. */
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

/** Running turns may end in this time; the rest goes on after the next start. */
const closeGraceMs = 5_000;
const logOutMs = 1_000;

export function createBot(options: BotOptions): Bot {
  const { access, approval, budget, log } = options;
  const closed = new AbortController();
  const { listening, client, connection } = createConnection(options, closed.signal);
  const pending = new PendingQuestions();
  const opening = createOpening(options, {
    client,
    connection,
    pending,
    listening,
    closed: closed.signal,
    take: (message) => takeMissed(message, context),
  });
  const countedRoleIds = budget.rules.flatMap(({ of, id }) => (of === 'role' && id !== undefined ? [id] : []));
  const context = {
    opening,
    pending,
    listening,
    chosen: new ChosenMessages(),
    access,
    approverRoleIds: approval.roleIds,
    countedRoleIds,
    budgetRoleIds: budget.roleIds,
    closed: closed.signal,
    log,
  };

  listen(client, context);
  watch(client, context);
  logGateway(client, log);
  guardEvents(client, log);

  return {
    failed: connection.failed,
    async start(signal) {
      opening.prepare().catch(() => undefined); // The program that made the agent is told by its own promise.
      const ready = await connection.logIn(signal);
      const inviteUrl = toInviteUrl(ready.application.id);
      log.info('ready', { user: ready.user.tag, guilds: ready.guilds.cache.size, inviteUrl });
      if (!isRestricted(access)) void warnIfPublic(ready, log);
      const open = Promise.all([
        opening.run(signal),
        registerCommands(ready, { userInstall: access.userInstall, log, signal }),
      ]);
      await untilAborted(Promise.race([open, connection.failed]), signal);
    },
    get isConnected() {
      return client.isReady() && client.ws.shards.every(({ status }) => status === Status.Ready);
    },
    get counts() {
      return opening.parts?.answering.counts ?? { running: 0, waiting: 0 };
    },
    tellNearlySpent: (nearly) =>
      tellWatchers(client, nearly, { watcherIds: budget.watcherIds, log, signal: closed.signal }),
    async close({ graceMs = closeGraceMs } = {}) {
      client.removeAllListeners(Events.MessageCreate);
      client.removeAllListeners(Events.InteractionCreate);
      opening.close();
      await opening.parts?.catchUp.close();
      await opening.parts?.answering.close(graceMs);
      closed.abort();
      // discord.js is never done with a session that it is only just beginning.
      await resolvesWithin(client.destroy(), logOutMs);
    },
  };
}

/** The client, how it logs in, and what it makes of the messages that it is told of. */
function createConnection({ discord, admitted, mayPost, log, ...options }: BotOptions, closed: AbortSignal) {
  const listening = new Listening(options.listening);
  const client = createClient({
    discord,
    readsContent: options.listening.readsContent,
    onRead: (message) => listening.noteRead(message),
    beforePost: (signals) => mayPost(AbortSignal.any([closed, ...signals])),
    invalidRequests: new InvalidRequests({ log }),
    log,
  });
  const connection = new Connection({ client, discord, content: listening.content, admitted, log });
  return { listening, client, connection };
}

interface OpeningParts extends Pick<PartsOptions, 'client' | 'connection' | 'pending' | 'listening' | 'take'> {
  readonly closed: AbortSignal;
}

function createOpening(options: BotOptions, { closed, ...parts }: OpeningParts): Opening {
  const { discord, access, catchUp, budget, showing, settings, log } = options;
  return new Opening({
    agent: options.agent,
    prepare: (agent) =>
      createParts(agent, { ...parts, discord, catchUp, limits: budget.limits, showing, settings, log }),
    isOurs: (turn) => isServed(readAddress(turn.delivery).guildId, discord.shards),
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
function listen(client: Client, context: MessagesContext & InteractionsContext): void {
  client.on(Events.MessageCreate, (message) => {
    takeMessage(message, context).catch((error: unknown) =>
      context.log.error('message-failed', { messageId: message.id, error }),
    );
  });
  client.on(Events.InteractionCreate, (interaction) => {
    takeInteraction(interaction, context).catch((error: unknown) =>
      context.log.error('interaction-failed', { interactionId: interaction.id, error }),
    );
  });
}
