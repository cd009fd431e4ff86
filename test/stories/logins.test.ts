/** Members log in at a tool server by themselves: whose question it is, their account is used, and nobody else's. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SimulatedChannel, SimulatedUser } from '../../src/simulator/discord/discord.ts';
import type { ModelServerOptions } from '../../src/simulator/model/model-server.ts';
import { buttonsOf, press, privateReply } from '../support/buttons.ts';
import { Browser, type LoginServers, startLoginServers } from '../support/login-servers.ts';
import { useCommand } from '../support/private.ts';
import { freePort } from '../support/program.ts';
import { replyTo, startWorld, type World } from '../support/world.ts';

let servers: LoginServers;
let world: World;
let publicUrl: string;
let discordOrigin: string;

beforeAll(async () => {
  servers = await startLoginServers();
  const folder = await mkdtemp(join(tmpdir(), 'jupan-logins-'));
  const file = join(folder, 'mcp.json');
  await writeFile(file, JSON.stringify({ mcpServers: { wiki: { url: servers.url, auth: 'member' } } }));
  const port = await freePort();
  publicUrl = `http://127.0.0.1:${port}`;
  const discordPort = await freePort();
  discordOrigin = `http://127.0.0.1:${discordPort}`;
  world = await startWorld({
    program: 'bot',
    discord: { guildLocale: 'en-US', port: discordPort },
    model: { respond: answerAbout },
    settings: {
      MCP_CONFIG: file,
      STORE_KEY: 'a key for this test alone',
      PUBLIC_URL: publicUrl,
      CALLBACK_PORT: String(port),
      DISCORD_CLIENT_SECRET: 'the client secret of this test',
      DISCORD_AUTHORIZE_URL: `${discordOrigin}/oauth2/authorize`,
      APPROVAL_SECONDS: '120',
    },
  });
});
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  await servers?.[Symbol.asyncDispose]();
});

/** Connects where `whoami` is not there, calls it, and says what came of it. */
const answerAbout: NonNullable<ModelServerOptions['respond']> = ({ tools, messages }) => {
  const asked = messages.findLastIndex(({ role }) => role === 'user');
  const since = messages.slice(asked + 1);
  const last = since.at(-1);
  const names = tools.map(({ name }) => name);
  const called = since.flatMap(({ toolCalls }) => toolCalls.map(({ name }) => name));
  if (messages[asked]?.text?.includes('desk') === true && names.includes('desk')) {
    if (called.includes('read_resource')) return { text: `${last?.text}` };
    if (!called.includes('desk')) return { toolCalls: [{ name: 'desk', arguments: {} }] };
    return { toolCalls: [{ name: 'read_resource', arguments: { uri: 'wiki://desk' } }] };
  }
  if (called.includes('whoami') || (called.length > 0 && !names.includes('whoami'))) return { text: `${last?.text}` };
  return { toolCalls: [{ name: names.includes('whoami') ? 'whoami' : 'connect_wiki', arguments: {} }] };
};

let room: SimulatedChannel;

/** In a channel of their own: questions of one wait for each other. */
function member(name: string): SimulatedUser {
  if (world.general.guild !== undefined) room = world.discord.createChannel(world.general.guild, name);
  return world.discord.createUser({ name, locale: 'en-US' });
}

function ask(user: SimulatedUser) {
  return room.says(user, `<@${world.discord.bot.id}> who am I?`);
}

/** Logged in at Discord and at the provider. */
function browserOf(user: SimulatedUser, account: string): Browser {
  return new Browser({
    [discordOrigin]: `simulated-user=${user.id}`,
    [servers.provider.issuer]: `account=${account}`,
  });
}

async function pressConnect(user: SimulatedUser): Promise<string> {
  const id = await press(room, user, 'Connect');
  const reply = await privateReply(room, id, (content) => content.includes('Log in at'));
  return String((buttonsOf(reply)[0] as unknown as { readonly url: string }).url);
}

test('each member logs in by the link that only they get, and the call goes on with their own account', async () => {
  const [jimin, mina] = [member('jimin'), member('mina')];
  for (const [user, account] of [
    [jimin, 'alice'],
    [mina, 'bob'],
  ] as const) {
    const question = ask(user);
    const page = await browserOf(user, account).open(await pressConnect(user));
    expect(page).toMatchObject({ status: 200, text: expect.stringContaining('You are connected.') });
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.text).not.toContain('<script');
    await replyTo(question, room, (content) => content.includes(`you are ${account}`));
  }
  // What a person's own account lists, nobody else's prompt has.
  const offered = world.model.requests.map(({ tools }) => tools.map(({ name }) => name));
  expect(offered.some((names) => names.includes('notes_of_alice') && names.includes('notes_of_bob'))).toBe(false);
  expect(offered.some((names) => names.includes('notes_of_bob'))).toBe(true);
  const again = ask(jimin);
  await replyTo(again, room, (content) => content.includes('you are alice'));
  expect(world.program.output).not.toMatch(new RegExp(servers.shown.join('|')));
});

