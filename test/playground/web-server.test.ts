/** Who may talk to the playground's server: this machine's own browser, on the page's own address. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHub } from '../../src/playground/hub.ts';
import { mostUploadedBytes, Uploads } from '../../src/playground/uploads.ts';
import { startWebServer, type WebServer } from '../../src/playground/web-server.ts';
import type { ToServer } from '../../src/playground/wire.ts';
import { furnish } from '../../src/playground/world.ts';
import type { SimulatedDiscord } from '../../src/simulator/discord/discord.ts';
import { startDiscord } from '../../src/simulator/discord/start.ts';
import { openWire } from './wire-window.ts';

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
  const uploads = new Uploads();
  return startWebServer({
    port,
    files: new Map([['/', { contentType: 'text/html', body: 'the page' }]]),
    onWindow: createHub(discord, { isOffline: true, name: 'offline' }, uploads).connect,
    uploads,
    findAttachment: ([, , contentType = '']) =>
      contentType === 'none'
        ? undefined
        : {
            filename: '결과.txt',
            contentType: decodeURIComponent(contentType),
            data: new TextEncoder().encode('<script>'),
          },
  });
}

function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const { promise, resolve, reject } = Promise.withResolvers<{
    status: number;
    headers: Record<string, unknown>;
    body: string;
  }>();
  request(`${web.url}${path}`, { headers, method }, async (response) => {
    let body = '';
    for await (const part of response.setEncoding('utf8')) body += part;
    resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
  })
    .on('error', reject)
    .end();
  return promise;
}

const join: ToServer = { type: 'join', secret: null, name: '지민', language: 'ko' };

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
  await expect(openWire(web.url, 'https://evil.example')).rejects.toThrow('403');
  await expect(openWire(web.url, undefined)).rejects.toThrow('403');
  const { socket } = await openWire(web.url, web.url);
  socket.terminate();
});

test('other paths and methods are refused', async () => {
  expect((await ask('/../package.json')).status).toBe(404);
  const { status, headers } = await ask('/', {}, 'POST');
  expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
});

describe('a file that a message carries', () => {
  const fileOf = (type: string, headers = {}) => ask(`/attachments/1/2/${encodeURIComponent(type)}`, headers);

  test.each(['text/html', 'image/svg+xml', 'application/pdf', 'text/javascript', 'nonsense', ''])(
    'is only ever saved when it could do anything: %s',
    async (type) => {
      const { headers } = await fileOf(type);
      expect(headers['content-type']).toBe('application/octet-stream');
      expect(headers['content-disposition']).toBe(`attachment; filename*=UTF-8''${encodeURIComponent('결과.txt')}`);
      expect(headers['x-content-type-options']).toBe('nosniff');
    },
  );

  test.each(['image/png', 'audio/mpeg', 'IMAGE/PNG; charset=utf-8'])(
    'is shown as what it is said to be, and may run nothing: %s',
    async (type) => {
      const { headers } = await fileOf(type);
      expect(headers['content-type']).toBe(type.split(';')[0]?.toLowerCase());
      expect(headers['content-disposition']).toMatch(/^inline;/);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['content-security-policy']).toMatch(/^default-src 'none';.*; sandbox$/);
    },
  );

  test.each([
    ['bytes=0-1', 206, 'bytes 0-1/8', '<s'],
    ['bytes=6-', 206, 'bytes 6-7/8', 't>'],
    ['bytes=-3', 206, 'bytes 5-7/8', 'pt>'],
    ['bytes=2-99', 206, 'bytes 2-7/8', 'cript>'],
    ['bytes=8-', 416, 'bytes */8', ''],
    ['bytes=-0', 416, 'bytes */8', ''],
    ['bytes=-', 200, undefined, '<script>'],
    ['lines=1-2', 200, undefined, '<script>'],
  ])('is given in parts, as players ask for it: %s', async (range, status, contentRange, body) => {
    const got = await fileOf('audio/wav', { range });
    expect([got.status, got.headers['content-range'], got.body]).toEqual([status, contentRange, body]);
  });

  test('that is not there is not found', async () => {
    expect((await fileOf('none')).status).toBe(404);
  });
});

test('a taken port gives way to the next one', async () => {
  const port = Number(new URL(web.url).port);
  const other = await serve(port);
  expect(Number(new URL(other.url).port)).toBeGreaterThan(port);
  await other.close();
});

test('what is no message of the wire is refused, and the window goes on', async () => {
  const window = await openWire(web.url, web.url);
  expect((await window.tell('nonsense')).type).toBe('refused');
  expect((await window.tell('{"type":"say"}')).type).toBe('refused');
  expect((await window.tell(join)).type).toBe('welcome');
  window.socket.terminate();
});

