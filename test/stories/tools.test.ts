/** `/tools`: what members see of the tool servers, whose words are data, and what is suggested while they type. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SimulatedChannel, SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { startToolServer, type TestTool, type TestToolServer } from '../agent/support/tool-server.ts';
import { answerTo, labelsOf, press, turnPage, useCommand } from '../support/private.ts';
import { startWorld, type World } from '../support/world.ts';

const approversRole = '123456789012345678';
const many = 120;
const run = () => 'done';
const desk: TestTool[] = [
  {
    name: 'delete',
    description:
      'Deletes **everything** for <@1> and @everyone, see https://example.org\n# at once | [x](https://example.org)',
    inputSchema: {
      type: 'object',
      properties: {
        path: { type: 'string', description: 'Where it lies' },
        depth: { type: 'integer' },
        'how_*far*': { enum: ['near', 'fa`r'], description: '_any_' },
      },
      required: ['path'],
    },
    annotations: {},
    run,
  },
  { name: 'look', description: 'Looks.', annotations: { readOnlyHint: true }, run },
];
const shelf: TestTool[] = Array.from({ length: many }, (_, at) => ({
  name: `item_${String(at).padStart(3, '0')}`,
  description: `Takes item ${at} from the shelf, ${'carefully '.repeat(30)}`,
  inputSchema: {
    type: 'object',
    properties: Object.fromEntries([...Array(60).keys()].map((n) => [`a${n}`, { type: 'string' }])),
  },
  annotations: { readOnlyHint: true },
  run,
}));

let world: World;
let servers: TestToolServer[];
let folder: string;
let alex: SimulatedUser;
let jimin: SimulatedUser;
let channel: SimulatedChannel;

beforeAll(async () => {
  servers = [await startToolServer({ tools: desk }), await startToolServer({ tools: shelf })];
  folder = await mkdtemp(join(tmpdir(), 'jupan-tools-'));
  const path = join(folder, 'servers.json');
  const [deskUrl, shelfUrl] = servers.map(({ url }) => url);
  await writeFile(
    path,
    JSON.stringify({
      mcpServers: {
        desk: { url: deskUrl, approval: 'destructive' },
        'the *shelf*': { url: shelfUrl },
        vault: { url: deskUrl, approval: { when: 'always', notAsker: true }, allow: ['look'], prefix: 'vault' },
      },
    }),
  );
  world = await startWorld({
    program: 'bot',
    discord: { guildLocale: 'en-US' },
    settings: { MCP_CONFIG: path, APPROVAL_ROLES: approversRole },
  });
  world.discord.createRole('Approvers', approversRole);
  alex = world.discord.createUser({ name: 'alex', displayName: 'Alex', locale: 'en-US' });
  jimin = world.discord.createUser({ name: 'jimin', displayName: '지민', locale: 'ko' });
  const [general] = world.discord.channels;
  if (general === undefined) throw new Error('no channel');
  channel = general;
});

afterEach(() => {
  expect(world.discord.problems).toEqual([]);
  // Nothing here is the model's business.
  expect(world.model.requests).toEqual([]);
});

afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  for (const server of servers) await server.close();
  await rm(folder, { recursive: true });
});

describe('the list', () => {
  test('is by server, says which calls wait for whom, and shows what servers say without effect', async () => {
    const list = await useCommand(channel, alex, 'tools');
    const lines = list.content.split('\n');
    expect(lines.slice(0, 3)).toEqual([
      '**desk** – 2 tools',
      '- `delete` (needs approval) Deletes \\*\\*everything\\*\\* for \\<@1\\> and @everyone, see https\\://example.org \\# at once \\| \\[x\\](https\\://example.org)',
      '- `look` Looks.',
    ]);
    expect(list.content).toContain('**the \\*shelf\\*** – 120 tools');
    expect(list.content).toContain(
      `“needs approval”: a call waits until the member who asked, or one with <@&${approversRole}>, approves it.`,
    );
    expect(list.content).toContain(
      `“needs approval by another”: a call waits until another member with <@&${approversRole}> approves it.`,
    );
    expect(list.pings).toEqual([]);
    expect(list.content).toMatch(/-# page 1 of \d+$/);
    expect(labelsOf(list)).toEqual(['(Previous)', 'Next']);
  });

  test('is paged to its end, every tool once, and back', async () => {
    let page = await useCommand(channel, alex, 'tools');
    const pages = Number(/page 1 of (\d+)/.exec(page.content)?.[1]);
    const contents = [page.content];
    for (let number = 2; number <= pages; number += 1) {
      page = await turnPage(channel, alex, page, 'Next');
      contents.push(page.content);
      expect(page.content).toContain(`-# page ${number} of ${pages}`);
    }
    expect(labelsOf(page)).toEqual(['Previous', '(Next)']);
    expect(page.content).toContain('- `vault_look` (needs approval by another) Looks.');
    const named = contents.flatMap((content) => [...content.matchAll(/^- `(\S+)`/gm)].map(([, name]) => name));
    expect(named).toEqual(['delete', 'look', ...shelf.map(({ name }) => name), 'vault_look']);
    for (const content of contents) expect(content.length).toBeLessThanOrEqual(2000);
    // Where the list of a server goes on, its name stands again.
    expect(contents[1]?.split('\n')[0]).toBe('**the \\*shelf\\*** – 120 tools');
    expect((await turnPage(channel, alex, page, 'Previous')).content).toBe(contents.at(-2));
  });

  test('is in the language of whoever asks, and names no role where there is none', async () => {
    const list = await useCommand(world.discord.openDm(jimin), jimin, 'tools');
    expect(list.content).toContain('**desk** – 도구 2개');
    expect(list.content).toContain('“승인 필요”: 호출이 질문한 멤버의 승인을 기다립니다.');
    expect(list.content).toContain('“다른 멤버의 승인 필요”: 여기에는 호출을 승인할 수 있는 사람이 없습니다.');
    expect(labelsOf(list)).toEqual(['(이전)', '다음']);
  });

  test('turns its pages for those who may not see it, in another channel, after a restart and twice at once: nothing in it is secret', async () => {
    const list = await useCommand(channel, alex, 'tools');
    await world.kill();
    await world.start();
    expect((await turnPage(channel, alex, list, 'Next')).content).toMatch(/page 2 of/);
    const presses = await Promise.all([press(channel, alex, list, 'Next'), press(channel, alex, list, 'Next')]);
    expect(new Set(presses).size).toBe(2);
    await channel.waitFor(() => channel.messages.find(({ id }) => id === list.id)?.content.includes('page 3 of'));
    const [guild] = world.discord.guilds;
    if (guild === undefined) throw new Error('no guild');
    const elsewhere = world.discord.createChannel(guild, 'elsewhere');
    const copy = elsewhere.says(world.discord.bot, 'a copy');
    await elsewhere.presses(jimin, copy.id, 'tools:1');
    await elsewhere.waitFor(() => elsewhere.messages[0]?.content.includes('2쪽'));
  });

  test('shows its last page for a button of a list that was longer, and refuses one that is made up', async () => {
    const copy = channel.says(world.discord.bot, 'a copy');
    await channel.presses(alex, copy.id, 'tools:9999');
    await channel.waitFor(() => channel.messages.find(({ id }) => id === copy.id)?.content.includes('`vault_look`'));
    for (const id of ['tools:', 'tools', 'tools:-1', 'tools:1e9', 'tools:99999', 'tools:x'])
      expect((await answerTo(channel, await channel.presses(alex, copy.id, id))).content).toBe(
        'This button is of no use any more. Please use the command again.',
      );
  });
});

test('what Discord does not take by chance is tried again', async () => {
  for (const effect of [{ type: 'status', status: 500 }, { type: 'fail-after-storing' }, { type: 'reset' }] as const)
    world.discord.faults.add({ method: 'PATCH', route: /webhooks/, effect });
  const list = await useCommand(channel, alex, 'tools');
  expect(list.content).toContain('**desk** – 2 tools');
  expect(channel.messages.filter(({ interaction }) => interaction?.id === list.interaction?.id)).toHaveLength(1);
});

describe('one tool', () => {
  test('is shown with its arguments and who must approve it', async () => {
    const details = await useCommand(channel, alex, 'tools', { tool: 'delete' });
    const [head, , ...rest] = details.content.split('\n');
    expect(head).toBe('**delete** – desk');
    expect(rest).toEqual([
      '',
      '**Arguments**',
      '- **path** – text, required: Where it lies',
      '- **depth** – whole number, optional',
      '- **how\\_\\*far\\*** – one of near, fa\\`r, optional: \\_any\\_',
      '',
      `A call waits until the member who asked, or one with <@&${approversRole}>, approves it.`,
    ]);
    expect(details.attachments).toEqual([]);
    const plain = await useCommand(channel, jimin, 'tools', { tool: ' LOOK ' });
    expect(plain.content).toBe('**look** – desk\nLooks.\n\n인수가 없습니다.\n\n호출에 승인이 필요하지 않습니다.');
  });

  test('with more than a message holds has all of it attached', async () => {
    const details = await useCommand(channel, alex, 'tools', { tool: 'item_007' });
    expect(details.content.length).toBeLessThanOrEqual(2000);
    const left = Number(/- (\d+) more are in `item_007\.json`\./.exec(details.content)?.[1]);
    expect(details.content.match(/^- \*\*a\d+\*\*/gm)).toHaveLength(60 - left);
    const [file] = details.attachments;
    expect(file?.filename).toBe('item_007.json');
    const whole = JSON.parse(Buffer.from(file?.data ?? []).toString());
    expect(Object.keys(whole.schema.properties)).toHaveLength(60);
    expect(whole.description).toBe(shelf[7]?.description);
  });

  test('that is not there is said not to be', async () => {
    const answer = await useCommand(channel, alex, 'tools', { tool: '**nothing**' });
    expect(answer.content).toBe('I have no tool of that name. Pick one from the list that opens while you type.');
  });
});

