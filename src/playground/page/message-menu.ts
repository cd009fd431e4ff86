/** What can be done with a message: the buttons above it, and the menu with all of it in words, the bot's commands included. */
import type { Message } from '../wire.ts';
import { type App, wordsOf } from './app.ts';
import { element } from './dom.ts';
import { type IconName, icon } from './icons.ts';
import type { World } from './state.ts';

interface Deed {
  readonly icon: IconName;
  readonly label: string;
  readonly act: () => void;
}

export function messageToolbar(app: App, world: World, message: Message): HTMLElement {
  const words = wordsOf(app);
  const more = toolbarButton({
    icon: 'more',
    label: words.more,
    act() {
      const { left, bottom } = more.getBoundingClientRect();
      openMenu(app, world, message, { x: left, y: bottom + 4 });
    },
  });
  more.setAttribute('aria-haspopup', 'menu');
  return element(
    'div',
    { class: 'toolbar', attributes: { role: 'group', 'aria-label': words.actions } },
    ...deedsOf(app, world, message).map(toolbarButton),
    more,
  );
}

/** Opens the menu where the pointer is, but for what has a menu of the browser's own. */
export function heedRightClick(app: App, world: World, message: Message, view: HTMLElement): void {
  view.addEventListener('contextmenu', (event) => {
    const isOther = event.target instanceof Element && event.target.closest('a, img, audio, textarea') !== null;
    if (isOther || getSelection()?.isCollapsed === false) return;
    event.preventDefault();
    openMenu(app, world, message, { x: event.clientX, y: event.clientY });
  });
}

function toolbarButton({ icon: name, label, act }: Deed): HTMLButtonElement {
  return element(
    'button',
    { attributes: { type: 'button', 'aria-label': label, title: label }, on: { click: act } },
    icon(name),
  );
}

function deedsOf(app: App, world: World, { id: messageId, channelId, author }: Message): Deed[] {
  const words = wordsOf(app);
  const { actions } = app;
  const forAll: Deed[] = [
    { icon: 'reply', label: words.reply, act: () => actions.reply(messageId) },
    { icon: 'forward', label: words.forward, act: () => actions.forward(messageId) },
  ];
  if (author.id !== world.memberId) return forAll;
  return [
    ...forAll,
    { icon: 'edit', label: words.edit, act: () => actions.edit(messageId) },
    { icon: 'trash', label: words.remove, act: () => void actions.send({ type: 'delete', channelId, messageId }) },
  ];
}

function openMenu(app: App, world: World, message: Message, at: { readonly x: number; readonly y: number }): void {
  const commands = world.commands.filter(({ kind }) => kind === 'message');
  const deeds: readonly Deed[] = [
    ...commands.map((command): Deed => {
      return { icon: 'app', label: command.label, act: () => app.actions.useOnMessage(message.id, command) };
    }),
    ...deedsOf(app, world, message),
  ];
  const items = deeds.map((deed) => menuItem(deed, () => menu.hidePopover()));
  const menu = element(
    'div',
    {
      class: 'menu',
      attributes: { role: 'menu', popover: 'auto', 'aria-label': wordsOf(app).actions },
      on: {
        keydown: (event) => moveFocus(event, items),
        toggle: () => {
          if (!menu.matches(':popover-open')) menu.remove();
        },
      },
    },
    ...items,
  );
  document.body.append(menu);
  menu.showPopover();
  // Whole inside the window.
  menu.style.left = `${Math.max(8, Math.min(at.x, innerWidth - menu.offsetWidth - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(at.y, innerHeight - menu.offsetHeight - 8))}px`;
  items[0]?.focus();
}

function menuItem({ icon: name, label, act }: Deed, close: () => void): HTMLButtonElement {
  const choose = () => {
    close();
    act();
  };
  return element(
    'button',
    { attributes: { type: 'button', role: 'menuitem' }, on: { click: choose } },
    icon(name),
    element('span', {}, label),
  );
}

function moveFocus(event: KeyboardEvent, items: readonly HTMLElement[]): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const place = items.findIndex((item) => item.matches(':focus'));
  items[(place + step + items.length) % items.length]?.focus();
}
