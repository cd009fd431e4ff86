/** Approvals by several people and for good: the whole bot, a tool server that destroys, and crashes in between. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { SimulatedChannel, SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { startToolServer, type TestTool, type TestToolServer } from '../agent/support/tool-server.ts';
import { buttonOf, labelsOf, press, privateReply } from '../support/buttons.ts';
import { useCommand } from '../support/private.ts';
import { cleanEnvironment } from '../support/program.ts';
import { botMessages, startWorld, type World } from '../support/world.ts';

const keepers = '123456789012345678';
const runs: string[] = [];
const tool = (name: string): TestTool => ({
  name,
  inputSchema: { type: 'object', properties: { path: { type: 'string' } } },
  annotations: {},
  run: ({ path }) => {
    runs.push(`${name} ${path}`);
    return `${name} done`;
  },
});

let world: World;
let server: TestToolServer;
let folder: string;
let alex: SimulatedUser;
let mina: SimulatedUser;
let jimin: SimulatedUser;
let mention: string;

beforeAll(async () => {
  server = await startToolServer({ tools: [tool('delete'), tool('launch')] });
  folder = await mkdtemp(join(tmpdir(), 'jupan-approvals-'));
  const path = join(folder, 'servers.json');
  const approval = { when: 'always', quorum: 2, notAsker: true, roles: [keepers] };
  await writeFile(
    path,
    JSON.stringify({
      mcpServers: {
        desk: { url: server.url, approval: 'destructive', allow: ['delete'] },
        pad: { url: server.url, approval, allow: ['launch'] },
      },
    }),
  );
  world = await startWorld({ program: 'bot', settings: { MCP_CONFIG: path, APPROVAL_ROLES: keepers } });
  world.discord.createRole('Keepers', keepers);
  alex = world.discord.createUser({ name: 'alex', displayName: 'Alex', locale: 'en-US' });
  mina = world.discord.createUser({ name: 'mina', locale: 'en-US', roleIds: [keepers] });
  jimin = world.discord.createUser({ name: 'jimin', locale: 'ko', roleIds: [keepers] });
  mention = `<@${world.discord.bot.id}>`;
  await toolsThere();
});

afterEach(() => {
  expect(world.discord.problems).toEqual([]);
  expect(() => world.model.assertComplete()).not.toThrow();
});

afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  await server.close();
  await rm(folder, { recursive: true });
});

function createChannel(name: string) {
  return world.discord.createChannel(world.discord.createGuild({ name, locale: 'en-US' }), name);
}

/** On a busy machine a question may come before the tool servers are there, and is then answered without. */
async function toolsThere(): Promise<void> {
  const connected = () => world.program.log.filter(({ event }) => event === 'tool-server-connect').length;
  await vi.waitFor(() => expect(connected()).toBe(2), { timeout: 25_000 });
}

async function crash(): Promise<void> {
  await world.kill();
  await world.start();
  await toolsThere();
}

/** Whatever else members are told for themselves. */
async function stands(channel: SimulatedChannel, ...contents: readonly string[]): Promise<void> {
  const doStand = () =>
    contents.every((content) => botMessages(channel).some((message) => message.content === content));
  await channel.waitFor(doStand, { timeoutMs: 25_000 });
}

const callOf = (name: string, path: string) => ({ toolCalls: [{ name, arguments: { path } }] });

async function audit() {
  const launcher = join(import.meta.dirname, '../../src/programs/launch.js');
  const env = cleanEnvironment({ STORE_URL: world.settings.STORE_URL ?? '', LOG_LEVEL: 'silent' });
  const { stdout } = await promisify(execFile)(process.execPath, [launcher, 'store', 'audit'], { env, cwd: folder });
  return stdout;
}

describe('a call that two others must approve', () => {
  test('says how many have, counts each once, through a crash, and is then made', async () => {
    const channel = createChannel('quorum');
    world.model.enqueue(callOf('launch', 'a'), { text: 'Launched.' });
    channel.says(alex, `${mention} launch a`);
    const { message, id } = await buttonOf(channel, 'Approve');
    expect(message.content).toBe('✋ launch({"path":"a"}) – waits for approval (0 of 2)');
    await privateReply(channel, await channel.presses(alex, message.id, id), (text) => text.includes('somebody else'));
    const first = await channel.presses(mina, message.id, id);
    await privateReply(channel, first, (text) => text === 'Counted. One more person must approve it.');
    await stands(channel, '✋ launch({"path":"a"}) – waits for approval (1 of 2)');
    await crash();
    const again = await channel.presses(mina, message.id, id);
    await privateReply(channel, again, (text) => text.startsWith('You have approved this already.'));
    expect(runs).not.toContain('launch a');
    await channel.presses(jimin, message.id, id);
    await stands(channel, '✅ launch({"path":"a"}) → launch done', 'Launched.');
    expect(runs.filter((run) => run === 'launch a')).toHaveLength(1);
    await privateReply(channel, await press(channel, alex, 'Why?'), (text) =>
      text.includes(`Approved by <@${mina.id}>, <@${jimin.id}>`),
    );
  });

  test('is not made when one of them denies it', async () => {
    const channel = createChannel('quorum-deny');
    world.model.enqueue(callOf('launch', 'b'), { text: 'Not launched.' });
    channel.says(alex, `${mention} launch b`);
    await press(channel, mina, 'Approve');
    await channel.waitFor(() => botMessages(channel).some(({ content }) => content.includes('(1 of 2)')));
    await press(channel, jimin, 'Deny');
    await stands(channel, 'Not launched.');
    expect(runs).not.toContain('launch b');
  });
});

