/** The buttons under a message, and what became of the last press. */
import type { Button, Message } from '../wire.ts';
import { type App, wordsOf } from './app.ts';
import { element } from './dom.ts';
import { dots, icon } from './icons.ts';

export function messageButtons(app: App, { id: messageId, buttons }: Message): HTMLElement {
  return element('div', { class: 'buttons' }, ...buttons.map((row) => buttonRow(app, messageId, row)), pressFailure());
}

export function buttonRow(app: App, messageId: string, buttons: readonly Button[]): HTMLElement {
  return element('div', { class: 'button-row' }, ...buttons.map((each) => buttonView(app, messageId, each)));
}

export function buttonView(app: App, messageId: string, button: Button): HTMLElement {
  const { label, style } = button;
  if (style === 'link') {
    const attributes = { href: button.address, target: '_blank', rel: 'noopener noreferrer nofollow' };
    return element('a', { class: 'button is-link', attributes: { ...attributes, title: button.address } }, label);
  }
  const { customId, isDisabled } = button;
  return element(
    'button',
    {
      class: `button is-${style}`,
      attributes: { type: 'button', disabled: isDisabled, 'data-id': customId },
      on: { click: () => app.actions.press(messageId, customId) },
    },
    element('span', {}, label),
    dots(),
  );
}

/** Where it is said that a press came to nothing. */
export function pressFailure(): HTMLElement {
  return element('p', { class: 'press-failed', attributes: { role: 'alert', hidden: true } });
}

/** In place, so that a button keeps the focus. While one press is on its way, all of them wait. */
export function showPress(app: App, view: HTMLElement, messageId: string): void {
  const press = app.state.presses.get(messageId);
  const isWaiting = press?.outcome === 'waiting';
  for (const button of view.querySelectorAll<HTMLElement>('.button')) {
    button.setAttribute('aria-disabled', String(isWaiting));
    button.classList.toggle('is-waiting', isWaiting && button.dataset.id === press.customId);
  }
  const failure = view.querySelector<HTMLElement>('.press-failed');
  if (!failure) return;
  failure.hidden = press?.outcome !== 'failed';
  failure.replaceChildren(...(failure.hidden ? [] : [icon('warning'), wordsOf(app).interactionFailed]));
}
