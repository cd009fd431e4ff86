/** What stands before Discord's API: addresses that are shut out, and routes that are switched off. */
import { expect, test } from 'vitest';
import type { SimulatedDiscord, SimulatedDiscordOptions } from '../../../src/simulator/discord/discord.ts';
import { startDiscord } from '../../../src/simulator/discord/start.ts';
import { generalOf, startBot } from './bot.ts';

const withoutChecks: SimulatedDiscordOptions = { checkBodies: false };

/** Without a look at the published schemas: what the edge says is not in them. */
async function call(discord: SimulatedDiscord, method: string, path: string, token = discord.token) {
  const response = await fetch(`${discord.apiUrl}/v10${path}`, {
    method,
    headers: { authorization: `Bot ${token}`, 'content-type': 'application/json' },
    ...(method !== 'GET' && { body: JSON.stringify({ content: 'x' }) }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

test('an address that is shut out hears one sentence on every route and not when to come back', async () => {
  await using discord = await startDiscord(withoutChecks);
  discord.edge.shutOut(60_000);
  for (const path of ['/gateway/bot', '/users/@me', '/webhooks/1/none', '/nowhere']) {
    const { status, headers, text } = await call(discord, 'GET', path);
    expect([status, JSON.parse(text).code]).toEqual([429, 0]);
    expect([...headers.keys()].filter((name) => name.startsWith('x-ratelimit') || name === 'retry-after')).toEqual([]);
    expect(JSON.parse(text)).not.toHaveProperty('retry_after');
  }
  discord.edge.shutOut(0);
  expect((await call(discord, 'GET', '/users/@me')).status).toBe(200);
  expect(discord.problems).toEqual([]);
});

test('too many invalid requests shut the address out until their ten minutes are over', async () => {
  await using discord = await startDiscord({ ...withoutChecks, invalidRequestLimit: 4, invalidRequestWindowMs: 3000 });
  const general = generalOf(discord);
  general.deny('SendMessages');
  const path = `/channels/${general.id}/messages`;
  expect((await call(discord, 'GET', '/users/@me')).status).toBe(200);
  expect((await call(discord, 'GET', '/users/@me', 'wrong')).status).toBe(401);
  expect((await call(discord, 'POST', path)).status).toBe(403);
  expect((await call(discord, 'GET', `${path}/1574359070100422657`)).status).toBe(404);
  expect(discord.edge.invalidRequests).toBe(2);
  discord.faults.add({ times: 2, effect: { type: 'rate-limit', retryAfterMs: 1 } });
  // Two that were made to fail, and from the fourth on by the edge.
  for (const status of [429, 429, 429]) expect((await call(discord, 'GET', '/users/@me')).status).toBe(status);
  const isBack = async () => (await call(discord, 'GET', '/users/@me')).status === 200;
  await expect.poll(isBack, { timeout: 10_000 }).toBe(true);
  expect(discord.edge.invalidRequests).toBe(0);
});

test('a route that is switched off answers 403 with a page, as typing once did', async () => {
  await using discord = await startDiscord(withoutChecks);
  await using bot = await startBot(discord);
  const general = generalOf(discord);
  const channel = await bot.client.channels.fetch(general.id);
  if (!channel?.isSendable()) throw new Error('the channel cannot be written to');
  discord.faults.add({
    route: '/channels/{channel.id}/typing',
    times: Number.POSITIVE_INFINITY,
    effect: { type: 'switched-off' },
  });
  const typed = await call(discord, 'POST', `/channels/${general.id}/typing`);
  expect([typed.status, typed.headers.get('content-type'), typed.text]).toEqual([403, 'text/html', 'error code: 1020']);
  await channel.send('all the same');
  expect((await call(discord, 'POST', `/channels/${general.id}/typing`)).status).toBe(403);
  expect(general.transcript()).toBe('Jupan: all the same');
  discord.faults.clear();
  expect((await call(discord, 'POST', `/channels/${general.id}/typing`)).status).toBe(204);
});
