/** What the views share: the state, what a member can do, and who is called what. */
import type { Choice, Command, Message, ToServer } from '../wire.ts';
import type { Mentionable } from './markdown.ts';
import type { Theme } from './preferences.ts';
import { messagesOf, type State, type World } from './state.ts';
import { type Texts, texts } from './texts.ts';

export interface Actions {
  open(channelId: string): void;
  /** @returns false when there is no connection: nothing was sent. */
  send(message: ToServer): boolean;
  /** @returns false when there is no connection: nothing was sent. */
  useCommand(channelId: string, command: string, options: Readonly<Record<string, string>>): boolean;
  /** What the bot suggests for an option that is being typed into; `options` are the others by name. Never rejects. */
  complete(
    command: string,
    option: string,
    typed: string,
    options: Readonly<Record<string, string>>,
  ): Promise<readonly Choice[]>;
  dismissCommand(requestId: string): void;
  /** Uses a command of the menu of a message of the open channel. */
  useOnMessage(messageId: string, command: Command): void;
  press(messageId: string, customId: string): void;
  /** Chooses in a menu of a message. */
  choose(messageId: string, customId: string, values: readonly string[]): void;
  submitDialog(values: Readonly<Record<string, string>>): void;
  closeDialog(pressId: string): void;
  /** Takes a message that only this member sees off their window. */
  dismissMessage(messageId: string): void;
  dismissHint(): void;
  /** Says that no command can be used yet. */
  complainOfCommand(): void;
  /** Says that a file cannot be sent. */
  complainOfFile(filename: string): void;
  /** Puts a file where the page's own server keeps it. @returns its id; undefined when that failed, which is said. */
  upload(file: File): Promise<string | undefined>;
  reply(messageId: string): void;
  /** Opens the dialog in which one picks where to. */
  forward(messageId: string): void;
  edit(messageId: string): void;
  /** Opens the dialog in which one picks a name. */
  changeName(): void;
  startThread(): void;
  switchLanguage(): void;
  switchTheme(theme: Theme): void;
  showMenu(isOpen: boolean): void;
  /** Puts `/` into the composer, which opens the list of commands. */
  startCommand(): void;
}

export interface App {
  readonly state: State;
  readonly actions: Actions;
}

/** A part of the page: its element stays the same, `render` brings it up to date. */
export interface View {
  readonly element: HTMLElement;
  render(): void;
}

export function wordsOf(app: App): Texts {
  return texts[app.state.language];
}

export function mentionableIn(world: World): Mentionable {
  return {
    memberId: world.memberId,
    userName: (id) => world.members.get(id)?.name,
    channelName: (id) => world.channels.get(id)?.name,
  };
}

/** `#general`, a thread's name, or `@Jupan`. */
export function channelLabel(world: World, channelId: string): string {
  const channel = world.channels.get(channelId);
  if (channel?.kind === 'dm') return `@${world.members.get(world.botId)?.name ?? ''}`;
  return channel?.kind === 'thread' ? channel.name : `#${channel?.name ?? ''}`;
}

export function findMessage(app: App, messageId: string): Message | undefined {
  return messagesOf(app.state, app.state.channelId).find(({ id }) => id === messageId);
}

/** What members write and read as `@Name` is `<@id>` on the wire. Longest names first, so that «Alexa» is not taken for «Alex». */
export function encodeMentions(text: string, world: World): string {
  const members = [...world.members.values()].sort((one, other) => other.name.length - one.name.length);
  return members.reduce((encoded, { id, name }) => {
    const end = /\w$/.test(name) ? '(?!\\w)' : '';
    const pattern = new RegExp(`(^|[^\\w<])@${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}${end}`, 'gi');
    return encoded.replace(pattern, `$1<@${id}>`);
  }, text);
}

export function decodeMentions(content: string, world: World): string {
  return content.replace(/<@!?(\d+)>/g, (mention, id: string) => {
    const name = world.members.get(id)?.name;
    return name === undefined ? mention : `@${name}`;
  });
}
