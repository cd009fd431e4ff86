/**
 * The bot: logs in to Discord, turns messages and commands into questions, and hands them to be answered. It is given an
 * agent and knows nothing of what is behind it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ChatInputCommandInteraction,
  Events,
  GatewayCloseCodes,
  type Interaction,
  InteractionContextType,
  type Message,
  PermissionFlagsBits,
  Routes,
} from 'discord.js';
import type { Agent } from '../../agent/agent.ts';
import type { ApprovalConfig, CatchUpConfig, DiscordConfig } from '../../config/types.ts';
import type { Logger } from '../../log.ts';
import { Answering } from '../channel/answering.ts';
import { catalogues, toLanguage } from '../channel/catalogue.ts';
import { PendingQuestions } from '../channel/pending-questions.ts';
import { inGuild, readAddress, toAddress } from './address.ts';
import { CatchUp } from './catch-up/catch-up.ts';
import { lookUp } from './catch-up/look-up.ts';
import { createClient, logGateway } from './client.ts';
import {
  acknowledge,
  askCommandName,
  commands,
  forgetCommandName,
  questionTextOf,
  respondWith,
  stopCommandName,
  toQuestion as toAskQuestion,
} from './commands.ts';
import { Controls, tell } from './controls.ts';
import { createPlaces } from './place.ts';
import { toAskedQuestion, toQuestion } from './question.ts';
import { isServed } from './shards.ts';
import { isTokenRefused, tokenRefused } from './token.ts';
import { watchChanges } from './watch-changes.ts';

export interface BotOptions {
  readonly discord: DiscordConfig;
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
   * @throws {ConfigError} naming DISCORD_TOKEN when Discord refuses the token.
   */
  start(signal: AbortSignal): Promise<void>;
  /** Rejects when the bot cannot go on, such as when its token was reset. Never resolves. */
  readonly failed: Promise<never>;
  /** Takes no new questions, gives running turns a few seconds or `graceMs`, and logs out. */
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

/** Running turns may end in this time; the rest goes on after the next start. */
const closeGraceMs = 5_000;
/** Missed questions are taken before new ones, but nobody waits for them longer than this. */
const catchUpFirstMs = 3_000;
/** How long `/ask` waits for the store before it shows «thinking» all the same. */
const acknowledgeAfterMs = 500;
/** How long a press, a dialog or another command waits for the turns of an earlier process to be read. */
const controlsWithinMs = 1_500;
const firstRetryMs = 500;
const longestRetryMs = 30_000;

/** What is there once the agent is. */
interface Parts {
  readonly agent: Agent;
  readonly answering: Answering;
  readonly catchUp: CatchUp;
  readonly controls: Controls;
}

