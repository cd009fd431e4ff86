/** `/servers`: tool servers that members with Manage Server add for their own server, within what the operator allows. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SimulatedChannel, SimulatedGuild, SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { startToolServer, type TestToolServer } from '../agent/support/tool-server.ts';
import { Panel } from '../support/panel.ts';
import { answerTo, useCommand } from '../support/private.ts';
import { freePort } from '../support/program.ts';
import { botMessages, replyTo, startWorld, type World } from '../support/world.ts';

const harmless = { readOnlyHint: true };
const secret = 'Bearer not-for-anybody';

interface Club {
  readonly guild: SimulatedGuild;
  readonly admin: SimulatedUser;
  readonly channel: SimulatedChannel;
}

let folder: string;
let config: string;
let wiki: TestToolServer;
let world: World;
let clubs: number;

beforeAll(async () => {
  clubs = 0;
  folder = await mkdtemp(join(tmpdir(), 'jupan-servers-'));
  config = join(folder, 'jupan.json');
  await allow({ hosts: ['127.0.0.1'], privateAddresses: true, most: 2 });
  wiki = await startToolServer({
    tools: [
      { name: 'look_up', description: 'Looks a word up.', annotations: harmless, run: () => 'a word' },
      { name: 'add', description: 'Adds a page.', annotations: harmless, run: () => 'not a sum' },
      { name: 'wipe', description: 'Deletes it all.', run: () => 'gone' },
    ],
  });
  world = await startWorld({
    discord: { guildLocale: 'en-US' },
    settings: { JUPAN_CONFIG: config, STORE_KEY: 'a secret of the story' },
  });
});

afterEach(() => {
  expect(world.discord.problems).toEqual([]);
});

afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  await wiki.close();
  await rm(folder, { recursive: true });
});

async function allow(guildServers: object): Promise<void> {
  await writeFile(config, JSON.stringify({ guildServers }));
}

/** Another server of Discord, with somebody who may manage it. */
async function createClub(): Promise<Club> {
  clubs += 1;
  const guild = world.discord.createGuild({ name: `Club ${clubs}`, locale: 'en-US' });
  const managers = guild.createRole('Managers', { permissions: ['ManageGuild'] });
  const admin = world.discord.createUser({
    name: `admin${clubs}`,
    displayName: 'Admin',
    locale: 'en-US',
    roleIds: [managers],
  });
  return { guild, admin, channel: world.discord.createChannel(guild, 'general') };
}

async function openPanel({ channel, admin }: Club): Promise<Panel> {
  return await Panel.open(channel, admin, 'servers');
}

async function add(panel: Panel, name: string, address = wiki.url, header = ''): Promise<string> {
  return await panel.fillIn('servers:add', { name, address, header });
}

/** Asks, and resolves with the names of the tools that the model was offered. */
async function toolsIn({ channel, admin }: Club): Promise<string[]> {
  world.model.enqueue({ text: 'well' });
  const question = channel.says(admin, `<@${world.discord.bot.id}> hello`);
  await replyTo(question, channel, (content) => content === 'well');
  const body: { tools?: readonly { function: { name: string } }[] } = Object(world.model.requests.at(-1)?.body);
  return (body.tools ?? []).map((tool) => tool.function.name);
}