describe('an approval for good', () => {
  test('is offered to whoever may approve, counts from then on, through a crash, and is ended by a press', async () => {
    const channel = createChannel('standing');
    world.model.enqueue(callOf('delete', 'a'), { text: 'Deleted a.' });
    channel.says(alex, `${mention} delete a`);
    const { message, id } = await buttonOf(channel, 'Always…');
    expect(labelsOf(message)).toEqual(['Approve', 'Deny', 'Always…']);
    // The asker speaks for the asker alone, one with the role for the channel as well.
    const own = await privateReply(channel, await channel.presses(alex, message.id, id));
    expect(labelsOf(own)).toEqual(['Always for me']);
    const offer = await privateReply(channel, await channel.presses(mina, message.id, id));
    expect(labelsOf(offer)).toEqual(['Always in this channel', 'Always for Alex']);
    expect(offer.content).toContain('later calls of `delete` without asking until <t:');
    const here = offer.components.flatMap((row) => (row as { components: { custom_id: string }[] }).components)[0];
    await channel.presses(mina, offer.id, here?.custom_id ?? '');
    await stands(channel, '✅ delete({"path":"a"}) → delete done', 'Deleted a.');
    await channel.waitFor(() => channel.messages.some(({ content }) => content.startsWith('Approved. Until <t:')));

    await crash();
    world.model.enqueue(callOf('delete', 'b'), { text: 'Deleted b.' });
    channel.says(alex, `${mention} delete b`);
    await stands(channel, 'Deleted b.');
    expect(runs).toContain('delete b');
    await privateReply(channel, await press(channel, alex, 'Why?'), (text) =>
      text.includes(`Passed by the standing approval of <@${mina.id}>`),
    );

    // Nobody but those whom it concerns can end it.
    const seen = await useCommand(channel, alex, 'approvals');
    expect(seen.content).toMatch(
      new RegExp(
        `^\\*\\*Calls that I make without asking\\*\\*\\n1\\. \`desk: delete\` in <#${channel.id}>, by <@${mina.id}>, until <t:`,
      ),
    );
    expect(seen.pings).toEqual([]);
    const end = seen.components.flatMap((row) => (row as { components: { custom_id: string }[] }).components)[0];
    const refused = await channel.presses(alex, seen.id, end?.custom_id ?? '');
    await privateReply(channel, refused, (text) => text.startsWith('Only who gave it'));
    const ended = await useCommand(channel, jimin, 'approvals');
    const press2 = await channel.presses(jimin, ended.id, end?.custom_id ?? '');
    await privateReply(channel, press2, (text) => text === '끝냈습니다. 이제 다시 묻습니다.');

    world.model.enqueue(callOf('delete', 'c'), { text: 'Left alone.' });
    channel.says(alex, `${mention} delete c`);
    await press(channel, alex, 'Deny');
    await stands(channel, 'Left alone.');
    expect(runs).not.toContain('delete c');
  });

  test('of two people, where the rule wants two, who are not the asker', async () => {
    const channel = createChannel('standing-quorum');
    world.model.enqueue(callOf('launch', 'c'), { text: 'Launched c.' }, callOf('launch', 'd'), { text: 'Launched d.' });
    channel.says(alex, `${mention} launch c`);
    const { message } = await buttonOf(channel, 'Always…');
    const { turnId, target } = /^always:(?<turnId>\d+):(?<target>[\d.]+)$/.exec((await buttonOf(channel, 'Always…')).id)
      ?.groups ?? { turnId: '', target: '' };
    for (const person of [mina, jimin]) await channel.presses(person, message.id, `always-asker:${turnId}:${target}`);
    await stands(channel, 'Launched c.');
    channel.says(alex, `${mention} launch d`);
    await stands(channel, 'Launched d.');
    expect(runs).toContain('launch d');
  });
});

test('everything that was decided is in the log, whole, without a word of what was called', async () => {
  const log = await audit();
  expect(log).toContain('Every entry is as it was written.');
  const lines = log.split('\n').map((line) => line.split('  '));
  const decided = lines.flatMap(([, , what, name]) => (what === undefined ? [] : [`${what} ${name}`]));
  expect(decided.slice(0, 2)).toEqual(['approved pad/launch', 'approved pad/launch']);
  for (const what of [
    'denied pad/launch',
    'granted desk/delete',
    'used desk/delete',
    'revoked desk/delete',
    'used pad/launch',
  ])
    expect(decided).toContain(what);
  expect(log).not.toContain('path');
});
