/** What may be spent, and how fast members may ask: the whole bot with an operator's file. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { Hold } from '../../src/simulator/model/hold.ts';
import { botMessages, replyTo, startWorld, type World } from '../support/world.ts';

let folder: string;
let world: World | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jupan-budgets-'));
});

afterEach(async () => {
  expect(world?.discord.problems).toEqual([]);
  await world?.[Symbol.asyncDispose]();
  world = undefined;
  await rm(folder, { recursive: true });
});

/** A bot that answers everything with «ok», each for 1,000 tokens. */
async function start(file: (ids: { watcher: string }) => object) {
  const path = join(folder, 'jupan.json');
  await writeFile(path, '{}');
  world = await startWorld({
    discord: { guildLocale: 'en-US' },
    model: { respond: () => ({ text: 'ok', usage: { promptTokens: 900, cachedTokens: 0, completionTokens: 100 } }) },
    settings: { JUPAN_CONFIG: path },
  });
  const member = (name: string): SimulatedUser => started.discord.createUser({ name, locale: 'en-US' });
  const started = world;
  const watcher = member('watcher');
  await writeFile(path, JSON.stringify(file({ watcher: watcher.id })));
  await started.stop();
  await started.start();
  return { ...started, world: started, member, watcher };
}

async function ask({ general, discord }: World, user: SimulatedUser, text = 'hello'): Promise<string> {
  return (await replyTo(general.says(user, `<@${discord.bot.id}> ${text}`), general)).content;
}

test('a member who has used up a day’s questions is told when it works again, and no model is asked; others go on', async () => {
  const {
    world: started,
    member,
    model,
  } = await start(() => ({
    budgets: [{ of: 'member', per: 'day', questions: 2 }],
  }));
  const [jimin, mina] = [member('jimin'), member('mina')];
  expect(await ask(started, jimin)).toBe('ok');
  expect(await ask(started, jimin)).toBe('ok');
  const asked = model.requests.length;
  const midnight = Math.ceil((Math.floor(Date.now() / 86_400_000) + 1) * 86_400);
  expect(await ask(started, jimin)).toBe(
    `⚠️ What I may spend for you for this day is used up. It works again <t:${midnight}:R>.`,
  );
  expect(model.requests).toHaveLength(asked);
  await started.kill();
  await started.start();
  expect(await ask(started, jimin)).toContain('used up');
  expect(await ask(started, mina)).toBe('ok');
});

test('a member with the role that the operator has named may let as much again be spent, once for each question', async () => {
  const role = '223456789012345678';
  const {
    world: started,
    member,
    discord,
    general,
  } = await start(() => ({
    budgets: [{ of: 'member', per: 'day', questions: 1 }],
    budgetRoles: [role],
  }));
  const jimin = member('jimin');
  discord.createRole('Treasurers', role);
  const boss = discord.createUser({ name: 'boss', locale: 'en-US', roleIds: [role] });
  expect(await ask(started, jimin)).toBe('ok');
  const question = general.says(jimin, `<@${discord.bot.id}> hello`);
  const line = await replyTo(question, general);
  const button = `extend:${question.id}`;
  expect(JSON.stringify(line.components)).toContain(button);
  const press = async (user: SimulatedUser) => {
    const id = await general.presses(user, line.id, button);
    const reply = await general.waitFor((channel) =>
      channel.messages.find(({ interaction, content }) => interaction?.id === id && content !== ''),
    );
    return reply.content;
  };
  expect(await press(jimin)).toBe('Only a member with a role that may allow more can press that.');
  await started.kill();
  await started.start();
  const replies = await Promise.all([press(boss), press(boss)]);
  expect(replies.toSorted()).toEqual([
    'As much again may be spent now. Press “Again” to ask once more.',
    'That is settled already.',
  ]);
  expect(await ask(started, jimin)).toBe('ok');
  expect(await ask(started, jimin)).toContain('used up');
});

test('a hundred questions at once do not spend more than the cap, and its watchers are told once', async () => {
  const cap = 20_000;
  const {
    world: started,
    member,
    model,
    discord,
    watcher,
  } = await start((ids) => ({
    budgets: [{ of: 'server', per: 'month', tokens: cap }],
    budgetWatchers: [ids.watcher],
  }));
  const { guild } = started.general;
  if (guild === undefined) throw new Error('no guild');
  const channels = Array.from({ length: 100 }, (_, index) => discord.createChannel(guild, `c${index}`));
  const asker = member('jimin');
  const replies = await Promise.all(
    channels.map((channel) => replyTo(channel.says(asker, `<@${discord.bot.id}> hello`), channel)),
  );
  const answered = replies.filter(({ content }) => content === 'ok').length;
  expect(answered).toBeGreaterThan(0);
  expect(answered * 1_000).toBeLessThanOrEqual(cap);
  expect(model.requests.length).toBe(answered);
  expect(replies.filter(({ content }) => content.includes('in this server for this month is used up')).length).toBe(
    100 - answered,
  );
  const dm = discord.openDm(watcher);
  await dm.waitFor(() => botMessages(dm).length > 0);
  expect(botMessages(dm).map(({ content }) => content)).toEqual([
    expect.stringMatching(/^⚠️ \d+ % of the budget of the server .+ for this month is spent \(20000 tokens\)\.$/),
  ]);
});

test('who asks too fast is told once, and may go on after a while; only so many run and wait at once', async () => {
  const {
    world: started,
    member,
    model,
    general,
    discord,
  } = await start(() => ({
    limits: { questionsPerMinute: 2, turnsAtOncePerServer: 1, waitingPerChannel: 1 },
  }));
  const [jimin, mina, yuna, dana] = [member('jimin'), member('mina'), member('yuna'), member('dana')];
  const held = new Hold();
  model.enqueue({ text: [held, 'first'] });
  const first = general.says(jimin, `<@${discord.bot.id}> one`);
  await held.reached;
  const other = discord.createChannel(general.guild ?? discord.createGuild({ name: 'x' }), 'other');
  const second = other.says(mina, `<@${discord.bot.id}> two`);
  const third = general.says(yuna, `<@${discord.bot.id}> three`);
  const asked = () => model.requests.length;
  const before = asked();
  const fourth = general.says(dana, `<@${discord.bot.id}> four`);
  expect((await replyTo(fourth, general)).content).toContain('Many questions are waiting here already');
  expect(asked()).toBe(before);
  held.release();
  expect((await replyTo(first, general)).content).toBe('first');
  expect((await replyTo(second, other)).content).toBe('ok');
  expect((await replyTo(third, general)).content).toBe('ok');
  expect(await ask(started, jimin)).toBe('ok');
  expect(await ask(started, jimin)).toMatch(/^⚠️ You are asking faster than I may answer\. .* in about \d+ seconds\.$/);
});
