/** A REST proxy that several programs share keeps to Discord's limits for all of them; the bot then counts nothing itself. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { proxyRequests } from '@discordjs/proxy';
import { REST } from 'discord.js';
import { expect, test } from 'vitest';
import { replyTo, startWorld } from '../support/world.ts';

/** What the proxy lets through: twice as much at the edge of its seconds. It sends an empty body when it tries again after a 429. */
const perSecond = 20;

test('behind @discordjs/proxy, a bot answers more channels at once than Discord takes requests for', {
  timeout: 90_000,
}, async () => {
  await using world = await startWorld({
    discord: { globalRequestsPerSecond: 50 },
    model: { respond: () => ({ text: 'done' }) },
  });
  const { discord, general } = world;
  await world.stop();
  await using proxy = await startProxy(discord.apiUrl, discord.token);
  const before = discord.requests.length;
  await world.start({ DISCORD_API_URL: proxy.apiUrl, DISCORD_REQUESTS_PER_SECOND: 'proxy' });
  const mina = discord.createUser({ name: 'mina' });
  const { guild } = general;
  if (guild === undefined) throw new Error('no guild');
  const channels = Array.from({ length: 30 }, (_, index) => discord.createChannel(guild, `busy-${index}`));
  await Promise.all(
    channels.map((channel) =>
      replyTo(channel.says(mina, `<@${discord.bot.id}> there?`), channel, (text) => text === 'done'),
    ),
  );
  expect(proxy.count).toBeGreaterThanOrEqual(channels.length * 2);
  // All of Discord's answers went through the proxy.
  expect(discord.requests.length - before).toBeGreaterThanOrEqual(channels.length * 2);
  expect(discord.problems).toEqual([]);
});

async function startProxy(apiUrl: string, token: string) {
  const rest = new REST({ api: apiUrl, globalRequestsPerSecond: perSecond }).setToken(token);
  const handle = proxyRequests(rest);
  let count = 0;
  const pass = async (...[request, response]: Parameters<typeof handle>) => {
    count += 1;
    try {
      await handle(request, response);
    } catch {
      response.destroy();
    }
  };
  const server = createServer((request, response) => void pass(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    apiUrl: `http://127.0.0.1:${port}/api`,
    get count() {
      return count;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      rest.clearHandlerSweeper();
      rest.clearHashSweeper();
    },
  };
}
