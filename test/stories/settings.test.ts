/** What is set with `/settings` holds from the next question on, where it is set and for whom, and never for more than the operator allows. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SimulatedChannel, SimulatedGuild, SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { Panel, wordsAfter } from '../support/panel.ts';
import { useCommand } from '../support/private.ts';
import { botMessages, replyTo, startWorld, type World } from '../support/world.ts';

let world: World;
let folder: string;
let guild: SimulatedGuild;
let admin: SimulatedUser;
let member: SimulatedUser;
let mention: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jupan-settings-'));
  const config = join(folder, 'jupan.json');
  await writeFile(config, JSON.stringify({ models: ['small', { name: 'large', description: 'slow and thorough' }] }));
  world = await startWorld({ discord: { guildLocale: 'en-US' }, settings: { JUPAN_CONFIG: config } });
  const [first] = world.discord.guilds;
  if (first === undefined) throw new Error('no guild');
  guild = first;
  const managers = guild.createRole('Managers', { permissions: ['ManageGuild'] });
  admin = world.discord.createUser({ name: 'admin', displayName: 'Admin', locale: 'en-US', roleIds: [managers] });
  member = world.discord.createUser({ name: 'mina', displayName: 'Mina', locale: 'en-US' });
  mention = `<@${world.discord.bot.id}>`;
});

afterEach(() => {
  expect(world.discord.problems).toEqual([]);
});

afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function createChannel(name: string): SimulatedChannel {
  return world.discord.createChannel(guild, name);
}

/** Asks, and resolves with the body of the request that the model got. */
async function ask(channel: SimulatedChannel, user: SimulatedUser, text = 'hello') {
  world.model.enqueue({ text: `answer to ${text}` });
  await replyTo(channel.says(user, `${mention} ${text}`), channel, (content) => content === `answer to ${text}`);
  const body: { model: string; messages: readonly { content: string }[]; tools?: readonly unknown[] } = Object(
    world.model.requests.at(-1)?.body,
  );
  return { model: body.model, system: String(body.messages[0]?.content), tools: JSON.stringify(body.tools ?? []) };
}

async function requestsDuring(deed: () => Promise<unknown>): Promise<number> {
  const before = world.model.requests.length;
  await deed();
  return world.model.requests.length - before;
}

describe('what a member with Manage Server sets for a channel', () => {
  test('is a model, instructions and tools, each from the next question on', async () => {
    const channel = createChannel('next-question');
    expect((await ask(channel, member)).model).toBe('gpt-4o');
    const panel = await Panel.open(channel, admin);
    expect(panel.text).toContain('Settings of this server');
    await panel.choose('settings:scope', 'channel');
    expect(panel.text).toContain('Settings of this channel');

    await panel.press('settings:channel:model');
    expect(await panel.choose('settings:channel:model:set', 'large')).toContain('large (this channel)');
    await panel.write('channel', 'Answer in rhymes.');
    await panel.press('settings:channel:tools');
    await panel.choose('settings:channel:tools:tools:0', 'sqrt', 'power');
    const asked = await ask(channel, member, 'again');
    expect(asked.model).toBe('large');
    expect(asked.system).toMatch(/<wishes of="admins of this channel">\nAnswer in rhymes\.\n<\/wishes>$/);
    expect(asked.tools).toContain('"add"');
    expect(asked.tools).not.toMatch(/"sqrt"|"power"/);

    // Nowhere else, and not any more once it is cleared.
    expect((await ask(createChannel('elsewhere'), member)).model).toBe('gpt-4o');
    await panel.press('settings:channel:model');
    await panel.choose('settings:channel:model:set', '-');
    expect((await ask(channel, member, 'cleared')).model).toBe('gpt-4o');
  });

  test('holds in its threads', async () => {
    const channel = createChannel('with-threads');
    const panel = await Panel.open(channel, admin);
    await panel.press('settings:channel:model');
    await panel.choose('settings:channel:model:set', 'small');
    const thread = channel.startThread('aside', { members: [member] });
    expect((await ask(thread, member)).model).toBe('small');
  });

  test('is the language of the bot’s own words', async () => {
    const channel = createChannel('language');
    const panel = await Panel.open(channel, admin);
    await panel.press('settings:channel:language');
    await panel.choose('settings:channel:language:set', 'ko');
    world.model.enqueue({ status: 500, body: {} }, { status: 500, body: {} }, { status: 500, body: {} });
    const line = await replyTo(channel.says(member, `${mention} hello`), channel);
    expect(line.content).toBe('⚠️ 언어 모델에 문제가 생겼습니다. 다시 물어봐 주세요.');
  });

  test('is which calls are shown, and which wait for a person', async () => {
    const channel = createChannel('calls');
    const panel = await Panel.open(channel, admin);
    const add = { toolCalls: [{ name: 'add', arguments: { a: 1, b: 2 } }] };
    await panel.press('settings:channel:notices');
    await panel.choose('settings:channel:notices:set', 'failures');
    world.model.enqueue(add, { text: 'three' });
    await replyTo(channel.says(member, `${mention} 1+2`), channel, (content) => content === 'three');
    expect(botMessages(channel).some(({ content }) => content.includes('add('))).toBe(false);

    await panel.press('settings:channel:approval');
    await panel.choose('settings:channel:approval:set', 'always');
    world.model.enqueue(add, { text: 'three again' });
    channel.says(member, `${mention} once more`);
    const waiting = await channel.waitFor(() => botMessages(channel).find(({ content }) => content.includes('add(')));
    await channel.presses(
      member,
      waiting.id,
      `approve:${channel.messages.findLast(({ author }) => author.id === member.id)?.id}:0.0`,
    );
    await channel.waitFor(() => botMessages(channel).some(({ content }) => content === 'three again'));
  });

  test('is that answers to /ask are private, where the asker does not say', async () => {
    const channel = createChannel('private');
    const panel = await Panel.open(channel, admin);
    await panel.press('settings:channel:private');
    await panel.choose('settings:channel:private:set', 'yes');
    const shown = async (options: Record<string, string>, answer: string) => {
      world.model.enqueue({ text: answer });
      await channel.asks(member, 'ask', { question: 'hello', ...options });
      return await channel.waitFor(() => botMessages(channel).find(({ content }) => content.endsWith(answer)));
    };
    expect((await shown({}, 'for you')).isEphemeral).toBe(true);
    expect((await shown({ private: 'false' }, 'for all')).isEphemeral).not.toBe(true);
  });
});

