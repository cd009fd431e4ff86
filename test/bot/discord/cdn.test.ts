/** How files are fetched: over real sockets, from the local Discord and from hosts that do what Discord's would not. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import type { AttachmentError } from '../../../src/agent/attachments/fetch-attachment.ts';
import { createFetchAttachment } from '../../../src/bot/discord/cdn.ts';
import { startDiscord } from '../../../src/simulator/discord/start.ts';

const data = Buffer.from('1, 2, 3');
const { signal } = new AbortController();

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function start() {
  const discord = await startDiscord();
  onTestFinished(() => discord.close());
  const [general] = discord.channels;
  const file = { name: 'notes.txt', data };
  const url = general?.says(discord.createUser({ name: 'jimin' }), '', { files: [file] }).attachments[0]?.url ?? '';
  return { discord, attachment: { name: 'notes.txt', bytes: data.length, url } };
}

function reasonOf(fetched: Promise<unknown>): Promise<string> {
  return fetched.then(
    () => 'fetched',
    (error: AttachmentError) => error.reason,
  );
}

test('a file is fetched whole from where the local Discord keeps it', async () => {
  const { discord, attachment } = await start();
  const fetchAttachment = createFetchAttachment({ hosts: [discord.cdn.host] });
  expect(Buffer.from(await fetchAttachment(attachment, { mostBytes: 7, signal }))).toEqual(data);
});

test('what is too large by its own word is not asked for', async () => {
  const { discord, attachment } = await start();
  const fetchAttachment = createFetchAttachment({ hosts: [discord.cdn.host] });
  expect(await reasonOf(fetchAttachment(attachment, { mostBytes: 6, signal }))).toBe('too-large');
  expect(discord.cdn.fetched).toEqual([]);
});

test('what is larger than it says is given up at the bound, whatever its length is said to be', async () => {
  const { discord, attachment } = await start();
  const fetchAttachment = createFetchAttachment({ hosts: [discord.cdn.host] });
  discord.cdn.fail({ type: 'endless' });
  expect(await reasonOf(fetchAttachment(attachment, { mostBytes: 1_000_000, signal }))).toBe('too-large');
  // Discord's host says the truth where the message did not.
  const small = { ...attachment, bytes: 1 };
  expect(await reasonOf(fetchAttachment(small, { mostBytes: 6, signal }))).toBe('too-large');
});

test('a host that is silent, breaks off or refuses is not waited for', async () => {
  const { discord, attachment } = await start();
  const fetchAttachment = createFetchAttachment({ hosts: [discord.cdn.host], withinMs: 300 });
  for (const fault of [
    { type: 'hang' },
    { type: 'stall' },
    { type: 'status', status: 404 },
    { type: 'status', status: 503 },
  ] as const) {
    discord.cdn.fail(fault);
    expect(await reasonOf(fetchAttachment(attachment, { mostBytes: 100, signal }))).toBe('unreachable');
  }
  const broken = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('half');
    setImmediate(() => response.destroy());
  });
  const half = { ...attachment, url: `http://${broken}/half` };
  expect(await reasonOf(createFetchAttachment({ hosts: [broken] })(half, { mostBytes: 100, signal }))).toBe(
    'unreachable',
  );
});

test('a redirect is followed within the hosts, and nowhere else', async () => {
  const { discord, attachment } = await start();
  const fetched: (string | undefined)[] = [];
  const stranger = await serve(({ url }, response) => {
    fetched.push(url);
    response.end('a secret');
  });
  const fetchAttachment = createFetchAttachment({ hosts: [discord.cdn.host] });
  for (const to of [
    `http://${stranger}/secret`,
    'https://127.0.0.1:1/',
    'file:///etc/passwd',
    'data:text/plain,x',
    '::',
  ]) {
    discord.cdn.fail({ type: 'redirect', to });
    expect(await reasonOf(fetchAttachment(attachment, { mostBytes: 100, signal }))).toBe('unreachable');
  }
  expect(fetched).toEqual([]);
  discord.cdn.fail({ type: 'redirect', to: attachment.url });
  expect(await reasonOf(fetchAttachment(attachment, { mostBytes: 100, signal }))).toBe('fetched');
  discord.cdn.fail({ type: 'redirect', to: attachment.url }, 10);
  expect(await reasonOf(fetchAttachment(attachment, { mostBytes: 100, signal }))).toBe('unreachable');
});

test('no other host is asked, none without encryption but this machine, and none with a name and a password', async () => {
  const asked: (string | undefined)[] = [];
  const host = await serve(({ url }, response) => {
    asked.push(url);
    response.end('x');
  });
  const [, port] = host.split(':');
  const fetchAttachment = createFetchAttachment({ hosts: ['cdn.discordapp.com', `example.test:${port}`, host] });
  for (const url of [
    '',
    'no address',
    `http://localhost:${port}/`,
    `http://example.test:${port}/`,
    'http://cdn.discordapp.com/attachments/1/2/x',
    'https://cdn.discordapp.com.example.test/x',
    'https://cdn.discordapp.com:444/x',
    `http://user:password@${host}/`,
    `ftp://${host}/`,
  ])
    expect(await reasonOf(fetchAttachment({ name: 'x', bytes: 1, url }, { mostBytes: 100, signal }))).toBe(
      'unreachable',
    );
  expect(asked).toEqual([]);
  expect(
    await reasonOf(fetchAttachment({ name: 'x', bytes: 1, url: `http://${host}/x` }, { mostBytes: 100, signal })),
  ).toBe('fetched');
});

test('what is packed is unpacked to the bound and no further', async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  const headers: (string | undefined)[] = [];
  const host = await serve((request, response) => {
    headers.push(request.headers['accept-encoding']);
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': bomb.length }).end(bomb);
  });
  const fetchAttachment = createFetchAttachment({ hosts: [host] });
  const attachment = { name: 'x', bytes: bomb.length, url: `http://${host}/bomb` };
  expect(await reasonOf(fetchAttachment(attachment, { mostBytes: 1_000_000, signal }))).toBe('too-large');
  expect(headers).toEqual(['identity']);
});

test('a turn that ends hangs up, and says why it did', async () => {
  const { discord, attachment } = await start();
  const stop = new AbortController();
  discord.cdn.fail({ type: 'hang' });
  const fetched = createFetchAttachment({ hosts: [discord.cdn.host] })(attachment, {
    mostBytes: 100,
    signal: stop.signal,
  });
  await expect.poll(() => discord.cdn.fetched.length).toBe(1);
  stop.abort('stop');
  await expect(fetched).rejects.toBe('stop');
});

test('no error tells the address, whose signature lets anybody fetch the file', async () => {
  const { attachment } = await start();
  const fetched = createFetchAttachment({ hosts: ['127.0.0.1:1'] })(attachment, { mostBytes: 100, signal });
  const error = await fetched.catch((thrown: Error) => thrown);
  expect(`${error} ${error instanceof Error && error.cause}`).not.toContain('hm=');
});