test('a member can neither see the direct messages of others nor touch what others wrote', async () => {
  const [jimin, alex] = [await openWire(web.url, web.url), await openWire(web.url, web.url)];
  const welcome = await jimin.tell(join);
  await alex.tell({ ...join, name: 'Alex' });
  if (welcome.type !== 'welcome') throw new Error('no welcome');
  const dm = welcome.channels.find(({ kind }) => kind === 'dm');
  const general = welcome.channels.find(({ name }) => name === 'general');
  if (!dm || !general) throw new Error('no channels');
  const message = discord.channel(general.id)?.says(discord.bot, 'mine') ?? { id: '' };
  await alex.waitFor((told) => told.type === 'message');
  const about = { channelId: general.id, messageId: message.id };
  const secret = discord.channel(dm.id)?.says(discord.bot, 'for you alone') ?? { id: '' };
  const tries: ToServer[] = [
    { type: 'say', channelId: dm.id, content: 'let me in', repliesTo: null, files: [] },
    { type: 'say', channelId: general.id, content: '', repliesTo: null, files: [] },
    { type: 'say', channelId: general.id, content: 'look', repliesTo: null, files: ['no-upload'] },
    { type: 'forward', channelId: general.id, fromChannelId: dm.id, messageId: secret.id },
    { type: 'forward', channelId: dm.id, fromChannelId: general.id, messageId: message.id },
    { type: 'edit', ...about, content: 'yours' },
    { type: 'delete', ...about },
  ];
  for (const attempt of tries) expect((await alex.tell(attempt)).type).toBe('refused');
  expect(alex.told.filter((told) => told.type === 'welcome').flatMap(({ channels }) => channels)).not.toContainEqual(
    dm,
  );
  jimin.socket.terminate();
  alex.socket.terminate();
});

test('a window cannot become another member by what it is told of them', async () => {
  const [jimin, alex] = [await openWire(web.url, web.url), await openWire(web.url, web.url)];
  const [victim, own] = [await jimin.tell({ ...join, name: 'Victim' }), await alex.tell({ ...join, name: 'Alex' })];
  if (victim.type !== 'welcome' || own.type !== 'welcome') throw new Error('no welcome');
  alex.socket.terminate();
  const known = own.members.find(({ name }) => name === 'Victim')?.id;
  expect(known).toBe(victim.memberId);
  const posing = await openWire(web.url, web.url);
  const names = { memberId: known, runId: own.runId, id: known, secret: known };
  const welcome = await posing.tell(JSON.stringify({ ...join, ...names }));
  if (welcome.type !== 'welcome') throw new Error('no welcome');
  expect(welcome.memberId).not.toBe(known);
  const dm = victim.channels.find(({ kind }) => kind === 'dm');
  expect(welcome.channels.map(({ id }) => id)).not.toContain(dm?.id);
  jimin.socket.terminate();
  posing.socket.terminate();
});

test('a window that comes back is the same member, in the same run only', async () => {
  const window = await openWire(web.url, web.url);
  const first = await window.tell(join);
  window.socket.terminate();
  if (first.type !== 'welcome') throw new Error('no welcome');
  const again = await openWire(web.url, web.url);
  const { memberId, secret } = first;
  expect(await again.tell({ ...join, secret })).toMatchObject({ memberId, secret });
  again.socket.terminate();
  const later = await openWire(web.url, web.url);
  const other = await later.tell({ ...join, secret: 'of another run' });
  expect(other.type === 'welcome' && other.memberId).not.toBe(memberId);
  later.socket.terminate();
});

describe('a file that is picked in the page', () => {
  const upload = (
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = { origin: web.url },
    name = 'cat.png',
  ) =>
    fetch(`${web.url}/uploads?name=${encodeURIComponent(name)}`, {
      method: 'POST',
      headers: { 'content-type': 'image/png', ...headers },
      body,
    });

  test('is kept until it is sent, and comes with the message by its name and type', async () => {
    const response = await upload('a picture', undefined, '고양이.png');
    expect(response.status).toBe(201);
    const { id } = (await response.json()) as { readonly id: string };
    const seen = await ask(`/uploads/${id}`);
    expect(seen).toMatchObject({ status: 200, body: 'a picture', headers: { 'content-type': 'image/png' } });
    const window = await openWire(web.url, web.url);
    const welcome = await window.tell({ ...join, name: 'Bo' });
    const general = welcome.type === 'welcome' ? welcome.channels.find(({ name }) => name === 'general') : undefined;
    window.socket.send(
      JSON.stringify({ type: 'say', channelId: general?.id, content: '', repliesTo: null, files: [id] }),
    );
    const told = await window.waitFor(
      (message) => message.type === 'message' && message.message.attachments.length > 0,
    );
    expect(told).toMatchObject({
      message: { content: '', attachments: [{ filename: '고양이.png', size: 9, kind: 'image' }] },
    });
    window.socket.terminate();
  });

  test('is taken from the page alone, and not larger than Discord takes it', async () => {
    for (const headers of [{}, { origin: 'http://evil.test' }, { origin: 'null' }])
      expect((await upload('x', headers as Record<string, string>)).status).toBe(403);
    expect((await upload(new Uint8Array(20 * 1024 * 1024 + 1))).status).toBe(413);
    expect((await ask('/uploads/none')).status).toBe(404);
    expect((await ask('/uploads', { origin: web.url }, 'POST')).status).toBe(405);
  });

  test('is let go of when too many bytes have come after it', () => {
    const uploads = new Uploads();
    const data = new Uint8Array(20 * 1024 * 1024);
    const add = () => uploads.add({ filename: 'x', contentType: '', data });
    const first = add();
    for (let bytes = 2 * data.length; bytes <= mostUploadedBytes; bytes += data.length) add();
    expect(uploads.get(first)).toBeDefined();
    const last = add();
    expect(uploads.get(first)).toBeUndefined();
    expect(uploads.get(last)).toBeDefined();
  });
});
