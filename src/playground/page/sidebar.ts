/** The left side: guilds, the channels of the open one, the direct message with the bot, and who one is. */
import type { Channel, Guild } from '../wire.ts';
import { type App, type View, wordsOf } from './app.ts';
import { element, refill } from './dom.ts';
import { avatar, avatarWithStatus, type IconName, icon } from './icons.ts';
import { currentTheme } from './preferences.ts';
import type { Unread, World } from './state.ts';

export function createSidebar(app: App): View {
  const rail = element('nav', { class: 'rail' });
  const channels = element('nav', { class: 'channels' });
  const self = element('div', { class: 'self' });
  const view = element('div', { class: 'sidebar' }, rail, element('div', { class: 'side' }, channels, self));
  return {
    element: view,
    render() {
      const { world } = app.state;
      if (!world) return;
      const words = wordsOf(app);
      rail.setAttribute('aria-label', words.guilds);
      channels.setAttribute('aria-label', words.channels);
      refill(rail, ...railItems(app, world));
      refill(channels, ...channelItems(app, world));
      refill(self, ...selfItems(app, world));
    },
  };
}

function railItems(app: App, world: World): HTMLElement[] {
  const dm = [...world.channels.values()].find(({ kind }) => kind === 'dm');
  const openChannel = world.channels.get(app.state.channelId);
  const bot = world.members.get(world.botId);
  const items = world.guilds.map((guild) => guildButton(app, world, guild, openChannel?.guildId === guild.id));
  if (dm && bot) {
    const unread = app.state.unread.get(dm.id);
    items.unshift(
      railButton(
        `dm-${dm.id}`,
        `${wordsOf(app).directMessages}: ${bot.name}`,
        openChannel?.kind === 'dm',
        unread ? [unread] : [],
        avatar(bot),
        () => app.actions.open(dm.id),
      ),
      element('hr'),
    );
  }
  return items;
}

function guildButton(app: App, world: World, guild: Guild, isOpen: boolean): HTMLElement {
  const channels = [...world.channels.values()].filter(({ guildId }) => guildId === guild.id);
  const unread = channels.flatMap(({ id }) => app.state.unread.get(id) ?? []);
  const open = () => {
    const first = channels.find(({ kind }) => kind === 'text');
    if (first && !isOpen) app.actions.open(first.id);
  };
  const initials = guild.language === 'ko' ? guild.name.slice(0, 2) : guild.name.replace(/\B\w+|\s/g, '');
  return railButton(`guild-${guild.id}`, guild.name, isOpen, unread, initials, open);
}

function railButton(
  key: string,
  label: string,
  isOpen: boolean,
  unread: readonly Unread[],
  picture: Node | string,
  open: () => void,
): HTMLElement {
  const pings = unread.reduce((sum, { pings }) => sum + pings, 0);
  return element(
    'button',
    {
      class: ['rail-button', isOpen && 'is-open', unread.length > 0 && 'is-unread'].filter(Boolean).join(' '),
      attributes: {
        type: 'button',
        'data-key': key,
        'aria-label': label,
        title: label,
        'aria-current': isOpen && 'page',
      },
      on: { click: open },
    },
    picture,
    pings > 0 && element('span', { class: 'badge' }, String(pings)),
  );
}

function channelItems(app: App, world: World): HTMLElement[] {
  const words = wordsOf(app);
  const guild = world.guilds.find(({ id }) => id === app.state.guildId);
  const all = [...world.channels.values()];
  const inGuild = all.filter(({ guildId, kind }) => kind === 'text' && guildId === guild?.id);
  const threadsOf = (parent: Channel) =>
    all.filter(({ parentId, kind }) => kind === 'thread' && parentId === parent.id);
  const item = (channel: Channel) => channelButton(app, world, channel);
  const bot = world.members.get(world.botId);
  return [
    element('h2', { class: 'guild-name' }, guild?.name),
    element(
      'ul',
      {},
      ...inGuild.map((channel) => {
        const threads = threadsOf(channel);
        return element(
          'li',
          {},
          item(channel),
          threads.length > 0 &&
            element('ul', { class: 'threads' }, ...threads.map((thread) => element('li', {}, item(thread)))),
        );
      }),
    ),
    element('h3', { class: 'section' }, words.directMessages),
    element(
      'ul',
      {},
      ...all.filter(({ kind }) => kind === 'dm' && bot).map((channel) => element('li', {}, item(channel))),
    ),
  ];
}

function channelButton(app: App, world: World, channel: Channel): HTMLElement {
  const words = wordsOf(app);
  const isOpen = app.state.channelId === channel.id;
  const unread = app.state.unread.get(channel.id);
  const bot = world.members.get(world.botId);
  const picture =
    channel.kind === 'dm' && bot ? avatarWithStatus(bot) : icon(channel.kind === 'thread' ? 'thread' : 'hash');
  return element(
    'button',
    {
      class: ['channel', isOpen && 'is-open', unread && 'is-unread'].filter(Boolean).join(' '),
      attributes: { type: 'button', 'data-key': `channel-${channel.id}`, 'aria-current': isOpen && 'page' },
      on: { click: () => app.actions.open(channel.id) },
    },
    picture,
    element('span', { class: 'label' }, channel.kind === 'dm' ? (bot?.name ?? channel.name) : channel.name),
    unread &&
      element('span', { class: 'visually-hidden' }, unread.pings > 0 ? words.mentions(unread.pings) : words.unread),
    unread &&
      unread.pings > 0 &&
      element('span', { class: 'badge', attributes: { 'aria-hidden': 'true' } }, String(unread.pings)),
  );
}

function selfItems(app: App, world: World): HTMLElement[] {
  const words = wordsOf(app);
  const me = world.members.get(world.memberId);
  if (!me) return [];
  const theme = currentTheme();
  const other = theme === 'dark' ? 'light' : 'dark';
  const tool = (key: string, label: string, content: Node | string, act: () => void) =>
    element(
      'button',
      {
        class: 'tool',
        attributes: { type: 'button', 'data-key': key, 'aria-label': label, title: label },
        on: { click: act },
      },
      content,
    );
  const themeIcon: IconName = theme === 'dark' ? 'sun' : 'moon';
  return [
    element(
      'button',
      {
        class: 'me',
        attributes: { type: 'button', 'data-key': 'me', title: words.changeName },
        on: { click: () => app.actions.changeName() },
      },
      avatarWithStatus(me),
      element('span', { class: 'label' }, me.name, element('small', {}, words.changeName)),
    ),
    tool('language', words.otherLanguage, app.state.language === 'ko' ? 'EN' : '한', () =>
      app.actions.switchLanguage(),
    ),
    tool('theme', theme === 'dark' ? words.lightTheme : words.darkTheme, icon(themeIcon), () =>
      app.actions.switchTheme(other),
    ),
  ];
}