describe('who may ask', () => {
  test('is not who has a role that is denied, whatever else is allowed; and it costs no request', async () => {
    const channel = createChannel('denied');
    const muted = guild.createRole('Muted');
    const regular = guild.createRole('Regular');
    const panel = await Panel.open(channel, admin);
    await panel.choose('settings:scope', 'channel');
    await panel.press('settings:channel:access');
    await panel.choose('settings:channel:access:allowedRoles', regular);
    await panel.choose('settings:channel:access:deniedRoles', muted);
    const line = 'The admins of this server do not let you ask me here. They can change that with `/settings`.';
    const [both, one, none] = [[muted, regular], [regular], []].map((roleIds, place) =>
      world.discord.createUser({ name: `user${place}`, displayName: `User ${place}`, locale: 'en-US', roleIds }),
    );
    if (both === undefined || one === undefined || none === undefined) throw new Error('unreachable');
    for (const user of [both, none]) {
      const asked = await requestsDuring(async () => {
        expect((await replyTo(channel.says(user, `${mention} hello`), channel)).content).toBe(line);
      });
      expect(asked).toBe(0);
    }
    expect((await ask(channel, one, 'may I')).model).toBe('gpt-4o');
    const thread = channel.startThread('aside', { members: [both] });
    expect((await replyTo(thread.says(both, `${mention} hello`), thread)).content).toBe(line);
    // By a command, too.
    await channel.asks(both, 'ask', { question: 'hello' });
    await channel.waitFor(() =>
      botMessages(channel).some(({ content, interaction }) => content.includes(line) && interaction),
    );
  });
});