describe('a tool server that was added', () => {
  test('is used in its own server and nowhere else, under names that are nobody else’s', async () => {
    const [club, other] = [await createClub(), await createClub()];
    const before = await toolsIn(other);
    const panel = await openPanel(club);
    expect(panel.text).toContain('There are none yet.');
    expect(await add(panel, 'Wiki')).toContain('✅ **wiki** is added.');
    expect(panel.text).toContain('- **wiki** – connected, 3 tools (here/wiki)');

    const own = await toolsIn(club);
    expect(own).toEqual([...before, 'here_wiki_add', 'here_wiki_look_up', 'here_wiki_wipe']);
    expect(await toolsIn(other)).toEqual(before);
    // Whatever a model makes up there.
    world.model.enqueue({ toolCalls: [{ name: 'here_wiki_look_up', arguments: {} }] }, { text: 'no such' });
    await replyTo(
      other.channel.says(other.admin, `<@${world.discord.bot.id}> look`),
      other.channel,
      (c) => c === 'no such',
    );
    expect(wiki.sent('tools/call')).toEqual([]);

    const [list, listThere] = [
      await useCommand(club.channel, club.admin, 'tools'),
      await useCommand(other.channel, other.admin, 'tools'),
    ];
    expect(list.content).toContain('**here/wiki** – 3 tools');
    expect(list.content).toContain('- `here_wiki_wipe` (needs approval) Deletes it all.');
    expect(listThere.content).not.toContain('wiki');
  });

  test('is there after kill -9, can be tried, and can have tools switched off', async () => {
    const club = await createClub();
    await add(await openPanel(club), 'wiki');
    await world.kill();
    await world.start();
    const panel = await openPanel(club);
    await panel.choose('servers:open', 'wiki');
    expect(panel.text).toContain('with sessions');
    expect(await panel.press('servers:probe:wiki')).toMatch(/✅ \*\*wiki\*\* answers: connected in \d+ ms/);
    await panel.choose('servers:off:wiki:0', 'wipe', 'add');
    expect(panel.text).toContain('connected, 3 tools, 2 switched off');
    expect((await toolsIn(club)).filter((name) => name.startsWith('here_'))).toEqual(['here_wiki_look_up']);
    await panel.choose('servers:approval:wiki', 'always');
    const list = await useCommand(club.channel, club.admin, 'tools');
    expect(list.content).toContain('`here_wiki_look_up` (needs approval)');
  });

  test('may be removed while a call of it waits: the turn goes on without', async () => {
    const club = await createClub();
    const { channel, admin } = club;
    const panel = await openPanel(club);
    await add(panel, 'wiki');
    world.model.enqueue({ toolCalls: [{ name: 'here_wiki_wipe', arguments: {} }] }, { text: 'not done' });
    const question = channel.says(admin, `<@${world.discord.bot.id}> wipe it`);
    const notice = await channel.waitFor(() => botMessages(channel).find(({ content }) => content.includes('wipe(')));
    await panel.choose('servers:open', 'wiki');
    expect(await panel.press('servers:remove:wiki')).toContain('Calls of it that are under way fail.');
    expect(await panel.press('servers:gone:wiki')).toContain('✅ **wiki** is removed.');
    await channel.presses(admin, notice.id, `approve:${question.id}:0.0`);
    await replyTo(question, channel, (content) => content === 'not done');
    expect(wiki.sent('tools/call')).toEqual([]);
    expect(await toolsIn(club)).not.toContain('here_wiki_wipe');
    expect(await panel.press('servers:all')).toContain('There are none yet.');
  });

  test('that is down is missed by nobody: the bot answers, and /tools says so', async () => {
    const club = await createClub();
    const shortLived = await startToolServer({ tools: [{ name: 'blink', run: () => '' }] });
    await add(await openPanel(club), 'lamp', shortLived.url);
    await shortLived.close();
    await world.kill();
    await world.start();
    expect(await toolsIn(club)).toContain('add');
    const { content } = await useCommand(club.channel, club.admin, 'tools');
    expect(content).toContain('**here/lamp** – cannot be reached right now');
    const panel = await openPanel(club);
    await panel.choose('servers:open', 'lamp');
    expect(await panel.press('servers:probe:lamp')).toContain('⚠️ It cannot be reached.');
  });

  test('with 100,000 tools fills no prompt and no panel', async () => {
    const club = await createClub();
    const many = Array.from({ length: 100_000 }, (_, at) => ({ name: `t${at}`, annotations: harmless, run: () => '' }));
    const crowd = await startToolServer({ tools: many, toolsPerPage: 10_000 });
    const panel = await openPanel(club);
    expect(await add(panel, 'crowd', crowd.url)).toContain('- **crowd** – connected, 100 tools');
    await panel.choose('servers:open', 'crowd');
    expect(panel.text).toContain('99900 more are not used: I look at 100 of one server.');
    await panel.press('servers:page:crowd:3');
    expect((await toolsIn(club)).length).toBeLessThanOrEqual(128);
    await crowd.close();
  });
});

describe('what is secret of it', () => {
  test('is sent to the server, and stands nowhere else', async () => {
    const club = await createClub();
    const panel = await openPanel(club);
    await add(panel, 'vault', `${wiki.url}?key=hidden`, `Authorization: ${secret}`);
    expect(wiki.headers.at(-1)?.authorization).toBe(secret);
    await panel.choose('servers:open', 'vault');
    expect(panel.text).toContain('with a secret that nobody is shown');
    const told = JSON.stringify([botMessages(club.channel), world.program.output]);
    expect(told).not.toMatch(/not-for-anybody|hidden/);
  });
});