export function createBot({
  discord,
  catchUp: catchUpConfig,
  approval,
  agent: agentOnItsWay,
  admitted,
  mayPost,
  log,
}: BotOptions): Bot {
  const closed = new AbortController();
  const client = createClient(discord, (signal) => mayPost(AbortSignal.any([closed.signal, ...signal])));
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => undefined); // Whoever waits for `failed` is told; nobody has to.
  const onUnauthorized = () => failure.reject(tokenRefused());
  let parts: Parts | undefined;
  const pending = new PendingQuestions();
  const prepared = agentOnItsWay.then((agent) => {
    const answering = new Answering({
      agent,
      openPlace: createPlaces({ rest: client.rest, botId: () => client.user?.id }),
      log,
      pending,
      lookUp: async ({ question: { channelId, id }, delivery }, signal) => {
        // What a command asked does not change.
        const isMessage = readAddress(delivery).interaction === undefined;
        return isMessage && client.isReady() ? lookUp(client, channelId, id, signal) : undefined;
      },
      onUnauthorized,
    });
    const catchUp = new CatchUp({
      client,
      agent,
      log,
      config: catchUpConfig,
      pending,
      shards: discord.shards,
      take: (message) => takeMessage(message, true),
      say: (message, text) => answering.say(message, text),
    });
    const controls = new Controls({
      agent,
      answering,
      approverRoleIds: approval.roleIds,
      log,
      onForget: (channelId) => catchUp.forgetDm(channelId),
    });
    parts = { agent, answering, catchUp, controls };
    return parts;
  });
  prepared.catch(() => undefined); // The program that made the agent is told by its own promise.
  const caughtUp = Promise.withResolvers<void>();
  /** The turns of an earlier process are known: their buttons can be pressed. */
  const resumed = Promise.withResolvers<void>();

  /** @param isMissed Found by catch-up: others wait for what it finds. The message is read at once: its channel may be gone later. */
  async function takeMessage(message: Message, isMissed = false): Promise<void> {
    const asked = client.user === null ? undefined : toAskedQuestion(message, client.user.id);
    if (asked === undefined) return;
    const question = toQuestion(message, asked.text);
    const place = { channelId: question.channelId, guildId: message.guildId ?? undefined };
    if (asked.text !== '' && !pending.add(question.id, { ...place, askedAt: question.askedAt })) return;
    if (!isMissed) await caughtUp.promise;
    const { answering, catchUp } = await prepared;
    if (!isMissed) await catchUp.upTo(question.channelId);
    if (message.guildId === null) catchUp.noteDm(question.channelId);
    if (asked.text === '') answering.say(question, catalogues[asked.language].help);
    else {
      const address = toAddress(inGuild(message.guildId));
      await answering.take(question, { language: asked.language, address, isFoundAgain: true });
    }
  }

  async function takeCommand(interaction: ChatInputCommandInteraction): Promise<void> {
    const text = questionTextOf(interaction);
    const language = toLanguage(interaction.locale);
    if (text === '') return respondWith(interaction, catalogues[language].help);
    const { applicationId, token } = interaction;
    const address = toAddress({ interaction: { applicationId, token }, ...inGuild(interaction.guildId) });
    const place = { channelId: interaction.channelId, guildId: interaction.guildId ?? undefined };
    if (!pending.add(interaction.id, { ...place, askedAt: undefined })) return;
    const acknowledged = Promise.withResolvers<void>();
    const taken = prepared.then(({ answering, catchUp }) => {
      if (interaction.context === InteractionContextType.BotDM) catchUp.noteDm(interaction.channelId);
      // Unlike a message, a command cannot be found again.
      const asking = { language, address, isFoundAgain: false, acknowledged: acknowledged.promise };
      return answering.take(toAskQuestion(interaction, text), asking);
    });
    // What is acknowledged is kept already. Only a slow store is not waited for: Discord waits 3 seconds.
    await Promise.race([taken.catch(() => undefined), sleep(acknowledgeAfterMs, undefined, { ref: false })]);
    acknowledged.resolve(acknowledge(interaction));
    await Promise.all([acknowledged.promise, taken]);
  }

  async function takeInteraction(interaction: Interaction): Promise<void> {
    if (interaction.isChatInputCommand() && interaction.commandName === askCommandName) return takeCommand(interaction);
    if (interaction.isAutocomplete()) return;
    const isKnown = resumed.promise.then(() => true);
    // The store may be away. Discord waits 3 seconds.
    if (!(await Promise.race([isKnown, sleep(controlsWithinMs, false, { ref: false })])))
      return tell(interaction, 'not-kept');
    const { controls } = await prepared;
    if (interaction.isButton()) await controls.press(interaction);
    else if (interaction.isModalSubmit()) await controls.submit(interaction);
    else if (!interaction.isChatInputCommand()) return;
    else if (interaction.commandName === forgetCommandName) await controls.forget(interaction);
    else if (interaction.commandName === stopCommandName) await controls.stop(interaction);
  }

  async function registerCommands(signal: AbortSignal): Promise<void> {
    const route = Routes.applicationCommands(client.application?.id ?? '');
    await retried('commands-not-registered', signal, () => client.rest.put(route, { body: commands }));
    log.info('commands-registered', { commands: commands.length });
  }

  /** Tries until it works or the signal aborts, ever less often. Rejects with what `isFinal` says no retry can mend. */
  async function retried(
    event: string,
    signal: AbortSignal,
    attempt: () => Promise<unknown>,
    isFinal: (error: unknown) => boolean = () => false,
  ): Promise<void> {
    for (let waitMs = firstRetryMs; ; waitMs = Math.min(longestRetryMs, waitMs * 2)) {
      try {
        await attempt();
        return;
      } catch (error) {
        if (isFinal(error) || signal.aborted) throw error;
        log.warn(event, { error, retryInMs: waitMs });
        await sleep(waitMs, undefined, { signal });
      }
    }
  }

  client.on(Events.MessageCreate, (message) => {
    takeMessage(message).catch((error: unknown) => log.error('message-failed', { messageId: message.id, error }));
  });
  client.on(Events.InteractionCreate, (interaction: Interaction) => {
    takeInteraction(interaction).catch((error: unknown) =>
      log.error('interaction-failed', { interactionId: interaction.id, error }),
    );
  });
  watchChanges(client, {
    onChange: (messageId, change) => pending.change(messageId, change),
    onLeave: (isGone) => {
      pending.leave(isGone);
      parts?.answering.leave(isGone);
    },
  });
  logGateway(client, log);
  // discord.js stays up, deaf, when Discord closes the session for good.
  client.on(Events.ShardDisconnect, ({ code }) => {
    failure.reject(
      code === GatewayCloseCodes.AuthenticationFailed
        ? tokenRefused()
        : new Error(`Discord closed the gateway session for good (code ${code})`),
    );
  });

  async function onReady(signal: AbortSignal): Promise<void> {
    const inviteUrl = client.application === null ? undefined : toInviteUrl(client.application.id);
    log.info('ready', { user: client.user?.tag, guilds: client.guilds.cache.size, inviteUrl });
    const registered = registerCommands(signal).catch((error: unknown) =>
      log.debug('commands-not-registered', { error }),
    );
    const { agent, answering, catchUp } = await prepared;
    const recovered = retried('turns-not-read', signal, async () => {
      const [all] = await Promise.all([agent.unfinished(), catchUp.load()]);
      const unfinished = all.filter((turn) => isServed(readAddress(turn.delivery).guildId, discord.shards));
      answering.resume(unfinished);
      if (unfinished.length > 0) log.info('turns-resumed', { turns: unfinished.length });
    });
    const run = recovered.then(() => {
      resumed.resolve();
      return catchUp.start();
    });
    await Promise.race([run, sleep(catchUpFirstMs, undefined, { ref: false })]);
    answering.release();
    caughtUp.resolve();
    await Promise.all([run, registered]);
  }

  return {
    failed: failure.promise,
    async start(signal) {
      const ready = new Promise<void>((resolve) => client.once(Events.ClientReady, () => resolve()));
      client.rest.setToken(discord.token);
      try {
        // Asked before the log-in, because a log-in that fails takes the client down with it.
        await retried('discord-unreachable', signal, () => client.rest.get(Routes.gatewayBot()), isTokenRefused);
        await untilAborted(admitted, signal);
        client.rest.options.retries = 3;
        await untilAborted(client.login(discord.token), signal);
        client.rest.options.retries = 0;
      } catch (error) {
        throw isTokenRefused(error) ? tokenRefused(error) : error;
      }
      await untilAborted(Promise.race([ready, failure.promise]), signal);
      await untilAborted(Promise.race([onReady(signal), failure.promise]), signal);
    },
    async close({ graceMs = closeGraceMs } = {}) {
      client.removeAllListeners(Events.MessageCreate);
      client.removeAllListeners(Events.InteractionCreate);
      caughtUp.resolve();
      resumed.resolve();
      await parts?.catchUp.close();
      await parts?.answering.close(graceMs);
      closed.abort();
      await client.destroy();
    },
  };
}

/** Where an admin adds the bot to a server, with the permissions it uses and no others. */
function toInviteUrl(applicationId: string): string {
  const { ViewChannel, SendMessages, SendMessagesInThreads, AttachFiles, ReadMessageHistory } = PermissionFlagsBits;
  const permissions = ViewChannel | SendMessages | SendMessagesInThreads | AttachFiles | ReadMessageHistory;
  return `https://discord.com/oauth2/authorize?client_id=${applicationId}&scope=bot+applications.commands&permissions=${permissions}`;
}

/** The promise's value, or a rejection as soon as the signal aborts. */
async function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
