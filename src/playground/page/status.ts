/** Lines that come and go: the banner on top when something is down, and who is typing at the bottom. */
import { type App, type View, wordsOf } from './app.ts';
import { element } from './dom.ts';
import { dots, icon } from './icons.ts';
import { typingNames } from './state.ts';

export function createBanner(app: App): View {
  const view = element('div', { class: 'banner', attributes: { role: 'status', hidden: true } });
  return {
    element: view,
    render() {
      const { link, world } = app.state;
      const words = wordsOf(app);
      const bot = world?.members.get(world.botId);
      const isBotOffline = link === 'open' && bot?.isOnline === false;
      const text =
        link === 'lost'
          ? words.lost
          : link === 'connecting'
            ? words.connecting
            : isBotOffline
              ? words.botOffline(bot.name)
              : '';
      view.hidden = text === '';
      view.classList.toggle('is-lost', link === 'lost');
      if (view.textContent !== text) view.textContent = text;
    },
  };
}

export function createTypingLine(app: App): View {
  const view = element('div', { class: 'typing' });
  let shown = '';
  return {
    element: view,
    render() {
      const names = typingNames(app.state, Date.now());
      const text = names.length === 0 ? '' : wordsOf(app).typing(names);
      if (text === shown) return;
      shown = text;
      view.replaceChildren(...(text === '' ? [] : [dots(), text]));
    },
  };
}

export function createHint(app: App): View {
  const view = element('div', { class: 'hint', attributes: { role: 'status', hidden: true } });
  let shown = '';
  return {
    element: view,
    render() {
      const { hint, language, world } = app.state;
      if (shown === `${hint} ${language}`) return;
      shown = `${hint} ${language}`;
      view.hidden = hint === 'none';
      if (hint === 'none') return view.replaceChildren();
      const words = wordsOf(app);
      const name = world?.members.get(world.botId)?.name ?? '';
      const text = hint === 'refused' ? [words.refused] : words.tip(element('span', { class: 'mention' }, `@${name}`));
      view.replaceChildren(
        element('span', {}, ...text),
        element(
          'button',
          {
            class: 'tool',
            attributes: { type: 'button', 'aria-label': words.dismiss, title: words.dismiss },
            on: { click: () => app.actions.dismissHint() },
          },
          icon('close'),
        ),
      );
    },
  };
}
