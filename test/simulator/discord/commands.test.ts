import { once } from 'node:events';
import {
  ActionRowBuilder,
  ApplicationCommandOptionType,
  ButtonBuilder,
  ButtonStyle,
  type ChatInputCommandInteraction,
  type Client,
  Events,
  InteractionContextType,
  MessageFlags,
} from 'discord.js';
import { expect, test } from 'vitest';
import type { SimulatedDiscord } from '../../../src/simulator/discord/discord.ts';
import { startDiscord } from '../../../src/simulator/discord/start.ts';
import { callApi, generalOf, startBot } from './bot.ts';

const ask = {
  name: 'ask',
  description: 'Ask a question',
  descriptionLocalizations: { ko: '질문하기' },
  options: [
    {
      type: ApplicationCommandOptionType.String as const,
      name: 'question',
      description: 'What to ask',
      required: true,
      maxLength: 20,
    },
  ],
};

/** A bot with /ask, and the interaction of a member who has just used it. */
async function askThere(discord: SimulatedDiscord, client: Client<true>): Promise<ChatInputCommandInteraction> {
  await client.application.commands.set([ask]);
  const used = once(client, Events.InteractionCreate);
  await generalOf(discord).asks(discord.createUser({ name: 'min', locale: 'ko' }), 'ask', { question: '1+1' });
  const [interaction] = await used;
  return interaction;
}

test('registers commands and offers them to members', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const registered = await bot.client.application.commands.set([ask]);
  expect(discord.commands).toMatchObject([
    {
      name: 'ask',
      description: 'Ask a question',
      descriptionLocalizations: { ko: '질문하기' },
      options: [
        {
          name: 'question',
          description: 'What to ask',
          isRequired: true,
          maxLength: 20,
          choices: [],
          hasAutocomplete: false,
        },
      ],
    },
  ]);
  // The id of a command stays when it is registered again.
  const again = await bot.client.application.commands.set([{ ...ask, description: 'Ask' }]);
  expect([...again.keys()]).toEqual([...registered.keys()]);
  expect((await bot.client.application.commands.fetch()).map(({ description }) => description)).toEqual(['Ask']);

  const [guild] = discord.guilds;
  await bot.client.application.commands.set([{ ...ask, name: 'here' }], String(guild?.id));
  expect(discord.commands.map(({ name }) => name)).toEqual(['ask', 'here']);
  await bot.client.application.commands.set([]);
  expect(discord.commands.map(({ name }) => name)).toEqual(['here']);
  expect(discord.problems).toEqual([]);
});

test('refuses commands that Discord would not take', async () => {
  await using discord = await startDiscord();
  const put = (body: unknown) => callApi(discord, 'PUT', `/applications/${discord.applicationId}/commands`, body);
  const good = { name: 'ask', description: 'Ask' };
  const option = { type: 3, name: 'a', description: 'a' };
  for (const bad of [
    {},
    [{ ...good, name: 'Ask' }],
    [{ ...good, name: 'a b' }],
    [{ ...good, description: '' }],
    [good, good],
    [{ ...good, options: [option, { ...option, name: 'b', required: true }] }],
    [{ ...good, options: [{ ...option, type: 99 }] }],
  ]) {
    expect(await put(bad)).toMatchObject({ status: 400, body: { code: 50_035 } });
  }
  expect(discord.problems).toHaveLength(7);
  expect((await put([{ ...good, name: '물어보기', default_member_permissions: '0' }])).status).toBe(200);
});

test('defers, fills the response and follows it up', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const general = generalOf(discord);
  const interaction = await askThere(discord, bot.client);
  expect(interaction).toMatchObject({ locale: 'ko', guildLocale: 'en-US', channelId: general.id });
  expect(interaction.options.getString('question')).toBe('1+1');

  await interaction.deferReply();
  expect(general.messages[0]?.interaction).toMatchObject({ command: 'ask', isThinking: true, id: interaction.id });
  expect(general.transcript()).toBe('Jupan: (thinking)');
  await interaction.editReply('> 1+1\n🔧');
  expect(general.messages[0]).toMatchObject({ revisions: ['> 1+1\n🔧'], interaction: { isThinking: false } });
  expect(general.messages[0]?.editedAt).toBeUndefined();
  await interaction.editReply('> 1+1\n✅');
  const more = await interaction.followUp('2');
  expect(await interaction.fetchReply()).toMatchObject({ content: '> 1+1\n✅' });
  await interaction.webhook.editMessage(more.id, '**2**');
  expect((await interaction.webhook.fetchMessage(more.id)).content).toBe('**2**');
  expect(general.transcript()).toBe('Jupan: > 1+1\n✅\nJupan ↩: **2**');
  expect(general.messages[0]?.revisions).toEqual(['> 1+1\n🔧', '> 1+1\n✅']);
  await interaction.deleteReply(more);
  await interaction.deleteReply();
  expect(general.messages).toEqual([]);
  expect(discord.problems).toEqual([]);
});

