/** Where one writes: messages, replies, edits and slash commands. */
import { type Command, maxMessageLength } from '../wire.ts';
import { type App, channelLabel, decodeMentions, encodeMentions, findMessage, type View, wordsOf } from './app.ts';
import { type CommandForm, createCommandForm } from './command-form.ts';
import { createCompletion } from './completion.ts';
import { element } from './dom.ts';
import { icon } from './icons.ts';
import { messagesOf, type World } from './state.ts';
import { suggestCommands, suggestMembers } from './suggestions.ts';
import { setText, textField } from './text-field.ts';

export interface Composer extends View {
  reply(messageId: string): void;
  edit(messageId: string): void;
  startCommand(): void;
  focus(): void;
}

/** What the text will become: a reply to this message, or its new content. */
interface Reference {
  readonly kind: 'reply' | 'edit';
  readonly messageId: string;
}

/** From here on the number of characters left is shown. */
const counterFrom = 200;

export function createComposer(app: App): Composer {
  let channelId = '';
  let reference: Reference | undefined;
  let form: CommandForm | undefined;
  const drafts = new Map<string, string>();

  const text = textField({
    maxLength: maxMessageLength,
    onEnter: submit,
    onKey: takeKey,
    attributes: { 'aria-autocomplete': 'list', autocomplete: 'off' },
  });
  const completion = createCompletion(text);
  const context = element('div', { class: 'composer-context', attributes: { hidden: true } });
  const commandPlace = element('div', { class: 'command-place', attributes: { hidden: true } });
  const counter = element('output', { class: 'counter' });
  const sendButton = element(
    'button',
    { class: 'tool send', attributes: { type: 'button' }, on: { click: submit } },
    icon('send'),
  );
  const box = element('div', { class: 'composer-box' }, text, commandPlace, counter, sendButton);
  const view = element('div', { class: 'composer' }, completion.element, context, box);

  text.addEventListener('input', () => {
    drafts.set(channelId, text.value);
    suggest();
    renderCounter();
  });
  text.addEventListener('blur', () => completion.hide());
  text.addEventListener('click', suggest);

  function takeKey(event: KeyboardEvent): boolean {
    if (completion.takeKey(event)) return true;
    if (event.key === 'Escape' && reference) {
      leaveReference();
      return true;
    }
    if (event.key === 'ArrowUp' && text.value === '' && !reference) {
      const mine = messagesOf(app.state, channelId).findLast(({ author }) => author.id === app.state.world?.memberId);
      if (mine) {
        event.preventDefault();
        refer('edit', mine.id);
      }
      return mine !== undefined;
    }
    return false;
  }

  function suggest(): void {
    const { world } = app.state;
    if (!world) return;
    const [, typedCommand, given] = /^\/(\S+)\s(.*)$/s.exec(text.value) ?? [];
    const command = world.commands.find(({ name }) => name === typedCommand);
    if (command) enterCommand(command, given ?? '');
    else offer(world);
  }

  function offer(world: World): void {
    const words = wordsOf(app);
    const [, commandStart] = /^\/(\S*)$/.exec(text.value) ?? [];
    const [, mentionStart] = /(?:^|\s)@([^\s@]*)$/.exec(text.value.slice(0, text.selectionStart)) ?? [];
    if (commandStart !== undefined) {
      const choose = (command: Command) => enterCommand(command, '');
      completion.show(words.commandList, suggestCommands(world, commandStart, choose));
    } else if (mentionStart !== undefined) {
      const choose = (name: string) => insertMention(mentionStart, name);
      completion.show(words.mentionList, suggestMembers(app, world, mentionStart, choose));
    } else {
      completion.hide();
    }
  }

  function insertMention(typed: string, name: string): void {
    const start = text.selectionStart - typed.length;
    const after = text.value.slice(text.selectionStart).replace(/^ /, '');
    setText(text, `${text.value.slice(0, start)}${name} ${after}`, start + name.length + 1);
    drafts.set(channelId, text.value);
    completion.hide();
  }

  function enterCommand(command: Command, given: string): void {
    completion.hide();
    leaveReference();
    write('');
    form = createCommandForm({ command, text: given, onEnter: submit, onLeave: leaveCommand });
    commandPlace.replaceChildren(form.element);
    renderMode();
    form.focus();
  }

  function leaveCommand(): void {
    if (!form) return;
    form = undefined;
    commandPlace.replaceChildren();
    renderMode();
    text.focus();
  }

  function submit(): void {
    const { world } = app.state;
    if (!world) return;
    if (form) {
      const values = form.values();
      if (values && app.actions.useCommand(form.command.name, values)) leaveCommand();
      return;
    }
    const content = encodeMentions(text.value.trim(), world);
    if (content === '' || content.length > maxMessageLength) return;
    const isSent =
      reference?.kind === 'edit'
        ? app.actions.send({ type: 'edit', channelId, messageId: reference.messageId, content })
        : app.actions.send({ type: 'say', channelId, content, repliesTo: reference?.messageId ?? null });
    if (!isSent) return;
    write('');
    reference = undefined;
    completion.hide();
    render();
  }

  function write(value: string): void {
    setText(text, value);
    drafts.set(channelId, value);
    renderCounter();
  }

  function refer(kind: Reference['kind'], messageId: string): void {
    const message = findMessage(app, messageId);
    if (!message || !app.state.world) return;
    leaveCommand();
    if (kind === 'edit') write(decodeMentions(message.content, app.state.world));
    else if (reference?.kind === 'edit') write('');
    reference = { kind, messageId };
    render();
    text.focus();
  }

  function leaveReference(): void {
    if (reference?.kind === 'edit') write('');
    reference = undefined;
    render();
  }

  function render(): void {
    const { world } = app.state;
    if (!world) return;
    if (channelId !== app.state.channelId) {
      if (reference?.kind === 'edit') drafts.delete(channelId);
      channelId = app.state.channelId;
      reference = undefined;
      leaveCommand();
      completion.hide();
      setText(text, drafts.get(channelId) ?? '');
    }
    if (reference && !findMessage(app, reference.messageId)) reference = undefined;
    renderContext();
    renderMode();
    renderCounter();
    const words = wordsOf(app);
    const label = channelLabel(world, channelId);
    const isDm = world.channels.get(channelId)?.kind === 'dm';
    text.placeholder = isDm ? words.placeholderDm(label.slice(1)) : words.placeholder(label);
    text.setAttribute('aria-label', words.composer(label));
    sendButton.setAttribute('aria-label', words.send);
    sendButton.title = words.send;
  }

  function renderContext(): void {
    const words = wordsOf(app);
    const message = reference && findMessage(app, reference.messageId);
    context.hidden = !message;
    context.replaceChildren();
    if (!message || !reference) return;
    context.append(
      element('span', {}, reference.kind === 'edit' ? words.editing : words.replyingTo(message.author.name)),
      reference.kind === 'edit' ? element('small', {}, words.editingHint) : '',
      element(
        'button',
        {
          class: 'tool',
          attributes: { type: 'button', 'aria-label': words.cancel, title: words.cancel },
          on: { click: leaveReference },
        },
        icon('close'),
      ),
    );
  }

  function renderMode(): void {
    text.hidden = form !== undefined;
    commandPlace.hidden = form === undefined;
  }

  function renderCounter(): void {
    const left = maxMessageLength - text.value.length;
    counter.value = !form && left < counterFrom ? String(left) : '';
  }

  return {
    element: view,
    render,
    reply: (messageId) => refer('reply', messageId),
    edit: (messageId) => refer('edit', messageId),
    startCommand() {
      leaveReference();
      leaveCommand();
      text.focus();
      write('/');
      suggest();
    },
    focus: () => (form ?? text).focus(),
  };
}
