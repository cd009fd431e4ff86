/** The real discord.js client of the bot, logged in to a simulated Discord of its own. */
import { type Client, Events } from 'discord.js';
import { type ClientOptions, createClient } from '../../../../src/bot/discord/client.ts';
import { InvalidRequests, type InvalidRequestsOptions } from '../../../../src/bot/discord/invalid-requests.ts';
import { Listening } from '../../../../src/bot/discord/listening.ts';
import type { ListeningConfig } from '../../../../src/config/types.ts';
import { silentLogger } from '../../../../src/log.ts';
import type { SimulatedDiscord, SimulatedDiscordOptions } from '../../../../src/simulator/discord/discord.ts';
import { startDiscord } from '../../../../src/simulator/discord/start.ts';

export interface LoggedIn extends AsyncDisposable {
  /** Hears everything that may be read, and gives the last 50 messages along. */
  readonly listening: Listening;
  readonly discord: SimulatedDiscord;
  readonly client: Client<true>;
}

/** @param furnish What happens in Discord before the log-in. */
export async function logIn(
  options: SimulatedDiscordOptions = {},
  furnish: (discord: SimulatedDiscord) => void = () => {},
  invalidRequests: Partial<InvalidRequestsOptions> = {},
  listeningConfig: Partial<ListeningConfig> = {},
  clientOptions: Partial<ClientOptions> = {},
): Promise<LoggedIn> {
  const discord = await startDiscord({ guildLocale: 'en-US', ...options });
  furnish(discord);
  const listening = new Listening({
    readsContent: options.grantsMessageContent === true,
    answerChannelIds: [],
    ignoreChannelIds: [],
    recentMessages: 50,
    ...listeningConfig,
  });
  const client = createClient({
    discord: { apiUrl: discord.apiUrl, shards: undefined },
    readsContent: options.grantsMessageContent === true,
    onRead: (message) => listening.noteRead(message),
    beforePost: async () => {},
    invalidRequests: new InvalidRequests({ log: silentLogger, ...invalidRequests }),
    log: silentLogger,
    ...clientOptions,
  });
  const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve));
  await client.login(discord.token);
  await ready;
  if (!client.isReady()) throw new Error('the client is not ready');
  return {
    discord,
    client,
    listening,
    async [Symbol.asyncDispose]() {
      await client.destroy();
      await discord.close();
    },
  };
}
