/** Presses and dialogs on the page's wire: who may press what, which window is told, and who sees the answer. */
import {
  ActionRowBuilder,
  ApplicationCommandOptionType,
  ButtonBuilder,
  type ButtonInteraction,
  ButtonStyle,
  Events,
  type Interaction,
  MessageFlags,
} from 'discord.js';
import { expect, test } from 'vitest';
import { createHub } from '../../src/playground/hub.ts';
import { Uploads } from '../../src/playground/uploads.ts';
import { startWebServer } from '../../src/playground/web-server.ts';
import type { ToPage, ToServer } from '../../src/playground/wire.ts';
import { furnish } from '../../src/playground/world.ts';
import { startDiscord } from '../../src/simulator/discord/start.ts';
import { startBot } from '../simulator/discord/bot.ts';
import { openWire, type WireWindow } from './wire-window.ts';

type Welcome = ToPage & { type: 'welcome' };
type Interactive = ToServer & { type: 'press' | 'submit-dialog' };

interface Member extends WireWindow {
  readonly welcome: Welcome;
}

/** A bot whose message in #general has three buttons, and two members with a window each. */
async function startWorld() {
  await using started = new AsyncDisposableStack();
  const discord = started.use(await startDiscord({ guildLocale: 'none' }));
  furnish(discord);
  const uploads = new Uploads();
  const hub = createHub(discord, { isOffline: true, name: 'offline' }, uploads);
  const web = started.adopt(
    await startWebServer({
      port: 0,
      files: new Map(),
      onWindow: hub.connect,
      uploads,
      findAttachment: () => undefined,
    }),
    (open) => open.close(),
  );
  const bot = started.use(await startBot(discord));
  const [general] = discord.channels;
  const channel = await bot.client.channels.fetch(general?.id ?? '');
  if (!general || !channel?.isSendable()) throw new Error('there is no channel to write to');
  const button = (id: string) => new ButtonBuilder().setCustomId(id).setLabel(id).setStyle(ButtonStyle.Success);
  const row = new ActionRowBuilder<ButtonBuilder>().addComponents(
    button('fill'),
    button('tell'),
    button('old').setDisabled(true),
  );
  const message = await channel.send({ content: 'where to?', components: [row] });
  const join = async (name: string): Promise<Member> => {
    const window = started.adopt(await openWire(web.url, web.url), ({ socket }) => socket.terminate());
    const welcome = await window.tell({ type: 'join', secret: null, name, language: 'en' });
    if (welcome.type !== 'welcome') throw new Error('no welcome');
    return { ...window, welcome };
  };
  const members = [await join('Alex'), await join('Mina')] as const;
  const press = (customId: string, messageId = message.id): Interactive => ({
    type: 'press',
    requestId: `press ${customId}`,
    channelId: general.id,
    messageId,
    customId,
  });
  const closing = started.move();
  return { discord, general, message, bot, web, members, press, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}

const dialog = {
  custom_id: 'form',
  title: 'Travel',
  components: [{ type: 18, label: 'City', component: { type: 4, custom_id: 'city', style: 1, required: true } }],
};

test('a message tells its buttons', async () => {
  await using world = await startWorld();
  const [alex] = world.members;
  const told = alex.welcome.messages.find(({ id }) => id === world.message.id);
  const button = { style: 'success', isDisabled: false };
  expect(told?.buttons).toEqual([
    [
      { ...button, customId: 'fill', label: 'fill' },
      { ...button, customId: 'tell', label: 'tell' },
      { ...button, customId: 'old', label: 'old', isDisabled: true },
    ],
  ]);
});

test('a dialog opens in the window that pressed, and is sent off by its member alone', async () => {
  await using world = await startWorld();
  const [alex, mina] = world.members;
  const again = await openWire(world.web.url, world.web.url);
  const { secret } = alex.welcome;
  await again.tell({ type: 'join', secret, name: 'Alex', language: 'en' });
  const submitted: string[] = [];
  world.bot.client.on(Events.InteractionCreate, (interaction: Interaction) => {
    if (interaction.isButton()) void interaction.showModal(dialog);
    if (!interaction.isModalSubmit()) return;
    submitted.push(`${interaction.user.displayName}: ${interaction.fields.getTextInputValue('city')}`);
    void interaction.deferUpdate();
  });
  alex.socket.send(JSON.stringify(world.press('fill')));
  const opened = await alex.waitFor(({ type }) => type === 'dialog-open');
  if (opened.type !== 'dialog-open') throw new Error('no dialog');
  expect(opened).toMatchObject({ requestId: 'press fill', dialog: { title: 'Travel', fields: [{ label: 'City' }] } });
  await alex.waitFor((told) => told.type === 'interaction-end' && told.isAcknowledged);

  const { channelId, pressId } = opened;
  const submit = (city: string): Interactive => ({
    type: 'submit-dialog',
    requestId: `submit ${city}`,
    channelId,
    pressId,
    values: { city },
  });
  expect(await isTaken(mina, submit('Busan'))).toBe(false);
  expect(await isTaken(alex, submit(''))).toBe(false);
  expect(await isTaken(alex, submit('Seoul'))).toBe(true);
  expect(submitted).toEqual(['Alex: Seoul']);
  for (const { told } of [mina, again]) expect(told.filter(({ type }) => type === 'dialog-open')).toEqual([]);
  again.socket.terminate();
});

test('a command can be answered with a dialog, in the window that used it', async () => {
  await using world = await startWorld();
  const [alex, mina] = world.members;
  await world.bot.client.application.commands.set([{ name: 'travel', description: 'Travel' }]);
  world.bot.client.on(Events.InteractionCreate, (interaction: Interaction) => {
    if (interaction.isChatInputCommand()) void interaction.showModal(dialog);
    if (interaction.isModalSubmit()) void interaction.reply(interaction.fields.getTextInputValue('city'));
  });
  const channelId = world.general.id;
  const use: ToServer = { type: 'use-command', requestId: 'use', channelId, command: 'travel', options: {} };
  alex.socket.send(JSON.stringify(use));
  const opened = await alex.waitFor(({ type }) => type === 'dialog-open');
  if (opened.type !== 'dialog-open') throw new Error('no dialog');
  expect(opened).toMatchObject({ requestId: 'use', channelId, dialog: { title: 'Travel' } });
  await alex.waitFor((told) => told.type === 'interaction-end' && told.requestId === 'use' && told.isAcknowledged);
  const { pressId } = opened;
  const values = { city: 'Seoul' };
  expect(await isTaken(alex, { type: 'submit-dialog', requestId: 'submit', channelId, pressId, values })).toBe(true);
  await alex.waitFor((told) => told.type === 'message' && told.message.content === 'Seoul');
  expect(mina.told.filter(({ type }) => type === 'dialog-open')).toEqual([]);
});

test('a file that is not kept any more is not left out of a command in silence', async () => {
  await using world = await startWorld();
  const [alex] = world.members;
  const option = { type: ApplicationCommandOptionType.Attachment, name: 'file', description: 'File' } as const;
  await world.bot.client.application.commands.set([{ name: 'read', description: 'Read', options: [option] }]);
  const channelId = world.general.id;
  const options = { file: 'gone' };
  alex.socket.send(
    JSON.stringify({ type: 'use-command', requestId: 'use', channelId, command: 'read', options } satisfies ToServer),
  );
  const told = await alex.waitFor(({ type }) => type === 'command-sent' || type === 'command-refused');
  expect(told).toEqual({ type: 'command-refused', requestId: 'use' });
});

test('who comes back with another language is told in it', async () => {
  await using world = await startWorld();
  const [alex] = world.members;
  const name = { name: 'look', description: 'Look', descriptionLocalizations: { ko: '보기' } };
  await world.bot.client.application.commands.set([name]);
  const again = await openWire(world.web.url, world.web.url);
  const { secret } = alex.welcome;
  const welcome = await again.tell({ type: 'join', secret, name: 'Alex', language: 'ko' });
  expect(welcome.type === 'welcome' && welcome.commands[0]?.description).toBe('보기');
  again.socket.terminate();
});

test('what only the presser is answered reaches nobody else, and is gone when the window is opened anew', async () => {
  await using world = await startWorld();
  const [alex, mina] = world.members;
  world.bot.client.on(Events.InteractionCreate, (interaction: Interaction) => {
    const { user } = interaction;
    const reply = { content: `for ${user.displayName}`, flags: MessageFlags.Ephemeral } as const;
    if (interaction.isButton()) void interaction.reply(reply);
  });
  const isAnswer = (told: ToPage) => told.type === 'message' && told.message.isEphemeral;
  alex.socket.send(JSON.stringify(world.press('tell')));
  const answer = await alex.waitFor(isAnswer);
  expect(answer).toMatchObject({
    message: { content: 'for Alex', repliesTo: world.message.id, interaction: { command: null } },
  });
  mina.socket.send(JSON.stringify(world.press('tell')));
  const otherAnswer = await mina.waitFor(isAnswer);
  expect(otherAnswer).toMatchObject({ message: { content: 'for Mina' } });
  expect(mina.told.filter(isAnswer)).toEqual([otherAnswer]);
  const again = await openWire(world.web.url, world.web.url);
  const { secret } = alex.welcome;
  const welcome = await again.tell({ type: 'join', secret, name: 'Alex', language: 'en' });
  expect(welcome.type === 'welcome' && welcome.messages.map(({ content }) => content)).toEqual(['where to?']);
  again.socket.terminate();
});

test('buttons that are not there cannot be pressed', async () => {
  await using world = await startWorld();
  const [alex, mina] = world.members;
  const pressed: string[] = [];
  world.bot.client.on(Events.InteractionCreate, (interaction: Interaction) => {
    if (!interaction.isButton()) return;
    pressed.push(interaction.customId);
    void replyWithButton(interaction);
  });
  for (const attempt of [world.press('made up'), world.press('old'), world.press('fill', '1')]) {
    expect(await isTaken(alex, attempt)).toBe(false);
  }
  // Those of a message that only another member sees.
  expect(await isTaken(mina, world.press('tell'))).toBe(true);
  const secret = world.general.messages.find(({ isEphemeral }) => isEphemeral);
  expect(await isTaken(alex, world.press('secret', secret?.id))).toBe(false);
  expect(await isTaken(mina, world.press('secret', secret?.id))).toBe(true);
  expect(pressed).toEqual(['tell', 'secret']);
});

test('suggestions reach the window of whoever types, in their language; where there are none, it is told so', async () => {
  await using world = await startWorld();
  const [alex, mina] = world.members;
  const option = { type: 3 as const, name: 'what', description: 'What', descriptionLocalizations: { ko: '무엇' } };
  await world.bot.client.application.commands.set([
    {
      name: 'look',
      description: 'Look',
      options: [
        { ...option, autocomplete: true },
        { ...option, name: 'where' },
      ],
    },
  ]);
  world.bot.client.on(Events.InteractionCreate, (interaction: Interaction) => {
    if (!interaction.isAutocomplete()) return;
    const names = { name: `${interaction.options.getFocused()}!`, nameLocalizations: { ko: '무엇!' } };
    void interaction.respond([{ ...names, value: 'x' }]);
  });
  const complete = (typed: string, of = 'what'): ToServer => ({
    type: 'complete',
    requestId: `complete ${of} ${typed}`,
    channelId: world.general.id,
    command: 'look',
    option: of,
    typed,
    options: {},
  });
  const suggested = async ({ socket, waitFor }: WireWindow, request: ToServer) => {
    socket.send(JSON.stringify(request));
    const answer = await waitFor((told) => told.type === 'choices');
    return answer.type === 'choices' ? answer.choices : undefined;
  };
  expect(await suggested(alex, complete('h'))).toEqual([{ name: 'h!', value: 'x' }]);
  expect(await suggested(mina, complete('h', 'where'))).toEqual([]);
  const korean = await openWire(world.web.url, world.web.url);
  await korean.tell({ type: 'join', secret: null, name: '지민', language: 'ko' });
  expect(await suggested(korean, complete('h'))).toEqual([{ name: '무엇!', value: 'x' }]);
  const told = await korean.waitFor(({ type }) => type === 'welcome');
  const commands = told.type === 'welcome' ? told.commands : [];
  expect(commands[0]?.options[0]).toMatchObject({ description: '무엇', hasAutocomplete: true, choices: [] });
  korean.socket.terminate();
});

/** Sends it, and resolves with whether the bot has taken it. */
async function isTaken({ socket, waitFor }: WireWindow, request: Interactive): Promise<boolean> {
  socket.send(JSON.stringify(request));
  const { requestId } = request;
  const end = await waitFor((told) => told.type === 'interaction-end' && told.requestId === requestId);
  return end.type === 'interaction-end' && end.isAcknowledged;
}

async function replyWithButton(interaction: ButtonInteraction): Promise<void> {
  const button = new ButtonBuilder().setCustomId('secret').setLabel('secret').setStyle(ButtonStyle.Danger);
  const components = [new ActionRowBuilder<ButtonBuilder>().addComponents(button)];
  await interaction.reply({ content: 'secret', components, flags: MessageFlags.Ephemeral });
}
