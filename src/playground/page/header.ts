/** The line above the messages: where one is, which model answers, and the way to a new thread. */
import { type App, channelLabel, type View, wordsOf } from './app.ts';
import { element, refill } from './dom.ts';
import { avatarWithStatus, icon } from './icons.ts';
import type { World } from './state.ts';

export function createHeader(app: App): View {
  const view = element('header', { class: 'top' });
  return {
    element: view,
    render() {
      const { world } = app.state;
      if (world) refill(view, ...items(app, world));
    },
  };
}

function items(app: App, world: World): (HTMLElement | SVGElement | undefined)[] {
  const words = wordsOf(app);
  const channel = world.channels.get(app.state.channelId);
  const parent = channel?.parentId ? world.channels.get(channel.parentId) : undefined;
  const bot = world.members.get(world.botId);
  const picture =
    channel?.kind === 'dm' && bot ? avatarWithStatus(bot) : icon(channel?.kind === 'thread' ? 'thread' : 'hash');
  const title = channel?.kind === 'dm' ? (bot?.name ?? '') : (channel?.name ?? '');
  return [
    element(
      'button',
      {
        class: 'tool menu-button',
        attributes: { type: 'button', 'data-key': 'menu', 'aria-label': words.openMenu, title: words.openMenu },
        on: { click: () => app.actions.showMenu(true) },
      },
      icon('menu'),
    ),
    parent &&
      element(
        'button',
        {
          class: 'crumb',
          attributes: { type: 'button', 'data-key': `parent-${parent.id}` },
          on: { click: () => app.actions.open(parent.id) },
        },
        channelLabel(world, parent.id),
      ),
    parent && element('span', { class: 'crumb-arrow', attributes: { 'aria-hidden': 'true' } }, '›'),
    picture,
    element('h1', {}, title),
    element('span', { class: 'spring' }),
    modelBadge(app, world),
    channel?.kind === 'text'
      ? element(
          'button',
          {
            class: 'tool',
            attributes: {
              type: 'button',
              'data-key': 'thread',
              'aria-label': words.startThread,
              title: words.startThread,
            },
            on: { click: () => app.actions.startThread() },
          },
          icon('newThread'),
        )
      : undefined,
  ];
}

function modelBadge(app: App, { model }: World): HTMLElement {
  const words = wordsOf(app);
  const hint = model.isOffline ? words.offlineModelHint : words.realModelHint(model.name);
  const label = model.isOffline ? words.offlineModel : model.name;
  return element(
    'span',
    {
      class: model.isOffline ? 'model is-offline' : 'model',
      attributes: { tabindex: 0, 'data-key': 'model', 'aria-label': `${label}. ${hint}` },
    },
    label,
    element('span', { class: 'bubble', attributes: { 'aria-hidden': 'true' } }, hint),
  );
}
