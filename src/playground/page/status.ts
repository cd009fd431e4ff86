/** Lines that come and go: the banner on top when something is down, and who is typing at the bottom. */
import { type App, type View, wordsOf } from './app.ts';
import { element } from './dom.ts';
import { dots, icon } from './icons.ts';
import { isBotStarting, typingNames } from './state.ts';

export function createBanner(app: App): View {
  const view = element('div', { class: 'banner', attributes: { role: 'status', hidden: true } });
  return {
    element: view,
    render() {
      const { link, world } = app.state;
      const words = wordsOf(app);
      const bot = world?.members.get(world.botId);
      const isBotOffline = link === 'open' && world !== undefined && bot?.isOnline === false;
      const text =
        link === 'lost'
          ? words.lost
          : link === 'connecting'
            ? words.connecting
            : isBotOffline
              ? (isBotStarting(world) ? words.botStarting : words.botOffline)(bot.name)
              : '';
      view.hidden = text === '';
      view.classList.toggle('is-lost', link === 'lost');
      if (view.textContent !== text) view.textContent = text;
    },
  };
}

export class TypingLine implements View {
  readonly element = element('div', { class: 'typing' });
  readonly #app: App;
  #shown = '';

  constructor(app: App) {
    this.#app = app;
  }

  render(): void {
    const names = typingNames(this.#app.state, Date.now());
    const text = names.length === 0 ? '' : wordsOf(this.#app).typing(names);
    if (text === this.#shown) return;
    this.#shown = text;
    this.element.replaceChildren(...(text === '' ? [] : [dots(), text]));
  }
}

export class Hint implements View {
  readonly element = element('div', { class: 'hint', attributes: { role: 'status', hidden: true } });
  readonly #app: App;
  #shown = '';

  constructor(app: App) {
    this.#app = app;
  }

  render(): void {
    const { state, actions } = this.#app;
    const { hint, language, world, refusedFile } = state;
    const shown = [hint, language, refusedFile].join(' ');
    if (this.#shown === shown) return;
    this.#shown = shown;
    this.element.hidden = hint === 'none';
    this.element.replaceChildren();
    if (hint === 'none') return;
    const words = wordsOf(this.#app);
    const name = world?.members.get(world.botId)?.name ?? '';
    const text = {
      refused: () => [words.refused],
      'no-commands': () => [words.noCommands],
      'file-refused': () => [words.notUploaded(refusedFile)],
      'mention-tip': () => words.tip(element('span', { class: 'mention' }, `@${name}`)),
    }[hint]();
    this.element.append(
      element('span', {}, ...text),
      element(
        'button',
        {
          class: 'tool',
          attributes: { type: 'button', 'aria-label': words.dismiss, title: words.dismiss },
          on: { click: () => actions.dismissHint() },
        },
        icon('close'),
      ),
    );
  }
}
