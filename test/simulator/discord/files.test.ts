/** Files, forwards and the menu of a message, as the real discord.js is told of them. */
import { once } from 'node:events';
import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ComponentType,
  Events,
  GatewayIntentBits,
  MessageReferenceType,
  TextInputStyle,
} from 'discord.js';
import { describe, expect, test } from 'vitest';
import type { SimulatedFile } from '../../../src/simulator/discord/discord.ts';
import { startDiscord } from '../../../src/simulator/discord/start.ts';
import { callApi, generalOf, listen, startBot } from './bot.ts';

const notes: SimulatedFile = { name: 'notes ü.txt', data: Buffer.from('1, 2, 3'), contentType: 'text/plain' };
const withContent = {
  intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.MessageContent],
};

test('a message brings its files along, at signed addresses that end', async () => {
  await using discord = await startDiscord({ fileAddressLifeMs: 60_000 });
  await using bot = await startBot(discord);
  const heard = listen(bot.client);
  const [min, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
  general.says(min, `<@${discord.bot.id}>`, { files: [notes] });
  await heard.count(1);
  const [attachment] = heard.messages[0]?.attachments.values() ?? [];
  expect(attachment).toMatchObject({ name: notes.name, size: 7, contentType: 'text/plain' });
  const { url = '' } = attachment ?? {};
  expect(url).toMatch(new RegExp(`/attachments/${general.id}/${attachment?.id}/[^/]+\\?ex=\\w+&is=\\w+&hm=\\w+&$`));
  expect(await (await fetch(url)).text()).toBe('1, 2, 3');
  for (const changed of [url.replace('hm=', 'hm=0'), url.replace('?', 'x?'), url.replace(/\?.*/, '')])
    expect((await fetch(changed)).status).toBe(404);
  expect(discord.cdn.fetched).toEqual(Array.from({ length: 4 }, () => attachment?.id));
  expect(discord.problems).toEqual([]);
});

test('an address that has ended is refused, and the message is told with a new one', async () => {
  await using discord = await startDiscord({ fileAddressLifeMs: -1000 });
  const message = generalOf(discord).says(discord.createUser({ name: 'min' }), '', { files: [notes] });
  expect((await fetch(message.attachments[0]?.url ?? '')).status).toBe(404);
});

test('a member’s client sends no eleven files, and none that is too large', async () => {
  await using discord = await startDiscord();
  const [min, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
  const files = Array.from({ length: 11 }, () => notes);
  expect(() => general.says(min, '', { files })).toThrow('at most 10');
  const large = { name: 'large', data: new Uint8Array(20 * 1024 * 1024 + 1) };
  expect(() => general.says(min, '', { files: [large] })).toThrow('larger');
  expect(general.messages).toEqual([]);
});

test('what goes wrong with a file is what was asked for', async () => {
  await using discord = await startDiscord();
  const message = generalOf(discord).says(discord.createUser({ name: 'min' }), '', { files: [notes] });
  const get = () =>
    fetch(message.attachments[0]?.url ?? '', { redirect: 'manual', signal: AbortSignal.timeout(3_000) });
  discord.cdn.fail({ type: 'status', status: 503 });
  discord.cdn.fail({ type: 'redirect', to: 'http://127.0.0.1:1/' });
  expect((await get()).status).toBe(503);
  expect((await get()).headers.get('location')).toBe('http://127.0.0.1:1/');
  discord.cdn.fail({ type: 'hang' });
  await expect(get()).rejects.toThrow();
  discord.cdn.fail({ type: 'stall' });
  await expect(get().then((response) => response.text())).rejects.toThrow();
  discord.cdn.fail({ type: 'endless' });
  const reader = (await get()).body?.getReader();
  let bytes = 0;
  while (bytes < 1_000_000) bytes += (await reader?.read())?.value?.length ?? 0;
  await reader?.cancel();
  expect((await get()).status).toBe(200);
});

describe('a forward', () => {
  test('brings a snapshot of the message, without its author', async () => {
    await using discord = await startDiscord();
    await using bot = await startBot(discord);
    const heard = listen(bot.client);
    const [min, alex] = [discord.createUser({ name: 'min' }), discord.createUser({ name: 'alex' })];
    const said = generalOf(discord).says(alex, 'the numbers', { files: [notes] });
    const direct = discord.openDm(min);
    direct.forwards(min, said);
    await heard.count(2);
    const forward = heard.messages[1];
    expect(forward).toMatchObject({
      content: '',
      reference: { type: MessageReferenceType.Forward, messageId: said.id, channelId: said.channelId },
    });
    const [snapshot] = forward?.messageSnapshots.values() ?? [];
    expect(snapshot?.content).toBe('the numbers');
    expect(snapshot?.attachments.map(({ name }) => name)).toEqual([notes.name]);
    expect(direct.messages[0]?.forwarded).toMatchObject({ content: 'the numbers', attachments: [{ size: 7 }] });
    const answer = await callApi(discord, 'GET', `/channels/${direct.id}/messages/${direct.messages[0]?.id}`);
    expect(answer.body).toMatchObject({ message_snapshots: [{ message: { content: 'the numbers' } }] });
    expect(JSON.stringify(answer.body)).not.toContain(alex.id);
  });

  test('says nothing to a bot that may not read what members write', async () => {
    await using discord = await startDiscord();
    await using bot = await startBot(discord);
    const heard = listen(bot.client);
    const [min, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
    const said = general.says(min, 'the numbers', { files: [notes] });
    general.forwards(min, said);
    general.says(min, `<@${discord.bot.id}>`, { repliesTo: said.id });
    await heard.count(3);
    const [snapshot] = heard.messages[1]?.messageSnapshots.values() ?? [];
    for (const hidden of [heard.messages[0], snapshot])
      expect([hidden?.content, hidden?.attachments.size]).toEqual(['', 0]);
    const { body } = await callApi(discord, 'GET', `/channels/${general.id}/messages/${general.messages[2]?.id}`);
    expect(body.referenced_message).toMatchObject({ content: '', attachments: [] });
  });
});

test('what members write is told to a bot that was granted it, until it is granted no more', async () => {
  await using discord = await startDiscord({ grantsMessageContent: true });
  await using bot = await startBot(discord, withContent);
  const heard = listen(bot.client);
  const general = generalOf(discord);
  general.says(discord.createUser({ name: 'min' }), 'just talk', { files: [notes] });
  await heard.count(1);
  expect(heard.messages[0]?.content).toBe('just talk');
  expect(heard.messages[0]?.attachments.size).toBe(1);
  discord.grantMessageContent(false);
  const closed = once(bot.client, Events.ShardDisconnect);
  discord.gateway.invalidateSession(false);
  expect(await closed).toMatchObject([{ code: 4014 }, 0]);
});

test('an option takes a file, which the command brings along', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const options = [{ type: ApplicationCommandOptionType.Attachment as const, name: 'file', description: 'A file' }];
  await bot.client.application.commands.set([{ name: 'ask', description: 'Ask', options }]);
  expect(discord.commands[0]?.options).toMatchObject([{ name: 'file', isFile: true }]);
  const used = once(bot.client, Events.InteractionCreate);
  await generalOf(discord).asks(discord.createUser({ name: 'min' }), 'ask', { file: notes });
  const [interaction] = await used;
  const attachment = interaction.options.getAttachment('file');
  expect(attachment).toMatchObject({ name: notes.name, size: 7, ephemeral: true });
  expect(attachment.url).toContain('/ephemeral-attachments/');
  expect(await (await fetch(attachment.url)).text()).toBe('1, 2, 3');
});

describe('a command of the menu of a message', () => {
  const menu = { type: ApplicationCommandType.Message as const, name: 'Ask Jupan' };

  test('has a name as members read it, and nothing else', async () => {
    await using discord = await startDiscord();
    await using bot = await startBot(discord);
    const nameLocalizations = { ko: 'Jupan에게 묻기' };
    await bot.client.application.commands.set([
      { ...menu, nameLocalizations },
      { name: 'ask', description: 'Ask' },
    ]);
    expect(discord.commands).toMatchObject([
      { kind: 'message', name: 'Ask Jupan', nameLocalizations, description: '' },
      { kind: 'slash', name: 'ask' },
    ]);
    const put = (body: unknown) => callApi(discord, 'PUT', `/applications/${discord.applicationId}/commands`, body);
    for (const bad of [
      [{ ...menu, description: 'no' }],
      [menu, menu],
      Array.from({ length: 16 }, (_, index) => ({ ...menu, name: `${index}` })),
    ])
      expect(await put(bad)).toMatchObject({ status: 400, body: { code: 50_035 } });
    const min = discord.createUser({ name: 'min' });
    await expect(generalOf(discord).asks(min, 'Ask Jupan', {})).rejects.toThrow('has registered no');
  });

  test('tells of the message in full, opens a dialog, and is answered when that is sent off', async () => {
    await using discord = await startDiscord();
    await using bot = await startBot(discord);
    const [min, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
    await bot.client.application.commands.set([menu]);
    const said = general.says(min, 'the numbers', { files: [notes] });
    const used = once(bot.client, Events.InteractionCreate);
    const useId = await general.uses(min, said.id, 'Ask Jupan');
    const [interaction] = await used;
    expect(interaction.isMessageContextMenuCommand()).toBe(true);
    expect(interaction.targetMessage).toMatchObject({ id: said.id, content: 'the numbers' });
    expect(interaction.targetMessage.attachments.size).toBe(1);
    await interaction.showModal({
      custom_id: 'dialog',
      title: 'Ask',
      components: [
        {
          type: ComponentType.Label,
          label: 'Question',
          component: { type: ComponentType.TextInput, custom_id: 'q', style: TextInputStyle.Short, required: false },
        },
      ],
    });
    expect(general.dialogOf(useId)).toMatchObject({ title: 'Ask', fields: [{ label: 'Question', isRequired: false }] });
    const submitted = once(bot.client, Events.InteractionCreate);
    await general.submits(min, useId, { q: 'how many?' });
    const [submit] = await submitted;
    expect(submit.fields.getTextInputValue('q')).toBe('how many?');
    const response = await submit.deferReply({ withResponse: true });
    expect(response.interaction).toMatchObject({ type: 5, responseMessageLoading: true });
    await submit.editReply('three');
    expect(general.messages[1]).toMatchObject({ content: 'three', interaction: { command: 'Ask Jupan', user: min } });
    const { body } = await callApi(discord, 'GET', `/channels/${general.id}/messages/${general.messages[1]?.id}`);
    expect(body.interaction_metadata).toMatchObject({
      type: 5,
      id: submit.id,
      triggering_interaction_metadata: { type: 2, id: useId },
    });
    expect(discord.problems).toEqual([]);
  });
});

test('a thread is of whoever opened it', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const thread = generalOf(discord).startThread('mine', { owner: discord.bot });
  const ownerId = bot.client.user.id;
  await expect.poll(() => bot.client.channels.cache.get(thread.id)).toMatchObject({ ownerId });
});
