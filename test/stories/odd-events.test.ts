/** Whatever Discord tells the bot, it lives and answers what is asked next. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startDiscord } from '../../src/simulator/discord/start.ts';
import { startModelServer } from '../../src/simulator/model/model-server.ts';
import { addTool, startToolServer } from '../agent/support/tool-server.ts';
import { type Program, startProgram } from '../support/program.ts';
import { replyTo } from '../support/world.ts';

/** A world whose bot is still to be started. */
async function prepare(stack: AsyncDisposableStack) {
  const folder = await mkdtemp(join(tmpdir(), 'jupan-odd-events-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const discord = stack.use(await startDiscord());
  const model = stack.use(await startModelServer({ respond: () => ({ text: 'fine' }) }));
  const tools = stack.use(await startToolServer({ tools: [addTool] }));
  await writeFile(join(folder, 'mcp.json'), JSON.stringify({ mcpServers: { tools: { url: tools.url } } }));
  const [guild] = discord.guilds;
  if (guild === undefined) throw new Error('no guild');
  const settings = {
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
    OPENAI_BASE_URL: model.baseUrl,
    MCP_CONFIG: join(folder, 'mcp.json'),
    STORE_URL: `sqlite://${folder}/jupan.sqlite`,
  };
  const start = (): Program => {
    const program = startProgram('bot', settings);
    stack.defer(async () => {
      program.process.kill('SIGKILL');
      await program.ended;
    });
    return program;
  };
  const channel = discord.createChannel(guild, 'then');
  const mina = discord.createUser({ name: 'mina' });
  return { discord, guild, start, channel, ask: () => channel.says(mina, `<@${discord.bot.id}> hello?`) };
}

/** Of each kind one that discord.js throws on, and one that it does not know. */
const oddEvents: readonly (readonly [name: string, data: unknown])[] = [
  ['MESSAGE_CREATE', null],
  ['MESSAGE_CREATE', 'a secret'],
  ['GUILD_CREATE', null],
  ['CHANNEL_UPDATE', null],
  ['THREAD_LIST_SYNC', { guild_id: 'none' }],
  ['error', { content: 'a secret' }],
  ['__proto__', {}],
  ['SOMETHING_NEW', { id: '1' }],
];

test('events that discord.js throws on, before it is ready and after, keep nobody from being answered', async () => {
  await using stack = new AsyncDisposableStack();
  const { discord, guild, start, channel, ask } = await prepare(stack);
  // It is waited for: until then, discord.js puts aside what comes.
  discord.setUnavailable(guild, true);
  const program = start();
  await discord.waitForBot({ timeoutMs: 25_000 });
  const tellAll = () => {
    for (const [name, data] of oddEvents) discord.gateway.dispatch(name, data);
  };
  tellAll();
  await program.waitForEvent('commands-registered');
  tellAll();
  discord.setUnavailable(guild, false);
  expect((await replyTo(ask(), channel)).content).toBe('fine');
  const events = program.log.map(({ event }) => event);
  expect(events).not.toContain('unhandled-rejection');
  expect(events).toContain('event-not-understood');
  expect(program.output).not.toContain('a secret');
});

test('messages and commands whose ids are none are left alone, and what is asked then is answered', async () => {
  await using stack = new AsyncDisposableStack();
  const { discord, guild, start, channel, ask } = await prepare(stack);
  const program = start();
  await program.waitForEvent('commands-registered');
  const place = { channel_id: channel.id, guild_id: guild.id };
  const user = { id: '1300000000000000001', username: 'jimin', discriminator: '0', avatar: null };
  const content = `<@${discord.bot.id}> what?`;
  for (const id of [undefined, null, 7, 'none', ['1300000000000000002']]) {
    const message = { ...place, id, type: 0, content, author: user, mentions: [], attachments: [], embeds: [] };
    discord.gateway.dispatch('MESSAGE_CREATE', message);
    discord.gateway.dispatch('INTERACTION_CREATE', {
      ...place,
      id,
      type: 2,
      application_id: discord.applicationId,
      token: 'none',
      member: { user, roles: [], permissions: '0' },
      authorizing_integration_owners: { 0: guild.id },
      data: { id: '1', name: 'ask', type: 1, options: [{ name: 'question', type: 3, value: 'what?' }] },
    });
  }
  expect((await replyTo(ask(), channel)).content).toBe('fine');
  const events = program.log.map(({ event }) => event);
  expect(events).toContain('question-not-understood');
  expect(events).not.toContain('question-waits');
  expect(discord.problems).toEqual([]);
});

test('a channel whose last message has an id that is none keeps no missed question from being found', async () => {
  await using stack = new AsyncDisposableStack();
  const { discord, guild, start, channel, ask } = await prepare(stack);
  const program = start();
  await program.waitForEvent('commands-registered');
  // Both as if of channels that the bot sees: it reads what is new there.
  const other = { guild_id: guild.id, type: 0, name: 'other', last_message_id: 'none' };
  discord.gateway.dispatch('CHANNEL_CREATE', { ...other, id: '1300000000000000003' });
  discord.gateway.dispatch('CHANNEL_CREATE', { ...other, id: 'none', last_message_id: '9300000000000000003' });
  // It comes back without a new session, but what was asked meanwhile must be looked for: the guild was down.
  discord.setUnavailable(guild, true);
  const question = ask();
  discord.setUnavailable(guild, false);
  expect((await replyTo(question, channel)).content).toBe('fine');
  expect(program.log.map(({ event }) => event)).not.toContain('catch-up-broke');
  expect(discord.problems).toEqual([]);
});
