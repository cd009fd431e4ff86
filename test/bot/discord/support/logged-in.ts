/** The real discord.js client of the bot, logged in to a simulated Discord of its own. */
import { type Client, Events } from 'discord.js';
import { createClient } from '../../../../src/bot/discord/client.ts';
import { InvalidRequests, type InvalidRequestsOptions } from '../../../../src/bot/discord/invalid-requests.ts';
import { silentLogger } from '../../../../src/log.ts';
import type { SimulatedDiscord, SimulatedDiscordOptions } from '../../../../src/simulator/discord/discord.ts';
import { startDiscord } from '../../../../src/simulator/discord/start.ts';

export interface LoggedIn extends AsyncDisposable {
  readonly discord: SimulatedDiscord;
  readonly client: Client<true>;
}

/** @param furnish What happens in Discord before the log-in. */
export async function logIn(
  options: SimulatedDiscordOptions = {},
  furnish: (discord: SimulatedDiscord) => void = () => {},
  invalidRequests: Partial<InvalidRequestsOptions> = {},
): Promise<LoggedIn> {
  const discord = await startDiscord({ guildLocale: 'en-US', ...options });
  furnish(discord);
  const client = createClient({
    discord: { token: discord.token, apiUrl: discord.apiUrl, shards: undefined },
    beforePost: async () => {},
    invalidRequests: new InvalidRequests({ log: silentLogger, ...invalidRequests }),
    log: silentLogger,
  });
  const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve));
  await client.login(discord.token);
  await ready;
  if (!client.isReady()) throw new Error('the client is not ready');
  return {
    discord,
    client,
    async [Symbol.asyncDispose]() {
      await client.destroy();
      await discord.close();
    },
  };
}
