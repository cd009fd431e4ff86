/** The page: state, views and actions put together. */
import type { ToServer } from '../wire.ts';
import { type Actions, type App, channelLabel, type View, wordsOf } from './app.ts';
import { Composer } from './composer.ts';
import { Connection } from './connection.ts';
import { askForChoice, askForLine } from './dialogs.ts';
import { element } from './dom.ts';
import { createDropZone } from './drop-zone.ts';
import { FormDialog } from './form-dialog.ts';
import { createHeader } from './header.ts';
import { createMemberList } from './member-list.ts';
import { PendingChoices } from './pending-choices.ts';
import { applyTheme, keepIdentity, keepLanguage, keepTheme, readIdentity, readLanguage } from './preferences.ts';
import { createSidebar } from './sidebar.ts';
import {
  changeSent,
  createState,
  forgetMessage,
  forgetSent,
  isBotStarting,
  markRead,
  openChannel,
  receive,
  type SentCommand,
} from './state.ts';
import { createBanner, Hint, TypingLine } from './status.ts';
import { Timeline } from './timeline.ts';
import { uploadFile } from './upload-file.ts';

/** Discord gives an application 3 s to take a command; then the member is told. */
const commandWaitMs = 3500;
const typingLookMs = 1000;

applyTheme();
const state = createState(readLanguage());
const choices = new PendingChoices();
let hasSeenTip = false;

const connection = new Connection({
  onOpen() {
    const identity = readIdentity();
    connection.send({
      type: 'join',
      secret: identity?.secret ?? null,
      name: identity?.name ?? null,
      language: state.language,
    });
  },
  onMessage(message) {
    receive(state, message, isSeen());
    if (message.type === 'welcome' || message.type === 'members') rememberIdentity();
    if (message.type === 'thread-start') composer.focus();
    if (message.type === 'command-sent') awaitCommand(message.requestId);
    if (message.type === 'choices') choices.answer(message.requestId, message.choices);
    renderSoon();
  },
  onLost() {
    choices.lose();
    state.link = 'lost';
    renderSoon();
  },
});

const actions: Actions = {
  open(channelId) {
    openChannel(state, channelId);
    actions.showMenu(false);
    render();
    composer.focus();
  },
  send(message) {
    // It would never hear of it; the banner says so.
    if (message.type === 'say' && state.world && isBotStarting(state.world)) return false;
    state.hint = 'none';
    const isSent = connection.send(message);
    if (isSent && message.type === 'say') giveTip(message);
    renderSoon();
    return isSent;
  },
  useCommand(channelId, command, options) {
    const requestId = crypto.randomUUID();
    const isSent = connection.send({ type: 'use-command', requestId, channelId, command, options });
    if (isSent) {
      state.hint = 'none';
      state.sentCommands.push(toSent(requestId, channelId, `/${command}`));
      renderSoon();
    }
    return isSent;
  },
  complete(command, option, typed, options) {
    const { channelId } = state;
    return choices.ask((requestId) =>
      connection.send({ type: 'complete', requestId, channelId, command, option, typed, options }),
    );
  },
  dismissCommand(requestId) {
    forgetSent(state, requestId);
    renderSoon();
  },
  useOnMessage(messageId, { name: command, label }) {
    const { channelId } = state;
    const requestId = crypto.randomUUID();
    if (connection.send({ type: 'use-on-message', requestId, channelId, messageId, command }))
      state.sentCommands.push(toSent(requestId, channelId, label));
    renderSoon();
  },
  complainOfCommand() {
    state.hint = 'no-commands';
    renderSoon();
  },
  complainOfFile(filename) {
    state.hint = 'file-refused';
    state.refusedFile = filename;
    renderSoon();
  },
  async upload(file) {
    const id = await uploadFile(file);
    if (id === undefined) actions.complainOfFile(file.name);
    return id;
  },
  press(messageId, customId) {
    const { channelId } = state;
    if (state.presses.get(messageId)?.outcome === 'waiting') return;
    const requestId = crypto.randomUUID();
    const isSent = connection.send({ type: 'press', requestId, channelId, messageId, customId });
    if (isSent) state.presses.set(messageId, { requestId, customId, outcome: 'waiting' });
    renderSoon();
  },
  choose(messageId, customId, values) {
    const { channelId } = state;
    if (state.presses.get(messageId)?.outcome === 'waiting') return;
    const requestId = crypto.randomUUID();
    const isSent = connection.send({ type: 'choose', requestId, channelId, messageId, customId, values: [...values] });
    if (isSent) state.presses.set(messageId, { requestId, customId, outcome: 'waiting' });
    renderSoon();
  },
  submitDialog(values) {
    const { dialog } = state;
    if (!dialog || dialog.requestId !== undefined) return;
    const { channelId, pressId } = dialog;
    const requestId = crypto.randomUUID();
    const isSent = connection.send({ type: 'submit-dialog', requestId, channelId, pressId, values });
    state.dialog = { ...dialog, requestId: isSent ? requestId : undefined, isFailed: !isSent };
    renderSoon();
  },
  closeDialog(pressId) {
    if (state.dialog?.pressId === pressId) state.dialog = undefined;
    // The button that had the focus may be gone.
    if (document.activeElement === document.body) composer.focus();
    renderSoon();
  },
  dismissMessage(messageId) {
    forgetMessage(state, state.channelId, messageId);
    renderSoon();
  },
  dismissHint() {
    state.hint = 'none';
    renderSoon();
  },
  reply: (messageId) => composer.reply(messageId),
  forward(messageId) {
    const { world, channelId: fromChannelId } = state;
    if (!world) return;
    const words = wordsOf(app);
    const choices = [...world.channels.values()].map(({ id, guildId }) => ({
      value: id,
      label: channelLabel(world, id),
      detail: world.guilds.find((guild) => guild.id === guildId)?.name ?? '',
    }));
    void askForChoice({ title: words.forwardTo, choices, cancel: words.cancel }).then((channelId) => {
      if (channelId === undefined) return;
      if (connection.send({ type: 'forward', channelId, fromChannelId, messageId })) actions.open(channelId);
    });
  },
  edit: (messageId) => composer.edit(messageId),
  startCommand: () => composer.startCommand(),
  changeName() {
    const words = wordsOf(app);
    const value = state.world?.members.get(state.world.memberId)?.name ?? '';
    void askForLine({
      title: words.yourName,
      hint: words.changeNameHint,
      value,
      accept: words.save,
      cancel: words.cancel,
    }).then((name) => {
      if (name !== undefined) connection.send({ type: 'change-member', name, language: state.language });
    });
  },
  startThread() {
    const words = wordsOf(app);
    const { channelId } = state;
    void askForLine({
      title: words.threadName,
      value: '',
      maxLength: 100,
      accept: words.create,
      cancel: words.cancel,
    }).then((name) => {
      if (name !== undefined) connection.send({ type: 'start-thread', channelId, name });
    });
  },
  switchLanguage() {
    state.language = state.language === 'ko' ? 'en' : 'ko';
    keepLanguage(state.language);
    const name = state.world?.members.get(state.world.memberId)?.name;
    if (name !== undefined) connection.send({ type: 'change-member', name, language: state.language });
    render();
  },
  switchTheme(theme) {
    keepTheme(theme);
    render();
  },
  showMenu(isOpen) {
    document.body.classList.toggle('is-menu-open', isOpen);
    if (isOpen) sidebar.element.querySelector<HTMLElement>('.channel.is-open')?.focus();
  },
};