test('lets the first follow-up take the place of the deferred response', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const interaction = await askThere(discord, bot.client);
  await interaction.deferReply();
  await interaction.followUp('2');
  await interaction.followUp('done');
  expect(generalOf(discord).transcript()).toBe('Jupan: 2\nJupan ↩: done');
});

test('answers with the response when asked to, and only the asker sees an ephemeral one', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const general = generalOf(discord);
  const interaction = await askThere(discord, bot.client);
  const response = await interaction.reply({ content: 'psst', flags: MessageFlags.Ephemeral, withResponse: true });
  expect(response.resource?.message?.content).toBe('psst');
  expect(general.messages[0]).toMatchObject({ content: 'psst', isEphemeral: true });
  const path = `/channels/${general.id}/messages`;
  expect((await callApi(discord, 'GET', path)).body).toEqual([]);
  expect((await callApi(discord, 'GET', `${path}/${general.messages[0]?.id}`)).body.code).toBe(10_008);
  await interaction.editReply('psst!');
  expect(general.transcript()).toBe('Jupan: psst!');
});

test('defers with the response, too', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const interaction = await askThere(discord, bot.client);
  const response = await interaction.deferReply({ withResponse: true });
  expect(response.interaction).toMatchObject({ id: interaction.id, responseMessageLoading: true });
  expect(response.resource?.message?.id).toBe(generalOf(discord).messages[0]?.id);
});

test('takes commands in direct messages where they are allowed', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const member = discord.createUser({ name: 'min' });
  await bot.client.application.commands.set([
    ask,
    { ...ask, name: 'guild-only', contexts: [InteractionContextType.Guild] },
  ]);
  const direct = discord.openDm(member);
  bot.client.on(Events.InteractionCreate, async (interaction) => {
    if (interaction.isChatInputCommand()) await interaction.reply(`${interaction.context} ${interaction.user.id}`);
  });
  await direct.asks(member, 'ask', { question: '?' });
  await direct.waitFor(({ messages }) => messages.some(({ content }) => content === `1 ${member.id}`));
  await expect(direct.asks(member, 'guild-only', { question: '?' })).rejects.toThrow('it has: /ask.');
});

test('stops a member from using a command as no client would', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const [member, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
  await expect(general.asks(member, 'ask', { question: '?' })).rejects.toThrow('has registered no /ask');
  await bot.client.application.commands.set([ask]);
  await expect(general.asks(member, 'ask', {})).rejects.toThrow('needs the option question');
  await expect(general.asks(member, 'ask', { question: '?', more: '!' })).rejects.toThrow('no option more');
  await expect(general.asks(member, 'ask', { question: 'x'.repeat(21) })).rejects.toThrow('at most 20 characters');
});

test('turns the options of a command into their types', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const option = (type: number, name: string) => ({ type, name, description: name });
  await bot.client.application.commands.set([
    { name: 'sum', description: 'Sum', options: [option(4, 'whole'), option(10, 'real'), option(5, 'exact')] },
  ]);
  const used = once(bot.client, Events.InteractionCreate);
  const given = { whole: '2', real: '0.5', exact: 'true' };
  await generalOf(discord).asks(discord.createUser({ name: 'min' }), 'sum', given);
  const { options } = (await used)[0] as ChatInputCommandInteraction;
  expect([options.getInteger('whole'), options.getNumber('real'), options.getBoolean('exact')]).toEqual([2, 0.5, true]);
  await (await used)[0].reply('ok');
});

test('lets members press buttons', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const [member, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
  const channel = await bot.client.channels.fetch(general.id);
  if (!channel?.isSendable()) throw new Error('the channel cannot be written to');
  const button = new ButtonBuilder().setCustomId('stop').setLabel('Stop').setStyle(ButtonStyle.Danger);
  const row = new ActionRowBuilder<ButtonBuilder>().addComponents(button);
  const sent = await channel.send({ content: 'working', components: [row] });
  expect(general.messages[0]?.components).toMatchObject([{ type: 1, components: [{ custom_id: 'stop' }] }]);

  const ends: unknown[] = [];
  discord.observe((event) => event.type === 'interaction-end' && ends.push(event));
  const pressed = once(bot.client, Events.InteractionCreate);
  const pressId = await general.presses(member, sent.id, 'stop');
  const [interaction] = await pressed;
  expect(interaction).toMatchObject({ customId: 'stop', message: { id: sent.id } });
  expect(ends).toEqual([]);
  await interaction.update({ content: 'stopped', components: [] });
  expect(ends).toEqual([{ type: 'interaction-end', interactionId: pressId, isAcknowledged: true }]);
  expect(general.messages[0]).toMatchObject({ content: 'stopped', components: [] });

  const again = once(bot.client, Events.InteractionCreate);
  await general.presses(member, sent.id, 'stop');
  await (await again)[0].deferUpdate();
  await (await again)[0].editReply('stopped again');
  await (await again)[0].followUp('really');
  expect(general.transcript()).toBe('Jupan: stopped again\nJupan ↩: really');
  expect(general.messages[1]?.interaction).toMatchObject({ user: member, pressedMessageId: sent.id });
  expect(discord.problems).toEqual([]);
});

