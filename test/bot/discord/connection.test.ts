/** The log-in on the real discord.js: what it waits out, and what ends it with a setting's name. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Events } from 'discord.js';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { createClient } from '../../../src/bot/discord/client.ts';
import { registerCommands } from '../../../src/bot/discord/commands.ts';
import { Connection } from '../../../src/bot/discord/connection.ts';
import { ContentAccess } from '../../../src/bot/discord/content-access.ts';
import { otherCommands } from '../../../src/bot/discord/controls.ts';
import { InvalidRequests } from '../../../src/bot/discord/invalid-requests.ts';
import { toInviteUrl } from '../../../src/bot/discord/invite.ts';
import { checkToken } from '../../../src/bot/discord/token.ts';
import type { ListeningConfig } from '../../../src/config/types.ts';
import type { Logger } from '../../../src/log.ts';
import type { SimulatedDiscord, SimulatedDiscordOptions } from '../../../src/simulator/discord/discord.ts';
import { startDiscord } from '../../../src/simulator/discord/start.ts';

interface Told {
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

function createLog(): { log: Logger; told: Told[] } {
  const told: Told[] = [];
  const write = (event: string, fields = {}) => void told.push({ event, fields });
  return { log: { debug: write, info: write, warn: write, error: write }, told };
}

async function start(options: SimulatedDiscordOptions = {}) {
  const discord = await startDiscord({ guildLocale: 'en-US', ...options });
  onTestFinished(() => discord.close());
  return discord;
}

/** What Discord says of the gateway from now on. */
function recommend({ faults }: SimulatedDiscord, url: string, shards: number): void {
  const limit = { total: 1000, remaining: 1000, reset_after: 1000, max_concurrency: shards };
  const body = { url, shards, session_start_limit: limit };
  faults.add({ method: 'GET', route: '/gateway/bot', times: 10, effect: { type: 'status', status: 200, body } });
}

const deaf: ListeningConfig = {
  readsContent: false,
  answerChannelIds: [],
  ignoreChannelIds: [],
  recentMessages: 0,
};

function connect({ apiUrl, token }: Pick<SimulatedDiscord, 'apiUrl' | 'token'>, listening = deaf) {
  const options = { token, apiUrl, shards: undefined };
  const { log, told } = createLog();
  const invalidRequests = new InvalidRequests({ log });
  const { readsContent } = listening;
  const client = createClient({ discord: options, readsContent, beforePost: async () => {}, invalidRequests, log });
  const admitted = Promise.withResolvers<void>();
  const content = new ContentAccess(listening);
  const connection = new Connection({ client, discord: options, content, admitted: admitted.promise, log });
  onTestFinished(() => client.destroy());
  return { client, connection, content, admitted, log, told, signal: new AbortController() };
}

test('logs in once this process is admitted, and not before', async () => {
  const discord = await start();
  const { connection, admitted, signal } = connect(discord);
  const loggedIn = connection.logIn(signal.signal);
  await expect.poll(() => discord.requests.some(({ path }) => path === '/gateway/bot'), { timeout: 10_000 }).toBe(true);
  expect(discord.gateway.identifies).toBe(0);
  admitted.resolve();
  const ready = await loggedIn;
  expect(ready.user.id).toBe(discord.bot.id);
  expect(ready.guilds.cache.size).toBe(1);
});

test('waits until Discord can be reached, and says so', async () => {
  const discord = await start();
  discord.gateway.setDown(true);
  const { connection, admitted, told, signal } = connect(discord);
  admitted.resolve();
  const loggedIn = connection.logIn(signal.signal);
  await expect.poll(() => told.map(({ event }) => event), { timeout: 10_000 }).toContain('discord-unreachable');
  discord.gateway.setDown(false);
  await loggedIn;
});

