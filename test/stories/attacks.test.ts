/** While a tool server or a member does harm in one channel, the members of another are answered, and memory stays bounded. */
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SimulatedChannel, SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { startToolServer, type TestTool, type TestToolServer } from '../agent/support/tool-server.ts';
import { botMessages, replyTo, startWorld, type World } from '../support/world.ts';

let world: World;
let server: TestToolServer;
let mallory: SimulatedUser;
let mina: SimulatedUser;
let mention: string;

const megabyte = 1024 * 1024;
/** What waits for an answer longer than this waits for the attack to end: the attacks of old took minutes, or never ended. */
const patienceMs = 10_000;
const calm = { annotations: { readOnlyHint: true } };

const tools: readonly TestTool[] = [
  { ...calm, name: 'spaces', run: () => ' '.repeat(16_000) },
  {
    ...calm,
    name: 'progress',
    run: async (_args, _signal, client) => {
      for (let step = 0; step < 5; step += 1) await client.progress(step, 5, ' '.repeat(megabyte));
      return 'done';
    },
  },
  { ...calm, name: 'quotes', run: () => '"\\"'.repeat(megabyte) },
  { ...calm, name: 'lines', run: () => '*_`\n'.repeat(megabyte) },
  {
    ...calm,
    name: 'form',
    run: async (_args, _signal, client) => {
      const properties = Object.fromEntries(
        Array.from({ length: 2_000 }, (_, index) => [
          `${'f'.repeat(500)}${index}`,
          { type: 'string', title: ' '.repeat(500) },
        ]),
      );
      const { action } = await client.elicit(' '.repeat(megabyte), { type: 'object', properties });
      return action;
    },
  },
];

beforeAll(async () => {
  server = await startToolServer({ tools, isStreaming: true, hasSessions: true });
  const file = join(tmpdir(), `jupan-attacks-${process.pid}.json`);
  await writeFile(file, JSON.stringify({ mcpServers: { hostile: { url: server.url } } }));
  world = await startWorld({
    program: 'bot',
    settings: { MCP_CONFIG: file, APPROVAL_SECONDS: '5' },
    model: {
      respond: ({ messages }) => {
        const asked = /attack (\w+) (\d+)/.exec(messages.at(-1)?.text ?? '');
        if (asked === null || messages.at(-1)?.role !== 'user') return { text: 'Here you are.' };
        const [, name = '', count = ''] = asked;
        const call = (_: unknown, index: number) => ({ name, arguments: { index } });
        return { toolCalls: Array.from({ length: Number(count) }, call) };
      },
    },
  });
  mallory = world.discord.createUser({ name: 'mallory' });
  mina = world.discord.createUser({ name: 'mina' });
  mention = `<@${world.discord.bot.id}>`;
});

afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  await server?.close();
});

function createChannel(name: string): SimulatedChannel {
  const [guild] = world.discord.guilds;
  if (guild === undefined) throw new Error('no guild');
  return world.discord.createChannel(guild, name);
}

/** How long somebody else waits for an answer meanwhile, in ms. */
async function waitsElsewhere(): Promise<number> {
  const channel = createChannel('elsewhere');
  const startedAt = performance.now();
  await replyTo(channel.says(mina, `${mention} hello?`), channel);
  return performance.now() - startedAt;
}

/** The most memory that the bot's process has ever taken, in bytes. */
async function mostMemory(): Promise<number> {
  const status = await readFile(`/proc/${world.program.process.pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) * 1024;
}

describe('another channel is answered while', () => {
  test.each([
    ['thirty results are nothing but space', 'spaces', 30],
    ['a tool reports a million spaces, again and again', 'progress', 3],
    ['results pair up quotes without end', 'quotes', 3],
    ['results are signs and lines without end', 'lines', 3],
    ['a form has thousands of fields with names and titles without end', 'form', 2],
  ])(
    '%s',
    async (_what, tool, count) => {
      const channel = createChannel('attacked');
      const attack = channel.says(mallory, `${mention} attack ${tool} ${count}`);
      await channel.waitFor(() => botMessages(channel).length > 0, { timeoutMs: patienceMs });
      for (let asked = 0; asked < 5; asked += 1) expect(await waitsElsewhere()).toBeLessThan(patienceMs);
      await channel.waitFor(() => channel.messages.some(({ repliesTo }) => repliesTo === attack.id), {
        timeoutMs: 2 * patienceMs,
      });
      expect(await mostMemory()).toBeLessThan(400 * megabyte);
    },
    60_000,
  );

  test('a member asks hundreds of questions at once', async () => {
    const channel = createChannel('flooded');
    for (let number = 0; number < 300; number += 1) channel.says(mallory, `${mention} question ${number}`);
    for (let asked = 0; asked < 5; asked += 1) expect(await waitsElsewhere()).toBeLessThan(patienceMs);
    const mine = channel.says(mina, `${mention} and mine?`);
    // Five messages in five seconds is what Discord takes in a channel: the flood alone would take minutes.
    await channel.waitFor(() => channel.messages.some(({ repliesTo }) => repliesTo === mine.id), { timeoutMs: 30_000 });
    expect(await mostMemory()).toBeLessThan(400 * megabyte);
  }, 60_000);
});
