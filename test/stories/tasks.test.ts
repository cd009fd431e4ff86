/** Calls that their servers work on by themselves, as members see them: the whole bot, with a tool server whose tasks a test ends. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { startToolServer, type TestToolServer } from '../agent/support/tool-server.ts';
import { ToolTasks } from '../agent/support/tool-tasks.ts';
import { buttonsOf, labelsOf, privateReply } from '../support/buttons.ts';
import { botMessages, expectToStand, replyTo, startWorld, type World } from '../support/world.ts';

const tasks = new ToolTasks();
const runs: string[] = [];
const ends = new Map<string, (text: string) => void>();
let world: World;
let server: TestToolServer;
let folder: string;
let alex: SimulatedUser;
let stranger: SimulatedUser;
let mention: string;

beforeAll(async () => {
  server = await startToolServer({
    tasks,
    hasSessions: true,
    tools: [
      {
        name: 'bake',
        inputSchema: { type: 'object', properties: { what: { type: 'string' } } },
        annotations: { destructiveHint: false },
        execution: { taskSupport: 'required' },
        run: ({ what }) => {
          runs.push(String(what));
          const { promise, resolve } = Promise.withResolvers<string>();
          ends.set(String(what), resolve);
          return promise;
        },
      },
    ],
  });
  folder = await mkdtemp(join(tmpdir(), 'jupan-tasks-'));
  const config = join(folder, 'mcp.json');
  await writeFile(config, JSON.stringify({ mcpServers: { oven: { url: server.url } } }));
  world = await startWorld({ program: 'bot', settings: { MCP_CONFIG: config } });
  alex = world.discord.createUser({ name: 'alex', locale: 'en-US' });
  stranger = world.discord.createUser({ name: 'stranger', locale: 'en-US' });
  mention = `<@${world.discord.bot.id}>`;
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await server.close();
  await rm(folder, { recursive: true });
});

const bake = (what: string) => ({ toolCalls: [{ name: 'bake', arguments: { what } }] });
const line = (what: string) => `⏳ bake({"what":"${what}"}) – runs on its own; I will answer when it is done`;

const createChannel = (name: string) =>
  world.discord.createChannel(world.discord.createGuild({ name, locale: 'en-US' }), name);

describe('a call that runs as a task', () => {
  test('says so and frees the channel; through a crash it is asked about, never made again, and answered by one reply', async () => {
    const channel = createChannel('bread');
    world.model.enqueue(bake('bread'), { text: 'Four.' });
    const question = channel.says(alex, `${mention} bake bread`);
    await channel.waitFor(() => botMessages(channel).some(({ content }) => content.startsWith(line('bread'))));
    const other = channel.says(stranger, `${mention} two and two?`);
    await replyTo(other, channel, (content) => content === 'Four.');

    await world.kill();
    await world.start();
    world.model.enqueue({ text: 'Here is your bread.' });
    ends.get('bread')?.('golden');
    const answer = await replyTo(question, channel, (content) => content === 'Here is your bread.');
    expect(answer.pings).toEqual([alex.id]);
    await expectToStand(channel, ['✅ bake({"what":"bread"}) → golden', 'Four.', 'Here is your bread.']);
    expect(runs).toEqual(['bread']);
  }, 60_000);

  test('is listed for the channel, stopped by its asker, and cancelled on its server', async () => {
    const channel = createChannel('cake');
    world.model.enqueue(bake('cake'));
    channel.says(alex, `${mention} bake a cake`);
    await channel.waitFor(() => botMessages(channel).some(({ content }) => content.startsWith(line('cake'))));
    const list = async (user: SimulatedUser) => privateReply(channel, await channel.asks(user, 'tasks', {}));
    await channel.waitFor(() => botMessages(channel).some(({ content }) => content.includes('look 2')));
    const seen = await list(stranger);
    expect(seen.content).toMatch(
      /^These calls run on their own; each is answered when it is done.\n1. bake – look \d+ \(asked by <@\d+>, begun <t:\d+:R>\)$/,
    );
    expect(labelsOf(seen)).toEqual([]);
    const own = await list(alex);
    const [stop] = buttonsOf(own);
    expect(stop?.label).toBe('Stop 1');
    await channel.presses(alex, own.id, stop?.custom_id ?? '');
    await channel.waitFor(() => botMessages(channel).some(({ content }) => content.startsWith('⚠️')));
    await channel.waitFor(() => tasks.cancelled.length === 1);
    const none = await list(alex);
    expect(none.content).toBe('No long-running call is under way in this channel.');
  }, 60_000);

  test('asked by a command, it is answered where everybody sees it, and its asker told once', async () => {
    const channel = createChannel('pie');
    world.model.enqueue(bake('pie'), { text: 'Here is your pie.' });
    await channel.asks(alex, 'ask', { question: 'bake a pie' });
    await channel.waitFor(() => botMessages(channel).some(({ content }) => content.includes(line('pie'))));
    ends.get('pie')?.('crisp');
    const answer = await channel.waitFor(() =>
      botMessages(channel).find(({ content }) => content.endsWith('Here is your pie.')),
    );
    expect(answer.content).toBe(`<@${alex.id}>\nHere is your pie.`);
    expect(answer.pings).toEqual([alex.id]);
  }, 60_000);
});
