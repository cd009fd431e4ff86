/**
 * The bot, put together: logs in to Discord, turns messages and commands into questions, and hands them to be answered. It
 * is given an agent and knows nothing of what is behind it.
 */
import { type Client, Events } from 'discord.js';
import type { Agent } from '../../agent/agent.ts';
import type { AccessConfig, ApprovalConfig, CatchUpConfig, DiscordConfig } from '../../config/types.ts';
import type { Logger } from '../../log.ts';
import { resolvesWithin, untilAborted } from '../../waiting.ts';
import { PendingQuestions } from '../channel/pending-questions.ts';
import { isRestricted, mayAsk, mayAskByRole, warnIfPublic } from './access.ts';
import { readAddress } from './address.ts';
import { createClient, logGateway } from './client.ts';
import { registerCommands } from './commands.ts';
import { Connection } from './connection.ts';
import { createParts } from './create-parts.ts';
import { guardEvents } from './event-guard.ts';
import { type InteractionsContext, takeInteraction } from './interactions.ts';
import { InvalidRequests } from './invalid-requests.ts';
import { toInviteUrl } from './invite.ts';
import { type MessagesContext, takeMessage, takeMissed } from './messages.ts';
import { Opening } from './opening.ts';
import { isServed } from './shards.ts';
import { watchChanges } from './watch-changes.ts';

export interface BotOptions {
  readonly discord: DiscordConfig;
  readonly access: AccessConfig;
  readonly catchUp: CatchUpConfig;
  readonly approval: ApprovalConfig;
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
  /** Takes no new questions, gives running turns a few seconds or `graceMs`, and logs out. */
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

/** Running turns may end in this time; the rest goes on after the next start. */
const closeGraceMs = 5_000;
const logOutMs = 1_000;

export function createBot(options: BotOptions): Bot {
  const { discord, access, catchUp: catchUpConfig, approval, admitted, mayPost, log } = options;
  const closed = new AbortController();
  const client = createClient({
    discord,
    beforePost: (signals) => mayPost(AbortSignal.any([closed.signal, ...signals])),
    invalidRequests: new InvalidRequests({ log }),
  });
  const connection = new Connection({ client, discord, admitted, log });
  const pending = new PendingQuestions();
  const opening = new Opening({
    agent: options.agent,
    prepare: (agent) =>
      createParts(agent, {
        client,
        connection,
        pending,
        discord,
        catchUp: catchUpConfig,
        take: (message) => takeMissed(message, context),
        log,
      }),
    isOurs: (turn) => isServed(readAddress(turn.delivery).guildId, discord.shards),
    isAllowed: async ({ question: { authorId: userId }, delivery }) => {
      const asker = { userId, guildId: readAddress(delivery).guildId, roleIds: [] };
      return mayAsk(access, asker) || (await mayAskByRole(access, asker, { client, signal: closed.signal }));
    },
    log,
  });
  const context = { opening, pending, access, approverRoleIds: approval.roleIds, closed: closed.signal, log };

  listen(client, context);
  watchChanges(client, {
    isPending: (messageId) => pending.has(messageId),
    onChange: (messageId, change) => pending.change(messageId, change),
    onLeave: (isGone) => {
      pending.leave(isGone);
      opening.parts?.answering.leave(isGone);
    },
  });
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
