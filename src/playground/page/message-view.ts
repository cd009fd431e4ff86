/** One message as a list item. Pure in what it is given: the timeline decides when to make it anew. */
import type { Attachment, Message } from '../wire.ts';
import { type App, findMessage, mentionableIn, wordsOf } from './app.ts';
import { fullTime, relativeDay, shortTime } from './clock.ts';
import { element } from './dom.ts';
import { avatar, type IconName, icon } from './icons.ts';
import { plainText, renderMarkdown } from './markdown.ts';
import type { World } from './state.ts';

/** @param isCompact it goes on under the message above: no avatar, no name, no context. */
export function messageView(app: App, world: World, message: Message, isCompact: boolean): HTMLElement {
  const { language } = app.state;
  const isPing = message.pings.includes(world.memberId);
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
  return element(
    'li',
    {
      class: ['message', isCompact && 'is-compact', isPing && 'is-ping'].filter(Boolean).join(' '),
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
    toolbar(app, world, message),
  );
}

/** The message was edited: changes what it says and leaves everything else in place, focus and pointer included. */
export function refreshMessage(app: App, world: World, view: HTMLElement, message: Message): void {
  view.querySelector('.said')?.replaceChildren(...said(app, world, message));
}

/** Above the message: what it replies to, or which command it answers. */
function contextLine(app: App, world: World, message: Message): HTMLElement | undefined {
  const words = wordsOf(app);
  if (message.interaction) {
    const { userId, command } = message.interaction;
    const userName = world.members.get(userId)?.name ?? message.interaction.userName;
    return element(
      'div',
      { class: 'context' },
      avatar({ id: userId, name: userName, isBot: false }),
      ...words.used(userName, element('span', { class: 'mention' }, `/${command}`)),
    );
  }
  if (message.repliesTo === null) return undefined;
  const original = findMessage(app, message.repliesTo);
  if (!original) return element('div', { class: 'context is-gone' }, words.deletedReference);
  return element(
    'div',
    { class: 'context' },
    avatar(original.author),
    element('span', { class: 'name' }, `@${nameOf(world, original.author)}`),
    element(
      'button',
      { class: 'excerpt', attributes: { type: 'button' }, on: { click: () => showMessage(original.id) } },
      plainText(original.content, mentionableIn(world)) || '…',
    ),
  );
}

/** What the author is called now, which may be another name than when they wrote. */
function nameOf(world: World, author: Message['author']): string {
  return world.members.get(author.id)?.name ?? author.name;
}

function said(app: App, world: World, message: Message): HTMLElement[] {
  const attachments = message.attachments.map((attachment) => attachmentView(message, attachment));
  return [content(app, world, message), ...attachments];
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

/** Three dots that pulse, for «is thinking» and «is typing». */
export function dots(): HTMLElement {
  const dot = () => element('span');
  return element('span', { class: 'dots', attributes: { 'aria-hidden': 'true' } }, dot(), dot(), dot());
}

function attachmentView(message: Message, { id, filename, size }: Attachment): HTMLElement {
  return element(
    'a',
    {
      class: 'attachment',
      attributes: { href: `/attachments/${message.channelId}/${message.id}/${id}`, download: filename },
    },
    icon('file'),
    element('span', {}, filename),
    element('small', {}, size < 1024 ? `${size} B` : `${(size / 1024).toFixed(1)} KB`),
  );
}

function toolbar(app: App, world: World, message: Message): HTMLElement {
  const words = wordsOf(app);
  const button = (name: IconName, label: string, act: () => void) =>
    element(
      'button',
      { attributes: { type: 'button', 'aria-label': label, title: label }, on: { click: act } },
      icon(name),
    );
  const { channelId, id: messageId } = message;
  const isMine = message.author.id === world.memberId;
  return element(
    'div',
    { class: 'toolbar', attributes: { role: 'group', 'aria-label': words.actions } },
    button('reply', words.reply, () => app.actions.reply(messageId)),
    isMine && button('edit', words.edit, () => app.actions.edit(messageId)),
    isMine && button('trash', words.remove, () => app.actions.send({ type: 'delete', channelId, messageId })),
  );
}

function showMessage(messageId: string): void {
  const target = document.getElementById(`message-${messageId}`);
  target?.scrollIntoView({ block: 'center' });
  target?.animate([{ backgroundColor: 'var(--highlight)' }, {}], { duration: 1600, easing: 'ease-out' });
}