test('a link that is passed on binds nobody, neither at its beginning nor in its midst, and its owner can still use it', async () => {
  const [jimin, other] = [member('jimin2'), member('other')];
  const question = ask(jimin);
  const link = await pressConnect(jimin);
  const forwarded = await browserOf(other, 'mallory').open(link);
  expect(forwarded).toMatchObject({ status: 400, text: expect.stringContaining('made for somebody else') });
  const own = browserOf(jimin, 'alice');
  const { url } = await own.open(link, servers.provider.issuer);
  const midway = await browserOf(other, 'mallory').open(url);
  expect(midway).toMatchObject({ status: 400, text: expect.stringContaining('made for somebody else') });
  const done = await own.open(url);
  expect(done.status).toBe(200);
  await replyTo(question, room, (content) => content.includes('you are alice'));
  // What brought the browser back is good once.
  const callback = own.visited.findLast((visited) => visited.startsWith(`${publicUrl}/connect/callback`)) ?? '';
  expect(await own.open(callback)).toMatchObject({ status: 400, text: expect.stringContaining('used up or too old') });
  expect(servers.callers).not.toContain('mallory');
});

test('a login goes on after a crash in its midst, and so does the question that waits for it', async () => {
  const jimin = member('jimin3');
  const question = ask(jimin);
  const link = await pressConnect(jimin);
  const browser = browserOf(jimin, 'carol');
  const { url } = await browser.open(link, servers.provider.issuer);
  await world.kill();
  await world.start();
  expect((await browser.open(url)).status).toBe(200);
  await replyTo(question, room, (content) => content.includes('you are carol'));
});

test('whoever says no is told so, and nothing is connected', async () => {
  const jimin = member('jimin4');
  ask(jimin);
  const page = await browserOf(jimin, 'refuses').open(await pressConnect(jimin));
  expect(page).toMatchObject({ status: 400, text: expect.stringContaining('was refused') });
  expect((await useCommand(room, jimin, 'connections')).content).toContain('**wiki** – not connected');
  const page2 = await browserOf(jimin, 'dora').open(await pressConnect(jimin));
  expect(page2.status).toBe(200);
  await expect
    .poll(async () => (await useCommand(room, jimin, 'connections')).content)
    .toMatch(/\*\*wiki\*\* – connected <t:\d+:R>/);
});

test('what a member removes is taken back at its server, and so is what a member wants forgotten', async () => {
  const jimin = member('jimin5');
  const question = ask(jimin);
  await browserOf(jimin, 'erin').open(await pressConnect(jimin));
  await replyTo(question, room, (content) => content.includes('you are erin'));
  const before = servers.revoked;
  const list = await useCommand(room, jimin, 'connections');
  const id = buttonsOf(list)[0]?.custom_id ?? '';
  await room.presses(jimin, list.id, id);
  await room.waitFor((channel) =>
    channel.messages.find((message) => message.id === list.id && message.content.includes('not connected')),
  );
  expect(servers.revoked).toBeGreaterThan(before);
  const last = servers.shown.at(-1) ?? '';
  expect(await servers.provider.AccessToken.find(last)).toBeUndefined();
});

test('what a result links to is read with the login of whoever asks', async () => {
  for (const account of ['frank', 'grace']) {
    const user = member(account);
    const question = room.says(user, `<@${world.discord.bot.id}> what is on my desk?`);
    expect((await browserOf(user, account).open(await pressConnect(user))).status).toBe(200);
    await replyTo(question, room, (content) => content === `the desk of ${account}`);
  }
});

test('nobody is told anything at the port who has no link', async () => {
  for (const path of [
    '/',
    '/connect/',
    '/connect/unknownunknownunknown',
    '/connect/discord?state=x&code=y',
    '/connect/callback?state=x&code=y',
  ]) {
    const response = await fetch(`${publicUrl}${path}`, { redirect: 'manual' });
    expect([400, 404]).toContain(response.status);
    expect(response.headers.get('location')).toBeNull();
  }
});
