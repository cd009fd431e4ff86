/** One message as a list item. Pure in what it is given: the timeline decides when to make it anew. */
import type { Message } from '../wire.ts';
import { type App, findMessage, mentionableIn, wordsOf } from './app.ts';
import { attachmentList } from './attachment-view.ts';
import { fullTime, relativeDay, shortTime } from './clock.ts';
import { arrange, element } from './dom.ts';
import { avatar, dots, icon } from './icons.ts';
import { plainText, renderMarkdown } from './markdown.ts';
import { messageButtons, showPress } from './message-buttons.ts';
import { heedRightClick, messageToolbar } from './message-menu.ts';
import { panelView } from './panel-view.ts';
import type { World } from './state.ts';

/** @param isCompact it goes on under the message above: no avatar, no name, no context. */
export function messageView(app: App, world: World, message: Message, isCompact: boolean): HTMLElement {
  const { language } = app.state;
  const isPing = message.pings.includes(world.memberId);
  const classes = ['message', isCompact && 'is-compact', isPing && 'is-ping', message.isEphemeral && 'is-ephemeral'];
  const moment = (text: string) =>
    element(
      'time',
      {
        attributes: {
          datetime: new Date(message.createdAt).toISOString(),
          title: fullTime(message.createdAt, language),
        },
      },
      text,
    );
  const view = element(
    'li',
    {
      class: classes.filter(Boolean).join(' '),
      attributes: { id: `message-${message.id}` },
    },
    !isCompact && contextLine(app, world, message),
    isCompact ? moment(shortTime(message.createdAt, language)) : avatar(message.author),
    element(
      'div',
      { class: 'body' },
      element(
        'h3',
        { class: isCompact ? 'heading visually-hidden' : 'heading' },
        element('span', { class: 'name' }, nameOf(world, message.author)),
        message.author.isBot && element('span', { class: 'app-tag' }, wordsOf(app).app),
        !isCompact && moment(relativeDay(message.createdAt, language)),
      ),
      element('div', { class: 'said' }, ...said(app, world, message)),
    ),
    // Nobody else could see what such a reply refers to.
    !message.isEphemeral && messageToolbar(app, world, message),
  );
  if (!message.isEphemeral) heedRightClick(app, world, message, view);
  return view;
}

/** The message was edited: changes what it says and leaves everything else in place, focus and pointer included. */
export function refreshMessage(app: App, world: World, view: HTMLElement, message: Message): void {
  const before = view.querySelector('.said');
  if (before) arrange(before, said(app, world, message, before));
}

/** Above the message: what it replies to, or which command it answers. */
function contextLine(app: App, world: World, message: Message): HTMLElement | undefined {
  const words = wordsOf(app);
  if (message.interaction && message.interaction.command !== null) {
    const { userId, command } = message.interaction;
    const userName = world.members.get(userId)?.name ?? message.interaction.userName;
    return element(
      'div',
      { class: 'context' },
      avatar({ id: userId, name: userName, isBot: false }),
      ...words.used(userName, element('span', { class: 'mention' }, toLabel(world, command))),
    );
  }
  if (message.repliesTo === null) return undefined;
  const original = findMessage(app, message.repliesTo);
  if (!original) {
    // What was pressed may be seen by whoever pressed it, and by nobody else.
    const isPressed = message.interaction !== null;
    return isPressed ? undefined : element('div', { class: 'context is-gone' }, words.deletedReference);
  }
  return element(
    'div',
    { class: 'context' },
    avatar(original.author),
    element('span', { class: 'name' }, `@${nameOf(world, original.author)}`),
    element(
      'button',
      { class: 'excerpt', attributes: { type: 'button' }, on: { click: () => showMessage(original.id) } },
      excerptOf(original, world),
    ),
  );
}

/** A command of the menu in the reader's language, which need not be that of whoever used it. */
function toLabel({ commands }: World, command: string): string {
  return commands.find(({ kind, name }) => kind === 'message' && name === command)?.label ?? command;
}

/** In a few words: what it says or sends on, else the name of its first file. */
function excerptOf({ content: text, forwarded, attachments }: Message, world: World): string {
  const words = plainText(text || (forwarded?.content ?? ''), mentionableIn(world));
  return words || [...attachments, ...(forwarded?.attachments ?? [])][0]?.filename || '…';
}

/** What the author is called now, which may be another name than when they wrote. */
function nameOf(world: World, author: Message['author']): string {
  return world.members.get(author.id)?.name ?? author.name;
}

/** What parts of messages were made of. */
const madeOf = new WeakMap<Element, string>();

/** @param before where the same message stood until now; what has not changed of it stays, so that a sound plays on and a button keeps the focus. */
function said(app: App, world: World, message: Message, before?: Element): HTMLElement[] {
  const { attachments, forwarded, buttons, panel, isEphemeral, id } = message;
  const keep = (parts: readonly unknown[], make: () => HTMLElement): HTMLElement[] => {
    if (parts.length === 0) return [];
    const signature = JSON.stringify(parts);
    const kept = [...(before?.children ?? [])].find((part) => madeOf.get(part) === signature);
    if (kept instanceof HTMLElement) return [kept];
    const made = make();
    madeOf.set(made, signature);
    return [made];
  };
  const rows = keep(buttons, () => messageButtons(app, message));
  const panels = keep(panel, () => panelView(app, world, message));
  for (const part of [...rows, ...panels]) showPress(app, part, id);
  return [
    ...(panel.length === 0 ? [content(app, world, message)] : panels),
    ...keep(forwarded ? [forwarded] : [], () => forwardedView(app, world, message)),
    ...keep(attachments, () => attachmentList(app, message, attachments)),
    ...rows,
    ...(isEphemeral ? [onlyYouNote(app, () => app.actions.dismissMessage(id))] : []),
  ];
}

function content(app: App, world: World, message: Message): HTMLElement {
  const words = wordsOf(app);
  if (message.interaction?.isThinking) {
    return element('div', { class: 'content is-thinking' }, dots(), words.thinking(message.author.name));
  }
  return element(
    'div',
    { class: 'content' },
    ...renderMarkdown(message.content, mentionableIn(world)),
    message.editedAt !== null && element('span', { class: 'edited' }, words.edited),
  );
}

/** What the message sends on, behind a bar. */
function forwardedView(app: App, world: World, message: Message): HTMLElement {
  const { content: text = '', createdAt = 0, attachments = [] } = message.forwarded ?? {};
  return element(
    'div',
    { class: 'forwarded' },
    element('p', { class: 'forwarded-note' }, icon('forward'), wordsOf(app).forwarded),
    element('div', { class: 'content' }, ...renderMarkdown(text, mentionableIn(world))),
    attachments.length > 0 && attachmentList(app, message, attachments),
    element('span', { class: 'forwarded-when' }, relativeDay(createdAt, app.state.language)),
  );
}

/** Under a message that only this member sees. */
export function onlyYouNote(app: App, dismiss: () => void): HTMLElement {
  const words = wordsOf(app);
  return element(
    'p',
    { class: 'only-you' },
    icon('eye'),
    `${words.onlyYou} · `,
    element('button', { class: 'link', attributes: { type: 'button' }, on: { click: dismiss } }, words.dismissMessage),
  );
}

function showMessage(messageId: string): void {
  const target = document.getElementById(`message-${messageId}`);
  target?.scrollIntoView({ block: 'center' });
  target?.animate([{ backgroundColor: 'var(--highlight)' }, {}], { duration: 1600, easing: 'ease-out' });
}