test('tells when a press was not acknowledged in time', async () => {
  await using discord = await startDiscord({ acknowledgeWithinMs: 20 });
  const general = generalOf(discord);
  const ended = Promise.withResolvers<unknown>();
  discord.observe((event) => event.type === 'interaction-end' && ended.resolve(event));
  const message = general.says(discord.bot, 'nobody listens');
  const pressId = await general.presses(discord.createUser({ name: 'min' }), message.id, 'stop');
  expect(await ended.promise).toEqual({ type: 'interaction-end', interactionId: pressId, isAcknowledged: false });
});

test('opens dialogs for those who press, and sends them off', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const approvers = discord.createRole('Approvers');
  const [member, general] = [discord.createUser({ name: 'min', roleIds: [approvers] }), generalOf(discord)];
  const channel = await bot.client.channels.fetch(general.id);
  if (!channel?.isSendable()) throw new Error('the channel cannot be written to');
  const button = new ButtonBuilder().setCustomId('fill').setLabel('Fill in').setStyle(ButtonStyle.Primary);
  const row = new ActionRowBuilder<ButtonBuilder>().addComponents(button);
  const sent = await channel.send({ content: 'where to?', components: [row] });

  const pressed = once(bot.client, Events.InteractionCreate);
  const pressId = await general.presses(member, sent.id, 'fill');
  const [press] = await pressed;
  expect([...press.member.roles.cache.keys()]).toContain(approvers);
  await press.showModal({
    custom_id: 'form',
    title: 'Travel',
    components: [
      {
        type: 18,
        label: 'City',
        component: { type: 4, custom_id: 'city', style: 1, required: true, min_length: 2, max_length: 60 },
      },
      {
        type: 18,
        label: 'Room',
        component: {
          type: 3,
          custom_id: 'room',
          options: [
            { value: 's', label: 'Single' },
            { value: 'd', label: 'Double', default: true },
          ],
        },
      },
    ],
  });
  expect(general.dialogOf(pressId)).toMatchObject({
    title: 'Travel',
    fields: [
      { customId: 'city', label: 'City', isRequired: true, minLength: 2, maxLength: 60, options: [] },
      {
        customId: 'room',
        options: [
          { value: 's', isPreset: false },
          { value: 'd', isPreset: true },
        ],
      },
    ],
  });
  await expect(general.submits(member, pressId, { room: 's' })).rejects.toThrow('The field City is empty.');

  const sentOff = once(bot.client, Events.InteractionCreate);
  await general.submits(member, pressId, { city: 'Seoul', room: 's' });
  const [submit] = await sentOff;
  expect(submit.isModalSubmit()).toBe(true);
  expect(submit.fields.getTextInputValue('city')).toBe('Seoul');
  expect(submit.fields.getStringSelectValues('room')).toEqual(['s']);
  await submit.deferUpdate();
  expect(discord.problems).toEqual([]);
});

test('hides a command from members who lack its permissions, and from nobody in a direct message', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  await bot.client.application.commands.set([
    { name: 'forget', description: 'Forget', defaultMemberPermissions: 'ManageMessages' },
  ]);
  const member = discord.createUser({ name: 'min' });
  const moderator = discord.createUser({ name: 'mod', isModerator: true });
  bot.client.on(Events.InteractionCreate, (interaction) => {
    if (interaction.isRepliable()) void interaction.reply('done');
  });
  await expect(generalOf(discord).asks(member, 'forget', {})).rejects.toThrow('has not the permissions');
  await generalOf(discord).asks(moderator, 'forget', {});
  await discord.openDm(member).asks(member, 'forget', {});
});

const look = {
  name: 'look',
  description: 'Look something up',
  options: [
    {
      type: 3 as const,
      name: 'what',
      description: 'What',
      descriptionLocalizations: { ko: '무엇' },
      autocomplete: true as const,
    },
    {
      type: 3 as const,
      name: 'where',
      description: 'Where',
      choices: [{ name: 'In the attic', nameLocalizations: { ko: '다락' }, value: 'attic' }],
    },
    { type: 5 as const, name: 'all', description: 'Everything' },
  ],
};

