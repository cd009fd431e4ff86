/** Settings and what becomes of a process, a store and an operator's file: a turn goes on as it began, and nothing is lost or taken on trust. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openBackend } from '../../src/agent/store/open.ts';
import { silentLogger } from '../../src/log.ts';
import type { SimulatedChannel, SimulatedUser } from '../../src/simulator/discord/discord.ts';
import { Hold } from '../../src/simulator/model/hold.ts';
import { Panel } from '../support/panel.ts';
import { useCommand } from '../support/private.ts';
import { replyTo, startWorld, type World } from '../support/world.ts';

let world: World | undefined;
let folder: string | undefined;

afterEach(async () => {
  await world?.[Symbol.asyncDispose]();
  if (folder !== undefined) await rm(folder, { recursive: true });
  [world, folder] = [undefined, undefined];
});

/** A world with an admin who has the panel of #general open. */
async function start(settings: Readonly<Record<string, string>> = {}) {
  folder = await mkdtemp(join(tmpdir(), 'jupan-settings-'));
  const path = join(folder, 'jupan.json');
  const configure = (config: unknown) => writeFile(path, JSON.stringify(config));
  await configure({ models: ['small', 'large'] });
  const started = await startWorld({
    discord: { guildLocale: 'en-US' },
    settings: { JUPAN_CONFIG: path, ...settings },
  });
  world = started;
  const { discord, general } = started;
  const [guild] = discord.guilds;
  const managers = guild?.createRole('Managers', { permissions: ['ManageGuild'] }) ?? '';
  const admin = discord.createUser({ name: 'admin', displayName: 'Admin', locale: 'en-US', roleIds: [managers] });
  const ask = async (channel: SimulatedChannel, user: SimulatedUser, text: string) => {
    started.model.enqueue({ text: `answer to ${text}` });
    const question = channel.says(user, `<@${discord.bot.id}> ${text}`);
    await replyTo(question, channel, (content) => content === `answer to ${text}`);
    return started.model.requests.at(-1)?.model;
  };
  return {
    ...started,
    world: started,
    discord,
    general,
    admin,
    configure,
    ask,
    panel: await Panel.open(general, admin),
  };
}

test('a turn that is killed goes on with the settings it began with, and the next one has the new ones', async () => {
  const { world: started, general, admin, discord, model, panel, ask } = await start();
  await panel.press('settings:server:model');
  await panel.choose('settings:server:model:set', 'small');
  await panel.write('server', 'Rhyme.');
  await panel.press('settings:server:tools');
  await panel.choose('settings:server:tools:tools:0', 'sqrt');
  const hold = new Hold();
  model.enqueue({ toolCalls: [{ name: 'add', arguments: { a: 1, b: 2 } }] }, { text: [hold, 'never sent'] });
  const question = general.says(admin, `<@${discord.bot.id}> 1+2`);
  await hold.reached;
  await panel.press('settings:server:model');
  await panel.choose('settings:server:model:set', 'large');
  await panel.press('settings:server:instructions');
  await panel.press('settings:server:instructions:clear');
  await panel.press('settings:server:tools:clear');
  await started.kill();
  model.enqueue({ text: 'three' });
  await started.start();
  await replyTo(question, general, (content) => content === 'three');
  const [first, last] = [model.requests.at(-2), model.requests.at(-1)];
  expect(last?.model).toBe('small');
  expect(Object(last?.body).tools).toEqual(Object(first?.body).tools);
  expect(Object(last?.body).messages[0]).toEqual(Object(first?.body).messages[0]);
  expect(JSON.stringify(last?.body)).toContain('Rhyme.');
  expect(await ask(general, admin, 'next')).toBe('large');
  expect(JSON.stringify(model.requests.at(-1)?.body)).not.toContain('Rhyme.');
  expect(discord.problems).toEqual([]);
});

test('the panel of an earlier process can be used', async () => {
  const { world: started, general, admin, panel, ask } = await start();
  await started.kill();
  await started.start();
  await panel.press('settings:server:model');
  await panel.choose('settings:server:model:set', 'large');
  expect(await ask(general, admin, 'hello')).toBe('large');
});

test('a model that the operator offers no more does not count, which is said', async () => {
  const { world: started, general, admin, configure, panel, ask } = await start();
  await panel.press('settings:server:model');
  await panel.choose('settings:server:model:set', 'large');
  await started.stop();
  await configure({ models: ['small'] });
  await started.start();
  expect(await ask(general, admin, 'hello')).toBe('gpt-4o');
  const { content } = await useCommand(general, admin, 'settings', { view: 'explain' });
  expect(content).toContain('⚠️ This server: does not count, because whoever runs me does not offer it');
});

test('what stands in the store and cannot be read is set aside, said in the log, and does not stop a question', async () => {
  const { world: started, general, admin, panel, ask } = await start();
  await panel.press('settings:server:model');
  await panel.choose('settings:server:model:set', 'large');
  await started.stop();
  const place = await openBackend(started.settings.STORE_URL ?? '', 'jupan', silentLogger);
  const key = `jupan:document:settings:server:${general.guild?.id}`;
  const text = await place.get(key);
  expect(JSON.parse(text ?? '')).toMatchObject({ version: 1, layer: { model: 'large' } });
  await place.set(key, (text ?? '').replace('"version":1', '"version":2'));
  await place.close();
  await started.start();
  expect(await ask(general, admin, 'hello')).toBe('gpt-4o');
  const unreadable = await started.program.waitForEvent('store-record-unreadable');
  expect(unreadable).toMatchObject({ kind: 'document', key: `settings:server:${general.guild?.id}`, reason: 'form' });
});

test('with STORE_KEY, no setting stands in the store in plain text', async () => {
  const { world: started, panel } = await start({ STORE_KEY: 'a secret that is long enough' });
  await panel.write('server', 'A wish nobody should read.');
  await started.stop();
  const place = await openBackend(started.settings.STORE_URL ?? '', 'jupan', silentLogger);
  const stored = [...(await place.entries('jupan:document:')).values()];
  await place.close();
  expect(stored).toHaveLength(1);
  expect(stored.join()).not.toMatch(/wish|instructions/);
});
