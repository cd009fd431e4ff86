/** Whatever is sent to the simulator, it serves its own machine alone and keeps no more than it says. */
import { request } from 'node:http';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { RequestLog } from '../../../src/simulator/discord/rest/request-log.ts';
import { startDiscord } from '../../../src/simulator/discord/start.ts';
import { Files } from '../../../src/simulator/discord/world/files.ts';
import { Problems } from '../../../src/simulator/discord/world/problems.ts';
import { callApi, generalOf } from './bot.ts';

const withoutChecks = { checkBodies: false } as const;

test('serves no web page, by REST, by the gateway or with files', async () => {
  await using discord = await startDiscord(withoutChecks);
  const { port, host } = new URL(discord.apiUrl);
  const statusOf = (path: string, headers: Readonly<Record<string, string>>) =>
    new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port, path, headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .once('error', reject)
        .end();
    });
  expect(await statusOf('/api/v10/gateway', { origin: 'https://evil.example' })).toBe(403);
  expect(await statusOf('/api/v10/gateway', { host: `evil.example:${port}` })).toBe(403);
  expect(await statusOf('/attachments/1/x', { origin: 'null' })).toBe(403);
  expect(await statusOf('/api/v10/gateway', { host })).toBe(200);
  // A proxy in between passes on its own port.
  expect(await statusOf('/api/v10/gateway', { host: 'localhost:1' })).toBe(200);
  expect(discord.requests).toHaveLength(2);

  const socket = new WebSocket(`ws://${host}/?v=10&encoding=json`, { origin: 'https://evil.example' });
  await expect(
    new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject)),
  ).rejects.toBeInstanceOf(Error);
});

test('retains the newest requests alone', async () => {
  await using discord = await startDiscord({ ...withoutChecks, retainedRequests: 10 });
  for (let count = 0; count < 30; count += 1) await callApi(discord, 'GET', `/channels/${generalOf(discord).id}`);
  expect(discord.requests.length).toBeLessThanOrEqual(11);
});

test('logs what is heavy without its body', () => {
  const log = new RequestLog(10);
  const entry = {
    method: 'POST',
    path: '/x',
    status: 200,
    port: 0,
    receivedAt: 0,
    answeredAt: 0,
    body: { content: 'x' },
  };
  log.add(entry, 20);
  log.add(entry, 1024 * 1024);
  expect(log.all.map(({ body }) => body)).toEqual([{ content: 'x' }, undefined]);
});

test('lets go of the oldest files when there are too many bytes', () => {
  const files = new Files(10);
  const add = (id: string) =>
    files.add({ id, filename: id, contentType: 'text/plain' }, Buffer.from('12345'), () => '');
  const [first, second] = [add('1'), add('2')];
  expect(first.data).toHaveLength(5);
  const third = add('3');
  expect([first, second, third].map(({ data, size }) => [data.length, size])).toEqual([
    [0, 5],
    [5, 5],
    [5, 5],
  ]);
  expect(files.get('1')).toBeUndefined();
});

test('notes a thousand problems and no more', () => {
  const problems = new Problems();
  for (let count = 0; count < 1500; count += 1) problems.note(`${count}`);
  expect([problems.all.length, problems.all[0]]).toEqual([1000, '0']);
});

test('hangs up on a request that does not end', { timeout: 60_000 }, async () => {
  await using discord = await startDiscord(withoutChecks);
  const { port } = new URL(discord.apiUrl);
  const path = `/api/v10/channels/${generalOf(discord).id}/messages`;
  const piece = Buffer.alloc(1024 * 1024, 'x');
  const sending = request({ host: '127.0.0.1', port, method: 'POST', path });
  const ended = new Promise((resolve) => sending.once('error', resolve).once('close', resolve));
  const more = () => {
    while (!sending.destroyed && sending.write(piece)) {
      // Goes on until the socket has enough for now.
    }
  };
  sending.on('drain', more);
  more();
  await ended;
  expect(generalOf(discord).messages).toEqual([]);
  expect((await callApi(discord, 'GET', '/users/@me')).status).toBe(200);
});