test('tells of choices, and takes no others', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const [member, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
  await bot.client.application.commands.set([look]);
  expect(discord.commands[0]?.options).toMatchObject([
    { name: 'what', descriptionLocalizations: { ko: '무엇' }, hasAutocomplete: true, choices: [] },
    { name: 'where', choices: [{ name: 'In the attic', nameLocalizations: { ko: '다락' }, value: 'attic' }] },
    { name: 'all', choices: [{ value: 'true' }, { value: 'false' }] },
  ]);
  await expect(general.asks(member, 'look', { where: 'cellar' })).rejects.toThrow('not have the choice cellar');
  const used = once(bot.client, Events.InteractionCreate);
  await general.asks(member, 'look', { where: 'attic', what: 'anything' });
  await (await used)[0].reply('found');
  const both = [{ ...look.options[1], autocomplete: true }];
  const path = `/applications/${discord.applicationId}/commands`;
  expect((await callApi(discord, 'PUT', path, [{ ...look, options: both }])).status).toBe(400);
});

test('asks the bot for suggestions while a member types', async () => {
  await using discord = await startDiscord();
  await using bot = await startBot(discord);
  const [member, general] = [discord.createUser({ name: 'min', locale: 'ko' }), generalOf(discord)];
  await bot.client.application.commands.set([look]);
  await expect(general.completes(member, 'look', 'where', 'a')).rejects.toThrow('suggests nothing for where');
  bot.client.on(Events.InteractionCreate, async (interaction) => {
    if (!interaction.isAutocomplete()) return;
    const { name, value } = interaction.options.getFocused(true);
    const where = interaction.options.getString('where');
    await interaction.respond([{ name: `${name} ${value} ${where} ${interaction.locale}`, value: `${value}!` }]);
  });
  const choices = await general.completes(member, 'look', 'what', 'ha', { where: 'attic' });
  expect(choices).toEqual([{ name: 'what ha attic ko', nameLocalizations: {}, value: 'ha!' }]);
  // Nothing of it stands in the channel.
  expect(general.messages).toEqual([]);
  expect(discord.problems).toEqual([]);
});

test('takes 25 suggestions at most, for what is typed and for nothing else', async () => {
  await using discord = await startDiscord({ acknowledgeWithinMs: 300 });
  await using bot = await startBot(discord);
  const [member, general] = [discord.createUser({ name: 'min' }), generalOf(discord)];
  await bot.client.application.commands.set([look]);
  const suggestions = (count: number) => Array.from({ length: count }, (_, at) => ({ name: `${at}`, value: `${at}` }));
  const answerWith = async (body: object) => {
    const [{ id, token }] = await once(bot.client, Events.InteractionCreate);
    const { status } = await callApi(discord, 'POST', `/interactions/${id}/${token}/callback`, body);
    const hook = await callApi(discord, 'POST', `/webhooks/${discord.applicationId}/${token}`, { content: 'more' });
    return [status, hook.status];
  };
  for (const [body, statuses] of [
    [{ type: 8, data: { choices: suggestions(26) } }, [400, 404]],
    [{ type: 4, data: { content: 'a message' } }, [400, 404]],
    [{ type: 8, data: { choices: suggestions(25) } }, [204, 404]],
  ] as const) {
    const [answered, completed] = await Promise.all([
      answerWith(body),
      general.completes(member, 'look', 'what', '').catch(String),
    ]);
    expect(answered).toEqual(statuses);
    if (statuses[0] === 204) expect(completed).toHaveLength(25);
    else expect(completed).toContain('suggested nothing in time');
  }
  const used = once(bot.client, Events.InteractionCreate);
  await general.asks(member, 'look', {});
  const [{ id, token }] = await used;
  const callback = `/interactions/${id}/${token}/callback`;
  expect((await callApi(discord, 'POST', callback, { type: 8, data: { choices: [] } })).status).toBe(400);
  expect((await callApi(discord, 'POST', callback, { type: 4, data: { content: 'ok' } })).status).toBe(204);
});

test('takes no two buttons of one name in a message', async () => {
  await using discord = await startDiscord();
  const button = { type: 2, style: 2, label: 'Next', custom_id: 'page' };
  const post = (components: readonly object[]) =>
    callApi(discord, 'POST', `/channels/${generalOf(discord).id}/messages`, { content: 'x', components });
  const row = (...buttons: readonly object[]) => ({ type: 1, components: buttons });
  expect(await post([row(button), row(button)])).toMatchObject({ status: 400, body: { code: 50_035 } });
  expect((await post([row(button, { ...button, custom_id: 'other' })])).status).toBe(200);
  expect(discord.problems).toHaveLength(1);
});
