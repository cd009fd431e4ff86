/** The commands that Discord is told of, all at once, and where they can be used. */
import {
  ApplicationIntegrationType,
  type Client,
  DiscordAPIError,
  InteractionContextType,
  type RESTPutAPIApplicationCommandsJSONBody,
  Routes,
} from 'discord.js';
import type { Logger } from '../../log.ts';
import { withRetries } from '../../waiting.ts';
import { askDefinition } from './ask-command.ts';
import { otherCommands } from './controls.ts';

/** In guilds, DMs and, for users who install the bot for themselves, anywhere. */
const anywhere = {
  integration_types: [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall],
  contexts: [InteractionContextType.Guild, InteractionContextType.BotDM, InteractionContextType.PrivateChannel],
};

const firstRetryMs = 500;
const longestRetryMs = 30_000;

/** What is registered with Discord, whole. */
function toBody(): RESTPutAPIApplicationCommandsJSONBody {
  return [askDefinition, ...otherCommands.map(({ definition }) => definition)].map((definition) => ({
    ...anywhere,
    ...definition,
  }));
}

/** Tries until Discord has taken them or the signal aborts. */
export async function registerCommands(client: Client<true>, log: Logger, signal: AbortSignal): Promise<void> {
  const body = toBody();
  const register = () => client.rest.put(Routes.applicationCommands(client.application.id), { body });
  try {
    await withRetries(register, {
      signal,
      firstMs: firstRetryMs,
      longestMs: longestRetryMs,
      isFinal: isRefusal,
      onRetry: (error, retryInMs) => log.warn('commands-not-registered', { error, retryInMs }),
    });
    log.info('commands-registered', { commands: body.length });
  } catch (error) {
    if (signal.aborted) log.debug('commands-not-registered', { error });
    else log.error('commands-refused', { error });
  }
}

/** Whether Discord will say the same to the same request for ever. discord.js waits out a 429 itself. */
function isRefusal(error: unknown): boolean {
  return error instanceof DiscordAPIError && error.status >= 400 && error.status < 500 && error.status !== 408;
}
