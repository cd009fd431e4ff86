/** What tool results link to is read in the midst of an answer: what members see of it, and what a crash changes. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { SimulatedChannel, SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { Hold } from '../../src/simulator/model/hold.ts';
import { startContentServer } from '../agent/support/content-server.ts';
import type { TestToolServer } from '../agent/support/tool-server.ts';
import { botMessages, replyTo, startWorld, type World } from '../support/world.ts';

const everything = resolve('node_modules/@modelcontextprotocol/server-everything/dist/index.js');
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const call = (name: string, args: object = {}) => ({ toolCalls: [{ name, arguments: { ...args } }] });
const read = (uri: string) => call('read_resource', { uri });

let world: World;
let docs: TestToolServer;
let folder: string;
let jimin: SimulatedUser;
let mention: string;
/** What the server waits for before it gives a page out. */
let opened: Promise<void> | undefined;

beforeAll(async () => {
  docs = await startContentServer({
    tools: [
      {
        name: 'find_pages',
        // Made twice, it would do more: it is not made again.
        annotations: {},
        run: () => ({
          content: [
            { type: 'resource_link', uri: 'docs://map.png', name: 'The map', mimeType: 'image/png' },
            { type: 'resource_link', uri: 'docs://plan', name: 'The plan' },
          ],
        }),
      },
    ],
    read: async (uri) => {
      await opened;
      return [uri === 'docs://map.png' ? { uri, blob: pixel } : { uri, text: 'Meet at noon.' }];
    },
  });
  folder = await mkdtemp(join(tmpdir(), 'jupan-links-'));
  const path = join(folder, 'servers.json');
  const mcpServers = {
    everything: { command: process.execPath, args: [everything, 'stdio'] },
    docs: { url: docs.url },
  };
  await writeFile(path, JSON.stringify({ mcpServers }));
  world = await startWorld({ program: 'bot', discord: { guildLocale: 'en-US' }, settings: { MCP_CONFIG: path } });
  // One of them is a program that takes its time to start.
  const connected = () => world.program.log.filter(({ event }) => event === 'tool-server-connect').length;
  await vi.waitFor(() => expect(connected()).toBe(Object.keys(mcpServers).length), { timeout: 25_000 });
  jimin = world.discord.createUser({ name: 'jimin', displayName: 'Jimin' });
  mention = `<@${world.discord.bot.id}>`;
});

afterEach(() => {
  opened = undefined;
  expect(world.discord.problems).toEqual([]);
  expect(() => world.model.assertComplete()).not.toThrow();
});

afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  await docs.close();
  await rm(folder, { recursive: true });
});

function createChannel(name: string): SimulatedChannel {
  const [guild] = world.discord.guilds;
  if (guild === undefined) throw new Error('no guild');
  return world.discord.createChannel(guild, name);
}

const isRead = (channel: SimulatedChannel, line: string) =>
  channel.waitFor(() => botMessages(channel).find(({ content }) => content.includes(line)), { timeoutMs: 25_000 });

test('members see the link, what was read, and the answer that it led to', async () => {
  const channel = createChannel('read');
  const [text, blob] = ['demo://resource/dynamic/text/2', 'demo://resource/dynamic/blob/1'];
  world.model.enqueue(call('get-resource-links', { count: 2 }), read(text), read(blob), { text: 'Both are there.' });
  const question = channel.says(jimin, `${mention} what is there?`);
  await replyTo(question, channel, (content) => content === 'Both are there.');
  const shown = botMessages(channel).map(({ content }) => content);
  expect(shown).toEqual([
    expect.stringMatching(/^✅ get-resource-links\({"count":2}\) → Here are 2 resource links .*read_resource/),
    expect.stringContaining(`✅ read_resource({"uri":"${text}"}) → Resource 2: This is a plaintext resource`),
    expect.stringContaining(`✅ read_resource({"uri":"${blob}"}) → Resource 1: This is a base64 blob`),
    'Both are there.',
  ]);
});

test('a picture that is linked to is seen by members', async () => {
  const channel = createChannel('seen');
  world.model.enqueue(call('find_pages'), read('docs://map.png'), { text: 'Here it is.' });
  await replyTo(channel.says(jimin, `${mention} the map?`), channel, (content) => content === 'Here it is.');
  const [file] = botMessages(channel).flatMap(({ attachments }) => attachments);
  expect(file).toMatchObject({ filename: 'map.png' });
});

test('a crash between the link and the reading changes nothing: no tool is called again, and the link is good', async () => {
  const channel = createChannel('crashed-before');
  const held = new Hold();
  world.model.enqueue(call('find_pages'), { text: [held, 'never'] });
  const before = docs.sent('tools/call').length;
  const question = channel.says(jimin, `${mention} when?`);
  await held.reached;
  await isRead(channel, '✅ find_pages');
  await world.kill();
  held.release();
  const connected = new Hold();
  const lists = docs.sent('tools/list').length;
  world.model.enqueue({ text: [connected, 'I look.'], ...read('docs://plan') }, { text: 'At noon.' });
  await world.start();
  // A busy machine may have the turn go on before its servers are there.
  await Promise.all([connected.reached, docs.until(() => docs.sent('tools/list').length > lists)]);
  connected.release();
  await replyTo(question, channel, (content) => content === 'At noon.');
  await isRead(channel, '✅ read_resource({"uri":"docs://plan"}) → Meet at noon.');
  expect(botMessages(channel).filter(({ content }) => content.includes('find_pages'))).toHaveLength(1);
  expect(docs.sent('tools/call').length - before).toBe(1);
});

test('a crash in the midst of a reading has it made again', async () => {
  const channel = createChannel('crashed-in');
  const gate = Promise.withResolvers<void>();
  opened = gate.promise;
  world.model.enqueue(call('find_pages'), read('docs://plan'));
  const before = docs.sent('resources/read').length;
  const question = channel.says(jimin, `${mention} when again?`);
  await docs.until(() => docs.sent('resources/read').length > before);
  await isRead(channel, '🔧 read_resource');
  await world.kill();
  gate.resolve();
  world.model.enqueue({ text: 'At noon, again.' });
  await world.start();
  await replyTo(question, channel, (content) => content === 'At noon, again.');
  await isRead(channel, '✅ read_resource({"uri":"docs://plan"}) → Meet at noon.');
  expect(docs.sent('resources/read').length - before).toBe(2);
});
