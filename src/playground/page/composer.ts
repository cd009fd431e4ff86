/** Where one writes: messages with their files, replies, edits and slash commands. */
import { type Command, maxMessageLength, type ToServer } from '../wire.ts';
import { type App, channelLabel, decodeMentions, encodeMentions, findMessage, type View, wordsOf } from './app.ts';
import { AttachedFiles } from './attached-files.ts';
import { type CommandForm, createCommandForm } from './command-form.ts';
import { Completion } from './completion.ts';
import { element } from './dom.ts';
import { icon } from './icons.ts';
import { type Reference, showReference } from './reference-line.ts';
import { messagesOf, type World } from './state.ts';
import { suggestCommands, suggestMembers } from './suggestions.ts';
import { setText, textField } from './text-field.ts';
import { readTyped } from './typed.ts';

/** From here on the number of characters left is shown. */
const counterFrom = 200;

export class Composer implements View {
  readonly element: HTMLElement;
  readonly #app: App;
  readonly #text = textField({
    maxLength: maxMessageLength,
    onEnter: () => this.#submit(),
    onKey: (event) => this.#takeKey(event),
    attributes: { 'aria-autocomplete': 'list', autocomplete: 'off' },
  });
  readonly #completion = new Completion(this.#text);
  readonly #referenceLine = element('div', { class: 'composer-context', attributes: { hidden: true } });
  readonly #commandPlace = element('div', { class: 'command-place', attributes: { hidden: true } });
  readonly #filePicker = element('input', { attributes: { type: 'file', multiple: true, hidden: true } });
  readonly #attachButton = element(
    'button',
    { class: 'tool attach', attributes: { type: 'button' }, on: { click: () => this.#filePicker.click() } },
    icon('attach'),
  );
  readonly #filePlace = element('div', { class: 'file-place' });
  readonly #counter = element('output', { class: 'counter' });
  readonly #sendButton = element(
    'button',
    { class: 'tool send', attributes: { type: 'button' }, on: { click: () => this.#submit() } },
    icon('send'),
  );
  /** What is written and not sent, by channel. */
  readonly #drafts = new Map<string, string>();
  /** The same of files. */
  readonly #files = new Map<string, AttachedFiles>();
  #runId = '';
  #channelId = '';
  #reference: Reference | undefined;
  /** Undefined: plain text is written. */
  #form: CommandForm | undefined;

  constructor(app: App) {
    this.#app = app;
    const box = element(
      'div',
      { class: 'composer-box' },
      this.#attachButton,
      this.#filePicker,
      this.#text,
      this.#commandPlace,
      this.#counter,
      this.#sendButton,
    );
    this.element = element(
      'div',
      { class: 'composer' },
      this.#completion.element,
      this.#referenceLine,
      this.#filePlace,
      box,
    );
    this.#listen();
  }

  #listen(): void {
    this.#text.addEventListener('input', () => {
      this.#drafts.set(this.#channelId, this.#text.value);
      this.#suggest();
      this.#renderCounter();
    });
    this.#text.addEventListener('blur', () => this.#completion.hide());
    this.#text.addEventListener('click', () => this.#suggest());
    this.#filePicker.addEventListener('change', () => {
      this.attach([...(this.#filePicker.files ?? [])]);
      // Or the same file could not be picked again.
      this.#filePicker.value = '';
    });
    this.element.addEventListener('paste', (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      this.attach(files);
    });
  }

  reply(messageId: string): void {
    this.#refer('reply', messageId);
  }

  edit(messageId: string): void {
    this.#refer('edit', messageId);
  }

  /** Files that were picked, dropped or pasted go with what is being written, or into the command that is. */
  attach(files: readonly File[]): void {
    const [first] = files;
    if (first && this.#form?.takeFile(first) === true) return;
    if (this.#reference?.kind === 'edit') this.#leaveReference();
    this.#leaveCommand();
    this.#attached.add(files);
    this.#text.focus();
  }

  /** Puts `/` into the text, which opens the list of commands. */
  startCommand(): void {
    this.#leaveReference();
    this.#leaveCommand();
    this.#text.focus();
    this.#write('/');
    this.#suggest();
  }

  focus(): void {
    (this.#form ?? this.#text).focus();
  }

  render(): void {
    const { world, channelId } = this.#app.state;
    if (!world) return;
    if (world.runId !== this.#runId) this.#enterRun(world.runId, channelId);
    if (channelId !== this.#channelId) this.#enterChannel(channelId);
    // What it would have become is no message of its own.
    if (this.#reference && !findMessage(this.#app, this.#reference.messageId)) this.#leaveReference();
    showReference(this.#referenceLine, this.#app, this.#reference, () => this.#leaveReference());
    this.#renderMode();
    this.#renderCounter();
    const words = wordsOf(this.#app);
    const label = channelLabel(world, channelId);
    const isDm = world.channels.get(channelId)?.kind === 'dm';
    this.#text.placeholder = isDm ? words.placeholderDm(label.slice(1)) : words.placeholder(label);
    this.#text.setAttribute('aria-label', words.composer(label));
    this.#sendButton.setAttribute('aria-label', words.send);
    this.#sendButton.title = words.send;
    this.#attachButton.setAttribute('aria-label', words.attach);
    this.#attachButton.title = words.attach;
  }

  /** Of the open channel. */
  get #attached(): AttachedFiles {
    const known = this.#files.get(this.#channelId);
    if (known) return known;
    const attached = new AttachedFiles(this.#app);
    this.#files.set(this.#channelId, attached);
    return attached;
  }

  /** The playground was started anew, with other channels: what is being written goes on in the one that is open now. */
  #enterRun(runId: string, channelId: string): void {
    this.#runId = runId;
    this.#files.clear();
    this.#drafts.clear();
    if (this.#reference?.kind !== 'edit') this.#drafts.set(channelId, this.#text.value);
  }

  #enterChannel(channelId: string): void {
    if (this.#reference?.kind === 'edit') this.#drafts.delete(this.#channelId);
    this.#channelId = channelId;
    this.#reference = undefined;
    this.#leaveCommand();
    this.#completion.hide();
    setText(this.#text, this.#drafts.get(channelId) ?? '');
    this.#filePlace.replaceChildren(this.#attached.element);
  }

  #takeKey(event: KeyboardEvent): boolean {
    if (this.#completion.takeKey(event)) return true;
    if (event.key === 'Escape' && this.#reference) {
      this.#leaveReference();
      return true;
    }
    if (event.key !== 'ArrowUp' || this.#text.value !== '' || this.#reference) return false;
    const { state } = this.#app;
    const mine = messagesOf(state, this.#channelId).findLast(({ author }) => author.id === state.world?.memberId);
    if (!mine) return false;
    event.preventDefault();
    this.#refer('edit', mine.id);
    return true;
  }

  #suggest(): void {
    const { world } = this.#app.state;
    if (!world) return;
    const words = wordsOf(this.#app);
    const typed = readTyped(this.#text.value, this.#text.selectionStart, world);
    switch (typed.kind) {
      case 'command':
        this.#enterCommand(typed.command, typed.given);
        break;
      case 'command-start': {
        const choose = (command: Command) => this.#enterCommand(command, '');
        this.#completion.show(words.commandList, suggestCommands(world, typed.start, choose));
        break;
      }
      case 'mention-start': {
        const choose = (name: string) => this.#insertMention(typed.start, name);
        this.#completion.show(words.mentionList, suggestMembers(this.#app, world, typed.start, choose));
        break;
      }
      case 'words':
        this.#completion.hide();
    }
  }

  #insertMention(typed: string, name: string): void {
    const { value, selectionStart } = this.#text;
    const start = selectionStart - typed.length;
    const after = value.slice(selectionStart).replace(/^ /, '');
    setText(this.#text, `${value.slice(0, start)}${name} ${after}`, start + name.length + 1);
    this.#drafts.set(this.#channelId, this.#text.value);
    this.#completion.hide();
  }

  #enterCommand(command: Command, given: string): void {
    this.#completion.hide();
    this.#leaveReference();
    this.#write('');
    this.#form = createCommandForm({
      command,
      text: given,
      onEnter: () => this.#submit(),
      onLeave: () => this.#leaveCommand(),
      suggest: (option, typed, options) => this.#app.actions.complete(command.name, option, typed, options),
      pickLabel: wordsOf(this.#app).pickFile,
      uploadingLabel: wordsOf(this.#app).uploading,
      upload: (file) => this.#app.actions.upload(file),
    });
    this.#commandPlace.replaceChildren(this.#form.element);
    this.#renderMode();
    this.#form.focus();
  }

  #leaveCommand(): void {
    if (!this.#form) return;
    this.#form = undefined;
    this.#commandPlace.replaceChildren();
    this.#renderMode();
    this.#text.focus();
  }

  #submit(): void {
    const { state, actions } = this.#app;
    const { world } = state;
    if (!world || this.#submitAsCommand(world)) return;
    const channelId = this.#channelId;
    const text = this.#text.value;
    const content = encodeMentions(text.trim(), world);
    const attached = this.#attached;
    if ((content === '' && attached.isEmpty) || content.length > maxMessageLength) return;
    const isEdit = this.#reference?.kind === 'edit';
    if (isEdit && content === '') return;
    const messageId = this.#reference?.messageId ?? null;
    if (isEdit && messageId !== null) {
      if (!actions.send({ type: 'edit', channelId, messageId, content })) return;
    } else if (attached.isEmpty) {
      if (!actions.send({ type: 'say', channelId, content, repliesTo: messageId, files: [] })) return;
    } else {
      void this.#sendWithFiles(attached, { channelId, content, repliesTo: messageId }, text);
    }
    this.#write('');
    this.#reference = undefined;
    this.#completion.hide();
    this.render();
  }

  /**
   * What is meant as a command never goes out as a message to all, also where the bot has told of none yet.
   * @returns whether it was one.
   */
  #submitAsCommand(world: World): boolean {
    const { value } = this.#text;
    if (!this.#form && value.startsWith('/') && this.#reference?.kind !== 'edit') {
      const typed = readTyped(value, value.length, world);
      if (typed.kind === 'command') this.#enterCommand(typed.command, typed.given);
      else if (world.commands.length === 0) {
        this.#app.actions.complainOfCommand();
        return true;
      }
    }
    if (this.#form) void this.#submitCommand(this.#form);
    return this.#form !== undefined;
  }

  /** Its files may be on their way: it is sent as it stands, to where it stands, when they are there. */
  async #submitCommand(form: CommandForm): Promise<void> {
    const channelId = this.#channelId;
    form.element.inert = true;
    const isWhole = await form.uploaded();
    form.element.inert = false;
    const values = isWhole ? form.values() : undefined;
    const isSent = values !== undefined && this.#app.actions.useCommand(channelId, form.command.name, values);
    if (this.#form !== form) return;
    if (isSent) this.#leaveCommand();
    else if (document.activeElement === document.body) form.focus();
  }

  /** What is typed meanwhile belongs to the next message. What cannot be sent as it is stands in the composer again. */
  async #sendWithFiles(
    attached: AttachedFiles,
    message: Omit<ToServer & { type: 'say' }, 'type' | 'files'>,
    text: string,
  ): Promise<void> {
    const { channelId } = message;
    this.#files.delete(channelId);
    this.#filePlace.replaceChildren(this.#attached.element);
    const files = await attached.ids();
    if (files && this.#app.actions.send({ type: 'say', ...message, files })) return;
    const later = this.#files.get(channelId);
    if (later) attached.takeOver(later);
    this.#files.set(channelId, attached);
    const draft = [text, this.#drafts.get(channelId) ?? ''].filter((part) => part !== '').join('\n');
    this.#drafts.set(channelId, draft);
    if (channelId !== this.#channelId) return;
    setText(this.#text, draft);
    this.#filePlace.replaceChildren(attached.element);
    if (message.repliesTo !== null && !this.#reference && !this.#form) this.#refer('reply', message.repliesTo);
    this.render();
  }

  #write(value: string): void {
    setText(this.#text, value);
    this.#drafts.set(this.#channelId, value);
    this.#renderCounter();
  }

  #refer(kind: Reference['kind'], messageId: string): void {
    const message = findMessage(this.#app, messageId);
    const { world } = this.#app.state;
    if (!message || !world) return;
    this.#leaveCommand();
    if (kind === 'edit') this.#write(decodeMentions(message.content, world));
    else if (this.#reference?.kind === 'edit') this.#write('');
    this.#reference = { kind, messageId };
    this.render();
    this.#text.focus();
  }

  #leaveReference(): void {
    if (this.#reference?.kind === 'edit') this.#write('');
    this.#reference = undefined;
    this.render();
  }

  #renderMode(): void {
    this.#text.hidden = this.#form !== undefined;
    this.#commandPlace.hidden = this.#form === undefined;
    this.#attachButton.hidden = this.#form !== undefined || this.#reference?.kind === 'edit';
  }

  #renderCounter(): void {
    const left = maxMessageLength - this.#text.value.length;
    this.#counter.value = !this.#form && left < counterFrom ? String(left) : '';
  }
}