const app: App = { state, actions };
const composer = new Composer(app);
const sidebar = createSidebar(app);
const header = createHeader(app);
const banner = createBanner(app);
const timeline = new Timeline(app);
const hint = new Hint(app);
const typing = new TypingLine(app);
const members = createMemberList(app);
const formDialog = new FormDialog(app);
const views: readonly View[] = [sidebar, header, banner, timeline, hint, composer, typing, members, formDialog];

document.body.replaceChildren(
  sidebar.element,
  element('div', { class: 'menu-shade', on: { click: () => actions.showMenu(false) } }),
  element(
    'main',
    {},
    header.element,
    banner.element,
    element(
      'div',
      { class: 'middle' },
      element('div', { class: 'talk' }, timeline.element, hint.element, composer.element, typing.element),
      members.element,
    ),
  ),
  formDialog.element,
  createDropZone({
    label: () => wordsOf(app).dropHere(state.world ? channelLabel(state.world, state.channelId) : ''),
    onDrop: (files) => composer.attach(files),
  }),
);

document.addEventListener('visibilitychange', readNow);
window.addEventListener('focus', readNow);
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') actions.showMenu(false);
});
setInterval(() => typing.render(), typingLookMs);
connection.open();
render();

function toSent(requestId: string, channelId: string, command: string): SentCommand {
  return { requestId, channelId, command, interactionId: undefined, outcome: 'waiting' };
}

function readNow(): void {
  if (!isSeen()) return;
  markRead(state);
  render();
}

function isSeen(): boolean {
  return document.visibilityState === 'visible';
}

let isRenderDue = false;

/** Several messages that come at once are shown at once. A microtask, since a hidden page gets no animation frames. */
function renderSoon(): void {
  if (isRenderDue) return;
  isRenderDue = true;
  queueMicrotask(render);
}

function render(): void {
  isRenderDue = false;
  document.documentElement.lang = state.language;
  for (const view of views) view.render();
  const { world } = state;
  const pings = [...state.unread.values()].reduce((sum, unread) => sum + unread.pings, 0);
  const mark = pings > 0 ? `(${pings}) ` : state.unread.size > 0 ? '• ' : '';
  document.title = world ? `${mark}${channelLabel(world, state.channelId)} · Jupan` : 'Jupan';
}

function rememberIdentity(): void {
  const { world } = state;
  const name = world?.members.get(world.memberId)?.name;
  if (world && name !== undefined) keepIdentity({ secret: world.secret, name });
}

function awaitCommand(requestId: string): void {
  setTimeout(() => {
    const isWaiting = state.sentCommands.some((sent) => sent.requestId === requestId && sent.outcome === 'waiting');
    if (!isWaiting) return;
    changeSent(state, requestId, { outcome: 'silent' });
    renderSoon();
  }, commandWaitMs);
}

/** Once: a newcomer who forgets the mention would wait in vain. */
function giveTip({ channelId, content, repliesTo }: ToServer & { type: 'say' }): void {
  const { world } = state;
  if (!world || hasSeenTip || repliesTo !== null) return;
  if (world.channels.get(channelId)?.kind === 'dm' || content.includes(`<@${world.botId}>`)) return;
  hasSeenTip = true;
  state.hint = 'mention-tip';
}
