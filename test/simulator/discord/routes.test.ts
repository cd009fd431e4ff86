import { expect, test } from 'vitest';
import { Interactions } from '../../../src/simulator/discord/actors/interactions.ts';
import { allRoutes } from '../../../src/simulator/discord/routes/routes.ts';
import { toSettings } from '../../../src/simulator/discord/settings.ts';
import { startDiscord } from '../../../src/simulator/discord/start.ts';
import { createWorld } from '../../../src/simulator/discord/world/world.ts';
import { callApi } from './bot.ts';
import { connect, identity } from './gateway-client.ts';

test('answers every route that it has, each in the published form', async () => {
  await using discord = await startDiscord({ channelRequestsPer5s: Number.POSITIVE_INFINITY });
  using client = await connect(discord);
  client.send(2, identity(discord));
  await client.event('READY');
  const [guild] = discord.guilds;
  const [general] = discord.channels;
  const member = discord.createUser({ name: 'min' });
  const commands = [{ name: 'ask', description: 'Ask', options: [] }];
  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await callApi(discord, method, path, body);
    expect(answer.status, `${method} ${path}`).toBeLessThan(300);
    return answer.body;
  };

  for (const path of ['/gateway', '/gateway/bot', '/users/@me', '/users/@me/guilds', '/applications/@me'])
    await call('GET', path);
  const thread = general?.startThread('sums');
  general?.startThread('secret', { isPrivate: true, members: [discord.bot] });
  if (guild !== undefined) for (const kind of ['voice', 'forum'] as const) discord.createChannel(guild, kind, { kind });
  for (const path of ['', '/channels', '/threads/active', `/members/${member.id}`])
    await call('GET', `/guilds/${guild?.id}${path}`);
  await call('POST', '/users/@me/channels', { recipient_id: member.id });

  for (const scope of ['', `/guilds/${guild?.id}`]) {
    const path = `/applications/${discord.applicationId}${scope}/commands`;
    await call('PUT', path, commands);
    expect(await call('GET', path)).toHaveLength(1);
  }

  const channel = `/channels/${general?.id}`;
  await call('GET', channel);
  thread?.addMember(discord.bot);
  await call('PATCH', `/channels/${thread?.id}`, { archived: false });
  await call('POST', `${channel}/typing`);
  const { id } = await call('POST', `${channel}/messages`, { content: 'x', embeds: [{ title: 'y' }] });
  await call('GET', `${channel}/messages`);
  await call('GET', `${channel}/messages/${id}`);
  await call('PATCH', `${channel}/messages/${id}`, { content: 'z' });
  await call('POST', `${channel}/messages/${id}/threads`, { name: 'of it' });
  await call('DELETE', `${channel}/messages/${id}`);

  const interaction = await general?.asks(member, 'ask', {});
  const { token } = (await client.event('INTERACTION_CREATE')).d;
  const callback = `/interactions/${interaction}/${token}/callback?with_response=true`;
  await call('POST', callback, { type: 4, data: { content: 'one' } });
  const hook = `/webhooks/${discord.applicationId}/${token}`;
  const more = await call('POST', `${hook}?wait=true`, { content: 'two' });
  for (const message of [more.id, '@original']) {
    await call('GET', `${hook}/messages/${message}`);
    await call('PATCH', `${hook}/messages/${message}`, { content: 'three' });
    await call('DELETE', `${hook}/messages/${message}`);
  }

  const called = new Set(discord.requests.map(({ method, route }) => `${method} ${route}`));
  expect([...called].sort()).toEqual(listRoutes());
  expect(discord.problems).toEqual([]);
});

test('knows a response by @original, written either way', async () => {
  await using discord = await startDiscord();
  using client = await connect(discord);
  client.send(2, identity(discord));
  await client.event('READY');
  await callApi(discord, 'PUT', `/applications/${discord.applicationId}/commands`, [
    { name: 'ask', description: 'Ask' },
  ]);
  const interaction = await discord.channels[0]?.asks(discord.createUser({ name: 'min' }), 'ask', {});
  const { token } = (await client.event('INTERACTION_CREATE')).d;
  await callApi(discord, 'POST', `/interactions/${interaction}/${token}/callback`, { type: 5 });
  for (const written of ['@original', '%40original']) {
    const path = `/webhooks/${discord.applicationId}/${token}/messages/${written}`;
    // These calls carry no token of the bot.
    const answer = await callApi(discord, 'PATCH', path, { content: written }, { authorization: '' });
    expect(answer.body.content).toBe(written);
  }
});

test.for(['undefined', '', 'not json'])(
  'takes typing whatever its body is, like every route that takes none: «%s»',
  async (body) => {
    await using discord = await startDiscord();
    const channel = `/channels/${discord.channels[0]?.id}`;
    const { id } = (await callApi(discord, 'POST', `${channel}/messages`, { content: 'x' })).body;
    expect((await callApi(discord, 'POST', `${channel}/typing`, body)).status).toBe(204);
    expect((await callApi(discord, 'DELETE', `${channel}/messages/${id}`, body)).status).toBe(204);
    expect(discord.problems).toEqual([]);
  },
);

function listRoutes(): string[] {
  const world = createWorld(toSettings({}));
  const interactions = new Interactions(world, toSettings({}));
  const address = { url: () => '', sessionStartLimit: () => ({}), guildsPerShard: 1, recommendedShards: 1 };
  const routes = allRoutes(world, address, interactions);
  return routes.map(({ method, pattern }) => `${method} ${pattern}`).sort();
}