test('stops waiting when it is told to', async () => {
  const discord = await start();
  discord.gateway.setDown(true);
  const { connection, admitted, told, signal } = connect(discord);
  admitted.resolve();
  const loggedIn = connection.logIn(signal.signal);
  await expect.poll(() => told.map(({ event }) => event), { timeout: 10_000 }).toContain('discord-unreachable');
  signal.abort(new Error('told to stop'));
  await expect(loggedIn).rejects.toThrow();
});

test('a token that Discord refuses is named at once', async () => {
  const discord = await start();
  const { connection, admitted, signal } = connect({ apiUrl: discord.apiUrl, token: 'a.wrong.token' });
  admitted.resolve();
  await expect(connection.logIn(signal.signal)).rejects.toThrow('DISCORD_TOKEN');
  expect(await checkToken('a.wrong.token', discord.apiUrl, signal.signal)).toMatchObject([
    { variable: 'DISCORD_TOKEN' },
  ]);
  expect(await checkToken(discord.token, discord.apiUrl, signal.signal)).toEqual([]);
});

test('asks about the token as Discord wants to be asked: with a User-Agent of its own form', async () => {
  const agents: (string | undefined)[] = [];
  const server = createServer(({ headers }, response) => {
    agents.push(headers['user-agent']);
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  await checkToken('any', `http://127.0.0.1:${port}/api`, new AbortController().signal);
  // Source: https://discord.com/developers/docs/reference#user-agent
  expect(agents).toEqual([expect.stringMatching(/^DiscordBot \(https?:\/\/\S+, \S+\)/)]);
});

test.for([
  [4004, 'DISCORD_TOKEN'],
  [4010, 'DISCORD_SHARDS'],
  [4011, 'DISCORD_SHARDS'],
  [4013, 'code 4013'],
] as const)('a session that Discord closes for good with code %i fails with %s', async ([code, name]) => {
  const discord = await start();
  const { connection, admitted, signal } = connect(discord);
  admitted.resolve();
  await connection.logIn(signal.signal);
  discord.gateway.close(code);
  await expect(connection.failed).rejects.toThrow(name);
});

test.for([
  [4004, 'DISCORD_TOKEN'],
  [4010, 'DISCORD_SHARDS'],
  [4011, 'DISCORD_SHARDS'],
] as const)('a log-in that Discord answers with close code %i fails with %s', async ([code, name]) => {
  const discord = await start();
  const gateway = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => gateway.close());
  gateway.on('connection', (socket) => {
    socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: 40_000 }, s: null, t: null }));
    socket.on('message', () => socket.close(code));
  });
  await once(gateway, 'listening');
  const { port } = gateway.address() as AddressInfo;
  recommend(discord, `ws://127.0.0.1:${port}`, 1);
  const { connection, admitted, signal } = connect(discord);
  admitted.resolve();
  await expect(connection.logIn(signal.signal)).rejects.toThrow(name);
});

test('takes as many shards as Discord recommends when none are set', async () => {
  const discord = await start();
  recommend(discord, discord.apiUrl.replace(/^http/, 'ws').replace(/\/api$/, ''), 2);
  const { client, connection, admitted, signal } = connect(discord);
  admitted.resolve();
  await connection.logIn(signal.signal);
  expect([...client.ws.shards.keys()]).toEqual([0, 1]);
});

test('commands that Discord refuses are not registered for ever', async () => {
  const discord = await start();
  const { connection, admitted, log, told, signal } = connect(discord);
  admitted.resolve();
  const ready = await connection.logIn(signal.signal);
  const refusal = { code: 50035, message: 'Invalid Form Body' };
  const route = '/applications/{application.id}/commands';
  discord.faults.add({ method: 'PUT', route, times: 100, effect: { type: 'status', status: 400, body: refusal } });
  await registerCommands(ready, { userInstall: false, log, signal: signal.signal });
  expect(told.map(({ event }) => event)).toContain('commands-refused');
  expect(discord.requests.filter(({ method }) => method === 'PUT').length).toBeLessThan(4);
});

