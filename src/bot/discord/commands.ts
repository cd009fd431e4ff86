/** The commands that Discord is told of, all at once, and where they can be used. */
import {
  ApplicationIntegrationType,
  type Client,
  DiscordAPIError,
  InteractionContextType,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
  type RESTPutAPIApplicationCommandsJSONBody,
  Routes,
} from 'discord.js';
import type { Logger } from '../../log.ts';
import { withRetries } from '../../waiting.ts';
import { askDefinition } from './ask-command.ts';
import { askMenuDefinition } from './ask-menu.ts';
import { otherCommands } from './controls.ts';

/** In the guilds that the bot was added to, and in its DMs. */
const inItsPlaces = {
  integration_types: [ApplicationIntegrationType.GuildInstall],
  contexts: [InteractionContextType.Guild, InteractionContextType.BotDM],
};
/** For those who install the bot for themselves, also wherever they are. */
const anywhere = {
  integration_types: [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall],
  contexts: [InteractionContextType.Guild, InteractionContextType.BotDM, InteractionContextType.PrivateChannel],
};

const firstRetryMs = 500;
const longestRetryMs = 30_000;

/** Where commands can be used. @param userInstall Whether people may install the bot for themselves. */
export function placesOf(userInstall: boolean): typeof anywhere {
  return userInstall ? anywhere : inItsPlaces;
}

/** Names of the commands that there always are. */
export const ownCommandNames: readonly string[] = [
  askDefinition.name,
  ...otherCommands.map(({ definition }) => definition.name),
];

/** What is registered with Discord, whole. @param content Commands that come of what tool servers offer. */
export function toBody(
  places: typeof anywhere,
  content: readonly RESTPostAPIChatInputApplicationCommandsJSONBody[] = [],
): RESTPutAPIApplicationCommandsJSONBody {
  const own = otherCommands.map(({ definition }) => definition);
  const definitions = [askDefinition, ...own, ...content, askMenuDefinition];
  return definitions.map((definition) => ({ ...places, ...definition }));
}

export interface RegisterOptions {
  /** Whether people may install the bot for themselves. */
  readonly userInstall: boolean;
  /** Commands that come of what tool servers offer. Default: none. */
  readonly content?: readonly RESTPostAPIChatInputApplicationCommandsJSONBody[];
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Tries until Discord has taken them, refuses them for good, or the signal aborts. Never rejects.
 * @returns for whom they are registered; undefined when they are not.
 */
export async function registerCommands(
  client: Client<true>,
  options: RegisterOptions,
): Promise<{ readonly userInstall: boolean } | undefined> {
  const { userInstall, content = [], log, signal } = options;
  try {
    const isDone = userInstall && (await registerForUsers(client, options));
    if (!isDone) await register(client, inItsPlaces, options);
    log.info('commands-registered', { commands: toBody(inItsPlaces, content).length, userInstall: isDone });
    return { userInstall: isDone };
  } catch (error) {
    if (signal.aborted) log.debug('commands-not-registered', { error });
    else log.error('commands-refused', { error });
    return undefined;
  }
}

/** @returns false when Discord does not take it, as where the developer portal does not allow it. */
async function registerForUsers(client: Client<true>, options: RegisterOptions): Promise<boolean> {
  try {
    await register(client, anywhere, options);
    return true;
  } catch (error) {
    if (options.signal.aborted || !isRefusal(error)) throw error;
    const advice =
      'USER_INSTALL=on needs "User Install" switched on at https://discord.com/developers/applications (your application → Installation)';
    options.log.warn('user-install-refused', { error, advice });
    return false;
  }
}

async function register(
  client: Client<true>,
  places: typeof anywhere,
  { content, log, signal }: RegisterOptions,
): Promise<void> {
  const route = Routes.applicationCommands(client.application.id);
  await withRetries(() => client.rest.put(route, { body: toBody(places, content) }), {
    signal,
    firstMs: firstRetryMs,
    longestMs: longestRetryMs,
    isFinal: isRefusal,
    onRetry: (error, retryInMs) => log.warn('commands-not-registered', { error, retryInMs }),
  });
}

/** Whether Discord will say the same to the same request for ever. discord.js waits out a 429 itself. */
function isRefusal(error: unknown): boolean {
  return error instanceof DiscordAPIError && error.status >= 400 && error.status < 500 && error.status !== 408;
}