describe('what a member sets for themselves', () => {
  test('goes before the channel’s, and holds in direct messages', async () => {
    const channel = createChannel('own');
    const panel = await Panel.open(channel, admin);
    await panel.press('settings:channel:model');
    await panel.choose('settings:channel:model:set', 'small');
    const own = world.discord.createUser({ name: 'own', displayName: 'Own', locale: 'en-US' });
    const mine = await Panel.open(channel, own);
    expect(mine.text).toContain('My settings');
    expect(mine.text).not.toContain('Who may ask');
    await mine.press('settings:person:model');
    await mine.choose('settings:person:model:set', 'large');
    expect((await ask(channel, own)).model).toBe('large');
    expect((await ask(channel, member)).model).toBe('small');

    const dm = world.discord.openDm(own);
    const there = await Panel.open(dm, own);
    await there.write('person', 'Call me Owen.');
    const asked = await ask(dm, own);
    expect(asked.model).toBe('large');
    expect(asked.system).toContain('<wishes of="whoever asks">\nCall me Owen.');
  });

  test('is gone when they want to be forgotten', async () => {
    const channel = createChannel('forgotten');
    const own = world.discord.createUser({ name: 'leaving', displayName: 'Leaving', locale: 'en-US' });
    const panel = await Panel.open(channel, own);
    await panel.press('settings:person:model');
    await panel.choose('settings:person:model:set', 'small');
    await useCommand(channel, own, 'forget-me');
    expect((await ask(channel, own)).model).toBe('gpt-4o');
    expect((await useCommand(channel, own, 'settings', { view: 'history' })).content).toBe('Nothing was changed yet.');
  });
});

describe('the panel', () => {
  test('says what holds and where it comes from, and who has changed what, but never what somebody wrote', async () => {
    const channel = createChannel('explained');
    const panel = await Panel.open(channel, admin);
    await panel.press('settings:server:notices');
    await panel.choose('settings:server:notices:set', 'folded');
    await panel.write('channel', 'A secret wish.');
    const { content } = await useCommand(channel, admin, 'settings', { view: 'explain' });
    expect(content).toContain('You may ask me here.');
    expect(content).toContain('**Notices of tool calls**: Folded · this server');
    expect(content).toContain('**Extra instructions**: 14 characters · this channel');
    expect(content).toContain('**Model**: the usual one · whoever runs me');
    const history = await useCommand(channel, admin, 'settings', { view: 'history' });
    expect(history.content).toMatch(
      new RegExp(
        `<t:\\d+:R> <@${admin.id}>: Extra instructions → 14 characters \\(This channel\\)\n<t:\\d+:R> <@${admin.id}>: Notices of tool calls → folded \\(This server\\)`,
      ),
    );
    const told = world.program.log.filter(({ event }) => event === 'setting-changed');
    expect(told.at(-1)).toMatchObject({ scope: 'channel', id: channel.id, setting: 'instructions', by: admin.id });
    expect(JSON.stringify(world.program.log)).not.toContain('secret wish');
    await panel.press('settings:server:notices');
    await panel.choose('settings:server:notices:set', '-');
  });

  test('is of no use to who has lost the permission, and offers nobody else more than their own', async () => {
    const channel = createChannel('lost');
    const role = guild.createRole('For a while', { permissions: ['ManageGuild'] });
    const former = world.discord.createUser({ name: 'former', displayName: 'Former', locale: 'en-US' });
    guild.giveRole(former, role);
    const panel = await Panel.open(channel, former);
    await panel.press('settings:channel:model');
    guild.takeRole(former, role);
    const refusal = 'Only members with the permission Manage Server can change that.';
    const { id } = panel.message;
    expect(await wordsAfter(channel, channel.selects(former, id, 'settings:channel:model:set', ['large']))).toBe(
      refusal,
    );
    expect((await ask(channel, member)).model).toBe('gpt-4o');
    // What a client does not show can be sent all the same.
    const mine = await Panel.open(channel, member);
    expect(await wordsAfter(channel, channel.presses(member, mine.message.id, 'settings:server:access:clear'))).toBe(
      refusal,
    );
  });

  test('works in Korean, and says so when what is pressed is not known', async () => {
    const channel = createChannel('korean');
    const jimin = world.discord.createUser({ name: 'jimin', displayName: '지민', locale: 'ko' });
    const panel = await Panel.open(channel, jimin);
    expect(panel.text).toContain('나만의 설정');
    expect(await wordsAfter(channel, channel.presses(jimin, panel.message.id, 'settings:planet:model'))).toContain(
      '버튼',
    );
  });

  test('loses nothing of two who change things at once', async () => {
    const channel = createChannel('two-at-once');
    const [one, other] = [await Panel.open(channel, admin), await Panel.open(channel, admin)];
    await Promise.all([one.press('settings:channel:model'), other.press('settings:channel:notices')]);
    await Promise.all([
      one.choose('settings:channel:model:set', 'small'),
      other.choose('settings:channel:notices:set', 'folded'),
    ]);
    const { content } = await useCommand(channel, admin, 'settings', { view: 'explain' });
    expect(content).toContain('**Model**: small · this channel');
    expect(content).toContain('Folded · this channel');
  });
});