test('commands are registered in spite of failures that pass', async () => {
  const discord = await start();
  const { connection, admitted, log, signal } = connect(discord);
  admitted.resolve();
  const ready = await connection.logIn(signal.signal);
  const route = '/applications/{application.id}/commands';
  discord.faults.add({ method: 'PUT', route, effect: { type: 'status', status: 500, body: {} } });
  await registerCommands(ready, { userInstall: false, log, signal: signal.signal });
  const all = ['ask', ...otherCommands.map(({ definition }) => definition.name), 'Ask Jupan'];
  expect(discord.commands.map(({ name }) => name)).toEqual(all);
  expect(discord.problems).toEqual([]);
});

test('where Discord does not take commands for those who install the bot themselves, they are registered without, and it is said', async () => {
  const discord = await start();
  const { connection, admitted, log, told, signal } = connect(discord);
  admitted.resolve();
  const ready = await connection.logIn(signal.signal);
  const route = '/applications/{application.id}/commands';
  const refusal = { code: 50035, message: 'Invalid Form Body' };
  discord.faults.add({ method: 'PUT', route, effect: { type: 'status', status: 400, body: refusal } });
  await registerCommands(ready, { userInstall: true, log, signal: signal.signal });
  const [refused, taken] = discord.requests.filter(({ method }) => method === 'PUT');
  expect(JSON.stringify(refused?.body)).toContain('"integration_types":[0,1]');
  expect(JSON.stringify(taken?.body)).not.toContain('"integration_types":[0,1]');
  expect(taken?.status).toBe(200);
  expect(told.filter(({ event }) => event === 'user-install-refused')).toHaveLength(1);
});

test('the invitation asks for what the bot uses: seeing, writing, threads, history, files', () => {
  // 1 << 10, 11, 38, 16, 15 of https://discord.com/developers/docs/topics/permissions
  const wanted = (1n << 10n) | (1n << 11n) | (1n << 38n) | (1n << 16n) | (1n << 15n);
  expect(new URL(toInviteUrl('1')).searchParams.get('permissions')).toBe(String(wanted));
});

const curious: ListeningConfig = { ...deaf, readsContent: true };

test('what the portal does not grant is not asked for, and that is said in one line', async () => {
  const discord = await start();
  const { connection, content, admitted, told, signal } = connect(discord, curious);
  admitted.resolve();
  const ready = await connection.logIn(signal.signal);
  expect(ready.isReady()).toBe(true);
  expect(content.isGranted).toBe(false);
  expect(discord.gateway.identifies).toBe(1);
  const lines = told.filter(({ event }) => event !== 'discord-request');
  expect(lines.map(({ event }) => event)).toEqual(['message-content-refused']);
  expect(lines[0]?.fields.advice).toContain('Message Content Intent');
});

test('what the portal grants is read until it grants it no more: the bot then goes on without', async () => {
  const discord = await start({ grantsMessageContent: true });
  const { client, connection, content, admitted, told, signal } = connect(discord, curious);
  admitted.resolve();
  await connection.logIn(signal.signal);
  const texts: string[] = [];
  client.on(Events.MessageCreate, (message) => texts.push(message.content));
  const [general] = discord.channels;
  const jimin = discord.createUser({ name: 'jimin' });
  general?.says(jimin, 'just talk');
  await expect.poll(() => texts, { timeout: 10_000 }).toEqual(['just talk']);

  discord.grantMessageContent(false);
  discord.gateway.invalidateSession(false);
  const lines = () => told.map(({ event }) => event).filter((event) => event !== 'discord-request');
  await expect.poll(lines, { timeout: 20_000 }).toEqual(['message-content-refused']);
  expect(content.isGranted).toBe(false);
  await expect.poll(() => client.isReady(), { timeout: 20_000 }).toBe(true);
  general?.says(jimin, 'just talk');
  general?.says(jimin, `<@${discord.bot.id}> hello`);
  await expect.poll(() => texts, { timeout: 10_000 }).toEqual(['just talk', '', `<@${discord.bot.id}> hello`]);
});
