/** Who may talk to the playground's server: this machine's own browser, on the page's own address. */
import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createHub } from '../../src/playground/hub.ts';
import { startWebServer, type WebServer } from '../../src/playground/web-server.ts';
import { parseToPage, type ToPage, type ToServer } from '../../src/playground/wire.ts';
import { furnish } from '../../src/playground/world.ts';
import type { SimulatedDiscord } from '../../src/simulator/discord/discord.ts';
import { startDiscord } from '../../src/simulator/discord/start.ts';

let discord: SimulatedDiscord;
let web: WebServer;

beforeAll(async () => {
  discord = await startDiscord({ guildLocale: 'none', checkBodies: false });
  furnish(discord);
  web = await serve(0);
});

afterAll(async () => {
  await web.close();
  await discord.close();
});

function serve(port: number): Promise<WebServer> {
  return startWebServer({
    port,
    files: new Map([['/', { contentType: 'text/html', body: 'the page' }]]),
    onWindow: createHub(discord, { isOffline: true, name: 'offline' }).connect,
    findAttachment: ([, , id]) =>
      id === '3' ? { filename: '결과.txt', data: new TextEncoder().encode('<script>') } : undefined,
  });
}

function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; headers: Record<string, unknown> }>();
  request(`${web.url}${path}`, { headers, method }, (response) => {
    response.resume();
    resolve({ status: response.statusCode ?? 0, headers: response.headers });
  })
    .on('error', reject)
    .end();
  return promise;
}

/** A window's socket with what it was told. */
async function open(origin: string | undefined): Promise<{ socket: WebSocket; told: ToPage[] }> {
  const socket = new WebSocket(`${web.url.replace('http', 'ws')}/wire`, origin === undefined ? {} : { origin });
  const told: ToPage[] = [];
  socket.on('message', (data) => {
    const message = parseToPage(String(data));
    if (message) told.push(message);
  });
  await once(socket, 'open');
  return { socket, told };
}

async function tell(window: { socket: WebSocket; told: ToPage[] }, message: ToServer | string): Promise<ToPage> {
  const before = window.told.length;
  window.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  while (window.told.length === before) await once(window.socket, 'message');
  const reply = window.told[before];
  if (!reply) throw new Error('no reply');
  return reply;
}

const join: ToServer = { type: 'join', memberId: null, runId: null, name: '지민', language: 'ko' };

test('the page is served with a policy that lets it load nothing from elsewhere', async () => {
  const { status, headers } = await ask('/?anything');
  expect(status).toBe(200);
  expect(headers['content-security-policy']).toContain("default-src 'self'");
});

test('a name of another site that leads here is refused', async () => {
  expect((await ask('/', { host: `evil.example:${new URL(web.url).port}` })).status).toBe(403);
  expect((await ask('/', { host: `localhost:${new URL(web.url).port}` })).status).toBe(200);
});

test('a request from a page of another site is refused', async () => {
  expect((await ask('/', { origin: 'https://evil.example' })).status).toBe(403);
  expect((await ask('/', { origin: 'null' })).status).toBe(403);
  expect((await ask('/', { origin: web.url })).status).toBe(200);
});

test('a socket that was not opened by the page itself is refused', async () => {
  await expect(open('https://evil.example')).rejects.toThrow('403');
  await expect(open(undefined)).rejects.toThrow('403');
  const { socket } = await open(web.url);
  socket.terminate();
});

test('other paths and methods are refused', async () => {
  expect((await ask('/../package.json')).status).toBe(404);
  const { status, headers } = await ask('/', {}, 'POST');
  expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
});

test('a file that a message carries is only ever saved', async () => {
  const { headers } = await ask('/attachments/1/2/3');
  expect(headers['content-type']).toBe('application/octet-stream');
  expect(headers['content-disposition']).toBe(`attachment; filename*=UTF-8''${encodeURIComponent('결과.txt')}`);
  expect((await ask('/attachments/1/2/4')).status).toBe(404);
});

test('a taken port gives way to the next one', async () => {
  const port = Number(new URL(web.url).port);
  const other = await serve(port);
  expect(Number(new URL(other.url).port)).toBeGreaterThan(port);
  await other.close();
});

test('what is no message of the wire is refused, and the window goes on', async () => {
  const window = await open(web.url);
  expect((await tell(window, 'nonsense')).type).toBe('refused');
  expect((await tell(window, '{"type":"say"}')).type).toBe('refused');
  expect((await tell(window, join)).type).toBe('welcome');
  window.socket.terminate();
});

test('a member can neither see the direct messages of others nor touch what others wrote', async () => {
  const [jimin, alex] = [await open(web.url), await open(web.url)];
  const welcome = await tell(jimin, join);
  await tell(alex, { ...join, name: 'Alex' });
  if (welcome.type !== 'welcome') throw new Error('no welcome');
  const dm = welcome.channels.find(({ kind }) => kind === 'dm');
  const general = welcome.channels.find(({ name }) => name === 'general');
  if (!dm || !general) throw new Error('no channels');
  const message = discord.channel(general.id)?.says(discord.bot, 'mine') ?? { id: '' };
  await once(alex.socket, 'message');
  const about = { channelId: general.id, messageId: message.id };
  const tries: ToServer[] = [
    { type: 'say', channelId: dm.id, content: 'let me in', repliesTo: null },
    { type: 'edit', ...about, content: 'yours' },
    { type: 'delete', ...about },
  ];
  for (const attempt of tries) expect((await tell(alex, attempt)).type).toBe('refused');
  expect(alex.told.filter((told) => told.type === 'welcome').flatMap(({ channels }) => channels)).not.toContainEqual(
    dm,
  );
  jimin.socket.terminate();
  alex.socket.terminate();
});

test('a window that comes back is the same member, in the same run only', async () => {
  const window = await open(web.url);
  const first = await tell(window, join);
  window.socket.terminate();
  if (first.type !== 'welcome') throw new Error('no welcome');
  const again = await open(web.url);
  const { memberId, runId } = first;
  expect(await tell(again, { ...join, memberId, runId })).toMatchObject({ memberId });
  again.socket.terminate();
  const later = await open(web.url);
  const other = await tell(later, { ...join, memberId, runId: 'another run' });
  expect(other.type === 'welcome' && other.memberId).not.toBe(memberId);
  later.socket.terminate();
});