describe('while a member types', () => {
  test('names of tools are suggested: those that begin so first, 25 at most', async () => {
    const suggest = async (typed: string) => await channel.completes(alex, 'tools', 'tool', typed);
    expect((await suggest('')).length).toBe(25);
    expect(await suggest('LOO')).toEqual([
      { name: 'look – desk', nameLocalizations: {}, value: 'look' },
      { name: 'vault_look – vault', nameLocalizations: {}, value: 'vault_look' },
    ]);
    expect((await suggest('shelf')).every(({ name }) => name.endsWith(' – the *shelf*'))).toBe(true);
    expect(await suggest('nothing like it')).toEqual([]);
    expect(await suggest('x'.repeat(5000))).toEqual([]);
    const [first] = await suggest('item_119');
    const details = await useCommand(channel, alex, 'tools', { tool: first?.value ?? '' });
    expect(details.content).toContain('**item\\_119** – the \\*shelf\\*');
  });

  test('a server that is away holds nobody up, and its tools are listed as those that it had', async () => {
    await servers[1]?.close();
    const list = await useCommand(channel, alex, 'tools');
    // Not missed yet, or already.
    expect(list.content).toMatch(/\*\*the \\\*shelf\\\*\*\* – (120 tools|cannot be reached right now)/);
    expect(await channel.completes(alex, 'tools', 'tool', 'item_11')).toHaveLength(10);
  });
});
