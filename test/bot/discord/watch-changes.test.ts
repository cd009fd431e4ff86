/** What is noted of edits and deletions, as the gateway tells them. */
import { Routes } from 'discord.js';
import { expect, test } from 'vitest';
import type { Change } from '../../../src/bot/channel/pending-questions.ts';
import { watchChanges } from '../../../src/bot/discord/watch-changes.ts';
import { logIn } from './support/logged-in.ts';

async function watch() {
  const world = await logIn();
  const { discord, client, listening } = world;
  const changes: [string, Change][] = [];
  watchChanges(client, {
    isPending: () => false,
    onChange: (id, change) => changes.push([id, change]),
    toChange: (message) => listening.hearAgain(message),
    onDelete: () => {},
    onLeave: () => {},
  });
  const [general] = discord.channels;
  if (general === undefined) throw new Error('the simulated guild has no channel');
  const jimin = discord.createUser({ name: 'jimin' });
  const ask = (text: string) => general.says(jimin, `<@${discord.bot.id}> ${text}`);
  return { ...world, changes, general, jimin, ask };
}

test('an edited question, one that asks nothing any more, and a deleted one are noted', async () => {
  await using world = await watch();
  const { ask, general, changes } = world;
  const [edited, taken, deleted] = [ask('one'), ask('two'), ask('three')] as const;
  general.edits(edited.id, `<@${world.discord.bot.id}> in a new form`);
  general.edits(taken.id, 'nothing to you');
  general.deletes(deleted.id);
  await expect
    .poll(() => changes, { timeout: 10_000 })
    .toEqual([
      [edited.id, { text: 'in a new form', language: 'en' }],
      [taken.id, 'deleted'],
      [deleted.id, 'deleted'],
    ]);
});

test('what the bot itself, other bots and webhooks edit is nothing to note', async () => {
  await using world = await watch();
  const { client, discord, general, changes, jimin, ask } = world;
  const other = discord.createUser({ name: 'other-bot', isBot: true });
  const ofBot = general.says(other, 'a post');
  const ofHook = general.says(jimin, 'a post', { isWebhook: true });
  general.edits(ofBot.id, 'another');
  general.edits(ofHook.id, 'another');
  const route = Routes.channelMessages(general.id);
  const own = (await client.rest.post(route, { body: { content: 'an answer' } })) as { readonly id: string };
  for (const content of ['that', 'that grows']) await client.rest.patch(`${route}/${own.id}`, { body: { content } });
  const last = ask('one');
  general.edits(last.id, `<@${discord.bot.id}> two`);
  await expect.poll(() => changes.map(([id]) => id), { timeout: 10_000 }).toContain(last.id);
  expect(changes).toHaveLength(1);
});