describe('nobody adds', () => {
  test.each([
    ['what is no name', { name: 'a b' }, 'The name needs 1 to 20 small letters'],
    ['what is no address', { address: 'stdio:rm' }, 'The address needs the form'],
    ['an address with a password', { address: 'https://a:b@127.0.0.1/' }, 'must not have a name or a password'],
    [
      'a host that the operator does not name',
      { address: 'http://localhost:1/mcp' },
      'does not allow tool servers on that host',
    ],
    ['a header of the protocol', { header: 'Mcp-Session-Id: 1' }, 'The header needs the form'],
  ])('%s', async (_, differing, sentence) => {
    const panel = await openPanel(await createClub());
    const typed = { name: 'wiki', address: wiki.url, header: '', ...differing };
    expect(await add(panel, typed.name, typed.address, typed.header)).toContain(`⚠️ `);
    expect(panel.text).toContain(sentence);
    expect(panel.text).toContain('There are none yet.');
  });

  test('what does not answer, wants to be asked elsewhere, or wants other credentials', async () => {
    const panel = await openPanel(await createClub());
    expect(await add(panel, 'nobody', `http://127.0.0.1:${await freePort()}/mcp`)).toContain('It cannot be reached.');
    const answers: [number, string][] = [
      [307, 'It sends on to another address, which I do not follow. Add the one where it ends.'],
      [401, 'It wants other credentials.'],
    ];
    for (const [status, sentence] of answers) {
      const odd = await startToolServer();
      odd.intercept = (_, response) => {
        response.writeHead(status, { location: wiki.url }).end();
        return true;
      };
      const before = wiki.bodies.length;
      expect(await add(panel, 'odd', odd.url, `Authorization: ${secret}`)).toContain(sentence);
      expect(wiki.bodies.length).toBe(before);
      await odd.close();
    }
    expect(panel.text).toContain('There are none yet.');
  });

  test('half a server: kill -9 while one is tried leaves nothing of it', async () => {
    const club = await createClub();
    const slow = await startToolServer();
    slow.intercept = () => true;
    const panel = await openPanel(club);
    const adding = add(panel, 'slow', slow.url).catch(() => 'killed');
    await slow.until(() => slow.bodies.length > 0);
    await world.kill();
    await slow.close();
    await world.start();
    expect((await openPanel(club)).text).toContain('There are none yet.');
    // The panel that was open shows it, too: it works after a restart.
    await panel.press('servers:all');
    await adding;
    expect(panel.text).toContain('There are none yet.');
  });

  test('two of one name, or more than the operator allows', async () => {
    const panel = await openPanel(await createClub());
    await add(panel, 'one');
    expect(await add(panel, 'one')).toContain('There is a tool server of that name already.');
    await add(panel, 'two');
    expect(await add(panel, 'three')).toContain('There is no room for another. Remove one first.');
    expect(panel.text).not.toContain('**three** –');
  });

  test('anything without Manage Server, by whatever button', async () => {
    const { channel, admin } = await createClub();
    const member = world.discord.createUser({ name: `member${clubs}`, displayName: 'Mina', locale: 'en-US' });
    const panel = await Panel.open(channel, admin, 'servers');
    const words = 'Only members with Manage Server can look at and change the tool servers.';
    for (const id of ['servers:add', 'servers:all', 'servers:gone:wiki'])
      expect((await answerTo(channel, await channel.presses(member, panel.message.id, id))).content).toBe(words);
  });
});

describe('where the operator does not allow private addresses', () => {
  let earlier: Club;

  beforeAll(async () => {
    earlier = await createClub();
    await add(await openPanel(earlier), 'wiki');
    await world.stop();
    await allow({ hosts: ['*'] });
    await world.start();
  });

  test.each([
    'https://127.0.0.1/mcp',
    'https://10.0.0.1/',
    'https://169.254.169.254/',
    'https://[::1]/',
    'https://[::ffff:7f00:1]/',
    'https://localhost/mcp',
  ])('%s is refused in one plain sentence', async (address) => {
    const panel = await openPanel(await createClub());
    expect(await add(panel, 'inside', address)).toContain(
      '⚠️ That address is not on the public internet, so I do not go there.',
    );
    expect(panel.text).toContain('There are none yet.');
  });

  test('servers that were added before are not reached any more', async () => {
    const calls = wiki.bodies.length;
    await toolsIn(earlier);
    const { content } = await useCommand(earlier.channel, earlier.admin, 'tools');
    expect(content).toContain('**here/wiki** – cannot be reached right now');
    expect(wiki.bodies.length).toBe(calls);
  });
});

test('where the operator says nothing of it, the command says so', async () => {
  await world.stop();
  await writeFile(config, '{}');
  await world.start();
  const { channel, admin } = await createClub();
  expect((await useCommand(channel, admin, 'servers')).content).toBe(
    'Whoever runs me has not allowed servers to add tool servers.',
  );
});
